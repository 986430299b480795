/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Mbufs, each with its data inside. */
#include "kern.h"

#include <sys/mbuf.h>

#include "memory.h"

int	max_linkhdr = 16, max_protohdr = 60, max_hdr = 76, nmbclusters = 1024;

struct mbuf *
m_get(int how __unused, short type)
{
	struct mbuf *m = vp_block_new(sizeof(*m), "mbuf", NULL, "");

	m->m_type = (uint8_t)type;
	m->m_data = m->m_pktdat;
	return (m);
}

struct mbuf *
m_gethdr(int how, short type)
{
	struct mbuf *m = m_get(how, type);

	m->m_flags = M_PKTHDR;
	return (m);
}

struct mbuf *
m_getcl(int how, short type, int flags)
{

	return ((flags & M_PKTHDR) != 0 ? m_gethdr(how, type) :
	    m_get(how, type));
}

struct mbuf *
m_free(struct mbuf *m)
{
	struct vp_block *block = vp_block_of(m);
	struct mbuf *next;

	if (block == NULL)
		vp_fatal("memory-error", vp_take_place(),
		    "an mbuf is freed that is not in use");
	while ((m->m_flags & M_PKTHDR) != 0 &&
	    !SLIST_EMPTY(&m->m_pkthdr.tags))
		m_tag_delete(m, SLIST_FIRST(&m->m_pkthdr.tags));
	next = m->m_next;
	vp_block_free(block);
	return (next);
}

void
m_freem(struct mbuf *m)
{

	while (m != NULL)
		m = m_free(m);
}

u_int
m_length(struct mbuf *m, struct mbuf **last)
{
	u_int length = 0;

	for (; m != NULL; m = m->m_next) {
		length += (u_int)m->m_len;
		if (last != NULL)
			*last = m;
	}
	return (length);
}

struct mbuf *
m_prepend(struct mbuf *m, int length, int how)
{
	struct mbuf *new;

	if (M_LEADINGSPACE(m) >= length) {
		m->m_data -= length;
		m->m_len += length;
		m->m_pkthdr.len += length;
		return (m);
	}
	new = m_gethdr(how, (short)m->m_type);
	new->m_pkthdr = m->m_pkthdr;
	SLIST_INIT(&m->m_pkthdr.tags);
	new->m_len = length;
	new->m_pkthdr.len += length;
	new->m_next = m;
	m->m_flags &= ~(u_int)M_PKTHDR & 0xffffff;
	return (new);
}

/* The first bytes in one piece; the chain is freed if there are not so many. */
struct mbuf *
m_pullup(struct mbuf *m, int length)
{
	struct mbuf *next;
	int n;

	if (m->m_len >= length)
		return (m);
	if (M_LEADINGSPACE(m) != 0) {
		memmove(m->m_pktdat, m->m_data, (size_t)m->m_len);
		m->m_data = m->m_pktdat;
	}
	while (m->m_len < length && (next = m->m_next) != NULL &&
	    length <= (int)sizeof(m->m_pktdat)) {
		n = MIN(next->m_len, length - m->m_len);
		memcpy(m->m_data + m->m_len, next->m_data, (size_t)n);
		m->m_len += n;
		next->m_len -= n;
		next->m_data += n;
		if (next->m_len == 0)
			m->m_next = m_free(next);
	}
	if (m->m_len >= length)
		return (m);
	m_freem(m);
	return (NULL);
}

void
m_adj(struct mbuf *m, int length)
{
	struct mbuf *each;
	int left = length < 0 ? (int)m_length(m, NULL) + length : length, n;

	for (each = m; each != NULL; each = each->m_next) {
		n = MIN(each->m_len, left);
		left -= n;
		if (length < 0)
			each->m_len = n;
		else {
			each->m_data += n;
			each->m_len -= n;
		}
	}
	if ((m->m_flags & M_PKTHDR) != 0)
		m->m_pkthdr.len -= length < 0 ? -length : length;
}

void
m_cat(struct mbuf *m, struct mbuf *more)
{

	while (m->m_next != NULL)
		m = m->m_next;
	m->m_next = more;
}

void
m_copydata(const struct mbuf *m, int offset, int length, caddr_t to)
{
	int n;

	for (; m != NULL && length > 0; m = m->m_next) {
		if (offset >= m->m_len) {
			offset -= m->m_len;
			continue;
		}
		n = MIN(m->m_len - offset, length);
		memcpy(to, m->m_data + offset, (size_t)n);
		to += n;
		length -= n;
		offset = 0;
	}
}

struct mbuf *
m_copym(struct mbuf *m, int offset, int length, int how)
{
	struct mbuf *new = m_gethdr(how, (short)m->m_type);

	if (length == M_COPYALL)
		length = (int)m_length(m, NULL) - offset;
	length = MIN(length, (int)sizeof(new->m_pktdat));
	new->m_pkthdr = m->m_pkthdr;
	SLIST_INIT(&new->m_pkthdr.tags);
	new->m_len = new->m_pkthdr.len = length;
	m_copydata(m, offset, length, new->m_data);
	return (new);
}

struct mbuf *
m_copypacket(struct mbuf *m, int how)
{

	return (m_copym(m, 0, M_COPYALL, how));
}

struct mbuf *
m_dup(const struct mbuf *m, int how)
{

	return (m_copym(__DECONST(struct mbuf *, m), 0, M_COPYALL, how));
}
