/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_TCP_H_
#define	_VP_NETINET_TCP_H_

#include <sys/types.h>

#include <machine/endian.h>

typedef uint32_t	tcp_seq;

struct tcphdr {
	u_short	th_sport;
	u_short	th_dport;
	tcp_seq	th_seq;
	tcp_seq	th_ack;
#if BYTE_ORDER == LITTLE_ENDIAN
	u_char	th_x2:4,
		th_off:4;
#else
	u_char	th_off:4,
		th_x2:4;
#endif
	u_char	th_flags;
#define	TH_FIN	0x01
#define	TH_SYN	0x02
#define	TH_RST	0x04
#define	TH_PUSH	0x08
#define	TH_ACK	0x10
#define	TH_URG	0x20
	u_short	th_win;
	u_short	th_sum;
	u_short	th_urp;
};

#define	TCP_NODELAY	1
#define	TCP_MAXSEG	2

#endif /* !_VP_NETINET_TCP_H_ */
