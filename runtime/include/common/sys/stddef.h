/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_STDDEF_H_
#define	_VP_SYS_STDDEF_H_

#include <sys/types.h>

#endif /* !_VP_SYS_STDDEF_H_ */
