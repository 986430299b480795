/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * Memory that was given back, where no sanitizer watches it: it is filled
 * with a pattern and kept for a while, and who wrote into it later is told
 * of by where it was allocated.
 */
#include "kern.h"

#include "memory.h"

#define	PATTERN	0xde
#define	MOST	512

#if defined(__SANITIZE_ADDRESS__)
#define	WATCHED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define	WATCHED	1
#endif
#endif
#ifndef WATCHED
#define	WATCHED	0
#endif

struct retired {
	u_char		*memory;
	size_t		 size;
	const char	*at;
};
static struct retired ring[MOST];
static int oldest, count;

static void
release(struct retired *r)
{
	size_t i;

	for (i = 0; i < r->size; i++)
		if (r->memory[i] != PATTERN) {
			vp_fault("memory-error", r->at, "memory that was "
			    "given here is written after it was given back");
			break;
		}
	host_raw_free(r->memory);
}

void
vp_retire(void *memory, size_t size, const char *at)
{

	if (WATCHED) {
		host_raw_free(memory);
		return;
	}
	if (count == MOST) {
		release(&ring[oldest]);
		oldest = (oldest + 1) % MOST;
		count--;
	}
	memset(memory, PATTERN, size);
	ring[(oldest + count++) % MOST] = (struct retired){ memory, size, at };
}

/* The end: whatever is kept is looked at. */
void
vp_retired_check(void)
{

	for (; count != 0; count--, oldest = (oldest + 1) % MOST)
		release(&ring[oldest]);
}
