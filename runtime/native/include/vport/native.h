/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NATIVE_H_
#define	_VPORT_NATIVE_H_

/*
 * What the headers of this folder add to those of runtime/include: a module
 * is compiled against both, and every call of the kernel that matters tells
 * where it stands.  Names that begin with vp_ are the harness's own.
 */
#include <sys/cdefs.h>
#include <sys/types.h>

struct vnet;

#define	VP_STRING1(x)	#x
#define	VP_STRING(x)	VP_STRING1(x)
#define	VP_HERE		__FILE__ ":" VP_STRING(__LINE__)

/* Where the call stands that a function without a place of its own serves. */
extern const char *vp_place;

/* One line of the trace, in the stack that is current. */
void	vp_event(const char *what, const char *at, const char *fmt, ...)
	    __printflike(3, 4);
/* Something went wrong: it is told, and the life goes on. */
void	vp_fault(const char *kind, const char *at, const char *fmt, ...)
	    __printflike(3, 4);
/* Something went wrong that no kernel survives. */
void	vp_fatal(const char *kind, const char *at, const char *fmt, ...)
	    __dead2 __printflike(3, 4);

#ifdef VIMAGE
void	*vp_vnet_reach(struct vnet *, const volatile void *entry, const char *name,
	    const char *at);
void	vp_curvnet_set(struct vnet *, const char *text, const char *at);
void	vp_curvnet_restore(struct vnet *saved, const char *at);
#else
void	*vp_shared_reach(const volatile void *address, const char *name,
	    const char *at);
#endif

/*
 * A library call by its place: the function takes it from vp_place, so that
 * it has the prototype the kernel's headers say, and can be named without
 * being called.
 */
#define	VP_AT(call)	(vp_place = VP_HERE, (call))

#endif /* !_VPORT_NATIVE_H_ */
