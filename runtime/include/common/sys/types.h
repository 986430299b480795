/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_TYPES_H_
#define	_VP_SYS_TYPES_H_

#include <sys/cdefs.h>

typedef unsigned char	u_char;
typedef unsigned short	u_short;
typedef unsigned int	u_int;
typedef unsigned long	u_long;

typedef __INT8_TYPE__	int8_t;
typedef __INT16_TYPE__	int16_t;
typedef __INT32_TYPE__	int32_t;
typedef __INT64_TYPE__	int64_t;
typedef __UINT8_TYPE__	uint8_t;
typedef __UINT16_TYPE__	uint16_t;
typedef __UINT32_TYPE__	uint32_t;
typedef __UINT64_TYPE__	uint64_t;
typedef __INTPTR_TYPE__	intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __INTMAX_TYPE__	intmax_t;
typedef __UINTMAX_TYPE__ uintmax_t;
typedef __SIZE_TYPE__	size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef long		ssize_t;

typedef uint8_t		u_int8_t;
typedef uint16_t	u_int16_t;
typedef uint32_t	u_int32_t;
typedef uint64_t	u_int64_t;
typedef uint64_t	u_quad_t;
typedef int64_t		quad_t;
typedef uint8_t		__uint8_t;
typedef uint16_t	__uint16_t;
typedef uint32_t	__uint32_t;
typedef uint64_t	__uint64_t;
typedef int32_t		__int32_t;
typedef int64_t		__int64_t;

typedef char		*caddr_t;
typedef const char	*c_caddr_t;
typedef int64_t		daddr_t;
typedef int64_t		off_t;
typedef int64_t		time_t;
typedef int64_t		sbintime_t;
typedef long		suseconds_t;
typedef int32_t		pid_t;
typedef uint32_t	uid_t;
typedef uint32_t	gid_t;
typedef uint16_t	mode_t;
typedef uint64_t	dev_t;
typedef uint64_t	ino_t;
typedef uint32_t	in_addr_t;
typedef uint16_t	in_port_t;
typedef uint8_t		sa_family_t;
typedef uint32_t	socklen_t;
typedef uint64_t	vm_offset_t;
typedef uint64_t	vm_paddr_t;
typedef uint64_t	vm_size_t;

#ifndef __cplusplus
typedef _Bool		bool;
#define	true		1
#define	false		0
#endif

typedef uint64_t	*counter_u64_t;

struct mtx;
struct rwlock;
struct rmlock;
struct sx;
struct thread;
struct proc;
struct ucred;
struct vnet;
struct malloc_type;
struct socket;

#ifndef NULL
#define	NULL		((void *)0)
#endif
#ifndef offsetof
#define	offsetof(t, f)	__offsetof(t, f)
#endif

#endif /* !_VP_SYS_TYPES_H_ */
