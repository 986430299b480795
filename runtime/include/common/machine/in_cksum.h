/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_MACHINE_IN_CKSUM_H_
#define	_VP_MACHINE_IN_CKSUM_H_

#include <sys/types.h>

struct mbuf;
struct ip;
u_short	in_cksum_skip(struct mbuf *, int, int);
u_short	in_pseudo(u_int, u_int, u_int);
u_short	in_addword(u_short, u_short);
u_int	in_cksum_hdr(const struct ip *);
u_short	in_cksum(struct mbuf *, int);

#endif /* !_VP_MACHINE_IN_CKSUM_H_ */
