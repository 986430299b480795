/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IN_FIB_H_
#define	_VP_NETINET_IN_FIB_H_

#include <sys/types.h>

#include <netinet/in.h>

#ifdef _KERNEL
struct nhop_object;

struct nhop_object *fib4_lookup(uint32_t, struct in_addr, uint32_t, uint32_t,
	    uint32_t);
#endif

#endif /* !_VP_NETINET_IN_FIB_H_ */
