/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__SYSCTL_H_
#define	_VP_SYS__SYSCTL_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/linker_set.h>

#define	CTLTYPE		0xf
#define	CTLTYPE_NODE	1
#define	CTLTYPE_INT	2
#define	CTLTYPE_STRING	3
#define	CTLTYPE_S64	4
#define	CTLTYPE_OPAQUE	5
#define	CTLTYPE_STRUCT	CTLTYPE_OPAQUE
#define	CTLTYPE_UINT	6
#define	CTLTYPE_LONG	7
#define	CTLTYPE_ULONG	8
#define	CTLTYPE_U64	9
#define	CTLTYPE_QUAD	CTLTYPE_S64
#define	CTLTYPE_UQUAD	CTLTYPE_U64
#define	CTLTYPE_U8	0xa
#define	CTLTYPE_U16	0xb
#define	CTLTYPE_S8	0xc
#define	CTLTYPE_S16	0xd
#define	CTLTYPE_S32	0xe
#define	CTLTYPE_U32	0xf

#define	CTLFLAG_RD	0x80000000
#define	CTLFLAG_WR	0x40000000
#define	CTLFLAG_RW	(CTLFLAG_RD | CTLFLAG_WR)
#define	CTLFLAG_ANYBODY	0x10000000
#define	CTLFLAG_SECURE	0x08000000
#define	CTLFLAG_PRISON	0x04000000
#define	CTLFLAG_DYN	0x02000000
#define	CTLFLAG_SKIP	0x01000000
#define	CTLFLAG_TUN	0x00080000
#define	CTLFLAG_RDTUN	(CTLFLAG_RD | CTLFLAG_TUN)
#define	CTLFLAG_RWTUN	(CTLFLAG_RW | CTLFLAG_TUN)
#define	CTLFLAG_MPSAFE	0x00040000
#define	CTLFLAG_SECURE3	(CTLFLAG_SECURE | (2 << 20))

#define	OID_AUTO	(-1)

struct sysctl_oid;
struct sysctl_req;
SLIST_HEAD(sysctl_oid_list, sysctl_oid);

#define	SYSCTL_HANDLER_ARGS						\
	struct sysctl_oid *oidp __unused, void *arg1 __unused,		\
	intptr_t arg2 __unused, struct sysctl_req *req __unused

typedef int (*sysctl_handler_t)(SYSCTL_HANDLER_ARGS);

struct sysctl_req {
	struct thread	*td;
	int		 lock;
	void		*oldptr;
	size_t		 oldlen;
	size_t		 oldidx;
	int		(*oldfunc)(struct sysctl_req *, const void *, size_t);
	const void	*newptr;
	size_t		 newlen;
	size_t		 newidx;
	int		(*newfunc)(struct sysctl_req *, void *, size_t);
};

struct sysctl_oid {
	struct sysctl_oid_list	 oid_children;
	struct sysctl_oid_list	*oid_parent;
	SLIST_ENTRY(sysctl_oid)	 oid_link;
	int			 oid_number;
	u_int			 oid_kind;
	void			*oid_arg1;
	intptr_t		 oid_arg2;
	const char		*oid_name;
	sysctl_handler_t	 oid_handler;
	const char		*oid_fmt;
	const char		*oid_descr;
#ifdef VPORT_NATIVE
	const char		*vp_at;
#endif
};

/* A leaf of the native harness knows its place. */
#ifdef VPORT_NATIVE
#include <vport/native.h>
#define	__SYSCTL_PLACE	.vp_at = VP_HERE,
#else
#define	__SYSCTL_PLACE
#endif

struct sysctl_ctx_entry {
	struct sysctl_oid	*entry;
	TAILQ_ENTRY(sysctl_ctx_entry) link;
};
TAILQ_HEAD(sysctl_ctx_list, sysctl_ctx_entry);

#define	SYSCTL_IN(r, p, l)	((r)->newfunc)((r), (p), (l))
#define	SYSCTL_OUT(r, p, l)	((r)->oldfunc)((r), (p), (l))
#define	SYSCTL_OUT_STR(r, p)	((r)->oldfunc)((r), (p), strlen(p) + 1)

