/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSCTL_H_
#define	_VP_SYS_SYSCTL_H_

#include <sys/_sysctl.h>
#include <sys/_sysctl_old.h>

/* The identifiers are there already; nothing looks at them yet. */
#ifdef VIMAGE_USE_STRUCTS
#define	__SYSCTL_V(mod, sym)	((void *)(uintptr_t)&mod ## _0._ ## sym)
#else
#define	__SYSCTL_V(mod, sym)	((void *)(uintptr_t)&sym)
#endif
#define	__SYSCTL_V_OID(subs, mod, p, n, name, kind, sym, arg, handler,	\
	    fmt, descr)							\
	SYSCTL_OID(p, n, name, kind, __SYSCTL_V(mod, sym), arg,		\
	    handler, fmt, descr)
#define	__SYSCTL_V_HANDLER(kind)	sysctl_handle_ ## kind
#define	SYSCTL_RESOLVE_V_ARG1()

#include <sys/_sysctl_v.h>

#endif /* !_VP_SYS_SYSCTL_H_ */
