/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * The piece of every stack's block that loaded modules share, and what is
 * wrong with initial values that are addresses.  In this program each module
 * has a place of its own in section set_vnet; the space is counted as the
 * kernel's allocator would, first fit, so that it can be too small.
 */
#include "kern.h"

#include "net.h"

#define	MOST	128

struct piece {
	size_t	start, size;
};
static struct piece taken[MOST];	/* sorted by start */
static int ntaken;

static size_t
space(void)
{

	return (vp_is_2010() ? 8192 : 8 * PAGE_SIZE);
}

static size_t
first_fit(size_t size, int *place)
{
	size_t start = 0;
	int i;

	for (i = 0; i < ntaken; i++) {
		if (taken[i].start - start >= size)
			break;
		start = taken[i].start + taken[i].size;
	}
	*place = i;
	return (start);
}

int
vp_modspace_take(struct vp_module *m)
{
	size_t size, start;
	int place;

	if (m->vnet.from == NULL || m->vnet.from == m->vnet.to)
		return (0);
	size = roundup2((size_t)(m->vnet.to - m->vnet.from), sizeof(void *));
	start = first_fit(size, &place);
	if (start + size > space() || ntaken == MOST) {
		vp_fault("modspace-exhausted", "", "%s needs %zu bytes of "
		    "per-vnet space, and no free block of the %zu there are "
		    "is so large: allocate large arrays in a constructor",
		    m->name, size, space());
		return (ENOSPC);
	}
	memmove(&taken[place + 1], &taken[place],
	    (size_t)(ntaken - place) * sizeof(taken[0]));
	taken[place] = (struct piece){ start, size };
	ntaken++;
	m->space = start;
	m->space_size = size;
	return (0);
}

void
vp_modspace_give(struct vp_module *m)
{
	int i;

	for (i = 0; i < ntaken; i++)
		if (m->space_size != 0 && taken[i].start == m->space) {
			memmove(&taken[i], &taken[i + 1],
			    (size_t)(--ntaken - i) * sizeof(taken[0]));
			m->space_size = 0;
			return;
		}
}

/* What a word of a module's initial bytes leads to, if it is an address. */
static const char *
leads_to(const char *word)
{
	const void *value = *(void *const *)(const void *)word;

	return (value != NULL ? host_symbol(value, NULL) : NULL);
}

/* The words of a module's initial bytes, with their place in its section. */
#define	EACH_WORD(m, word)						\
	for (word = (char *)roundup2((uintptr_t)(m)->vnet.from,		\
	    sizeof(void *)); word + sizeof(void *) <= (m)->vnet.to;	\
	    word += sizeof(void *))

static int
relocates_late(void)
{

	return (strcmp(host_env("VPORT_RELEASE", "13"), "main") != 0);
}

/*
 * Initial bytes reach the stacks that exist before they are relocated: where
 * an address shall be, there is nothing yet.
 */
void
vp_initials_arrive(struct vp_module *m, char *bytes)
{
	const char *word;

	if (!relocates_late())
		return;
	EACH_WORD(m, word)
		if (leads_to(word) != NULL)
			memset(bytes + (word - m->vnet.from), 0,
			    sizeof(void *));
}

void
vp_initials_check(struct vp_module *m)
{
	const char *word, *target;
	char *value;

	if (m->vnet.from == NULL)
		return;
	EACH_WORD(m, word) {
		target = leads_to(word);
		if (target == NULL)
			continue;
		value = *(char *const *)(const void *)word;
		if (vp_in(&m->vnet, value))
			vp_fault("address-valued-initialiser", "", "%s begins "
			    "with the address of %s in the copy that new "
			    "stacks start from: set it in a constructor",
			    vp_name(word), vp_name(value));
		else if (!m->is_static && relocates_late())
			vp_fault("address-valued-initialiser", "", "%s begins "
			    "with an address (%s), which stacks that exist "
			    "get before it is relocated: set it in a "
			    "constructor", vp_name(word), target);
	}
}
