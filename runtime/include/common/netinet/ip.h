/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IP_H_
#define	_VP_NETINET_IP_H_

#include <sys/types.h>

#include <machine/endian.h>
#include <netinet/in.h>

#define	IPVERSION	4

struct ip {
#if BYTE_ORDER == LITTLE_ENDIAN
	u_char	ip_hl:4,
		ip_v:4;
#else
	u_char	ip_v:4,
		ip_hl:4;
#endif
	u_char	ip_tos;
	u_short	ip_len;
	u_short	ip_id;
	u_short	ip_off;
#define	IP_RF		0x8000
#define	IP_DF		0x4000
#define	IP_MF		0x2000
#define	IP_OFFMASK	0x1fff
	u_char	ip_ttl;
	u_char	ip_p;
	u_short	ip_sum;
	struct	in_addr ip_src, ip_dst;
} __attribute__((__packed__, __aligned__(2)));

#define	IP_MAXPACKET	65535
#define	MAXTTL		255
#define	IPDEFTTL	64
#define	IPTOS_LOWDELAY	0x10
#define	IPTOS_ECN_MASK	0x03

#endif /* !_VP_NETINET_IP_H_ */
