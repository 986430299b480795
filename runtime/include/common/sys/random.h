/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_RANDOM_H_
#define	_VP_SYS_RANDOM_H_

#include <sys/libkern.h>

void	read_random(void *, u_int);

#endif /* !_VP_SYS_RANDOM_H_ */
