/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET6_IP6PROTOSW_H_
#define	_VP_NETINET6_IP6PROTOSW_H_

#include <sys/types.h>

#include <netinet/in.h>

struct ip6_hdr;
struct mbuf;

struct ip6ctlparam {
	struct mbuf			*ip6c_m;
	struct ip6_hdr			*ip6c_ip6;
	int				ip6c_off;
	const struct sockaddr_in6	*ip6c_src;
	const struct sockaddr_in6	*ip6c_dst;
};

#endif /* !_VP_NETINET6_IP6PROTOSW_H_ */
