/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_VNET_H_
#define	_VP_NET_VNET_H_

#include <net/_vnet.h>
#include <net/_vnet_old.h>
#include <sys/vimage.h>

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

#ifdef VIMAGE
#undef	VNET_ITERATOR_DECL
#undef	VNET_FOREACH
#define	VNET_ITERATOR_DECL(arg)	struct vimage *arg
#define	VNET_FOREACH(arg)	LIST_FOREACH((arg), &vnet_data.v_instances, v_le)
#undef	VNET_SYSINIT
#undef	VNET_SYSUNINIT
#define	VNET_SYSINIT(ident, sub, order, func, arg)			\
	VIMAGE_SYSINIT(ident, sub, order, func, arg)
#define	VNET_SYSUNINIT(ident, sub, order, func, arg)			\
	VIMAGE_SYSUNINIT(ident, sub, order, func, arg)
#endif

#endif /* !_VP_NET_VNET_H_ */
