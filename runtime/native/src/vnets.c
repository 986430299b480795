/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * The stacks and their memory: each has a copy of section set_vnet, and an
 * address in the section becomes one in the copy by adding vnet_data_base.
 */
#include "kern.h"

#include "memory.h"

struct vnet *vp_vnets[256];

int
vp_curvnet_number(void)
{
	struct vnet *vnet = vp_get_curvnet();

	return (vnet != NULL ? vnet->vp_number : -1);
}

#ifdef VIMAGE
extern char __weak_symbol __start_set_vnet[];
extern char __weak_symbol __stop_set_vnet[];

struct vnet_list_head vnet_head = LIST_HEAD_INITIALIZER(vnet_head);
struct rwlock	vnet_rwlock;
struct sx	vnet_sxlock;
struct vnet	*vnet0;

static const char *last_set = "";

/* So that the section is there whatever the modules have. */
static char section_begins __section(VNET_SETNAME) __used;

struct vnet *
vp_get_curvnet(void)
{

	return (curthread->td_vnet);
}

void
vp_set_curvnet(struct vnet *vnet)
{

	curthread->td_vnet = vnet;
}

struct vnet *
vp_stack(int number)
{

	return (number >= 0 ? vp_vnets[number] : NULL);
}

int
vp_vnet_going(const struct vnet *vnet)
{

	return (vnet != NULL && vnet->vnet_shutdown &&
	    vnet->vnet_state < SI_SUB_VNET_DONE);
}

static size_t
section_size(void)
{

	return ((size_t)(__stop_set_vnet - __start_set_vnet));
}

/* A new stack; it is on the list only when its constructors have run. */
struct vnet *
vp_vnet_new(int number)
{
	struct vnet *vnet = host_alloc(sizeof(*vnet));

	vnet->vnet_magic_n = VNET_MAGIC_N;
	vnet->vp_number = number;
	vnet->vnet_data_mem = host_raw(section_size());
	memcpy(vnet->vnet_data_mem, __start_set_vnet, section_size());
	vnet->vnet_data_base = (uintptr_t)vnet->vnet_data_mem -
	    (uintptr_t)__start_set_vnet;
	vp_vnets[number] = vnet;
	if (number == 0)
		vnet0 = prison0.pr_vnet = vnet;
	vp_construct(vnet);
	LIST_INSERT_HEAD(&vnet_head, vnet, vnet_le);
	return (vnet);
}

/*
 * The structure itself stays, with another magic number: whoever comes with
 * a pointer to it is told so by name, and does not just crash.
 */
void
vp_vnet_end(struct vnet *vnet)
{

	LIST_REMOVE(vnet, vnet_le);
	vnet->vnet_shutdown = true;
	vp_destruct(vnet);
	vp_stack_dies(vnet);
	vp_retire(vnet->vnet_data_mem, section_size(), "");
	vnet->vnet_data_mem = NULL;
	vnet->vnet_magic_n = 0xdeadbeef;
	vp_vnets[vnet->vp_number] = NULL;
}

/* A module comes: its initial bytes reach every stack there is. */
void
vp_vnet_bring(struct vp_module *m)
{
	size_t offset, length;
	struct vnet *vnet;
	char *to;

	if (m->vnet.from == NULL || m->vnet.from >= m->vnet.to)
		return;
	offset = (size_t)(m->vnet.from - __start_set_vnet);
	length = (size_t)(m->vnet.to - m->vnet.from);
	LIST_FOREACH(vnet, &vnet_head, vnet_le) {
		to = (char *)vnet->vnet_data_mem + offset;
		memcpy(to, m->vnet.from, length);
		if (!m->is_static)
			vp_initials_arrive(m, to);
	}
}

/* The name of what lies at an address of some stack, and of which. */
const char *
vp_vnet_variable(const void *address, int *number)
{
	const char *a = address, *block;
	int i;

	for (i = 0; i < (int)nitems(vp_vnets); i++) {
		if (vp_vnets[i] == NULL || vp_vnets[i]->vnet_data_mem == NULL)
			continue;
		block = vp_vnets[i]->vnet_data_mem;
		if (a < block || a >= block + section_size())
			continue;
		if (number != NULL)
			*number = i;
		return (host_symbol(__start_set_vnet + (a - block), NULL));
	}
	return (NULL);
}

