/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_MACHINE_ATOMIC_H_
#define	_VP_MACHINE_ATOMIC_H_

#include <sys/types.h>

#define	__ATOMIC_KIND(name, type)					\
static __inline void							\
atomic_add_##name(volatile type *p, type v)				\
{									\
	__atomic_fetch_add(p, v, __ATOMIC_RELAXED);			\
}									\
static __inline void							\
atomic_subtract_##name(volatile type *p, type v)			\
{									\
	__atomic_fetch_sub(p, v, __ATOMIC_RELAXED);			\
}									\
static __inline void							\
atomic_set_##name(volatile type *p, type v)				\
{									\
	__atomic_fetch_or(p, v, __ATOMIC_RELAXED);			\
}									\
static __inline void							\
atomic_clear_##name(volatile type *p, type v)				\
{									\
	__atomic_fetch_and(p, (type)~v, __ATOMIC_RELAXED);		\
}									\
static __inline type							\
atomic_fetchadd_##name(volatile type *p, type v)			\
{									\
	return (__atomic_fetch_add(p, v, __ATOMIC_RELAXED));		\
}									\
static __inline type							\
atomic_load_acq_##name(volatile type *p)				\
{									\
	return (__atomic_load_n(p, __ATOMIC_ACQUIRE));			\
}									\
static __inline void							\
atomic_store_rel_##name(volatile type *p, type v)			\
{									\
	__atomic_store_n(p, v, __ATOMIC_RELEASE);			\
}									\
static __inline int							\
atomic_cmpset_##name(volatile type *p, type o, type n)			\
{									\
	return (__atomic_compare_exchange_n(p, &o, n, 0,		\
	    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));			\
}									\
static __inline type							\
atomic_swap_##name(volatile type *p, type v)				\
{									\
	return (__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST));		\
}									\
static __inline type							\
atomic_readandclear_##name(volatile type *p)				\
{									\
	return (__atomic_exchange_n(p, 0, __ATOMIC_SEQ_CST));		\
}
__ATOMIC_KIND(int, u_int)
__ATOMIC_KIND(long, u_long)
__ATOMIC_KIND(32, uint32_t)
__ATOMIC_KIND(64, uint64_t)

#define	atomic_thread_fence_acq()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define	atomic_thread_fence_rel()	__atomic_thread_fence(__ATOMIC_RELEASE)
#define	mb()				__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define	wmb()				__atomic_thread_fence(__ATOMIC_RELEASE)
#define	rmb()				__atomic_thread_fence(__ATOMIC_ACQUIRE)

#endif /* !_VP_MACHINE_ATOMIC_H_ */
