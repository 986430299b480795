/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__RWLOCK_H_
#define	_VP_SYS__RWLOCK_H_

#include <sys/_lock.h>

struct rwlock {
	struct lock_object	lock_object;
	volatile uintptr_t	rw_lock;
};

#endif /* !_VP_SYS__RWLOCK_H_ */
