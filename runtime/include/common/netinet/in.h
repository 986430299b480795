/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IN_H_
#define	_VP_NETINET_IN_H_

#include <sys/types.h>
#include <sys/socket.h>

#include <machine/endian.h>

#define	IPPROTO_IP	0
#define	IPPROTO_ICMP	1
#define	IPPROTO_IGMP	2
#define	IPPROTO_IPV4	4
#define	IPPROTO_TCP	6
#define	IPPROTO_UDP	17
#define	IPPROTO_IPV6	41
#define	IPPROTO_GRE	47
#define	IPPROTO_ESP	50
#define	IPPROTO_AH	51
#define	IPPROTO_ICMPV6	58
#define	IPPROTO_NONE	59
#define	IPPROTO_ETHERIP	97
#define	IPPROTO_PIM	103
#define	IPPROTO_CARP	112
#define	IPPROTO_SCTP	132
#define	IPPROTO_RAW	255
#define	IPPROTO_MAX	256
#define	IPPROTO_DONE	257
#define	IPPROTO_DIVERT	258
#define	IPPROTO_SPACER	32767

#define	IPPORT_RESERVED		1024
#define	IPPORT_EPHEMERALFIRST	10000
#define	IPPORT_EPHEMERALLAST	65535

typedef uint16_t	in_port_t;
typedef uint32_t	in_addr_t;

struct in_addr {
	in_addr_t	s_addr;
};

struct sockaddr_in {
	uint8_t		sin_len;
	sa_family_t	sin_family;
	in_port_t	sin_port;
	struct in_addr	sin_addr;
	char		sin_zero[8];
};

struct ip_mreq {
	struct in_addr	imr_multiaddr;
	struct in_addr	imr_interface;
};

#define	INADDR_ANY		((in_addr_t)0x00000000)
#define	INADDR_LOOPBACK		((in_addr_t)0x7f000001)
#define	INADDR_BROADCAST	((in_addr_t)0xffffffff)
#define	INADDR_NONE		((in_addr_t)0xffffffff)
#define	IN_CLASSD(i)		(((in_addr_t)(i) & 0xf0000000) == 0xe0000000)
#define	IN_MULTICAST(i)		IN_CLASSD(i)
#define	in_nullhost(x)		((x).s_addr == INADDR_ANY)

#define	INET_ADDRSTRLEN		16
#define	INET6_ADDRSTRLEN	46

#define	IP_OPTIONS	1
#define	IP_HDRINCL	2
#define	IP_TOS		3
#define	IP_TTL		4

#include <netinet6/in6.h>

#ifdef _KERNEL
struct ifnet;
struct mbuf;

int	in_broadcast(struct in_addr, struct ifnet *);
int	in_canforward(struct in_addr);
int	in_localaddr(struct in_addr);
int	in_localip(struct in_addr);
u_short	in_cksum(struct mbuf *, int);
u_short	in_cksum_skip(struct mbuf *, int, int);
u_short	in_pseudo(uint32_t, uint32_t, uint32_t);
char	*inet_ntoa_r(struct in_addr, char *);

#define	satosin(sa)	((struct sockaddr_in *)(void *)(sa))
#define	sintosa(sin)	((struct sockaddr *)(void *)(sin))
#endif

#endif /* !_VP_NETINET_IN_H_ */
