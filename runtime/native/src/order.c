/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * In which order SYSINITs and SYSUNINITs run.  Releases 13 and 2010 sort in
 * place by exchanging, which is not stable; main sorts a boot's table stably.
 */
#include "kern.h"

static struct vp_slot *table;		/* of the boot */
static int table_size, table_pending;

int
vp_is_2010(void)
{

	return (strcmp(host_env("VPORT_RELEASE", "13"), "2010") == 0);
}

static int
is_stable(void)
{

	return (strcmp(host_env("VPORT_RELEASE", "13"), "main") == 0);
}

static int
compare(const struct vp_slot *a, const struct vp_slot *b)
{

	if (a->subsystem != b->subsystem)
		return (a->subsystem < b->subsystem ? -1 : 1);
	return (a->order < b->order ? -1 : a->order > b->order);
}

/* Each place is swapped with every later one that is out of order with it. */
static void
exchange(struct vp_slot *slots, int n, int sign)
{
	struct vp_slot kept;
	int i, j;

	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++)
			if (compare(&slots[i], &slots[j]) * sign > 0) {
				kept = slots[i];
				slots[i] = slots[j];
				slots[j] = kept;
			}
}

static void
insertion(struct vp_slot *slots, int n)
{
	struct vp_slot kept;
	int i, j;

	for (i = 1; i < n; i++) {
		kept = slots[i];
		for (j = i; j > 0 && compare(&slots[j - 1], &kept) > 0; j--)
			slots[j] = slots[j - 1];
		slots[j] = kept;
	}
}

/* What comes or goes after the boot is exchanged in every release. */
void
vp_order_load(struct vp_slot *slots, int n)
{

	exchange(slots, n, 1);
}

void
vp_order_unload(struct vp_slot *slots, int n)
{

	exchange(slots, n, -1);
}

void
vp_boot_add(const struct vp_slot *slots, int n)
{

	table = host_grow(table, (u_long)(table_size + n) * sizeof(*table));
	memcpy(table + table_size, slots, (size_t)n * sizeof(*table));
	table_size += n;
	table_pending = 1;
}

/* The next slot of the boot; what came meanwhile has its place in it. */
int
vp_boot_next(struct vp_slot *slot)
{
	int i;

	if (table_pending && is_stable())
		insertion(table, table_size);
	else if (table_pending)
		exchange(table, table_size, 1);
	table_pending = 0;
	for (i = 0; i < table_size; i++) {
		if (table[i].subsystem == SI_SUB_DUMMY ||
		    table[i].subsystem == SI_SUB_DONE)
			continue;
		*slot = table[i];
		table[i].subsystem = SI_SUB_DONE;
		return (1);
	}
	return (0);
}
