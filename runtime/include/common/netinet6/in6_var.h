/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET6_IN6_VAR_H_
#define	_VP_NETINET6_IN6_VAR_H_

#include <net/if_var.h>
#include <netinet/in.h>

struct in6_ifaddr {
	struct ifaddr			ia_ifa;
	struct sockaddr_in6		ia_addr;
	struct sockaddr_in6		ia_prefixmask;
	CK_STAILQ_ENTRY(in6_ifaddr)	ia_link;
	int				ia6_flags;
};

#ifdef _KERNEL
int	in6_control(struct socket *, u_long, caddr_t, struct ifnet *,
	    struct thread *);
int	in6_localaddr(struct in6_addr *);
#endif

#endif /* !_VP_NETINET6_IN6_VAR_H_ */
