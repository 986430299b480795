/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NET_VNET_H_
#define	_VPORT_NET_VNET_H_

#include_next <net/vnet.h>
#include <vport/native.h>

/* Every way to a variable of a stack is checked, and told. */
#undef	VNET_VNET_PTR
#undef	VNET_VNET
#undef	VNET_PTR
#undef	VNET
#ifdef VIMAGE
#define	VNET_VNET_PTR(vnet, n)						\
	((__typeof(VNET_NAME(n)) *)vp_vnet_reach((vnet), &VNET_NAME(n),	\
	    #n, VP_HERE))
#define	VNET_VNET(vnet, n)						\
	(*(__typeof(VNET_NAME(n)) *)vp_vnet_reach((vnet), &VNET_NAME(n), \
	    #n, VP_HERE))
#define	VNET_PTR(n)							\
	((__typeof(VNET_NAME(n)) *)vp_vnet_reach(curvnet, &VNET_NAME(n), \
	    #n, VP_HERE))
#define	VNET(n)								\
	(*(__typeof(VNET_NAME(n)) *)vp_vnet_reach(curvnet,		\
	    &VNET_NAME(n), #n, VP_HERE))

#undef	CURVNET_SET_QUIET
#undef	CURVNET_SET_VERBOSE
#undef	CURVNET_SET
#undef	CURVNET_RESTORE
#define	CURVNET_SET_QUIET(arg)						\
	struct vnet *saved_vnet = curvnet;				\
	vp_curvnet_set((arg), #arg, VP_HERE)
#define	CURVNET_SET_VERBOSE(arg)					\
	struct vnet *saved_vnet = curvnet;				\
	vp_curvnet_set((arg), #arg, VP_HERE)
#define	CURVNET_SET(arg)						\
	struct vnet *saved_vnet = curvnet;				\
	vp_curvnet_set((arg), #arg, VP_HERE)
#define	CURVNET_RESTORE()	vp_curvnet_restore(saved_vnet, VP_HERE)
#else
#define	VNET_VNET_PTR(vnet, n)						\
	((__typeof(n) *)vp_shared_reach(&(n), #n, VP_HERE))
#define	VNET_VNET(vnet, n)						\
	(*(__typeof(n) *)vp_shared_reach(&(n), #n, VP_HERE))
#define	VNET_PTR(n)							\
	((__typeof(n) *)vp_shared_reach(&(n), #n, VP_HERE))
#define	VNET(n)								\
	(*(__typeof(n) *)vp_shared_reach(&(n), #n, VP_HERE))
#endif

#if defined(VIMAGE) && defined(SYSCTL_VNET_PROC)
/* A leaf of release 9 that is one of each stack says so by a flag of ours. */
#define	VP_CTLFLAG_VNET	0x00020000
#undef	SYSCTL_VNET_PROC
#define	SYSCTL_VNET_PROC(p, n, name, access, ptr, arg, handler, fmt, descr) \
	SYSCTL_PROC(p, n, name, (access) | VP_CTLFLAG_VNET, ptr, arg,	\
	    handler, fmt, descr)
#endif

#ifdef VIMAGE
/*
 * Registered once, by the first stack; that another one comes here, too, is
 * told, for the source says so.
 */
#undef	VNET_GLOBAL_EVENTHANDLER_REGISTER_TAG
#undef	VNET_GLOBAL_EVENTHANDLER_REGISTER
#define	VNET_GLOBAL_EVENTHANDLER_REGISTER_TAG(tag, name, func, arg, prio) do { \
	if (IS_DEFAULT_VNET(curvnet))					\
		(tag) = vimage_eventhandler_register(NULL, #name,	\
		    (func), (arg), (prio),				\
		    vnet_global_eventhandler_iterator_func);		\
	else								\
		vp_event("register", VP_HERE, "eventhandler %s ", #func); \
} while (0)
#define	VNET_GLOBAL_EVENTHANDLER_REGISTER(name, func, arg, prio) do {	\
	if (IS_DEFAULT_VNET(curvnet))					\
		vimage_eventhandler_register(NULL, #name, (func),	\
		    (arg), (prio),					\
		    vnet_global_eventhandler_iterator_func);		\
	else								\
		vp_event("register", VP_HERE, "eventhandler %s ", #func); \
} while (0)
#endif

/* The texts of a constructor are taken before macros change them. */
#undef	VNET_SYSINIT
#undef	VNET_SYSUNINIT
#ifndef __VNET_SUB_CHECK
#define	__VNET_SUB_CHECK(sub)	_Static_assert(1, "any subsystem")
#endif
#ifdef VIMAGE
#define	__VP_VNET_SYSINIT(kind, ident, sub, ord, fn, fnarg, text)	\
	static struct vnet_sysinit ident##_vnet_##kind = {		\
		.subsystem = (sub),					\
		.order = (ord),						\
		.func = __SYSINIT_FUNC(fn),				\
		.arg = (fnarg),						\
		.vp_at = VP_HERE,					\
		.vp_text = text,					\
	};								\
	__SYSINIT_RECORD(sysinit, vnet_##kind##_##ident, sub, ord,	\
	    vnet_register_sys##kind, &ident##_vnet_##kind, text);	\
	__SYSINIT_RECORD(sysuninit, vnet_##kind##_##ident, sub, ord,	\
	    vnet_deregister_sys##kind, &ident##_vnet_##kind, text)
#else
#define	__VP_SET_init	sysinit
#define	__VP_SET_uninit	sysuninit
#define	__VP_RECORD(set, ident, sub, ord, fn, fnarg, text)		\
	__SYSINIT_RECORD(set, ident, sub, ord, fn, fnarg, text)
#define	__VP_VNET_SYSINIT(kind, ident, sub, ord, fn, fnarg, text)	\
	__VP_RECORD(__VP_SET_##kind, ident, sub, ord, fn, fnarg, text)
#endif
#define	VNET_SYSINIT(ident, sub, order, func, arg)			\
	__VNET_SUB_CHECK(sub);						\
	__VP_VNET_SYSINIT(init, ident, sub, order, func, arg, #arg)
#define	VNET_SYSUNINIT(ident, sub, order, func, arg)			\
	__VNET_SUB_CHECK(sub);						\
	__VP_VNET_SYSINIT(uninit, ident, sub, order, func, arg, #arg)

#endif /* !_VPORT_NET_VNET_H_ */
