/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_VIMAGE_H_
#define	_VP_SYS_VIMAGE_H_

#include <sys/types.h>
#include <sys/queue.h>

/*
 * The generalised framework of 2010: instances of any subsystem, of which the
 * network stack is one.  Iterators run over instances.
 */
struct vimage {
	LIST_ENTRY(vimage)	 v_le;
};

struct vimage_subsys {
	LIST_HEAD(, vimage)	 v_instances;
	const char		*v_name;
	size_t			 v_size;
};

#define	VIMAGE_SYSINIT(ident, sub, order, func, arg)			\
	__VNET_SYSINIT(init, ident, sub, order, func, arg)
#define	VIMAGE_SYSUNINIT(ident, sub, order, func, arg)			\
	__VNET_SYSINIT(uninit, ident, sub, order, func, arg)

#ifdef VIMAGE
#ifdef VPORT_NATIVE
/* The list of vnets, which is all of it that anybody asks for. */
extern struct vimage_subsys vnet_data __asm("vnet_head");
#else
extern struct vimage_subsys vnet_data;
#endif
#endif

#endif /* !_VP_SYS_VIMAGE_H_ */
