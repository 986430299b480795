/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Task queues, threads of modules and epoch callbacks: run with no stack set. */
#include "kern.h"

#include <sys/epoch.h>
#include <sys/taskqueue.h>

#include "kthreads.h"
#include "net.h"

struct taskqueue {
	const char	*name;
};
static struct taskqueue queues[3] = {
	{ "thread" }, { "swi" }, { "fast" }
};
struct taskqueue *taskqueue_thread = &queues[0];
struct taskqueue *taskqueue_swi = &queues[1];
struct taskqueue *taskqueue_fast = &queues[2];
epoch_t	net_epoch_preempt;

/*
 * What waits to run.  A task stays known from its set-up: when the kernel is
 * told to run tasks, each runs, as a queue that is drained would.
 */
struct job {
	TAILQ_ENTRY(job) link;
	enum { TASK, THREAD, EPOCH } kind;
	const char	*at;
	struct task	*task;
	struct vp_kthread *thread;
	epoch_callback_t *callback;
	epoch_context_t	 context;
	int		 now;
};
static TAILQ_HEAD(, job) jobs = TAILQ_HEAD_INITIALIZER(jobs);

static struct job *
new_job(const char *at)
{
	struct job *job = host_alloc(sizeof(*job));

	job->at = at;
	TAILQ_INSERT_TAIL(&jobs, job, link);
	return (job);
}

static void
drop(struct job *job)
{

	TAILQ_REMOVE(&jobs, job, link);
	host_free(job);
}

static struct job *
job_of(const struct task *task)
{
	struct job *job;

	TAILQ_FOREACH(job, &jobs, link)
		if (job->kind == TASK && job->task == task)
			return (job);
	return (NULL);
}

void
vp_task_init(struct task *task, int priority, task_fn_t *f, void *context)
{
	const char *at = vp_take_place();
	struct job *job = job_of(task);

	vp_event("register", at, "task %s %s",
	    vp_function(VP_CODE(f)), vp_name(task));
	memset(task, 0, sizeof(*task));
	task->ta_priority = (u_short)priority;
	task->ta_func = f;
	task->ta_context = context;
	if (job != NULL)
		drop(job);
	new_job(at)->task = task;
}

void
(_timeout_task_init)(struct taskqueue *queue, struct timeout_task *t,
    int priority, task_fn_t *f, void *context)
{

	memset(t, 0, sizeof(*t));
	t->q = queue;
	vp_task_init(&t->t, priority, f, context);
}

struct taskqueue *
(taskqueue_create)(const char *name, int flags __unused,
    taskqueue_enqueue_fn f __unused, void *context __unused)
{
	struct taskqueue *queue = host_alloc(sizeof(*queue));

	vp_event("init", vp_take_place(), "taskqueue_create ");
	queue->name = name;
	return (queue);
}

int
taskqueue_start_threads(struct taskqueue **queue __unused, int n __unused,
    int priority __unused, const char *name __unused, ...)
{

	return (0);
}

int
(taskqueue_enqueue)(struct taskqueue *queue __unused, struct task *task)
{
	struct job *job = job_of(task);

	if (job == NULL) {
		job = new_job(vp_take_place());
		job->task = task;
	}
	if (task->ta_pending < 65535)
		task->ta_pending++;
	return (0);
}

int
(taskqueue_enqueue_timeout)(struct taskqueue *queue, struct timeout_task *t,
    int when __unused)
{

	return ((taskqueue_enqueue)(queue, &t->t));
}

int
(taskqueue_cancel)(struct taskqueue *queue __unused, struct task *task,
    u_int *pending)
{

	struct job *job = job_of(task);

	vp_event("unregister", vp_take_place(), "task %s", vp_name(task));
	if (job != NULL)
		drop(job);
	if (pending != NULL)
		*pending = task->ta_pending;
	task->ta_pending = 0;
	return (0);
}

static void
run_task(struct job *job)
{
	struct task *task = job->task;
	int pending = task->ta_pending != 0 ? task->ta_pending : 1;

	task->ta_pending = 0;
	vp_handler(job->at, VP_CODE(task->ta_func));
	task->ta_func(task->ta_context, pending);
	vp_called();
}

