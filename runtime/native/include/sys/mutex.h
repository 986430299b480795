/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_MUTEX_H_
#define	_VPORT_SYS_MUTEX_H_

#include_next <sys/mutex.h>
#include <vport/native.h>

#define	mtx_init(...)	VP_AT((mtx_init)(__VA_ARGS__))
#define	mtx_destroy(...)	VP_AT((mtx_destroy)(__VA_ARGS__))
#define	mtx_lock(...)	VP_AT((mtx_lock)(__VA_ARGS__))
#define	mtx_unlock(...)	VP_AT((mtx_unlock)(__VA_ARGS__))
#define	mtx_trylock(...)	VP_AT((mtx_trylock)(__VA_ARGS__))
#define	mtx_lock_spin(...)	VP_AT((mtx_lock_spin)(__VA_ARGS__))
#define	mtx_unlock_spin(...)	VP_AT((mtx_unlock_spin)(__VA_ARGS__))
#define	mtx_assert(...)	VP_AT((mtx_assert)(__VA_ARGS__))

#endif /* !_VPORT_SYS_MUTEX_H_ */
