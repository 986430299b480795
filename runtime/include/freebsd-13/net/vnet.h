/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_VNET_H_
#define	_VP_NET_VNET_H_

#include <net/_vnet.h>
#include <net/_vnet_flag.h>

#ifdef VIMAGE
#define	VNET_DEFINE_STATIC(t, n)	static t VNET_NAME(n) __VNET_PLACE
#else
#define	VNET_DEFINE_STATIC(t, n)	static t n
#endif

#define	VNET_PCPUSTAT_DEFINE_STATIC(type, name)				\
	VNET_DEFINE_STATIC(counter_u64_t, name[__VNET_STAT_N(type)])

#endif /* !_VP_NET_VNET_H_ */
