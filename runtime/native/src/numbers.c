/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Small services: unit numbers, references, hashes, tags of packets. */
#include "kern.h"

#include <sys/hash.h>
#include <sys/mbuf.h>
#include <sys/refcount.h>

#include "memory.h"

struct unrhdr {
	int	low, high;
	u_char	used[1024];
};

struct unrhdr *
(new_unrhdr)(int low, int high, struct mtx *m __unused)
{
	const char *at = vp_take_place();
	struct unrhdr *units = vp_block_new(sizeof(*units), "new_unrhdr",
	    NULL, at);

	vp_event("init", at, "new_unrhdr ");
	units->low = low;
	units->high = MIN(high, low + (int)nitems(units->used) - 1);
	return (units);
}

void
(delete_unrhdr)(struct unrhdr *units)
{
	const char *at = vp_take_place();
	struct vp_block *block = vp_block_of(units);

	vp_event("destroy", at, "delete_unrhdr ");
	if (block != NULL)
		vp_block_free(block);
	else
		vp_fault("torn-down-twice", at, "unit numbers are deleted "
		    "that are not there");
}

int
alloc_unr(struct unrhdr *units)
{
	int i;

	for (i = 0; i <= units->high - units->low; i++)
		if (!units->used[i]) {
			units->used[i] = 1;
			return (units->low + i);
		}
	return (-1);
}

void
free_unr(struct unrhdr *units, u_int unit)
{

	units->used[(int)unit - units->low] = 0;
}

void
refcount_init(volatile u_int *count, u_int value)
{

	*count = value;
}

void
refcount_acquire(volatile u_int *count)
{

	(*count)++;
}

bool
refcount_release(volatile u_int *count)
{

	if (*count == 0)
		vp_fatal("failed-assertion", "", "a reference is released "
		    "that nobody holds");
	return (--*count == 0);
}

uint32_t
hash32_buf(const void *data, size_t n, uint32_t hash)
{
	const u_char *p = data;

	while (n-- != 0)
		hash = hash * 33 + *p++;
	return (hash);
}

uint32_t
hash32_str(const void *text, uint32_t hash)
{

	return (hash32_buf(text, strlen(text), hash));
}

uint32_t
hash32_strn(const void *text, size_t n, uint32_t hash)
{

	return (hash32_buf(text, strnlen(text, n), hash));
}

uint32_t
jenkins_hash(const void *data, size_t n, uint32_t hash)
{

	return (hash32_buf(data, n, hash));
}

uint32_t
jenkins_hash32(const uint32_t *data, size_t n, uint32_t hash)
{

	return (hash32_buf(data, n * sizeof(*data), hash));
}

uint32_t
murmur3_32_hash32(const uint32_t *data, size_t n, uint32_t hash)
{

	return (hash32_buf(data, n * sizeof(*data), hash));
}

struct m_tag *
m_tag_alloc(uint32_t cookie, int type, int length, int how __unused)
{
	struct m_tag *t = vp_block_new(sizeof(*t) + (size_t)length, "mbuf",
	    NULL, "");

	t->m_tag_cookie = cookie;
	t->m_tag_id = (uint16_t)type;
	t->m_tag_len = (uint16_t)length;
	return (t);
}

struct m_tag *
m_tag_get(int type, int length, int how)
{

	return (m_tag_alloc(0, type, length, how));
}

struct m_tag *
m_tag_locate(struct mbuf *m, uint32_t cookie, int type, struct m_tag *after)
{
	struct m_tag *t = after != NULL ? SLIST_NEXT(after, m_tag_link) :
	    SLIST_FIRST(&m->m_pkthdr.tags);

	for (; t != NULL; t = SLIST_NEXT(t, m_tag_link))
		if (t->m_tag_cookie == cookie && t->m_tag_id == type)
			return (t);
	return (NULL);
}

struct m_tag *
m_tag_find(struct mbuf *m, int type, struct m_tag *after)
{

	return (m_tag_locate(m, 0, type, after));
}

void
m_tag_prepend(struct mbuf *m, struct m_tag *t)
{

	SLIST_INSERT_HEAD(&m->m_pkthdr.tags, t, m_tag_link);
}

void
m_tag_free(struct m_tag *t)
{

	vp_block_free(vp_block_of(t));
}

void
m_tag_delete(struct mbuf *m, struct m_tag *t)
{

	SLIST_REMOVE(&m->m_pkthdr.tags, t, m_tag, m_tag_link);
	m_tag_free(t);
}
