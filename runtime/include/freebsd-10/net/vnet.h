/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_VNET_H_
#define	_VP_NET_VNET_H_

#include <net/_vnet.h>
#include <net/_vnet_old.h>
#include <net/_vnet_stat.h>

/* `static VNET_DEFINE(...)' is how this release spells a static. */
#undef	VNET_DEFINE
#ifdef VIMAGE
#define	VNET_DEFINE(t, n)	t VNET_NAME(n) __VNET_PLACE
#else
#define	VNET_DEFINE(t, n)	t n
#endif

#ifdef VIMAGE
#define	SYSCTL_VNET_INT(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(int, CTLTYPE_INT, vnet_sysctl_handle_int, "I",	\
	    p, n, name, access, ptr, val, descr)
#else
#define	SYSCTL_VNET_INT		SYSCTL_INT
#endif

/* VNET_PCPUSTAT_DEFINE and the rest are of <net/_vnet_stat.h>. */
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
	SYSCTL_PROC(parent, nbr, name, CTLTYPE_OPAQUE | CTLFLAG_RW,	\
	    NULL, 0, array##_sysctl, "I", desc)

#endif /* !_VP_NET_VNET_H_ */