/* Waits for a task that is queued, by running it in the queue's thread. */
void
(taskqueue_drain)(struct taskqueue *queue __unused, struct task *task)
{
	struct job *job = job_of(task);

	vp_event("unregister", vp_take_place(), "task %s", vp_name(task));
	if (job != NULL)
		drop(job);
	task->ta_pending = 0;
}

void
(taskqueue_drain_timeout)(struct taskqueue *queue, struct timeout_task *t)
{

	(taskqueue_drain)(queue, &t->t);
}

void
taskqueue_drain_all(struct taskqueue *queue __unused)
{
}

void
(taskqueue_free)(struct taskqueue *queue)
{

	vp_event("destroy", vp_take_place(), "taskqueue_free ");
	host_free(queue);
}

void
taskqueue_thread_enqueue(void *context __unused)
{
}

/* A thread of a module waits for its first turn as a task does. */
void
vp_kthread_queue(struct vp_kthread *thread, const char *at)
{
	struct job *job = new_job(at);

	job->kind = THREAD;
	job->thread = thread;
}

int
vp_kthreads_begin(void)
{
	struct job *job, *next, copy;
	int n = 0;

	TAILQ_FOREACH_SAFE(job, &jobs, link, next)
		if (job->kind == THREAD) {
			copy = *job;
			drop(job);
			vp_kthread_start(copy.thread, copy.at);
			n++;
		}
	return (n);
}

void
(epoch_call)(epoch_t epoch __unused, epoch_callback_t *f, epoch_context_t ctx)
{
	const char *at = vp_take_place();
	struct job *job = new_job(at);

	vp_event("register", at, "epoch %s ",
	    vp_function(VP_CODE(f)));
	job->kind = EPOCH;
	job->callback = f;
	job->context = ctx;
}

static void
run(struct job *job)
{
	struct job copy = *job;

	if (job->kind != TASK)
		drop(job);
	if (copy.kind == TASK)
		run_task(job);
	else if (copy.kind == THREAD)
		vp_kthread_start(copy.thread, copy.at);
	else {
		vp_handler(copy.at, VP_CODE(copy.callback));
		copy.callback(copy.context);
	}
}

void
vp_tasks_run(int only_epoch)
{
	struct job *job;

	TAILQ_FOREACH(job, &jobs, link)
		job->now = !only_epoch || job->kind == EPOCH;
again:
	TAILQ_FOREACH(job, &jobs, link)
		if (job->now) {
			job->now = 0;
			VP_WITHIN(NULL, run(job));
			goto again;
		}
}

/* Somebody waits for others, as a sleeping thread does: what they do is not told. */
void
epoch_drain_callbacks(epoch_t epoch __unused)
{

	vp_quiet(1);
	vp_tasks_run(1);
	vp_quiet(0);
}

void
epoch_wait_preempt(epoch_t epoch __unused)
{
}

void
epoch_enter_preempt(epoch_t epoch __unused, epoch_tracker_t et __unused)
{
}

void
epoch_exit_preempt(epoch_t epoch __unused, epoch_tracker_t et __unused)
{
}

int
in_epoch(epoch_t epoch __unused)
{

	return (1);
}

/* What is to be called when nobody reads any more has nobody to call. */
void
vp_epochs_left(struct vp_module *m)
{
	struct job *job, *next;

	TAILQ_FOREACH_SAFE(job, &jobs, link, next)
		if (job->kind == EPOCH &&
		    vp_module_runs(m, VP_CODE(job->callback))) {
			vp_fault("handler-left-behind", job->at, "%s still "
			    "waits for the end of an epoch when the module is "
			    "unloaded: NET_EPOCH_DRAIN_CALLBACKS() before",
			    vp_function(VP_CODE(job->callback)));
			drop(job);
		}
}

void
vp_tasks_left(const struct vp_range *memory, int tell, const char *why)
{
	struct job *job, *next;

	TAILQ_FOREACH_SAFE(job, &jobs, link, next) {
		if (job->kind != TASK || !vp_in(memory, job->task))
			continue;
		if (tell && job->task->ta_pending != 0)
			vp_fault("handler-left-behind", job->at, "a task is "
			    "still queued when %s: drain it before", why);
		drop(job);
	}
}
