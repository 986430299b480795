/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_ARP_H_
#define	_VP_NET_IF_ARP_H_

#include <sys/types.h>

struct arphdr {
	u_short	ar_hrd;
	u_short	ar_pro;
	u_char	ar_hln;
	u_char	ar_pln;
	u_short	ar_op;
};

#define	ARPHRD_ETHER	1
#define	ARPOP_REQUEST	1
#define	ARPOP_REPLY	2

struct arpcom {
	struct ifnet	*ac_ifp;
	void		*ac_netgraph;
};

#define	IFP2AC(ifp)	((struct arpcom *)(ifp)->if_l2com)

#endif /* !_VP_NET_IF_ARP_H_ */