int	sysctl_handle_int(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_8(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_16(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_32(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_64(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_long(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_quad(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_bool(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_string(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_opaque(SYSCTL_HANDLER_ARGS);
int	sysctl_handle_counter_u64(SYSCTL_HANDLER_ARGS);
int	sysctl_msec_to_ticks(SYSCTL_HANDLER_ARGS);
int	sysctl_wire_old_buffer(struct sysctl_req *, size_t);

int	sysctl_ctx_init(struct sysctl_ctx_list *);
int	sysctl_ctx_free(struct sysctl_ctx_list *);
int	sysctl_remove_oid(struct sysctl_oid *, int, int);
struct sysctl_oid *sysctl_add_oid(struct sysctl_ctx_list *,
	    struct sysctl_oid_list *, int, const char *, int, void *,
	    intptr_t, int (*)(SYSCTL_HANDLER_ARGS), const char *,
	    const char *, const char *);

#define	SYSCTL_CHILDREN(oid)		(&(oid)->oid_children)
#define	SYSCTL_STATIC_CHILDREN(name)	(&sysctl__##name.oid_children)
#define	SYSCTL_DECL(name)		extern struct sysctl_oid sysctl__##name

/* A leaf whose pointer has the wrong type does not compile. */
#define	__SYSCTL_PTR(type, ptr)	((void *)(1 ? (ptr) : (type *)0))

#define	__SYSCTL_OID_INIT(parent, nbr, name, kind, a1, a2, h, fmt, descr) \
	{								\
		.oid_parent = &sysctl__##parent.oid_children,		\
		.oid_number = (nbr),					\
		.oid_kind = (u_int)(kind),				\
		.oid_arg1 = (a1),					\
		.oid_arg2 = (a2),					\
		.oid_name = #name,					\
		.oid_handler = (h),					\
		.oid_fmt = (fmt),					\
		.oid_descr = (descr),					\
		__SYSCTL_PLACE						\
	}
#define	SYSCTL_OID(parent, nbr, name, kind, a1, a2, handler, fmt, descr) \
	static struct sysctl_oid sysctl__##parent##_##name =		\
	    __SYSCTL_OID_INIT(parent, nbr, name, kind, a1, a2, handler,	\
	    fmt, descr);						\
	DATA_SET(sysctl_set, sysctl__##parent##_##name)

#define	SYSCTL_NODE(parent, nbr, name, access, handler, descr)		\
	struct sysctl_oid sysctl__##parent##_##name =			\
	    __SYSCTL_OID_INIT(parent, nbr, name, CTLTYPE_NODE | (access), \
	    NULL, 0, handler, "N", descr);				\
	DATA_SET(sysctl_set, sysctl__##parent##_##name)

#define	__SYSCTL_LEAF(type, ct, h, fmt, parent, nbr, name, access, ptr,	\
	    val, descr)							\
	SYSCTL_OID(parent, nbr, name, (ct) | CTLFLAG_MPSAFE | (access),	\
	    __SYSCTL_PTR(type, ptr), val, h, fmt, descr);		\
	_Static_assert(((access) & CTLTYPE) == 0 ||			\
	    ((access) & CTLTYPE) == (ct), "sysctl type of " #name)
#define	SYSCTL_INT(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(int, CTLTYPE_INT, sysctl_handle_int, "I",		\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_UINT(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(unsigned int, CTLTYPE_UINT, sysctl_handle_int, "IU", \
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_LONG(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(long, CTLTYPE_LONG, sysctl_handle_long, "L",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_ULONG(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(unsigned long, CTLTYPE_ULONG, sysctl_handle_long,	\
	    "LU", p, n, name, access, ptr, val, descr)
#define	SYSCTL_QUAD(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(int64_t, CTLTYPE_S64, sysctl_handle_64, "Q",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_UQUAD(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(uint64_t, CTLTYPE_U64, sysctl_handle_64, "QU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_STRING(p, n, name, access, arg, len, descr)		\
	__SYSCTL_LEAF(char, CTLTYPE_STRING, sysctl_handle_string, "A",	\
	    p, n, name, access, arg, len, descr)
#define	SYSCTL_OPAQUE(p, n, name, access, ptr, len, fmt, descr)		\
	__SYSCTL_LEAF(void, CTLTYPE_OPAQUE, sysctl_handle_opaque, fmt,	\
	    p, n, name, access, ptr, len, descr)
#define	SYSCTL_STRUCT(p, n, name, access, ptr, type, descr)		\
	__SYSCTL_LEAF(struct type, CTLTYPE_OPAQUE, sysctl_handle_opaque, \
	    "S," #type, p, n, name, access, ptr, sizeof(struct type), descr)

#define	__SYSCTL_ADD(type, ct, h, fmt, ctx, parent, nbr, name, access,	\
	    ptr, val, descr)						\
	sysctl_add_oid((ctx), (parent), (nbr), (name),			\
	    (int)((ct) | CTLFLAG_MPSAFE | (access)),			\
	    __SYSCTL_PTR(type, ptr), (val), (h), (fmt), (descr), NULL)
#define	SYSCTL_ADD_OID(ctx, parent, nbr, name, kind, a1, a2, h, fmt, descr) \
	sysctl_add_oid((ctx), (parent), (nbr), (name), (int)(kind), (a1), \
	    (a2), (h), (fmt), (descr), NULL)
#define	SYSCTL_ADD_NODE(ctx, parent, nbr, name, access, handler, descr)	\
	sysctl_add_oid((ctx), (parent), (nbr), (name),			\
	    (int)(CTLTYPE_NODE | (access)), NULL, 0, (handler), "N",	\
	    (descr), NULL)
#define	SYSCTL_ADD_INT(c, p, n, name, access, ptr, val, descr)		\
	__SYSCTL_ADD(int, CTLTYPE_INT, sysctl_handle_int, "I",		\
	    c, p, n, name, access, ptr, val, descr)
#define	SYSCTL_ADD_UINT(c, p, n, name, access, ptr, val, descr)		\
	__SYSCTL_ADD(unsigned int, CTLTYPE_UINT, sysctl_handle_int, "IU", \
	    c, p, n, name, access, ptr, val, descr)
#define	SYSCTL_ADD_LONG(c, p, n, name, access, ptr, descr)		\
	__SYSCTL_ADD(long, CTLTYPE_LONG, sysctl_handle_long, "L",	\
	    c, p, n, name, access, ptr, 0, descr)
#define	SYSCTL_ADD_ULONG(c, p, n, name, access, ptr, descr)		\
	__SYSCTL_ADD(unsigned long, CTLTYPE_ULONG, sysctl_handle_long,	\
	    "LU", c, p, n, name, access, ptr, 0, descr)
#define	SYSCTL_ADD_QUAD(c, p, n, name, access, ptr, descr)		\
	__SYSCTL_ADD(int64_t, CTLTYPE_S64, sysctl_handle_64, "Q",	\
	    c, p, n, name, access, ptr, 0, descr)
#define	SYSCTL_ADD_UQUAD(c, p, n, name, access, ptr, descr)		\
	__SYSCTL_ADD(uint64_t, CTLTYPE_U64, sysctl_handle_64, "QU",	\
	    c, p, n, name, access, ptr, 0, descr)
#define	SYSCTL_ADD_STRING(c, p, n, name, access, ptr, len, descr)	\
	__SYSCTL_ADD(char, CTLTYPE_STRING, sysctl_handle_string, "A",	\
	    c, p, n, name, access, ptr, len, descr)
#define	SYSCTL_ADD_OPAQUE(c, p, n, name, access, ptr, len, fmt, descr)	\
	__SYSCTL_ADD(void, CTLTYPE_OPAQUE, sysctl_handle_opaque, fmt,	\
	    c, p, n, name, access, ptr, len, descr)
#define	SYSCTL_ADD_STRUCT(c, p, n, name, access, ptr, type, descr)	\
	__SYSCTL_ADD(struct type, CTLTYPE_OPAQUE, sysctl_handle_opaque,	\
	    "S," #type, c, p, n, name, access, ptr, sizeof(struct type), \
	    descr)
#define	SYSCTL_ADD_PROC(ctx, parent, nbr, name, access, ptr, arg, handler, \
	    fmt, descr)							\
	sysctl_add_oid((ctx), (parent), (nbr), (name), (int)(access),	\
	    (ptr), (arg), (handler), (fmt), (descr), NULL)

SYSCTL_DECL(_kern);
SYSCTL_DECL(_kern_features);
SYSCTL_DECL(_kern_ipc);
SYSCTL_DECL(_net);
SYSCTL_DECL(_net_link);
SYSCTL_DECL(_debug);
SYSCTL_DECL(_hw);
SYSCTL_DECL(_security);
SYSCTL_DECL(_vm);

#endif /* !_VP_SYS__SYSCTL_H_ */
