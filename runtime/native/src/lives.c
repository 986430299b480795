/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * What is set up and not torn down: locks, callouts, tables, memory.  Each
 * life has the place of its set-up, for the day when it is missed.
 */
#include "kern.h"
#include "lives.h"

#define	BUCKETS	1024

LIST_HEAD(bucket, vp_life);
static struct bucket table[BUCKETS];

static struct bucket *
bucket_of(const void *address)
{

	return (&table[((uintptr_t)address >> 4) % BUCKETS]);
}

struct vp_life *
vp_life(const void *address)
{
	struct vp_life *life;

	LIST_FOREACH(life, bucket_of(address), link)
		if (life->address == address)
			return (life);
	return (NULL);
}

/* Where a kind of thing was torn down last, for who comes too late. */
static struct vp_life *
life_of(const void *address, const char *family)
{
	struct vp_life *life;

	LIST_FOREACH(life, bucket_of(address), link)
		if (life->address == address &&
		    strcmp(life->family, family) == 0)
			return (life);
	return (NULL);
}

void
vp_life_begins(const char *family, const char *kind, const void *address,
    const char *at)
{
	struct vp_life *life = life_of(address, family);

	if (life == NULL) {
		life = host_raw(sizeof(*life));
		life->address = address;
		life->family = family;
		LIST_INSERT_HEAD(bucket_of(address), life, link);
	} else if (life->alive)
		vp_fault("set-up-twice", at, "%s is set up by %s and was "
		    "already (%s)", vp_name(address), kind, life->at);
	life->alive = 1;
	life->kind = kind;
	life->at = at;
	life->vnet = vp_curvnet_number();
}

void
vp_life_ends(const char *family, const char *kind, const void *address,
    const char *at)
{
	struct vp_life *life = life_of(address, family);

	if (life == NULL)
		vp_fault("use-before-set-up", at, "%s is torn down by %s "
		    "and never was set up", vp_name(address), kind);
	else if (!life->alive)
		vp_fault("torn-down-twice", at, "%s is torn down by %s and "
		    "was already (%s)", vp_name(address), kind, life->at);
	else {
		life->alive = 0;
		life->at = at;
	}
}

/* Whether it is set up; a fault is told if it is not. */
int
vp_life_used(const char *family, const void *address, const char *at)
{
	struct vp_life *life = life_of(address, family);

	if (life != NULL && life->alive)
		return (1);
	if (life == NULL)
		vp_fault("use-before-set-up", at, "%s is used and was not "
		    "set up before", vp_name(address));
	else
		vp_fault("use-after-tear-down", at, "%s is used and is torn "
		    "down (%s)", vp_name(address), life->at);
	return (0);
}

/* Memory that is given back takes with it what lies in it. */
void
vp_lives_forget(const void *from, size_t size)
{
	const char *begin = from, *address;
	struct vp_life *life, *next;
	int i;

	for (i = 0; i < BUCKETS; i++)
		LIST_FOREACH_SAFE(life, &table[i], link, next) {
			address = life->address;
			if (address < begin || address >= begin + size)
				continue;
			LIST_REMOVE(life, link);
			host_raw_free(life);
		}
}

void
vp_lives_in(const void *from, size_t size,
    void (*each)(const struct vp_life *, void *), void *context)
{
	const char *begin = from, *address;
	struct vp_life *life;
	int i;

	for (i = 0; i < BUCKETS; i++)
		LIST_FOREACH(life, &table[i], link) {
			address = life->address;
			if (life->alive && address >= begin &&
			    address < begin + size)
				each(life, context);
		}
}
