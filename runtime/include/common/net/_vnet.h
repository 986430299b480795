/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET__VNET_H_
#define	_VP_NET__VNET_H_

/*
 * What the releases have in common.  Each dialect's <net/vnet.h> includes
 * this and adds its own ways to define, initialise and export a variable.
 */
#include <sys/types.h>
#include <sys/eventhandler.h>
#include <sys/kernel.h>
#include <sys/queue.h>
#include <sys/systm.h>

struct vnet {
	LIST_ENTRY(vnet) vnet_le;
	u_int		 vnet_magic_n;
	u_int		 vnet_ifcnt;
	u_int		 vnet_sockcnt;
	u_int		 vnet_state;
	void		*vnet_data_mem;
	uintptr_t	 vnet_data_base;
	bool		 vnet_shutdown;
#ifdef VPORT_NATIVE
	int		 vp_number;
#endif
};

#define	VNET_MAGIC_N	0x5e4a6f28
#define	VNET_SETNAME	"set_vnet"
#define	VNET_SYMPREFIX	"vnet_entry_"

/* Stands where a storage class in front of the macro does not parse. */
#define	__VNET_NO_STORAGE_CLASS						\
	_Static_assert(1, "no storage class before VNET_DEFINE")

#ifdef VIMAGE
#include <sys/lock.h>
#include <sys/proc.h>
#include <sys/jail.h>
#include <sys/rwlock.h>
#include <sys/sx.h>

LIST_HEAD(vnet_list_head, vnet);
extern struct vnet_list_head vnet_head;
extern struct rwlock	vnet_rwlock;
extern struct sx	vnet_sxlock;
extern struct vnet	*vnet0;

#define	curvnet			(curthread->td_vnet)

#define	CRED_TO_VNET(cr)	((cr)->cr_prison->pr_vnet)
#define	TD_TO_VNET(td)		CRED_TO_VNET((td)->td_ucred)
#define	P_TO_VNET(p)		CRED_TO_VNET((p)->p_ucred)
#define	IS_DEFAULT_VNET(arg)	((arg) == vnet0)

#ifdef INVARIANTS
#define	VNET_ASSERT(exp, msg) do {					\
	if (!(exp))							\
		panic msg;						\
} while (0)
#else
#define	VNET_ASSERT(exp, msg)	do { } while (0)
#endif

#define	CURVNET_SET_QUIET(arg)						\
	struct vnet *saved_vnet = curvnet;				\
	VNET_ASSERT((arg) != NULL && (arg)->vnet_magic_n == VNET_MAGIC_N, \
	    ("%s: vnet %p is none", __func__, (void *)(arg)));		\
	curvnet = (arg)
#define	CURVNET_SET_VERBOSE(arg)	CURVNET_SET_QUIET(arg)
#define	CURVNET_SET(arg)		CURVNET_SET_VERBOSE(arg)
#define	CURVNET_RESTORE()						\
	VNET_ASSERT(curvnet != NULL, ("%s: no vnet to leave", __func__)); \
	curvnet = saved_vnet

#define	VNET_LIST_RLOCK()		sx_slock(&vnet_sxlock)
#define	VNET_LIST_RUNLOCK()		sx_sunlock(&vnet_sxlock)
#define	VNET_LIST_RLOCK_NOSLEEP()	rw_rlock(&vnet_rwlock)
#define	VNET_LIST_RUNLOCK_NOSLEEP()	rw_runlock(&vnet_rwlock)
#define	VNET_ITERATOR_DECL(arg)		struct vnet *arg
#define	VNET_FOREACH(arg)		LIST_FOREACH((arg), &vnet_head, vnet_le)

#define	VNET_NAME(n)		vnet_entry_##n
#define	__VNET_PLACE		__section(VNET_SETNAME) __used
#define	VNET_DECLARE(t, n)	extern t VNET_NAME(n)
#define	VNET_DEFINE(t, n)						\
	__VNET_NO_STORAGE_CLASS; t VNET_NAME(n) __VNET_PLACE

#define	VNET_VNET_PTR(vnet, n)						\
	((__typeof(VNET_NAME(n)) *)((vnet)->vnet_data_base +		\
	    (uintptr_t)&VNET_NAME(n)))
#define	VNET_VNET(vnet, n)	(*VNET_VNET_PTR(vnet, n))
#define	VNET_PTR(n)		VNET_VNET_PTR(curvnet, n)
#define	VNET(n)			VNET_VNET(curvnet, n)

