/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_STDINT_H_
#define	_VP_SYS_STDINT_H_

#include <sys/types.h>

#define	UINT8_MAX	0xff
#define	UINT16_MAX	0xffff
#define	UINT32_MAX	0xffffffffU
#define	UINT64_MAX	0xffffffffffffffffUL
#define	INT32_MAX	0x7fffffff
#define	INT64_MAX	0x7fffffffffffffffL
#define	UINTMAX_MAX	UINT64_MAX

#endif /* !_VP_SYS_STDINT_H_ */
