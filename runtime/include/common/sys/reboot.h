/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_REBOOT_H_
#define	_VP_SYS_REBOOT_H_

#define	RB_AUTOBOOT	0
#define	RB_NOSYNC	0x004
#define	RB_HALT		0x008

#endif /* !_VP_SYS_REBOOT_H_ */
