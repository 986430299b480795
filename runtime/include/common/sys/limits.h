/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_LIMITS_H_
#define	_VP_SYS_LIMITS_H_

#define	CHAR_BIT	8
#define	SCHAR_MAX	0x7f
#define	UCHAR_MAX	0xff
#define	SHRT_MAX	0x7fff
#define	SHRT_MIN	(-SHRT_MAX - 1)
#define	USHRT_MAX	0xffff
#define	INT_MAX		0x7fffffff
#define	INT_MIN		(-INT_MAX - 1)
#define	UINT_MAX	0xffffffffU
#define	LONG_MAX	0x7fffffffffffffffL
#define	LONG_MIN	(-LONG_MAX - 1)
#define	ULONG_MAX	0xffffffffffffffffUL
#define	QUAD_MAX	LONG_MAX
#define	UQUAD_MAX	ULONG_MAX

#endif /* !_VP_SYS_LIMITS_H_ */
