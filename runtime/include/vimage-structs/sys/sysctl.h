/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSCTL_H_
#define	_VP_SYS_SYSCTL_H_

#include <sys/_sysctl.h>
#include <sys/_sysctl_old.h>
#include <sys/vimage.h>

/*
 * A leaf of a container names the variable; what it keeps is an offset in the
 * VIMAGE build, and the address of the one instance in the others.
 */
#ifdef VIMAGE
#define	__SYSCTL_V(mod, sym)						\
	((void *)(uintptr_t)__offsetof(struct mod, _ ## sym))
int	sysctl_handle_v_int(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_v_long(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_v_string(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_v_opaque(SYSCTL_HANDLER_ARGS);
void	*vp_sysctl_v_resolve(struct sysctl_oid *, void *);
#define	SYSCTL_RESOLVE_V_ARG1()	do {					\
	arg1 = vp_sysctl_v_resolve(oidp, arg1);				\
} while (0)
#define	__SYSCTL_V_OID(subs, mod, p, n, name, kind, sym, arg, handler,	\
	    fmt, descr)							\
	_Static_assert((subs) == V_NET, "no subsystem of " #name);	\
	SYSCTL_OID(p, n, name, kind, __SYSCTL_V(mod, sym), arg,		\
	    handler, fmt, descr)
#define	__SYSCTL_V_HANDLER(kind)	sysctl_handle_v_ ## kind
#else
#ifdef VIMAGE_GLOBALS
#define	__SYSCTL_V(mod, sym)	((void *)(uintptr_t)&sym)
#else
#define	__SYSCTL_V(mod, sym)	((void *)(uintptr_t)&mod ## _0._ ## sym)
#endif
#define	SYSCTL_RESOLVE_V_ARG1()	do { (void)oidp; } while (0)
#define	__SYSCTL_V_OID(subs, mod, p, n, name, kind, sym, arg, handler,	\
	    fmt, descr)							\
	SYSCTL_OID(p, n, name, kind, __SYSCTL_V(mod, sym), arg,		\
	    handler, fmt, descr)
#define	__SYSCTL_V_HANDLER(kind)	sysctl_handle_ ## kind
#endif

#include <sys/_sysctl_v.h>

#endif /* !_VP_SYS_SYSCTL_H_ */
