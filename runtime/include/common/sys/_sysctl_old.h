/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__SYSCTL_OLD_H_
#define	_VP_SYS__SYSCTL_OLD_H_

/* What releases up to 10 add to <sys/_sysctl.h>. */
#define	SYSCTL_PROC(p, n, name, access, ptr, arg, handler, fmt, descr)	\
	SYSCTL_OID(p, n, name, access, ptr, arg, handler, fmt, descr);	\
	_Static_assert(((access) & CTLTYPE) != 0, "CTLTYPE of " #name)

/* Later releases have these too; plain modules of either age compile. */
#define	SYSCTL_BOOL(p, n, name, access, ptr, val, descr)		\
	__SYSCTL_LEAF(bool, CTLTYPE_U8, sysctl_handle_bool, "CU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_U8(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(uint8_t, CTLTYPE_U8, sysctl_handle_8, "CU",	\
	    p, n, name, access, ptr, val, descr)
#define	SYSCTL_U16(p, n, name, access, ptr, val, descr)			\
	__SYSCTL_LEAF(uint16_t, CTLTYPE_U16, sysctl_handle_16, "SU",	\
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
#define	SYSCTL_COUNTER_U64(p, n, name, access, ptr, descr)		\
	__SYSCTL_LEAF(counter_u64_t, CTLTYPE_U64,			\
	    sysctl_handle_counter_u64, "QU",				\
	    p, n, name, access, ptr, 0, descr)

#endif /* !_VP_SYS__SYSCTL_OLD_H_ */
