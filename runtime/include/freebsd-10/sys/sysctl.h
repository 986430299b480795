/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSCTL_H_
#define	_VP_SYS_SYSCTL_H_

#include <sys/_sysctl.h>
#include <sys/_sysctl_old.h>

#endif /* !_VP_SYS_SYSCTL_H_ */
