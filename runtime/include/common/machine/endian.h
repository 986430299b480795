/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_MACHINE_ENDIAN_H_
#define	_VP_MACHINE_ENDIAN_H_

#include <sys/endian.h>

#endif /* !_VP_MACHINE_ENDIAN_H_ */
