/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IP_ICMP_H_
#define	_VP_NETINET_IP_ICMP_H_

#include <sys/types.h>

#include <netinet/in.h>
#include <netinet/ip.h>

struct icmp {
	u_char		icmp_type;
	u_char		icmp_code;
	u_short		icmp_cksum;
	union {
		struct {
			uint16_t	icd_id;
			uint16_t	icd_seq;
		} ih_idseq;
		struct {
			uint16_t	ipm_void;
			uint16_t	ipm_nextmtu;
		} ih_pmtu;
		int		ih_void;
	} icmp_hun;
#define	icmp_void	icmp_hun.ih_void
#define	icmp_nextmtu	icmp_hun.ih_pmtu.ipm_nextmtu
	struct ip	icmp_ip;
};

#define	ICMP_MINLEN		8
#define	ICMP_ECHOREPLY		0
#define	ICMP_UNREACH		3
#define	ICMP_UNREACH_PROTOCOL	2
#define	ICMP_UNREACH_PORT	3
#define	ICMP_UNREACH_NEEDFRAG	4
#define	ICMP_ECHO		8
#define	ICMP_TIMXCEED		11

#ifdef _KERNEL
struct mbuf;

void	icmp_error(struct mbuf *, int, int, uint32_t, int);
int	icmp_input(struct mbuf **, int *, int);
#endif

#endif /* !_VP_NETINET_IP_ICMP_H_ */
