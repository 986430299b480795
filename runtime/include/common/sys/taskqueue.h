/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_TASKQUEUE_H_
#define	_VP_SYS_TASKQUEUE_H_

#include <sys/_task.h>
#include <sys/callout.h>

struct taskqueue;

struct timeout_task {
	struct taskqueue *q;
	struct task	 t;
	struct callout	 c;
	int		 f;
};

typedef void (*taskqueue_enqueue_fn)(void *);

#define	TASK_INITIALIZER(priority, func, context) {			\
	.ta_priority = (priority), .ta_func = (func), .ta_context = (context) \
}
#define	TASK_INIT(task, priority, func, context) do {			\
	(task)->ta_pending = 0;						\
	(task)->ta_priority = (priority);				\
	(task)->ta_func = (func);					\
	(task)->ta_context = (context);					\
} while (0)
#define	NET_TASK_INIT(t, p, f, c)	TASK_INIT(t, p, f, c)
#define	TIMEOUT_TASK_INIT(queue, tt, priority, func, context)		\
	_timeout_task_init((queue), (tt), (priority), (func), (context))

extern struct taskqueue *taskqueue_thread;
extern struct taskqueue *taskqueue_swi;
extern struct taskqueue *taskqueue_fast;

void	_timeout_task_init(struct taskqueue *, struct timeout_task *, int,
	    task_fn_t *, void *);
struct taskqueue *taskqueue_create(const char *, int, taskqueue_enqueue_fn,
	    void *);
int	taskqueue_start_threads(struct taskqueue **, int, int, const char *,
	    ...) __printflike(4, 5);
int	taskqueue_enqueue(struct taskqueue *, struct task *);
int	taskqueue_enqueue_timeout(struct taskqueue *, struct timeout_task *,
	    int);
int	taskqueue_cancel(struct taskqueue *, struct task *, u_int *);
void	taskqueue_drain(struct taskqueue *, struct task *);
void	taskqueue_drain_timeout(struct taskqueue *, struct timeout_task *);
void	taskqueue_drain_all(struct taskqueue *);
void	taskqueue_free(struct taskqueue *);
void	taskqueue_thread_enqueue(void *);

#endif /* !_VP_SYS_TASKQUEUE_H_ */
