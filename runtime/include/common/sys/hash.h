/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_HASH_H_
#define	_VP_SYS_HASH_H_

#include <sys/types.h>

#define	HASHINIT	5381

uint32_t hash32_buf(const void *, size_t, uint32_t);
uint32_t hash32_str(const void *, uint32_t);
uint32_t hash32_strn(const void *, size_t, uint32_t);

#endif /* !_VP_SYS_HASH_H_ */
