/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_PARAM_VERSION_H_
#define	_VP_SYS_PARAM_VERSION_H_

#define	__FreeBSD_version	1100122
#include_next <sys/param.h>

#endif /* !_VP_SYS_PARAM_VERSION_H_ */
