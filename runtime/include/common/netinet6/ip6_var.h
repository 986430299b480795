/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET6_IP6_VAR_H_
#define	_VP_NETINET6_IP6_VAR_H_

#include <net/vnet.h>
#include <net/pfil.h>
#include <netinet/in.h>
#include <netinet/ip6.h>

struct inpcb;
struct ip6_moptions;
struct ip6_pktopts;
struct mbuf;
struct route_in6;

#ifdef _KERNEL
VNET_DECLARE(int, ip6_defhlim);
VNET_DECLARE(int, ip6_forwarding);
VNET_DECLARE(pfil_head_t, inet6_pfil_head);
#define	V_ip6_defhlim		VNET(ip6_defhlim)
#define	V_ip6_forwarding	VNET(ip6_forwarding)
#define	V_inet6_pfil_head	VNET(inet6_pfil_head)

int	ip6_output(struct mbuf *, struct ip6_pktopts *, struct route_in6 *,
	    int, struct ip6_moptions *, struct ifnet **, struct inpcb *);
int	ip6proto_register(short);
int	ip6proto_unregister(short);
#endif

#endif /* !_VP_NETINET6_IP6_VAR_H_ */
