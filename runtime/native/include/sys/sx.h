/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_SX_H_
#define	_VPORT_SYS_SX_H_

#include_next <sys/sx.h>
#include <vport/native.h>

#define	sx_init(...)	VP_AT((sx_init)(__VA_ARGS__))
#define	sx_init_flags(...)	VP_AT((sx_init_flags)(__VA_ARGS__))
#define	sx_destroy(...)	VP_AT((sx_destroy)(__VA_ARGS__))
#define	sx_slock(...)	VP_AT((sx_slock)(__VA_ARGS__))
#define	sx_sunlock(...)	VP_AT((sx_sunlock)(__VA_ARGS__))
#define	sx_xlock(...)	VP_AT((sx_xlock)(__VA_ARGS__))
#define	sx_xunlock(...)	VP_AT((sx_xunlock)(__VA_ARGS__))
#define	sx_unlock(...)	VP_AT((sx_unlock)(__VA_ARGS__))
#define	sx_slock_sig(...)	VP_AT((sx_slock_sig)(__VA_ARGS__))
#define	sx_xlock_sig(...)	VP_AT((sx_xlock_sig)(__VA_ARGS__))
#define	sx_try_slock(...)	VP_AT((sx_try_slock)(__VA_ARGS__))
#define	sx_try_xlock(...)	VP_AT((sx_try_xlock)(__VA_ARGS__))
#define	sx_try_upgrade(...)	VP_AT((sx_try_upgrade)(__VA_ARGS__))
#define	sx_downgrade(...)	VP_AT((sx_downgrade)(__VA_ARGS__))
#define	sx_assert(...)	VP_AT((sx_assert)(__VA_ARGS__))

#endif /* !_VPORT_SYS_SX_H_ */
