/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IGMP_H_
#define	_VP_NETINET_IGMP_H_

#include <sys/types.h>

#include <netinet/in.h>

struct igmp {
	u_char		igmp_type;
	u_char		igmp_code;
	u_short		igmp_cksum;
	struct in_addr	igmp_group;
};

#endif /* !_VP_NETINET_IGMP_H_ */
