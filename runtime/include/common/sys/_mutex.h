/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__MUTEX_H_
#define	_VP_SYS__MUTEX_H_

#include <sys/_lock.h>

struct mtx {
	struct lock_object	lock_object;
	volatile uintptr_t	mtx_lock;
};

#endif /* !_VP_SYS__MUTEX_H_ */
