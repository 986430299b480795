/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET__VNET_OLD_H_
#define	_VP_NET__VNET_OLD_H_

/*
 * What FreeBSD 8 to 10 have in common: constructors without a check of their
 * place, and a family of sysctls.
 */
#define	VNET_SYSINIT(ident, sub, order, func, arg)			\
	__VNET_SYSINIT(init, ident, sub, order, func, arg)
#define	VNET_SYSUNINIT(ident, sub, order, func, arg)			\
	__VNET_SYSINIT(uninit, ident, sub, order, func, arg)

struct sysctl_oid;
struct sysctl_req;

#ifdef VIMAGE
int	vnet_sysctl_handle_int(struct sysctl_oid *, void *, intptr_t,
	    struct sysctl_req *);
int	vnet_sysctl_handle_long(struct sysctl_oid *, void *, intptr_t,
	    struct sysctl_req *);
int	vnet_sysctl_handle_opaque(struct sysctl_oid *, void *, intptr_t,
	    struct sysctl_req *);
int	vnet_sysctl_handle_string(struct sysctl_oid *, void *, intptr_t,
	    struct sysctl_req *);

/* A handler gets the address of the reference copy and asks for its own. */
#define	VNET_SYSCTL_ARG(req, arg1) do {					\
	(void)(req);							\
	if ((arg1) != NULL)						\
		(arg1) = (void *)(curvnet->vnet_data_base +		\
		    (uintptr_t)(arg1));					\
} while (0)

#define	SYSCTL_VNET_UINT(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(unsigned int, CTLTYPE_UINT, vnet_sysctl_handle_int, \
	    "IU", p, n, name, access, ptr, val, descr)
#define	SYSCTL_VNET_LONG(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(long, CTLTYPE_LONG, vnet_sysctl_handle_long, "L",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_VNET_ULONG(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(unsigned long, CTLTYPE_ULONG,			\
	    vnet_sysctl_handle_long, "LU",				\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_VNET_STRING(p, n, name, access, arg, len, descr)		\
	__SYSCTL_LEAF(char, CTLTYPE_STRING, vnet_sysctl_handle_string,	\
	    "A", p, n, name, access, arg, len, descr)
#define	SYSCTL_VNET_OPAQUE(p, n, name, access, ptr, len, fmt, descr)	\
	__SYSCTL_LEAF(void, CTLTYPE_OPAQUE, vnet_sysctl_handle_opaque,	\
	    fmt, p, n, name, access, ptr, len, descr)
#define	SYSCTL_VNET_STRUCT(p, n, name, access, ptr, type, descr)	\
	__SYSCTL_LEAF(struct type, CTLTYPE_OPAQUE,			\
	    vnet_sysctl_handle_opaque, "S," #type,			\
	    p, n, name, access, ptr, sizeof(struct type), descr)
#define	SYSCTL_VNET_PROC(p, n, name, access, ptr, arg, handler, fmt, descr) \
	SYSCTL_PROC(p, n, name, access, ptr, arg, handler, fmt, descr)
#else /* !VIMAGE */
#define	VNET_SYSCTL_ARG(req, arg1)
#define	SYSCTL_VNET_UINT	SYSCTL_UINT
#define	SYSCTL_VNET_LONG	SYSCTL_LONG
#define	SYSCTL_VNET_ULONG	SYSCTL_ULONG
#define	SYSCTL_VNET_STRING	SYSCTL_STRING
#define	SYSCTL_VNET_OPAQUE	SYSCTL_OPAQUE
#define	SYSCTL_VNET_STRUCT	SYSCTL_STRUCT
#define	SYSCTL_VNET_PROC	SYSCTL_PROC
#endif /* VIMAGE */

#endif /* !_VP_NET__VNET_OLD_H_ */
