/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IN_VAR_H_
#define	_VP_NETINET_IN_VAR_H_

#include <sys/queue.h>

#include <net/if_var.h>
#include <netinet/in.h>

struct in_ifaddr {
	struct ifaddr			ia_ifa;
#define	ia_ifp		ia_ifa.ifa_ifp
#define	ia_flags	ia_ifa.ifa_flags
	u_long				ia_subnet;
	u_long				ia_subnetmask;
	LIST_ENTRY(in_ifaddr)		ia_hash;
	CK_STAILQ_ENTRY(in_ifaddr)	ia_link;
	struct sockaddr_in		ia_addr;
	struct sockaddr_in		ia_dstaddr;
	struct sockaddr_in		ia_sockmask;
};

#define	IA_SIN(ia)	(&((struct in_ifaddr *)(ia))->ia_addr)

#ifdef _KERNEL
CK_STAILQ_HEAD(in_ifaddrhead, in_ifaddr);
VNET_DECLARE(struct in_ifaddrhead, in_ifaddrhead);
#define	V_in_ifaddrhead	VNET(in_ifaddrhead)

int	in_control(struct socket *, u_long, caddr_t, struct ifnet *,
	    struct thread *);
int	in_leavegroup(void *, void *);
struct in_ifaddr *in_ifaddr_by_addr(struct in_addr);
#endif

#endif /* !_VP_NETINET_IN_VAR_H_ */
