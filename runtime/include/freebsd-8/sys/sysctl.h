/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSCTL_H_
#define	_VP_SYS_SYSCTL_H_

#include <sys/_sysctl.h>
#include <sys/_sysctl_old.h>

#define	CTLFLAG_VNET	0x00020000	/* the families set it; alone it makes no leaf per-vnet */

#endif /* !_VP_SYS_SYSCTL_H_ */