struct vnet_sysinit {
	enum sysinit_sub_id	 subsystem;
	enum sysinit_elem_order	 order;
	sysinit_cfunc_t		 func;
	const void		*arg;
	TAILQ_ENTRY(vnet_sysinit) link;
#ifdef VPORT_NATIVE
	const char		*vp_at;
	const char		*vp_text;
#endif
};

void	vnet_register_sysinit(void *);
void	vnet_register_sysuninit(void *);
void	vnet_deregister_sysinit(void *);
void	vnet_deregister_sysuninit(void *);

#define	__VNET_SYSINIT(kind, ident, sub, ord, fn, fnarg)		\
	static struct vnet_sysinit ident##_vnet_##kind = {		\
		.subsystem = (sub),					\
		.order = (ord),						\
		.func = __SYSINIT_FUNC(fn),				\
		.arg = (fnarg),						\
	};								\
	SYSINIT(vnet_##kind##_##ident, sub, ord,			\
	    vnet_register_sys##kind, &ident##_vnet_##kind);		\
	SYSUNINIT(vnet_##kind##_##ident, sub, ord,			\
	    vnet_deregister_sys##kind, &ident##_vnet_##kind)

struct vnet *vnet_alloc(void);
void	vnet_destroy(struct vnet *);
void	*vnet_data_alloc(int);
void	vnet_data_copy(void *, int);
void	vnet_data_free(void *, int);

void	vnet_global_eventhandler_iterator_func(void *, ...);
#define	VNET_GLOBAL_EVENTHANDLER_REGISTER_TAG(tag, name, func, arg, prio) do { \
	if (IS_DEFAULT_VNET(curvnet))					\
		(tag) = vimage_eventhandler_register(NULL, #name,	\
		    (func), (arg), (prio),				\
		    vnet_global_eventhandler_iterator_func);		\
} while (0)
#define	VNET_GLOBAL_EVENTHANDLER_REGISTER(name, func, arg, prio) do {	\
	if (IS_DEFAULT_VNET(curvnet))					\
		vimage_eventhandler_register(NULL, #name, (func),	\
		    (arg), (prio),					\
		    vnet_global_eventhandler_iterator_func);		\
} while (0)

#else /* !VIMAGE */

#define	curvnet			NULL

#define	CRED_TO_VNET(cr)	NULL
#define	TD_TO_VNET(td)		NULL
#define	P_TO_VNET(p)		NULL
#define	IS_DEFAULT_VNET(arg)	1

#define	VNET_ASSERT(exp, msg)
#define	CURVNET_SET(arg)
#define	CURVNET_SET_QUIET(arg)
#define	CURVNET_SET_VERBOSE(arg)
#define	CURVNET_RESTORE()

#define	VNET_LIST_RLOCK()
#define	VNET_LIST_RUNLOCK()
#define	VNET_LIST_RLOCK_NOSLEEP()
#define	VNET_LIST_RUNLOCK_NOSLEEP()
#define	VNET_ITERATOR_DECL(arg)
#define	VNET_FOREACH(arg)

#define	VNET_NAME(n)		n
#define	VNET_DECLARE(t, n)	extern t n
#define	VNET_DEFINE(t, n)	__VNET_NO_STORAGE_CLASS; t n
#define	VNET_VNET_PTR(vnet, n)	(&(n))
#define	VNET_VNET(vnet, n)	(n)
#define	VNET_PTR(n)		(&(n))
#define	VNET(n)			(n)

#define	__VNET_SYSINIT_init	SYSINIT
#define	__VNET_SYSINIT_uninit	SYSUNINIT
#define	__VNET_SYSINIT(kind, ident, sub, ord, fn, fnarg)		\
	__VNET_SYSINIT_##kind(ident, sub, ord, fn, fnarg)

#define	VNET_GLOBAL_EVENTHANDLER_REGISTER_TAG(tag, name, func, arg, prio) \
	(tag) = eventhandler_register(NULL, #name, (func), (arg), (prio))
#define	VNET_GLOBAL_EVENTHANDLER_REGISTER(name, func, arg, prio)	\
	eventhandler_register(NULL, #name, (func), (arg), (prio))
#endif /* VIMAGE */

#endif /* !_VP_NET__VNET_H_ */