/*
 * What is locked or scheduled lies in the current stack, or in none: in the
 * copy of another it is somebody else's.
 */
void
vp_must_be_current(const void *address, const char *at)
{
	const char *name;
	int number = -1;

	if (curvnet == NULL)
		return;
	name = vp_vnet_variable(address, &number);
	if (name != NULL && number != curvnet->vp_number)
		vp_fault("state-of-another-stack", at, "%s of vnet %d is used "
		    "while curvnet is vnet %d", vp_name(address), number,
		    curvnet->vp_number);
}

/* The address of a stack's own copy of a variable. */
void *
vp_vnet_reach(struct vnet *vnet, const volatile void *entry, const char *name,
    const char *at)
{
	const char *e = __DEVOLATILE(const char *, entry);

	if (vnet == NULL)
		vp_fatal("access-without-curvnet", at,
		    "V_%s is reached while curvnet is NULL: page fault", name);
	if (vnet->vnet_magic_n != VNET_MAGIC_N)
		vp_fatal("use-after-tear-down", at,
		    "V_%s of vnet %d is reached, which is destroyed", name,
		    vnet->vp_number);
	if (e < __start_set_vnet || e >= __stop_set_vnet)
		vp_fatal("access-without-curvnet", at,
		    "V_%s does not lie in section set_vnet", name);
	if (vp_module_of(e) != NULL)
		vp_event("access", at, "V_%s", name);
	return ((void *)(vnet->vnet_data_base + (uintptr_t)entry));
}

void
vp_curvnet_set(struct vnet *vnet, const char *text, const char *at)
{

	if (vnet == NULL || vnet->vnet_magic_n != VNET_MAGIC_N)
		vp_fatal(vnet == NULL ? "access-without-curvnet" :
		    "use-after-tear-down", at, "CURVNET_SET(%s): %s", text,
		    vnet == NULL ? "it is NULL" : "that stack is destroyed");
	vp_set_curvnet(vnet);
	last_set = at;
	vp_event("set", at, "CURVNET_SET(%s)", text);
}

/* A function of a module has returned: the stack is the one it found. */
void
vp_must_have_restored(struct vnet *found)
{

	if (curvnet == found)
		return;
	vp_fault("set-without-restore", last_set, "the stack that is set here "
	    "is still current when the function returns to the kernel");
	curvnet = found;
}

void
vp_curvnet_restore(struct vnet *saved, const char *at)
{

	if (vp_get_curvnet() == NULL)
		vp_fault("restore-without-set", at,
		    "CURVNET_RESTORE() while curvnet is NULL");
	vp_set_curvnet(saved);
	vp_event("restore", at, "CURVNET_RESTORE()");
}

#else /* !VIMAGE */

/* One stack that nobody sees, for the numbers of sockets and interfaces. */
struct vnet *
vp_get_curvnet(void)
{

	return (NULL);
}

void
vp_set_curvnet(struct vnet *vnet __unused)
{
}

struct vnet *
vp_stack(int number __unused)
{

	return (NULL);
}

int
vp_vnet_going(const struct vnet *vnet __unused)
{

	return (0);
}

struct vnet *
vp_vnet_new(int number)
{

	return (vp_vnets[number] = host_alloc(sizeof(struct vnet)));
}

void
vp_vnet_end(struct vnet *vnet __unused)
{
}

void
vp_vnet_bring(struct vp_module *m __unused)
{
}

const char *
vp_vnet_variable(const void *address __unused, int *number __unused)
{

	return (NULL);
}

void
vp_must_have_restored(struct vnet *found __unused)
{
}

void
vp_must_be_current(const void *address __unused, const char *at __unused)
{
}

void *
vp_shared_reach(const volatile void *address, const char *name, const char *at)
{
	void *plain = __DEVOLATILE(void *, address);

	if (vp_module_of(plain) != NULL)
		vp_event("access", at, "%s", name);
	return (plain);
}
#endif
