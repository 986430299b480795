/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET__VNET_STAT_H_
#define	_VP_NET__VNET_STAT_H_

#include <sys/counter.h>

/* Statistics: one counter(9) per 64-bit field of a structure. */
#define	__VNET_STAT_N(type)		(sizeof(type) / sizeof(uint64_t))
#define	__VNET_STAT_I(type, f)		(offsetof(type, f) / sizeof(uint64_t))
#define	VNET_PCPUSTAT_DECLARE(type, name)				\
	VNET_DECLARE(counter_u64_t, name[__VNET_STAT_N(type)])
#define	VNET_PCPUSTAT_DEFINE(type, name)				\
	VNET_DEFINE(counter_u64_t, name[__VNET_STAT_N(type)])
#define	VNET_PCPUSTAT_ALLOC(name, wait)					\
	COUNTER_ARRAY_ALLOC(VNET(name), nitems(VNET(name)), (wait))
#define	VNET_PCPUSTAT_FREE(name)					\
	COUNTER_ARRAY_FREE(VNET(name), nitems(VNET(name)))
#define	VNET_PCPUSTAT_ADD(type, name, f, v)				\
	counter_u64_add(VNET(name)[__VNET_STAT_I(type, f)], (v))
#define	VNET_PCPUSTAT_FETCH(type, name, f)				\
	counter_u64_fetch(VNET(name)[__VNET_STAT_I(type, f)])
#define	VNET_PCPUSTAT_SYSINIT(name)					\
	static void							\
	vnet_##name##_init(const void *unused __unused)			\
	{								\
		VNET_PCPUSTAT_ALLOC(name, M_WAITOK);			\
	}								\
	VNET_SYSINIT(vnet_##name##_init, SI_SUB_INIT_IF,		\
	    SI_ORDER_FIRST, vnet_##name##_init, NULL)
#define	VNET_PCPUSTAT_SYSUNINIT(name)					\
	static void							\
	vnet_##name##_uninit(const void *unused __unused)		\
	{								\
		VNET_PCPUSTAT_FREE(name);				\
	}								\
	VNET_SYSUNINIT(vnet_##name##_uninit, SI_SUB_INIT_IF,		\
	    SI_ORDER_FIRST, vnet_##name##_uninit, NULL)

#endif /* !_VP_NET__VNET_STAT_H_ */
