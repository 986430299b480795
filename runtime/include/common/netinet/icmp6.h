/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_ICMP6_H_
#define	_VP_NETINET_ICMP6_H_

#include <sys/types.h>

struct icmp6_hdr {
	uint8_t		icmp6_type;
	uint8_t		icmp6_code;
	uint16_t	icmp6_cksum;
	uint32_t	icmp6_data32[1];
};

#define	ICMP6_DST_UNREACH		1
#define	ICMP6_DST_UNREACH_NOPORT	4
#define	ICMP6_PACKET_TOO_BIG		2

#ifdef _KERNEL
struct mbuf;

void	icmp6_error(struct mbuf *, int, int, int);
#endif

#endif /* !_VP_NETINET_ICMP6_H_ */
