/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_CALLOUT_H_
#define	_VPORT_SYS_CALLOUT_H_

#include_next <sys/callout.h>
#include <vport/native.h>

#define	callout_init(...)	VP_AT((callout_init)(__VA_ARGS__))
#define	callout_init_mtx(...)	VP_AT((callout_init_mtx)(__VA_ARGS__))
#define	callout_init_rw(...)	VP_AT((callout_init_rw)(__VA_ARGS__))
#define	callout_init_rm(...)	VP_AT((callout_init_rm)(__VA_ARGS__))
#define	callout_reset(...)	VP_AT((callout_reset)(__VA_ARGS__))
#define	callout_reset_on(...)	VP_AT((callout_reset_on)(__VA_ARGS__))
#define	callout_reset_sbt(...)	VP_AT((callout_reset_sbt)(__VA_ARGS__))
#define	callout_schedule(...)	VP_AT((callout_schedule)(__VA_ARGS__))
#define	callout_stop(...)	VP_AT((callout_stop)(__VA_ARGS__))
#define	callout_drain(...)	VP_AT((callout_drain)(__VA_ARGS__))
#define	callout_async_drain(...)	VP_AT((callout_async_drain)(__VA_ARGS__))
#define	timeout(...)	VP_AT((timeout)(__VA_ARGS__))
#define	untimeout(...)	VP_AT((untimeout)(__VA_ARGS__))

#endif /* !_VPORT_SYS_CALLOUT_H_ */
