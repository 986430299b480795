/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * What is left when a stack or a module goes.  Memory has no owner's name, so
 * it is looked for from all that lives, as a garbage collector would: what
 * nothing leads to any more is lost.
 */
#include "kern.h"

#include "memory.h"
#include "net.h"

extern char __data_start[], _end[];

static struct vp_block **sorted;
static int nsorted;

static void
sift(int root, int n)
{
	struct vp_block *kept = sorted[root];
	int child;

	for (; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n &&
		    sorted[child]->address < sorted[child + 1]->address)
			child++;
		if (sorted[child]->address <= kept->address)
			break;
		sorted[root] = sorted[child];
	}
	sorted[root] = kept;
}

static void
sort_blocks(void)
{
	struct vp_block *block;
	int i, n = 0;

	LIST_FOREACH(block, &vp_blocks, link)
		n++;
	sorted = host_grow(sorted, (u_long)(n + 1) * sizeof(*sorted));
	nsorted = 0;
	LIST_FOREACH(block, &vp_blocks, link) {
		block->seen = 0;
		sorted[nsorted++] = block;
	}
	for (i = n / 2 - 1; i >= 0; i--)
		sift(i, n);
	for (i = n - 1; i > 0; i--) {
		block = sorted[0];
		sorted[0] = sorted[i];
		sorted[i] = block;
		sift(0, i);
	}
}

/* A pointer into the midst of a piece keeps it as one to its begin does. */
static struct vp_block *
block_around(const char *address)
{
	int low = 0, high = nsorted, middle;
	const char *start;

	while (low < high) {
		middle = (low + high) / 2;
		if ((char *)sorted[middle]->address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return (NULL);
	start = sorted[low - 1]->address;
	return (address < start + sorted[low - 1]->size ? sorted[low - 1] :
	    NULL);
}

/* Reads what a sanitizer guards as well, since anything may lie there. */
__attribute__((__no_sanitize__("address")))
static void
follow(const char *from, const char *to)
{
	struct vp_block *block;

	from = (const char *)roundup2((uintptr_t)from, sizeof(void *));
	for (; from + sizeof(void *) <= to; from += sizeof(void *)) {
		block = block_around(*(char *const *)(const void *)from);
		if (block == NULL || block->seen)
			continue;
		block->seen = 1;
		follow(block->address, (char *)block->address + block->size);
	}
}

/* The data of the program but for a module that goes, and of each stack but one. */
static void
follow_all(const struct vnet *but, const struct vp_module *m)
{
	int i;

	if (m == NULL)
		follow(__data_start, _end);
	else {
		follow(__data_start, m->data.from);
		follow(m->data.to, m->bss.from);
		follow(m->bss.to, _end);
	}
#ifdef VIMAGE
	extern char __start_set_vnet[], __stop_set_vnet[];
	for (i = 0; i < (int)nitems(vp_vnets); i++) {
		char *block;

		if (vp_vnets[i] == NULL || vp_vnets[i] == but)
			continue;
		block = vp_vnets[i]->vnet_data_mem;
		if (m == NULL || m->vnet.from == NULL)
			follow(block, block +
			    (__stop_set_vnet - __start_set_vnet));
	}
#else
	(void)i;
	(void)but;
#endif
	host_each(follow);
}

static int
kernels(const struct vp_block *block)
{

	return (strcmp(block->family, "mbuf") == 0 || *block->at == '\0');
}

static void
lost(const char *when)
{
	struct vp_block *block, *next;

	LIST_FOREACH_SAFE(block, &vp_blocks, link, next) {
		if (block->seen)
			continue;
		if (!kernels(block))
			vp_fault("never-torn-down", block->at, "what %s gave "
			    "is lost when %s: nothing leads to it any more",
			    block->family, when);
		vp_block_free(block);
	}
}

static void
tell_life(const struct vp_life *life, void *context)
{

	if (strcmp(life->family, "callout") == 0)
		return;		/* one that is not scheduled holds nothing */
	vp_fault("never-torn-down", life->at, "%s is set up by %s and still "
	    "is when %s", vp_name(life->address), life->kind,
	    (const char *)context);
}

static void
range_goes(const struct vp_range *r, int tell, char *why)
{

	vp_callouts_left(r, NULL, why);
	vp_tasks_left(r, tell, why);
	vp_lives_in(r->from, (size_t)(r->to - r->from), tell_life, why);
	vp_lives_forget(r->from, (size_t)(r->to - r->from));
}

void
vp_stack_dies(struct vnet *vnet)
{
#ifdef VIMAGE
	extern char __start_set_vnet[], __stop_set_vnet[];
	char why[64];
	struct vp_range r = { vnet->vnet_data_mem, vnet->vnet_data_mem };

	r.to += __stop_set_vnet - __start_set_vnet;
	snprintf(why, sizeof(why), "stack %d is destroyed", vnet->vp_number);
	vp_hooks_left(vnet->vp_number, NULL, why);
	range_goes(&r, 1, why);
	sort_blocks();
	follow_all(vnet, NULL);
	lost(why);
#else
	(void)vnet;
#endif
}

/* Memory of a type that goes with its module. */
void
vp_blocks_left(const struct malloc_type *type)
{
	struct vp_block *block, *next;

	LIST_FOREACH_SAFE(block, &vp_blocks, link, next) {
		if (block->owner != type)
			continue;
		vp_fault("never-torn-down", block->at, "memory of type %s is "
		    "still in use when the type is destroyed",
		    type->ks_shortdesc);
		vp_block_free(block);
	}
}

void
vp_module_goes(struct vp_module *m)
{
	char why[] = "the module is unloaded";

	vp_callouts_left(&m->bss, m, why);
	vp_events_left(m);
	vp_cloners_left(m);
	vp_hooks_left(0, m, why);
	vp_protocols_left(m);
	vp_kthreads_left(m);
	vp_epochs_left(m);
	range_goes(&m->data, 1, why);
	range_goes(&m->bss, 1, why);
#ifdef VIMAGE
	extern char __start_set_vnet[];
	int i;

	for (i = 0; i < (int)nitems(vp_vnets); i++) {
		struct vp_range r;

		if (vp_vnets[i] == NULL || m->vnet.from == NULL)
			continue;
		r.from = (char *)vp_vnets[i]->vnet_data_mem +
		    (m->vnet.from - __start_set_vnet);
		r.to = r.from + (m->vnet.to - m->vnet.from);
		range_goes(&r, 1, why);
	}
#endif
	sort_blocks();
	follow_all(NULL, m);
	lost(why);
}

void
vp_everything_ends(void)
{

	sort_blocks();
	follow_all(NULL, NULL);
	lost("the scenario ends");
	vp_retired_check();
}
