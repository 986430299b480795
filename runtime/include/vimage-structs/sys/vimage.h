/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_VIMAGE_H_
#define	_VP_SYS_VIMAGE_H_

/*
 * The containers of 2008 and 2009.  Three builds: VIMAGE reaches members by
 * base pointers, the default build those of one instance, VIMAGE_GLOBALS plain
 * globals.
 */
#include <sys/types.h>
#include <sys/queue.h>
#include <sys/systm.h>

#define	VNET_MOD_NET		0
#define	VNET_MOD_NETGRAPH	1
#define	VNET_MOD_INET		2
#define	VNET_MOD_INET6		3
#define	VNET_MOD_IPSEC		4
#define	VNET_MOD_IPFW		5
#define	VNET_MOD_LOIF		20
#define	VNET_MOD_DYNAMIC_START	32
#define	VNET_MOD_MAX		64

#define	V_NET			1

typedef int vnet_attach_fn(const void *);
typedef int vnet_detach_fn(const void *);

struct vnet_symmap {
	const char	*name;
	size_t		 offset;
	size_t		 size;
};

struct vnet_modinfo {
	u_int			 vmi_id;
	u_int			 vmi_dependson;
	const char		*vmi_name;
	vnet_attach_fn		*vmi_iattach;
	vnet_detach_fn		*vmi_idetach;
	size_t			 vmi_size;
	const struct vnet_symmap *vmi_symmap;
};

#ifdef VIMAGE
#include <sys/lock.h>
#include <sys/proc.h>
#include <sys/jail.h>
#include <sys/sx.h>

struct vnet {
	LIST_ENTRY(vnet)	 vnet_le;
	u_int			 vnet_magic_n;
	u_int			 vnet_ifcnt;
	u_int			 vnet_sockcnt;
	void			*mod_data[VNET_MOD_MAX];
};

LIST_HEAD(vnet_list_head, vnet);
extern struct vnet_list_head vnet_head;
extern struct sx	vnet_sxlock;
extern struct vnet	*vnet0;

int	vnet_mod_register(const struct vnet_modinfo *);
int	vnet_mod_register_multi(const struct vnet_modinfo *, void *, char *);
int	vnet_mod_deregister(const struct vnet_modinfo *);
int	vnet_mod_deregister_multi(const struct vnet_modinfo *, void *, char *);

#define	curvnet			(curthread->td_vnet)
#define	CRED_TO_VNET(cr)	((cr)->cr_prison->pr_vnet)
#define	TD_TO_VNET(td)		CRED_TO_VNET((td)->td_ucred)
#define	P_TO_VNET(p)		CRED_TO_VNET((p)->p_ucred)
#define	IS_DEFAULT_VNET(arg)	((arg) == vnet0)

#define	CURVNET_SET_QUIET(arg)						\
	struct vnet *saved_vnet = curvnet;				\
	curvnet = (arg)
#define	CURVNET_SET(arg)	CURVNET_SET_QUIET(arg)
#define	CURVNET_RESTORE()	curvnet = saved_vnet

#define	VNET_ITERATOR_DECL(arg)	struct vnet *arg
#define	VNET_FOREACH(arg)	LIST_FOREACH((arg), &vnet_head, vnet_le)
#define	VNET_LIST_RLOCK()	sx_slock(&vnet_sxlock)
#define	VNET_LIST_RUNLOCK()	sx_sunlock(&vnet_sxlock)
#define	VNET_LIST_RLOCK_NOSLEEP()	VNET_LIST_RLOCK()
#define	VNET_LIST_RUNLOCK_NOSLEEP()	VNET_LIST_RUNLOCK()

/* The base pointer of a container, for the vnet that is given. */
#define	INIT_FROM_VNET(vnet, modindex, modtype, sym)			\
	modtype *sym __unused = (vnet)->mod_data[modindex]
#define	VSYM(base, sym)		((base)->_ ## sym)

#define	VNET_SYMMAP(mod, field)						\
	{ #field, __offsetof(struct vnet_ ## mod, _ ## field),		\
	    sizeof(((struct vnet_ ## mod *)NULL)->_ ## field) }
#define	VNET_SYMMAP_END		{ NULL, 0, 0 }

#define	__VNET_MOD(uc, lc, attach, detach, dependson, size, symmap)	\
	static const struct vnet_modinfo vnet_ ## lc ## _modinfo = {	\
		.vmi_id		= VNET_MOD_ ## uc,			\
		.vmi_dependson	= VNET_MOD_ ## dependson,		\
		.vmi_name	= #lc,					\
		.vmi_iattach	= (attach),				\
		.vmi_idetach	= (detach),				\
		.vmi_size	= (size),				\
		.vmi_symmap	= (symmap),				\
	}
#define	VNET_MOD_DECLARE(uc, lc, attach, detach, dependson, symmap)	\
	_Static_assert(VNET_MOD_ ## uc < VNET_MOD_MAX, #uc);		\
	__VNET_MOD(uc, lc, attach, detach, dependson,			\
	    sizeof(struct vnet_ ## lc), symmap)
#define	VNET_MOD_DECLARE_STATELESS(uc, lc, attach, detach, dependson)	\
	_Static_assert(VNET_MOD_ ## uc < VNET_MOD_MAX, #uc);		\
	__VNET_MOD(uc, lc, attach, detach, dependson, 0, NULL)

#else /* !VIMAGE */

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

#define	INIT_FROM_VNET(vnet, modindex, modtype, sym)
#ifdef VIMAGE_GLOBALS
#define	VSYM(base, sym)		(sym)
#else
#define	VSYM(base, sym)		(base ## _0._ ## sym)
#endif
#endif /* VIMAGE */

#endif /* !_VP_SYS_VIMAGE_H_ */
