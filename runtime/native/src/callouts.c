/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Callouts: each fires once when time passes, with no stack set. */
#include "kern.h"

#include <sys/callout.h>
#include <sys/lock.h>
#include <sys/mutex.h>

#include "lives.h"
#include "net.h"

int	ticks = 1000, hz = 100, tick = 10000;
volatile time_t	time_uptime = 100, time_second = 1000000000;

/* One that waits; the module's own structure keeps only what it can read. */
struct waiting {
	TAILQ_ENTRY(waiting) link;
	struct callout	*callout;
	const char	*at;
	int		 firing;
};
static TAILQ_HEAD(, waiting) all = TAILQ_HEAD_INITIALIZER(all);

#define	SCHEDULED	0x10000

static struct waiting *
of(const struct callout *c)
{
	struct waiting *w;

	TAILQ_FOREACH(w, &all, link)
		if (w->callout == c)
			return (w);
	return (NULL);
}

static int
cancel(struct callout *c)
{
	struct waiting *w = of(c);

	c->c_flags &= ~SCHEDULED;
	if (w == NULL)
		return (0);
	TAILQ_REMOVE(&all, w, link);
	host_free(w);
	return (1);
}

static void
set_up(const char *kind, struct callout *c, struct lock_object *lock, int flags)
{
	const char *at = vp_take_place();
	struct waiting *w = of(c);

	if (w != NULL)
		vp_fault("set-up-twice", at, "%s is set up while it is "
		    "scheduled (%s)", vp_name(c), w->at);
	vp_lives_forget(c, sizeof(*c));
	vp_life_begins("callout", kind, c, at);
	memset(c, 0, sizeof(*c));
	c->c_lock = lock;
	c->c_flags = flags;
	vp_event("init", at, "%s %s", kind, vp_name(c));
}

void
(callout_init)(struct callout *c, int mpsafe __unused)
{

	set_up("callout_init", c, NULL, 0);
}

void
(callout_init_mtx)(struct callout *c, struct mtx *m, int flags)
{

	set_up("callout_init_mtx", c, &m->lock_object, flags);
}

void
(callout_init_rw)(struct callout *c, struct rwlock *rw, int flags)
{

	set_up("callout_init_rw", c, (struct lock_object *)(void *)rw, flags);
}

void
(callout_init_rm)(struct callout *c, struct rmlock *rm, int flags)
{

	set_up("callout_init_rm", c, (struct lock_object *)(void *)rm, flags);
}

static int
schedule(struct callout *c, callout_func_t *f, void *arg, const char *at)
{
	int before;

	vp_event("register", at, "callout %s %s",
	    vp_function(VP_CODE(f)), vp_name(c));
	vp_must_be_current(c, at);
	if (!vp_life_used("callout", c, at))
		return (0);
	before = cancel(c);
	c->c_func = f;
	c->c_arg = arg;
	c->c_flags |= SCHEDULED;
	struct waiting *w = host_alloc(sizeof(*w));
	w->callout = c;
	w->at = at;
	TAILQ_INSERT_TAIL(&all, w, link);
	return (before);
}

int
(callout_reset)(struct callout *c, int when __unused, callout_func_t *f,
    void *arg)
{

	return (schedule(c, f, arg, vp_take_place()));
}

int
(callout_reset_on)(struct callout *c, int when __unused, callout_func_t *f,
    void *arg, int cpu __unused)
{

	return (schedule(c, f, arg, vp_take_place()));
}

int
(callout_reset_sbt)(struct callout *c, sbintime_t when __unused,
    sbintime_t precision __unused, callout_func_t *f, void *arg,
    int flags __unused)
{

	return (schedule(c, f, arg, vp_take_place()));
}

int
(callout_schedule)(struct callout *c, int when __unused)
{

	return (schedule(c, c->c_func, c->c_arg, vp_take_place()));
}

int
(callout_stop)(struct callout *c)
{
	const char *at = vp_take_place();

	vp_event("unregister", at, "callout %s", vp_name(c));
	return (cancel(c));
}

int
(callout_drain)(struct callout *c)
{
	const char *at = vp_take_place();

	vp_event("unregister", at, "callout %s", vp_name(c));
	vp_event("destroy", at, "callout_drain %s", vp_name(c));
	return (cancel(c));
}

int
(callout_async_drain)(struct callout *c, callout_func_t *f __unused)
{

	const char *at = vp_take_place();

	vp_event("unregister", at, "callout %s", vp_name(c));
	return (cancel(c));
}

int
callout_pending(const struct callout *c)
{
	struct waiting *w = of(c);

	return (w != NULL && !w->firing);
}

int
callout_active(const struct callout *c)
{

	return ((c->c_flags & SCHEDULED) != 0);
}

void
callout_deactivate(struct callout *c)
{

	c->c_flags &= ~SCHEDULED;
}

static void
fire(struct callout *c, const char *at)
{
	struct mtx *lock = (struct mtx *)(void *)c->c_lock;
	callout_func_t *f = c->c_func;
	int keep = (c->c_flags & CALLOUT_RETURNUNLOCKED) != 0;

	vp_handler(at, VP_CODE(f));
	if (lock != NULL)
		lock->lock_object.lo_data++;
	f(c->c_arg);
	vp_called();
	if (lock != NULL && !keep && lock->lock_object.lo_data != 0)
		lock->lock_object.lo_data--;
}

/* Those that are scheduled now; what they schedule waits for the next time. */
void
vp_callouts_run(void)
{
	struct waiting *w;

	ticks += 60 * hz;
	time_uptime += 60;
	time_second += 60;
	TAILQ_FOREACH(w, &all, link)
		w->firing = 1;
	while ((w = TAILQ_FIRST(&all)) != NULL && w->firing) {
		struct callout *c = w->callout;
		const char *at = w->at;

		TAILQ_REMOVE(&all, w, link);
		host_free(w);
		VP_WITHIN(NULL, fire(c, at));
	}
}

/* Those that wait in a piece of memory that goes, or run code that goes. */
void
vp_callouts_left(const struct vp_range *memory, struct vp_module *module,
    const char *why)
{
	struct waiting *w, *next;

	TAILQ_FOREACH_SAFE(w, &all, link, next) {
		if (!vp_in(memory, w->callout) && (module == NULL ||
		    !vp_module_runs(module,
		    VP_CODE(w->callout->c_func))))
			continue;
		vp_fault("handler-left-behind", w->at, "%s is still "
		    "registered (callout) when %s: take it back before",
		    vp_function(VP_CODE(w->callout->c_func)),
		    why);
		TAILQ_REMOVE(&all, w, link);
		host_free(w);
	}
}

/* timeout(9): callouts that the kernel itself has. */
struct callout_handle
(timeout)(timeout_t *f, void *arg, int when __unused)
{
	const char *at = vp_take_place();
	struct callout_handle handle;

	handle.callout = host_alloc(sizeof(*handle.callout));
	vp_life_begins("callout", "timeout", handle.callout, at);
	(void)schedule(handle.callout, f, arg, at);
	return (handle);
}

void
(untimeout)(timeout_t *f __unused, void *arg __unused,
    struct callout_handle handle)
{

	vp_event("unregister", vp_take_place(), "callout ");
	if (handle.callout != NULL)
		(void)cancel(handle.callout);
}

void
callout_handle_init(struct callout_handle *handle)
{

	handle->callout = NULL;
}
