/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETPFIL_IPFW_IP_FW_HOOK_H_
#define	_VP_NETPFIL_IPFW_IP_FW_HOOK_H_

#include <sys/types.h>

#ifdef _KERNEL
struct ifnet;
struct inpcb;
struct mbuf;

#define	IP_FW_PASS	0
#define	IP_FW_DENY	1

struct ip_fw_args {
	struct mbuf	*m;
	struct ifnet	*ifp;
	struct inpcb	*inp;
	uint32_t	flags;
};

int	ipfw_chk(struct ip_fw_args *);
#endif

#endif /* !_VP_NETPFIL_IPFW_IP_FW_HOOK_H_ */
