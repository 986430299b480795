/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_UDP_H_
#define	_VP_NETINET_UDP_H_

#include <sys/types.h>

struct udphdr {
	u_short	uh_sport;
	u_short	uh_dport;
	u_short	uh_ulen;
	u_short	uh_sum;
};

#endif /* !_VP_NETINET_UDP_H_ */
