/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__SYSCTL_V_H_
#define	_VP_SYS__SYSCTL_V_H_

/*
 * The family with major and minor identifiers.  Who includes this has defined
 * __SYSCTL_V_OID() and __SYSCTL_V_HANDLER().
 */
#define	__SYSCTL_V_KIND(type, access)					\
	(CTLTYPE_ ## type | CTLFLAG_MPSAFE | (access))
#define	SYSCTL_V_OID(subs, mod, p, n, name, kind, sym, arg, h, fmt, descr) \
	__SYSCTL_V_OID(subs, mod, p, n, name, kind, sym, arg, h, fmt, descr)
#define	SYSCTL_V_INT(subs, mod, p, n, name, access, sym, val, descr)	\
	__SYSCTL_V_OID(subs, mod, p, n, name, __SYSCTL_V_KIND(INT, access), \
	    sym, val, __SYSCTL_V_HANDLER(int), "I", descr)
#define	SYSCTL_V_UINT(subs, mod, p, n, name, access, sym, val, descr)	\
	__SYSCTL_V_OID(subs, mod, p, n, name, __SYSCTL_V_KIND(UINT, access), \
	    sym, val, __SYSCTL_V_HANDLER(int), "IU", descr)
#define	SYSCTL_V_LONG(subs, mod, p, n, name, access, sym, val, descr)	\
	__SYSCTL_V_OID(subs, mod, p, n, name, __SYSCTL_V_KIND(LONG, access), \
	    sym, val, __SYSCTL_V_HANDLER(long), "L", descr)
#define	SYSCTL_V_ULONG(subs, mod, p, n, name, access, sym, val, descr)	\
	__SYSCTL_V_OID(subs, mod, p, n, name, __SYSCTL_V_KIND(ULONG, access), \
	    sym, val, __SYSCTL_V_HANDLER(long), "LU", descr)
#define	SYSCTL_V_STRING(subs, mod, p, n, name, access, sym, len, descr)	\
	__SYSCTL_V_OID(subs, mod, p, n, name, __SYSCTL_V_KIND(STRING, access), \
	    sym, len, __SYSCTL_V_HANDLER(string), "A", descr)
#define	SYSCTL_V_OPAQUE(subs, mod, p, n, name, access, sym, len, fmt, descr) \
	__SYSCTL_V_OID(subs, mod, p, n, name, __SYSCTL_V_KIND(OPAQUE, access), \
	    sym, len, __SYSCTL_V_HANDLER(opaque), fmt, descr)
#define	SYSCTL_V_STRUCT(subs, mod, p, n, name, access, sym, type, descr) \
	__SYSCTL_V_OID(subs, mod, p, n, name, __SYSCTL_V_KIND(OPAQUE, access), \
	    sym, sizeof(struct type), __SYSCTL_V_HANDLER(opaque),	\
	    "S," #type, descr)
#define	SYSCTL_V_PROC(subs, mod, p, n, name, access, sym, arg, h, fmt, descr) \
	__SYSCTL_V_OID(subs, mod, p, n, name, access, sym, arg, h, fmt, descr)

#endif /* !_VP_SYS__SYSCTL_V_H_ */
