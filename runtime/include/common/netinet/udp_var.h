/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_UDP_VAR_H_
#define	_VP_NETINET_UDP_VAR_H_

#include <sys/types.h>
#include <sys/sysctl.h>

#include <net/vnet.h>
#include <netinet/in_pcb.h>
#include <netinet/udp.h>

struct udpstat {
	uint64_t	udps_ipackets;
	uint64_t	udps_hdrops;
	uint64_t	udps_badsum;
	uint64_t	udps_noport;
	uint64_t	udps_opackets;
};

#ifdef _KERNEL
SYSCTL_DECL(_net_inet_udp);

VNET_DECLARE(struct inpcbinfo, udbinfo);
#define	V_udbinfo	VNET(udbinfo)

extern struct pr_usrreqs udp_usrreqs;

typedef void	(*udp_tun_func_t)(struct mbuf *, int, struct inpcb *,
		    const struct sockaddr *, void *);
typedef void	(*udp_tun_icmp_t)(int, struct sockaddr *, void *, void *);

int	udp_input(struct mbuf **, int *, int);
int	udp_set_kernel_tunneling(struct socket *, udp_tun_func_t,
	    udp_tun_icmp_t, void *);
#endif

#endif /* !_VP_NETINET_UDP_VAR_H_ */
