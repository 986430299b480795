/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * Stands before the first object of a module and, with VPORT_LAST, behind
 * the last one: what the linker put between the two is the module's.
 */
#include "mark.h"

static char data_mark = 1;
static char bss_mark;

__attribute__((__used__, __noinline__))
static void
text_mark(void)
{
}

#ifdef VIMAGE
static char vnet_mark __attribute__((__section__("set_vnet"), __used__));
#endif
#define	SET_MARK(set)							\
	static const void *const set##_mark				\
	    __attribute__((__section__("set_" #set), __used__)) = 0

SET_MARK(sysinit_set);
SET_MARK(sysuninit_set);
SET_MARK(sysctl_set);
SET_MARK(modmetadata_set);

static struct vp_mark mark = {
	.module = VPORT_MODULE,
#ifdef VPORT_LAST
	.last = 1,
#endif
	.data = &data_mark,
	.bss = &bss_mark,
	.text = text_mark,
#ifdef VIMAGE
	.vnet = &vnet_mark,
#endif
	.sysinit = &sysinit_set_mark,
	.sysuninit = &sysuninit_set_mark,
	.sysctl = &sysctl_set_mark,
	.metadata = &modmetadata_set_mark,
};

static struct vp_mark *mark_entry
    __attribute__((__section__("set_vp_mark"), __used__)) = &mark;
