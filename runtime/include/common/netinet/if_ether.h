/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IF_ETHER_H_
#define	_VP_NETINET_IF_ETHER_H_

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/in.h>

struct ether_arp {
	struct arphdr	ea_hdr;
	u_char		arp_sha[ETHER_ADDR_LEN];
	u_char		arp_spa[4];
	u_char		arp_tha[ETHER_ADDR_LEN];
	u_char		arp_tpa[4];
};

#ifdef _KERNEL
struct ifaddr;
struct ifnet;

void	arp_ifinit(struct ifnet *, struct ifaddr *);
void	arprequest(struct ifnet *, const struct in_addr *,
	    const struct in_addr *, u_char *);
#endif

#endif /* !_VP_NETINET_IF_ETHER_H_ */
