/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_VNET_H_
#define	_VP_NET_VNET_H_

#include <net/_vnet.h>
#include <sys/counter.h>

#ifdef VIMAGE
#define	VNET_DEFINE_STATIC(t, n)	static t VNET_NAME(n) __VNET_PLACE
#else
#define	VNET_DEFINE_STATIC(t, n)	static t n
#endif

#ifdef VIMAGE
#define	__VNET_SUB_CHECK(sub)						\
	CTASSERT((sub) > SI_SUB_VNET && (sub) <= SI_SUB_VNET_DONE)
#else
#define	__VNET_SUB_CHECK(sub)	CTASSERT(1)
#endif
#define	VNET_SYSINIT(ident, sub, order, func, arg)			\
	__VNET_SUB_CHECK(sub);						\
	__VNET_SYSINIT(init, ident, sub, order, func, arg)
#define	VNET_SYSUNINIT(ident, sub, order, func, arg)			\
	__VNET_SUB_CHECK(sub);						\
	__VNET_SYSINIT(uninit, ident, sub, order, func, arg)

/* Statistics: one counter(9) per 64-bit field of a structure. */
#define	__VNET_STAT_N(type)		(sizeof(type) / sizeof(uint64_t))
#define	__VNET_STAT_I(type, f)		(offsetof(type, f) / sizeof(uint64_t))
#define	VNET_PCPUSTAT_DECLARE(type, name)				\
	VNET_DECLARE(counter_u64_t, name[__VNET_STAT_N(type)])
#define	VNET_PCPUSTAT_DEFINE(type, name)				\
	VNET_DEFINE(counter_u64_t, name[__VNET_STAT_N(type)])
#define	VNET_PCPUSTAT_DEFINE_STATIC(type, name)				\
	VNET_DEFINE_STATIC(counter_u64_t, name[__VNET_STAT_N(type)])
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
#define	SYSCTL_VNET_PCPUSTAT(parent, nbr, name, type, array, desc)	\
	static int							\
	array##_sysctl(SYSCTL_HANDLER_ARGS)				\
	{								\
		type s;							\
									\
		(void)oidp, (void)arg1, (void)arg2;			\
		COUNTER_ARRAY_COPY(VNET(array), &s, __VNET_STAT_N(type)); \
		if (req->newptr != NULL)				\
			COUNTER_ARRAY_ZERO(VNET(array),			\
			    __VNET_STAT_N(type));			\
		return (SYSCTL_OUT(req, &s, sizeof(type)));		\
	}								\
	SYSCTL_PROC(parent, nbr, name, CTLFLAG_VNET | CTLTYPE_OPAQUE |	\
	    CTLFLAG_RW | CTLFLAG_NEEDGIANT, NULL, 0, array##_sysctl,	\
	    "I", desc)

#endif /* !_VP_NET_VNET_H_ */
