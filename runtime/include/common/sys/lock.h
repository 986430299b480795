/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_LOCK_H_
#define	_VP_SYS_LOCK_H_

#include <sys/_lock.h>

#define	LA_UNLOCKED	0x0
#define	LA_LOCKED	0x1
#define	LA_SLOCKED	0x2
#define	LA_XLOCKED	0x4
#define	WITNESS_WARN(flags, lock, ...)	do { } while (0)
#define	WARN_GIANTOK	0x01
#define	WARN_PANIC	0x02
#define	WARN_SLEEPOK	0x04

#endif /* !_VP_SYS_LOCK_H_ */
