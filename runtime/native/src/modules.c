/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* The modules of the program, between their marks, and their bytes as on disk. */
#include "kern.h"
#include "mark.h"

SET_DECLARE(vp_mark, struct vp_mark);

struct vp_module *vp_modules;
struct vp_module *vp_loaded[64];
int	vp_nloaded;

/* Byte by byte, behind the back of what watches the borders of variables. */
__attribute__((__no_sanitize__("address")))
static void
copy_raw(volatile char *to, const volatile char *from, size_t n)
{

	while (n-- != 0)
		*to++ = *from++;
}

static char *
saved(const struct vp_range *range)
{
	char *copy = host_raw((u_long)(range->to - range->from));

	copy_raw(copy, range->from, (size_t)(range->to - range->from));
	return (copy);
}

static void
between(struct vp_module *m, const struct vp_mark *a, const struct vp_mark *b)
{

	m->data = (struct vp_range){ a->data + 1, b->data };
	m->bss = (struct vp_range){ a->bss + 1, b->bss };
	m->text = (struct vp_range){ VP_CODE(a->text),
	    VP_CODE(b->text) };
	if (a->vnet != NULL)
		m->vnet = (struct vp_range){ a->vnet + 1, b->vnet };
	m->sysinit = (struct sysinit *const *)(a->sysinit + 1);
	m->sysinit_end = (struct sysinit *const *)b->sysinit;
	m->sysuninit = (struct sysinit *const *)(a->sysuninit + 1);
	m->sysuninit_end = (struct sysinit *const *)b->sysuninit;
	m->oids = (struct sysctl_oid *const *)(a->sysctl + 1);
	m->oids_end = (struct sysctl_oid *const *)b->sysctl;
	m->meta = (struct mod_metadata *const *)(a->metadata + 1);
	m->meta_end = (struct mod_metadata *const *)b->metadata;
	m->saved_data = saved(&m->data);
	if (m->vnet.from != NULL)
		m->saved_vnet = saved(&m->vnet);
}

void
vp_modules_read(void)
{
	struct vp_module **last = &vp_modules;
	struct vp_mark **mark, *first = NULL;

	SET_FOREACH(mark, vp_mark) {
		if (!(*mark)->last) {
			first = *mark;
			continue;
		}
		if (first == NULL || strcmp(first->module, (*mark)->module) != 0)
			vp_script_error("the marks of module %s do not "
			    "enclose its objects", (*mark)->module);
		*last = host_alloc(sizeof(**last));
		(*last)->name = first->module;
		between(*last, first, *mark);
		last = &(*last)->next;
	}
}

struct vp_module *
vp_module_named(const char *name)
{
	struct vp_module *m;

	for (m = vp_modules; m != NULL; m = m->next)
		if (strcmp(m->name, name) == 0)
			return (m);
	vp_script_error("there is no module %s in the program", name);
}

int
vp_in(const struct vp_range *range, const void *address)
{
	const char *a = address;

	return (a >= range->from && a < range->to);
}

/* Whether a function is a module's. */
int
vp_module_runs(struct vp_module *m, const void *function)
{

	return (vp_in(&m->text, function));
}

struct vp_module *
vp_module_of(const void *address)
{
	struct vp_module *m;

	for (m = vp_modules; m != NULL; m = m->next)
		if (vp_in(&m->data, address) || vp_in(&m->bss, address) ||
		    vp_in(&m->vnet, address))
			return (m);
	return (NULL);
}

/* A file that is loaded once more has its bytes from the disk again. */
void
vp_module_fresh(struct vp_module *m)
{
	volatile char *p;

	if (m->used) {
		copy_raw(m->data.from, m->saved_data,
		    (size_t)(m->data.to - m->data.from));
		for (p = m->bss.from; p < m->bss.to; p++)
			*p = 0;
		if (m->saved_vnet != NULL)
			copy_raw(m->vnet.from, m->saved_vnet,
			    (size_t)(m->vnet.to - m->vnet.from));
	}
	m->used = 1;
}
