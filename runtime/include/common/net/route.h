/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_ROUTE_H_
#define	_VP_NET_ROUTE_H_

#include <sys/types.h>
#include <sys/counter.h>
#include <sys/socket.h>

#include <net/vnet.h>

struct ifaddr;
struct ifnet;
struct llentry;
struct nhop_object;
struct rtentry;

struct route {
	struct nhop_object	*ro_nh;
	struct llentry		*ro_lle;
	char			*ro_prepend;
	uint16_t		ro_plen;
	uint16_t		ro_flags;
	uint16_t		ro_mtu;
	struct sockaddr		ro_dst;
};

#define	RTF_UP		0x1
#define	RTF_GATEWAY	0x2
#define	RTF_HOST	0x4
#define	RTF_REJECT	0x8
#define	RTF_DYNAMIC	0x10
#define	RTF_STATIC	0x800
#define	RTF_BLACKHOLE	0x1000
#define	RTF_PINNED	0x100000

#define	RTM_ADD		0x1
#define	RTM_DELETE	0x2
#define	RTM_CHANGE	0x3
#define	RTM_GET		0x4
#define	RTM_MISS	0x7

#define	RT_DEFAULT_FIB	0
#define	RT_ALL_FIBS	-1

#define	NHR_NONE	0x00
#define	NHR_REF		0x01

struct rtstat {
	uint64_t	rts_badredirect;
	uint64_t	rts_dynamic;
	uint64_t	rts_newgateway;
	uint64_t	rts_unreach;
	uint64_t	rts_wildcard;
};

struct rt_addrinfo {
	int		rti_addrs;
	int		rti_flags;
	struct sockaddr	*rti_info[8];
	struct ifaddr	*rti_ifa;
	struct ifnet	*rti_ifp;
};

#ifdef _KERNEL
VNET_DECLARE(uint32_t, _rt_numfibs);
#define	V_rt_numfibs	VNET(_rt_numfibs)
#define	rt_numfibs	V_rt_numfibs

int	rib_action(uint32_t, int, struct rt_addrinfo *, void *);
void	rt_flushifroutes(struct ifnet *);
void	rt_ifmsg(struct ifnet *);
void	rt_missmsg(int, struct rt_addrinfo *, int, int);
#endif

#endif /* !_VP_NET_ROUTE_H_ */
