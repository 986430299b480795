/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_RWLOCK_H_
#define	_VPORT_SYS_RWLOCK_H_

#include_next <sys/rwlock.h>
#include <vport/native.h>

#define	rw_init(...)	VP_AT((rw_init)(__VA_ARGS__))
#define	rw_init_flags(...)	VP_AT((rw_init_flags)(__VA_ARGS__))
#define	rw_destroy(...)	VP_AT((rw_destroy)(__VA_ARGS__))
#define	rw_rlock(...)	VP_AT((rw_rlock)(__VA_ARGS__))
#define	rw_runlock(...)	VP_AT((rw_runlock)(__VA_ARGS__))
#define	rw_wlock(...)	VP_AT((rw_wlock)(__VA_ARGS__))
#define	rw_wunlock(...)	VP_AT((rw_wunlock)(__VA_ARGS__))
#define	rw_unlock(...)	VP_AT((rw_unlock)(__VA_ARGS__))
#define	rw_try_rlock(...)	VP_AT((rw_try_rlock)(__VA_ARGS__))
#define	rw_try_wlock(...)	VP_AT((rw_try_wlock)(__VA_ARGS__))
#define	rw_try_upgrade(...)	VP_AT((rw_try_upgrade)(__VA_ARGS__))
#define	rw_downgrade(...)	VP_AT((rw_downgrade)(__VA_ARGS__))
#define	rw_assert(...)	VP_AT((rw_assert)(__VA_ARGS__))

#endif /* !_VPORT_SYS_RWLOCK_H_ */
