/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSCTL_H_
#define	_VP_SYS_SYSCTL_H_

#include <sys/_sysctl.h>
#include <sys/_sysctl_old.h>

/* What 12 adds; a handler's lock need not be said yet. */
#define	CTLFLAG_VNET	0x00020000
#define	CTLFLAG_NEEDGIANT 0

#endif /* !_VP_SYS_SYSCTL_H_ */
