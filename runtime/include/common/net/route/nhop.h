/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_ROUTE_NHOP_H_
#define	_VP_NET_ROUTE_NHOP_H_

#include <sys/types.h>
#include <sys/socket.h>

struct ifaddr;
struct ifnet;

struct nhop_object {
	uint16_t	nh_flags;
	uint16_t	nh_mtu;
	struct ifnet	*nh_ifp;
	struct ifaddr	*nh_ifa;
	struct sockaddr	gw_sa;
};

#define	NHF_REJECT	0x0010
#define	NHF_BLACKHOLE	0x0020
#define	NHF_GATEWAY	0x0200

#endif /* !_VP_NET_ROUTE_NHOP_H_ */
