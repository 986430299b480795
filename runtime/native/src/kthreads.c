/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Threads of modules, and sleeping, which hands the processor to another. */
#include "kern.h"

#include <sys/kthread.h>

#include "kthreads.h"
#include "net.h"

struct vp_kthread {
	TAILQ_ENTRY(vp_kthread) link;	/* among those that sleep */
	struct thread	 thread;
	struct host_thread *host;
	void		(*function)(void *);
	void		*argument;
	const char	*at;
	int		 slept;
};
static TAILQ_HEAD(, vp_kthread) sleeping = TAILQ_HEAD_INITIALIZER(sleeping);
static struct vp_kthread *running;
static int idle;		/* sleeps of who runs the kernel, in a row */

static void
begin(void *arg)
{
	struct vp_kthread *k = arg;

	__curthread = &k->thread;
	k->function(k->argument);
}

static struct thread *
new_thread(void (*f)(void *), void *arg, const char *at)
{
	struct vp_kthread *k = host_alloc(sizeof(*k));

	vp_event("register", at, "kthread %s ",
	    vp_function(VP_CODE(f)));
	k->thread = thread0;
	k->thread.td_vnet = NULL;
	k->function = f;
	k->argument = arg;
	k->at = at;
	vp_kthread_queue(k, at);
	return (&k->thread);
}

int
(kproc_create)(void (*f)(void *), void *arg, struct proc **p,
    int flags __unused, int pages __unused, const char *fmt __unused, ...)
{

	(void)new_thread(f, arg, vp_take_place());
	if (p != NULL)
		*p = &proc0;
	return (0);
}

/* A thread that a SYSINIT starts. */
void
kproc_start(const void *arg)
{
	const struct kproc_desc *d = arg;

	(void)new_thread((void (*)(void *))(uintptr_t)d->func, NULL,
	    vp_take_place());
	if (d->global_procpp != NULL)
		*d->global_procpp = &proc0;
}

void
kthread_start(const void *arg)
{
	const struct kthread_desc *d = arg;
	struct thread *new;

	new = new_thread((void (*)(void *))(uintptr_t)d->func, NULL,
	    vp_take_place());
	if (d->global_threadpp != NULL)
		*d->global_threadpp = new;
}

int
(kthread_add)(void (*f)(void *), void *arg, struct proc *p __unused,
    struct thread **td, int flags __unused, int pages __unused,
    const char *fmt __unused, ...)
{
	struct thread *new = new_thread(f, arg, vp_take_place());

	if (td != NULL)
		*td = new;
	return (0);
}

int
(kproc_kthread_add)(void (*f)(void *), void *arg, struct proc **p,
    struct thread **td, int flags __unused, int pages __unused,
    const char *name __unused, const char *fmt __unused, ...)
{
	struct thread *new = new_thread(f, arg, vp_take_place());

	if (p != NULL)
		*p = &proc0;
	if (td != NULL)
		*td = new;
	return (0);
}

void
kproc_exit(int status __unused)
{

	host_end();
}

void
kthread_exit(void)
{

	host_end();
}

void
kproc_suspend_check(struct proc *p __unused)
{
}

void
kproc_shutdown(void *arg __unused, int how __unused)
{
}

/* A turn of a thread: until it sleeps, or ends. */
static void
take_turn(struct vp_kthread *k)
{

	running = k;
	if (host_resume(k->host))
		TAILQ_INSERT_TAIL(&sleeping, k, link);
	running = NULL;
}

void
vp_kthread_start(struct vp_kthread *k, const char *at)
{

	vp_handler(at, VP_CODE(k->function));
	k->host = host_thread(begin, k);
	take_turn(k);
}

/*
 * Who runs the kernel waits for a thread: those that sleep have a turn each.
 * What they do is not told, for it belongs to no call of the kernel.
 */
static void
others_turn(void)
{
	struct vp_kthread *k;
	int n = 0;

	vp_quiet(1);
	if (vp_kthreads_begin() != 0)
		idle = 0;
	TAILQ_FOREACH(k, &sleeping, link)
		n++;
	while (n-- != 0 && (k = TAILQ_FIRST(&sleeping)) != NULL) {
		TAILQ_REMOVE(&sleeping, k, link);
		take_turn(k);
		idle = 0;
	}
	vp_quiet(0);
}

/* The first sleep of a thread is over at once: its time has come. */
int
_sleep(const void *channel __unused, void *lock, int priority,
    const char *text __unused, sbintime_t when, sbintime_t how __unused,
    int flags __unused)
{
	struct lock_object *lo = lock;
	u_int held = lo != NULL ? lo->lo_data : 0;

	if (lo != NULL)
		lo->lo_data = 0;
	if (running != NULL && host_in_thread() && running->slept++ != 0)
		host_yield();
	else if (!host_in_thread()) {
		if (++idle > 1000)
			vp_fatal("failed-assertion", vp_place, "a sleep "
			    "for what nobody does: no thread is left to wake");
		others_turn();
	}
	if (lo != NULL && (priority & PDROP) == 0)
		lo->lo_data = held;
	return (when != 0 ? EWOULDBLOCK : 0);
}

int
pause(const char *text, int when)
{

	return (_sleep(NULL, NULL, 0, text, when, 0, 0));
}

void
wakeup(const void *channel __unused)
{
}

void
wakeup_one(const void *channel __unused)
{
}

void
vp_kthreads_left(struct vp_module *m)
{
	struct vp_kthread *k, *next;

	TAILQ_FOREACH_SAFE(k, &sleeping, link, next)
		if (vp_module_runs(m, VP_CODE(k->function))) {
			vp_fault("handler-left-behind", k->at, "%s still "
			    "runs (thread) when the module is unloaded: wait "
			    "for its end before",
			    vp_function(VP_CODE(k->function)));
			TAILQ_REMOVE(&sleeping, k, link);
		}
}
