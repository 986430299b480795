/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET__VNET_FLAG_H_
#define	_VP_NET__VNET_FLAG_H_

/*
 * What FreeBSD 11 to 13 have in common: constructors whose place is checked,
 * and a flag for sysctls.
 */
#include <net/_vnet_stat.h>

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

#endif /* !_VP_NET__VNET_FLAG_H_ */
