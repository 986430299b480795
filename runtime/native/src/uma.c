/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Zones: each item is a piece of memory of its own, so that a late use is seen. */
#include "kern.h"

#include <vm/uma.h>

#include "memory.h"

struct uma_zone {
	const char	*name;
	size_t		 size;
	uma_ctor	 ctor;
	uma_dtor	 dtor;
	uma_init	 init;
	uma_fini	 fini;
	int		 limit, items;
};

uma_zone_t
(uma_zcreate)(const char *name, size_t size, uma_ctor ctor, uma_dtor dtor,
    uma_init init, uma_fini fini, int align __unused, uint32_t flags __unused)
{
	const char *at = vp_take_place();
	uma_zone_t zone = vp_block_new(sizeof(*zone), "uma_zcreate", NULL, at);

	vp_event("init", at, "uma_zcreate ");
	*zone = (struct uma_zone){
		.name = name, .size = size, .ctor = ctor, .dtor = dtor,
		.init = init, .fini = fini,
	};
	return (zone);
}

static int
is_zone(uma_zone_t zone, const char *at)
{
	struct vp_block *block = vp_block_of(zone);

	if (block != NULL && strcmp(block->family, "uma_zcreate") == 0)
		return (1);
	vp_fault("use-before-set-up", at, "what is used as a zone is none, "
	    "or is destroyed");
	return (0);
}

void
(uma_zdestroy)(uma_zone_t zone)
{
	const char *at = vp_take_place();
	struct vp_block *block, *next;

	vp_event("destroy", at, "uma_zdestroy ");
	if (!is_zone(zone, at))
		return;
	LIST_FOREACH_SAFE(block, &vp_blocks, link, next)
		if (block->owner == zone) {
			vp_fault("never-torn-down", block->at, "an item of "
			    "zone %s is in use when the zone is destroyed",
			    zone->name);
			vp_block_free(block);
		}
	vp_block_free(vp_block_of(zone));
}

static void *
item(uma_zone_t zone, void *arg, int flags, const char *at)
{
	void *p;

	if (!is_zone(zone, at) || (vp_fails() && (flags & M_NOWAIT) != 0) ||
	    (zone->limit != 0 && zone->items >= zone->limit))
		return (NULL);
	p = vp_block_new(zone->size, "uma_zalloc", zone, at);
	zone->items++;
	if (zone->init != NULL)
		(void)zone->init(p, (int)zone->size, flags);
	if (zone->ctor != NULL)
		(void)zone->ctor(p, (int)zone->size, arg, flags);
	return (p);
}

void *
(uma_zalloc)(uma_zone_t zone, int flags)
{

	return (item(zone, NULL, flags, vp_take_place()));
}

void *
(uma_zalloc_arg)(uma_zone_t zone, void *arg, int flags)
{

	return (item(zone, arg, flags, vp_take_place()));
}

static void
give_back(uma_zone_t zone, void *p, void *arg, const char *at)
{
	struct vp_block *block = p != NULL ? vp_block_of(p) : NULL;

	if (p == NULL || !is_zone(zone, at))
		return;
	if (block == NULL || block->owner != zone) {
		vp_fault("torn-down-twice", at, "an item is given back to "
		    "zone %s that is not of it, or not in use", zone->name);
		return;
	}
	if (zone->dtor != NULL)
		zone->dtor(p, (int)zone->size, arg);
	if (zone->fini != NULL)
		zone->fini(p, (int)zone->size);
	zone->items--;
	vp_block_free(block);
}

void
(uma_zfree)(uma_zone_t zone, void *p)
{

	give_back(zone, p, NULL, vp_take_place());
}

void
(uma_zfree_arg)(uma_zone_t zone, void *p, void *arg)
{

	give_back(zone, p, arg, vp_take_place());
}

int
uma_zone_set_max(uma_zone_t zone, int limit)
{

	zone->limit = limit;
	return (limit);
}

int
uma_zone_get_max(uma_zone_t zone)
{

	return (zone->limit);
}

int
uma_zone_get_cur(uma_zone_t zone)
{

	return (zone->items);
}

void
uma_zone_set_warning(uma_zone_t zone __unused, const char *text __unused)
{
}

void
uma_zone_reclaim(uma_zone_t zone __unused, int how __unused)
{
}

void
uma_prealloc(uma_zone_t zone __unused, int n __unused)
{
}
