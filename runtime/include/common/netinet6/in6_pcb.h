/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET6_IN6_PCB_H_
#define	_VP_NETINET6_IN6_PCB_H_

#include <netinet/in_pcb.h>

#ifdef _KERNEL
int	in6_pcbbind(struct inpcb *, struct sockaddr *, struct ucred *);
int	in6_pcbconnect(struct inpcb *, struct sockaddr *, struct ucred *);
void	in6_pcbdisconnect(struct inpcb *);
int	in6_getpeeraddr(struct socket *, struct sockaddr **);
int	in6_getsockaddr(struct socket *, struct sockaddr **);
#endif

#endif /* !_VP_NETINET6_IN6_PCB_H_ */
