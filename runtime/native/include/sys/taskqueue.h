/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_TASKQUEUE_H_
#define	_VPORT_SYS_TASKQUEUE_H_

#include_next <sys/taskqueue.h>
#include <vport/native.h>

#define	taskqueue_create(...)	VP_AT((taskqueue_create)(__VA_ARGS__))
#define	taskqueue_enqueue(...)	VP_AT((taskqueue_enqueue)(__VA_ARGS__))
#define	taskqueue_enqueue_timeout(...)	VP_AT((taskqueue_enqueue_timeout)(__VA_ARGS__))
#define	taskqueue_drain(...)	VP_AT((taskqueue_drain)(__VA_ARGS__))
#define	taskqueue_drain_timeout(...)	VP_AT((taskqueue_drain_timeout)(__VA_ARGS__))
#define	taskqueue_cancel(...)	VP_AT((taskqueue_cancel)(__VA_ARGS__))
#define	taskqueue_free(...)	VP_AT((taskqueue_free)(__VA_ARGS__))
#define	_timeout_task_init(...)	VP_AT((_timeout_task_init)(__VA_ARGS__))

void	vp_task_init(struct task *, int, task_fn_t *, void *);
#undef	TASK_INIT
#define	TASK_INIT(task, priority, func, context)			\
	VP_AT(vp_task_init((task), (priority), (func), (context)))

#endif /* !_VPORT_SYS_TASKQUEUE_H_ */
