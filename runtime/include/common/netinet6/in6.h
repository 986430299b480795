/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET6_IN6_H_
#define	_VP_NETINET6_IN6_H_

#include <sys/types.h>
#include <sys/socket.h>

struct in6_addr {
	union {
		uint8_t		__u6_addr8[16];
		uint16_t	__u6_addr16[8];
		uint32_t	__u6_addr32[4];
	} __u6_addr;
};

#define	s6_addr		__u6_addr.__u6_addr8
#define	s6_addr16	__u6_addr.__u6_addr16
#define	s6_addr32	__u6_addr.__u6_addr32

struct sockaddr_in6 {
	uint8_t		sin6_len;
	sa_family_t	sin6_family;
	uint16_t	sin6_port;
	uint32_t	sin6_flowinfo;
	struct in6_addr	sin6_addr;
	uint32_t	sin6_scope_id;
};

#define	IN6_IS_ADDR_UNSPECIFIED(a)					\
	((a)->s6_addr32[0] == 0 && (a)->s6_addr32[1] == 0 &&		\
	    (a)->s6_addr32[2] == 0 && (a)->s6_addr32[3] == 0)
#define	IN6_ARE_ADDR_EQUAL(a, b)					\
	((a)->s6_addr32[0] == (b)->s6_addr32[0] &&			\
	    (a)->s6_addr32[1] == (b)->s6_addr32[1] &&			\
	    (a)->s6_addr32[2] == (b)->s6_addr32[2] &&			\
	    (a)->s6_addr32[3] == (b)->s6_addr32[3])
#define	IN6_IS_ADDR_MULTICAST(a)	((a)->s6_addr[0] == 0xff)

#ifdef _KERNEL
extern const struct in6_addr in6addr_any;

#define	satosin6(sa)	((struct sockaddr_in6 *)(void *)(sa))

struct mbuf;

char	*ip6_sprintf(char *, const struct in6_addr *);
int	in6_cksum(struct mbuf *, uint8_t, uint32_t, uint32_t);
int	in6_cksum_pseudo(const void *, uint32_t, uint8_t, uint16_t);
#endif

#endif /* !_VP_NETINET6_IN6_H_ */
