/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_REFCOUNT_H_
#define	_VP_SYS_REFCOUNT_H_

#include <sys/types.h>

void	refcount_init(volatile u_int *, u_int);
void	refcount_acquire(volatile u_int *);
bool	refcount_release(volatile u_int *);

#endif /* !_VP_SYS_REFCOUNT_H_ */
