/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_VIMAGE_H_
#define	_VP_SYS_VIMAGE_H_

/*
 * The first step of 2008: accessors name the globals, contexts are blank
 * space.  VIMAGE_USE_STRUCTS, the last step of its plan, has one instance of
 * each structure.
 */
#include <sys/types.h>
#include <sys/systm.h>

/* The kernel's own variables, by way of example. */
#define	V_rtstat		rtstat
#define	V_hostname		hostname
#define	V_useloopback		useloopback

#define	V_NET			1

#define	INIT_VNET_NET(vnet)
#define	INIT_VNET_INET(vnet)
#define	INIT_VNET_INET6(vnet)
#include <sys/_vimage_structs.h>

#define	curvnet			NULL
#define	CRED_TO_VNET(cr)	NULL
#define	TD_TO_VNET(td)		NULL
#define	P_TO_VNET(p)		NULL
#define	IS_DEFAULT_VNET(arg)	1

#define	CURVNET_SET(arg)
#define	CURVNET_SET_QUIET(arg)
#define	CURVNET_RESTORE()

#define	VNET_ITERATOR_DECL(arg)
#define	VNET_FOREACH(arg)
#define	VNET_LIST_RLOCK()
#define	VNET_LIST_RUNLOCK()
#define	VNET_LIST_RLOCK_NOSLEEP()
#define	VNET_LIST_RUNLOCK_NOSLEEP()

#endif /* !_VP_SYS_VIMAGE_H_ */
