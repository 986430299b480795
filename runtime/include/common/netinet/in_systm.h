/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IN_SYSTM_H_
#define	_VP_NETINET_IN_SYSTM_H_

#include <sys/types.h>

typedef uint16_t	n_short;
typedef uint32_t	n_long;
typedef uint32_t	n_time;

#ifdef _KERNEL
uint32_t iptime(void);
#endif

#endif /* !_VP_NETINET_IN_SYSTM_H_ */
