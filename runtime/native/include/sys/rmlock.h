/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_RMLOCK_H_
#define	_VPORT_SYS_RMLOCK_H_

#include_next <sys/rmlock.h>
#include <vport/native.h>

#define	rm_init(...)	VP_AT((rm_init)(__VA_ARGS__))
#define	rm_init_flags(...)	VP_AT((rm_init_flags)(__VA_ARGS__))
#define	rm_destroy(...)	VP_AT((rm_destroy)(__VA_ARGS__))
#define	rm_rlock(...)	VP_AT((rm_rlock)(__VA_ARGS__))
#define	rm_try_rlock(...)	VP_AT((rm_try_rlock)(__VA_ARGS__))
#define	rm_runlock(...)	VP_AT((rm_runlock)(__VA_ARGS__))
#define	rm_wlock(...)	VP_AT((rm_wlock)(__VA_ARGS__))
#define	rm_wunlock(...)	VP_AT((rm_wunlock)(__VA_ARGS__))
#define	rm_assert(...)	VP_AT((rm_assert)(__VA_ARGS__))

#endif /* !_VPORT_SYS_RMLOCK_H_ */
