/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET6_ND6_H_
#define	_VP_NETINET6_ND6_H_

#include <net/vnet.h>

#ifdef _KERNEL
VNET_DECLARE(int, nd6_debug);
#define	V_nd6_debug	VNET(nd6_debug)
#endif

#endif /* !_VP_NETINET6_ND6_H_ */
