/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Constructors and destructors of stacks: registered, run for each, taken back. */
#include "kern.h"

#include "net.h"

/* Whatever runs for a stack by itself tells the line of its declaration. */
void
vp_run_record(struct vp_module *m, const struct sysinit *record)
{
	struct vnet *before = vp_get_curvnet();

	if (vp_slot_is_own(record)) {
		vp_slot_run_own(m, record, "sysinit");
		return;
	}
	vp_event("sysinit", record->vp_at, "%s(%s)",
	    vp_function(VP_CODE(record->func)),
	    record->vp_text);
	record->func(record->udata);
	vp_must_have_restored(before);
	vp_called();
}

#ifdef VIMAGE
TAILQ_HEAD(registrations, vnet_sysinit);
static struct registrations constructors =
    TAILQ_HEAD_INITIALIZER(constructors);
static struct registrations destructors =
    TAILQ_HEAD_INITIALIZER(destructors);

static int
behind(const struct vnet_sysinit *one, const struct vnet_sysinit *other)
{

	if (one->subsystem != other->subsystem)
		return (one->subsystem > other->subsystem);
	return (one->order > other->order);
}

/* Of equal keys the new one comes last. */
static void
insert(struct registrations *list, struct vnet_sysinit *new)
{
	struct vnet_sysinit *other;

	TAILQ_FOREACH(other, list, link)
		if (behind(other, new)) {
			TAILQ_INSERT_BEFORE(other, new, link);
			return;
		}
	TAILQ_INSERT_TAIL(list, new, link);
}

static void
call(struct vnet_sysinit *vs, const char *what)
{
	struct vnet *before = curvnet;

	if (vs->vp_text == NULL) {
		vp_event(what, "", "%s", vs->vp_at);
		vs->func(vs->arg);
		return;
	}
	if (vp_domain_slot(vs->func, vs->arg, what))
		return;
	vp_event(what, vs->vp_at, "%s(%s)",
	    vp_function(VP_CODE(vs->func)), vs->vp_text);
	vs->func(vs->arg);
	vp_must_have_restored(before);
	vp_called();
}

/*
 * A destructor of 2010 that has an argument gets it as an address of the
 * stack it runs for.
 */
static void
call_destructor(struct vnet_sysinit *vs)
{
	const void *kept = vs->arg;

	struct vp_module *m = vs->arg != NULL ? vp_module_of(vs->arg) : NULL;

	if (vp_is_2010() && m != NULL && vp_in(&m->vnet, vs->arg))
		vs->arg = (const void *)(curvnet->vnet_data_base +
		    (uintptr_t)vs->arg);
	call(vs, "destructor");
	vs->arg = kept;
}

static void
for_every_stack(struct vnet_sysinit *vs, int destroy)
{
	struct vnet *vnet, *next;

	LIST_FOREACH_SAFE(vnet, &vnet_head, vnet_le, next) {
		if (destroy)
			VP_WITHIN(vnet, call_destructor(vs));
		else
			VP_WITHIN(vnet, call(vs, "constructor"));
	}
}

void
vnet_register_sysinit(void *arg)
{

	insert(&constructors, arg);
	for_every_stack(arg, 0);
}

void
vnet_deregister_sysinit(void *arg)
{
	struct vnet_sysinit *vs = arg;

	TAILQ_REMOVE(&constructors, vs, link);
}

void
vnet_register_sysuninit(void *arg)
{

	insert(&destructors, arg);
}

void
vnet_deregister_sysuninit(void *arg)
{
	struct vnet_sysinit *vs = arg;

	for_every_stack(vs, 1);
	TAILQ_REMOVE(&destructors, vs, link);
}

void
vp_construct(struct vnet *vnet)
{
	struct vnet_sysinit *vs;
	struct vnet *before = curvnet;

	curvnet = vnet;
	TAILQ_FOREACH(vs, &constructors, link) {
		vnet->vnet_state = vs->subsystem;
		call(vs, "constructor");
	}
	curvnet = before;
}

void
vp_destruct(struct vnet *vnet)
{
	struct vnet_sysinit *vs;
	struct vnet *before = curvnet;

	curvnet = vnet;
	TAILQ_FOREACH_REVERSE(vs, &destructors, registrations, link) {
		vnet->vnet_state = vs->subsystem;
		call_destructor(vs);
	}
	curvnet = before;
}

static void
nothing(const void *arg __unused)
{
}

static void
if_return(const void *arg __unused)
{

	vp_interfaces_go_home(curvnet->vp_number);
}

static void
cloners_end(const void *arg __unused)
{

	vp_interfaces_of_kernel_go(curvnet->vp_number);
}

static void
interfaces_end(const void *arg __unused)
{

	vp_interfaces_must_be_gone(curvnet->vp_number);
}

/* The kernel's own; they have a name and no text of an argument. */
#define	KERNELS_OWN(ident, sub, ord, fn)				\
	static struct vnet_sysinit ident = {				\
		.subsystem = (sub), .order = (ord), .func = (fn),	\
		.vp_at = #ident						\
	}
KERNELS_OWN(vnet_if_return, SI_SUB_VNET_DONE, SI_ORDER_ANY, if_return);
KERNELS_OWN(vnet_sysinit_done, SI_SUB_VNET_DONE, SI_ORDER_ANY, nothing);
KERNELS_OWN(if_clone_uninit, SI_SUB_INIT_IF, SI_ORDER_ANY, cloners_end);
KERNELS_OWN(vnet_if_uninit, SI_SUB_INIT_IF, SI_ORDER_FIRST, interfaces_end);

static void
add_if_return(void)
{

	vnet_register_sysuninit(&vnet_if_return);
}

static void
add_sysinit_done(void)
{

	vnet_register_sysinit(&vnet_sysinit_done);
}

static void
add_cloners_end(void)
{

	vnet_register_sysuninit(&if_clone_uninit);
}

static void
add_interfaces_end(void)
{

	vnet_register_sysuninit(&vnet_if_uninit);
}

static void
leave_first_stack(void)
{

	curvnet = NULL;
}

void
vp_kernel_vnet_slots(void)
{
	struct vp_slot slots[] = {
		{ .subsystem = SI_SUB_VNET_DONE, .order = SI_ORDER_ANY,
		  .own = add_if_return },
		{ .subsystem = SI_SUB_VNET_DONE, .order = SI_ORDER_ANY,
		  .own = add_sysinit_done },
		{ .subsystem = SI_SUB_INIT_IF, .order = SI_ORDER_ANY,
		  .own = add_cloners_end },
		{ .subsystem = SI_SUB_INIT_IF, .order = SI_ORDER_FIRST,
		  .own = add_interfaces_end },
		{ .subsystem = SI_SUB_VNET_DONE, .order = vp_is_2010() ?
		  SI_ORDER_FIRST : SI_ORDER_ANY, .own = leave_first_stack },
	};

	vp_boot_add(slots, nitems(slots));
}

#else /* !VIMAGE */

void
vp_kernel_vnet_slots(void)
{
}
#endif
