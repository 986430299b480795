/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SOCKET_H_
#define	_VP_SYS_SOCKET_H_

#include <sys/types.h>
#include <sys/_sockaddr_storage.h>

struct sockaddr {
	unsigned char	sa_len;
	sa_family_t	sa_family;
	char		sa_data[14];
};

struct sockproto {
	u_short	sp_family;
	u_short	sp_protocol;
};

#define	SOCK_STREAM	1
#define	SOCK_DGRAM	2
#define	SOCK_RAW	3
#define	SOCK_SEQPACKET	5

#define	AF_UNSPEC	0
#define	AF_UNIX		1
#define	AF_LOCAL	AF_UNIX
#define	AF_INET		2
#define	AF_ROUTE	17
#define	AF_LINK		18
#define	AF_KEY		pseudo_AF_KEY
#define	pseudo_AF_KEY	27
#define	AF_INET6	28
#define	AF_NETGRAPH	32
#define	AF_MAX		42

#define	PF_UNSPEC	AF_UNSPEC
#define	PF_LOCAL	AF_LOCAL
#define	PF_INET		AF_INET
#define	PF_ROUTE	AF_ROUTE
#define	PF_KEY		pseudo_AF_KEY
#define	PF_INET6	AF_INET6
#define	PF_NETGRAPH	AF_NETGRAPH
#define	PF_MAX		AF_MAX

#define	SOL_SOCKET	0xffff
#define	SO_BROADCAST	0x0020
#define	SO_REUSEADDR	0x0004
#define	MSG_DONTWAIT	0x80

#define	satosin(sa)	((struct sockaddr_in *)(void *)(sa))
#define	satosin6(sa)	((struct sockaddr_in6 *)(void *)(sa))

#endif /* !_VP_SYS_SOCKET_H_ */
