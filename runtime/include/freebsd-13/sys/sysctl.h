/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSCTL_H_
#define	_VP_SYS_SYSCTL_H_

#include <sys/_sysctl.h>

#define	CTLFLAG_DORMANT	0x20000000
#define	CTLFLAG_VNET	0x00020000
#define	CTLFLAG_DYING	0x00010000
#define	CTLFLAG_CAPRD	0x00008000
#define	CTLFLAG_CAPWR	0x00004000
#define	CTLFLAG_CAPRW	(CTLFLAG_CAPRD | CTLFLAG_CAPWR)
#define	CTLFLAG_STATS	0x00002000
#define	CTLFLAG_NOFETCH	0x00001000
#define	CTLFLAG_NEEDGIANT 0x00000800

#define	SYSCTL_PROC(p, n, name, access, ptr, arg, handler, fmt, descr)	\
	SYSCTL_OID(p, n, name, access, ptr, arg, handler, fmt, descr);	\
	_Static_assert(((access) & CTLTYPE) != 0, "CTLTYPE of " #name);	\
	_Static_assert((((access) & CTLFLAG_MPSAFE) != 0) ^		\
	    (((access) & CTLFLAG_NEEDGIANT) != 0), "locking of " #name)

#define	SYSCTL_S8(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(int8_t, CTLTYPE_S8, sysctl_handle_8, "C",		\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_U8(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(uint8_t, CTLTYPE_U8, sysctl_handle_8, "CU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_S16(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(int16_t, CTLTYPE_S16, sysctl_handle_16, "S",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_U16(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(uint16_t, CTLTYPE_U16, sysctl_handle_16, "SU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_S32(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(int32_t, CTLTYPE_S32, sysctl_handle_32, "I",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_U32(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(uint32_t, CTLTYPE_U32, sysctl_handle_32, "IU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_S64(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(int64_t, CTLTYPE_S64, sysctl_handle_64, "Q",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_U64(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(uint64_t, CTLTYPE_U64, sysctl_handle_64, "QU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_BOOL(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(bool, CTLTYPE_U8, sysctl_handle_bool, "CU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_COUNTER_U64(p, n, name, access, ptr, descr)		\
	__SYSCTL_LEAF(counter_u64_t, CTLTYPE_U64,			\
	    sysctl_handle_counter_u64, "QU",				\
	    p, n, name, (access) | CTLFLAG_STATS, ptr, 0, descr)

#define	SYSCTL_ADD_U8(c, p, n, name, access, ptr, val, descr)		\
	__SYSCTL_ADD(uint8_t, CTLTYPE_U8, sysctl_handle_8, "CU",	\
	    c, p, n, name, access, ptr, val, descr)
#define	SYSCTL_ADD_U16(c, p, n, name, access, ptr, val, descr)		\
	__SYSCTL_ADD(uint16_t, CTLTYPE_U16, sysctl_handle_16, "SU",	\
	    c, p, n, name, access, ptr, val, descr)
#define	SYSCTL_ADD_U32(c, p, n, name, access, ptr, val, descr)		\
	__SYSCTL_ADD(uint32_t, CTLTYPE_U32, sysctl_handle_32, "IU",	\
	    c, p, n, name, access, ptr, val, descr)
#define	SYSCTL_ADD_U64(c, p, n, name, access, ptr, val, descr)		\
	__SYSCTL_ADD(uint64_t, CTLTYPE_U64, sysctl_handle_64, "QU",	\
	    c, p, n, name, access, ptr, val, descr)
#define	SYSCTL_ADD_BOOL(c, p, n, name, access, ptr, val, descr)		\
	__SYSCTL_ADD(bool, CTLTYPE_U8, sysctl_handle_bool, "CU",	\
	    c, p, n, name, access, ptr, val, descr)
#define	SYSCTL_ADD_COUNTER_U64(c, p, n, name, access, ptr, descr)	\
	__SYSCTL_ADD(counter_u64_t, CTLTYPE_U64,			\
	    sysctl_handle_counter_u64, "QU",				\
	    c, p, n, name, (access) | CTLFLAG_STATS, ptr, 0, descr)

#endif /* !_VP_SYS_SYSCTL_H_ */
