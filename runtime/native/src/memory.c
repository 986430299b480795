/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Memory of malloc types, and what is built on it: tables, counters, numbers. */
#include "kern.h"

#include <sys/counter.h>
#include <sys/hash.h>

#include "memory.h"
#include "net.h"

#define	TYPE(name)	struct malloc_type name[1] = { { .ks_shortdesc = #name } }
TYPE(M_CACHE);
TYPE(M_DEVBUF);
TYPE(M_TEMP);
TYPE(M_IFADDR);
TYPE(M_IFNET);
TYPE(M_PCB);
TYPE(M_SONAME);
TYPE(M_RTABLE);

struct vp_blocks vp_blocks = LIST_HEAD_INITIALIZER(vp_blocks);
static int failing;

/* What MOD_LOAD asks for without waiting is not there when it is to fail. */
void
vp_failing(int yes)
{

	failing = yes;
}

int
vp_fails(void)
{

	return (failing);
}

void *
vp_block_new(size_t size, const char *family, const void *owner, const char *at)
{
	struct vp_block *block = host_raw(sizeof(*block));

	block->address = host_raw(size);
	block->size = size;
	block->family = family;
	block->owner = owner;
	block->at = at;
	block->vnet = vp_curvnet_number();
	LIST_INSERT_HEAD(&vp_blocks, block, link);
	return (block->address);
}

struct vp_block *
vp_block_of(const void *address)
{
	struct vp_block *block;

	LIST_FOREACH(block, &vp_blocks, link)
		if (block->address == address)
			return (block);
	return (NULL);
}

void
vp_block_free(struct vp_block *block)
{

	struct vp_range r = {
		block->address, (char *)block->address + block->size
	};

	vp_callouts_left(&r, NULL, "the memory that it lies in is freed");
	vp_tasks_left(&r, 1, "the memory that it lies in is freed");
	vp_lives_forget(block->address, block->size);
	LIST_REMOVE(block, link);
	vp_retire(block->address, block->size, block->at);
	host_raw_free(block);
}

/* Gives back what this family handed out; of a stranger it says so. */
static void
give_back(void *address, const char *family, const void *owner, const char *at)
{
	struct vp_block *block = vp_block_of(address);

	if (block == NULL || strcmp(block->family, family) != 0) {
		/* The sanitizer knows where it was freed before. */
		vp_fault("torn-down-twice", at, "%s of %p, which is no %s "
		    "memory that is in use", family, address, family);
		return;
	}
	if (owner != NULL && block->owner != owner)
		vp_fault("torn-down-twice", at, "memory of another type or "
		    "zone is freed, which was allocated at %s", block->at);
	vp_block_free(block);
}

static void *
allocate(size_t size, struct malloc_type *type, int flags, const char *at)
{
	u_char *p;

	if (failing && (flags & M_NOWAIT) != 0)
		return (NULL);
	p = vp_block_new(size, "malloc", type, at);
	if ((flags & M_ZERO) == 0)
		memset(p, 0xa5, size);
	return (p);
}

void *
(malloc)(size_t size, struct malloc_type *type, int flags)
{
	const char *at = vp_take_place();

	vp_event("init", at, "malloc ");
	return (allocate(size, type, flags, at));
}

void *
(mallocarray)(size_t n, size_t size, struct malloc_type *type, int flags)
{
	const char *at = vp_take_place();

	vp_event("init", at, "mallocarray ");
	return (allocate(n * size, type, flags, at));
}

void *
(contigmalloc)(u_long size, struct malloc_type *type, int flags,
    vm_paddr_t low __unused, vm_paddr_t high __unused,
    u_long alignment __unused, vm_paddr_t boundary __unused)
{

	return (allocate(size, type, flags, vp_take_place()));
}

void *
(realloc)(void *old, size_t size, struct malloc_type *type, int flags)
{
	const char *at = vp_take_place();
	struct vp_block *block = old != NULL ? vp_block_of(old) : NULL;
	void *new = allocate(size, type, flags, at);

	if (new == NULL || old == NULL)
		return (new);
	if (block != NULL)
		memcpy(new, old, block->size < size ? block->size : size);
	give_back(old, "malloc", type, at);
	return (new);
}

void *
(reallocf)(void *old, size_t size, struct malloc_type *type, int flags)
{
	const char *at = vp_place;
	void *new = (realloc)(old, size, type, flags);

	if (new == NULL && old != NULL)
		give_back(old, "malloc", type, at);
	return (new);
}

char *
(strdup)(const char *text, struct malloc_type *type)
{
	char *copy = allocate(strlen(text) + 1, type, M_WAITOK,
	    vp_take_place());

	return (strcpy(copy, text));
}

void
(free)(void *p, struct malloc_type *type)
{
	const char *at = vp_take_place();

	vp_event("destroy", at, "free ");
	if (p != NULL)
		give_back(p, "malloc", type, at);
}

void
(zfree)(void *p, struct malloc_type *type)
{

	(free)(p, type);
}

void
malloc_init(void *arg __unused)
{
}

/* A type goes with its module: nothing of it may be left. */
void
malloc_uninit(void *arg)
{

	vp_blocks_left(arg);
}

void *
(hashinit_flags)(int elements, struct malloc_type *type, u_long *mask,
    int flags)
{
	LIST_HEAD(generic, generic) *heads;
	const char *at = vp_take_place();
	long size;

	for (size = 1; size <= elements; size <<= 1)
		continue;
	size >>= 1;
	if (failing && (flags & HASH_NOWAIT) != 0)
		return (NULL);
	heads = vp_block_new((size_t)size * sizeof(*heads), "hashinit", type,
	    at);
	*mask = (u_long)size - 1;
	vp_event("init", at, "hashinit ");
	return (heads);
}

void *
(hashinit)(int elements, struct malloc_type *type, u_long *mask)
{

	return ((hashinit_flags)(elements, type, mask, HASH_WAITOK));
}

/* Each list must be empty, as the kernel asserts. */
void
(hashdestroy)(void *table, struct malloc_type *type, u_long mask)
{
	const char *at = vp_take_place();
	void **heads = table;
	u_long i;

	vp_event("destroy", at, "hashdestroy ");
	for (i = 0; vp_block_of(table) != NULL && i <= mask; i++)
		if (heads[i] != NULL) {
			vp_fault("never-torn-down", at, "the hash table is "
			    "destroyed while something is in it");
			break;
		}
	give_back(table, "hashinit", type, at);
}

counter_u64_t
(counter_u64_alloc)(int flags)
{
	const char *at = vp_take_place();
	counter_u64_t c;

	if (failing && (flags & M_NOWAIT) != 0)
		return (NULL);
	c = vp_block_new(sizeof(*c), "counter_u64_alloc", NULL, at);
	vp_event("init", at, "counter_u64_alloc ");
	return (c);
}

void
(counter_u64_free)(counter_u64_t c)
{
	const char *at = vp_take_place();

	vp_event("destroy", at, "counter_u64_free ");
	give_back(c, "counter_u64_alloc", NULL, at);
}

void
counter_u64_add(counter_u64_t c, int64_t n)
{

	*c += (uint64_t)n;
}

uint64_t
counter_u64_fetch(counter_u64_t c)
{

	return (*c);
}

void
counter_u64_zero(counter_u64_t c)
{

	*c = 0;
}
