/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET6_SCOPE6_VAR_H_
#define	_VP_NETINET6_SCOPE6_VAR_H_

struct ifnet;
struct in6_addr;
struct sockaddr_in6;

#ifdef _KERNEL
int	in6_clearscope(struct in6_addr *);
int	in6_setscope(struct in6_addr *, struct ifnet *, unsigned int *);
int	sa6_embedscope(struct sockaddr_in6 *, int);
#endif

#endif /* !_VP_NETINET6_SCOPE6_VAR_H_ */
