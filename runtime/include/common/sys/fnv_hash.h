/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_FNV_HASH_H_
#define	_VP_SYS_FNV_HASH_H_

#include <sys/types.h>

typedef uint32_t Fnv32_t;
#define	FNV1_32_INIT	((Fnv32_t)0x811c9dc5U)
#define	FNV_32_PRIME	((Fnv32_t)0x01000193U)

static __inline Fnv32_t
fnv_32_buf(const void *buf, size_t len, Fnv32_t h)
{
	const uint8_t *p;

	for (p = buf; len > 0; len--, p++)
		h = h * FNV_32_PRIME ^ *p;
	return (h);
}

#endif /* !_VP_SYS_FNV_HASH_H_ */
