/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* The hooks of all stacks, in the order of registration. */
#include "kern.h"

#include "hooks.h"
#include "net.h"

static TAILQ_HEAD(, pfil_hook) hooks = TAILQ_HEAD_INITIALIZER(hooks);

struct pfil_hook *
vp_hook_add(const char *family, const void *key, void *function,
    void (*run)(struct pfil_hook *, struct ifnet *), const char *at)
{
	struct pfil_hook *hook = host_alloc(sizeof(*hook));

	vp_event("register", at, "%s %s ", family, vp_function(function));
	hook->family = family;
	hook->key = key != NULL ? key : hook;
	hook->function = function;
	hook->run = run;
	hook->at = at;
	hook->vnet = vp_curvnet_number();
	TAILQ_INSERT_TAIL(&hooks, hook, link);
	return (hook);
}

void
vp_hook_drop(struct pfil_hook *hook)
{

	TAILQ_REMOVE(&hooks, hook, link);
	host_free(hook);
}

int
vp_hook_is(const struct pfil_hook *wanted)
{
	struct pfil_hook *hook;

	TAILQ_FOREACH(hook, &hooks, link)
		if (hook == wanted)
			return (1);
	return (0);
}

static int
is_here(const struct pfil_hook *hook)
{

	return (hook->shared || hook->vnet == vp_curvnet_number());
}

/* The one that was registered last, in this stack if each has its own. */
struct pfil_hook *
vp_hook_of(const char *family, const void *key)
{
	struct pfil_hook *hook, *found = NULL;

	TAILQ_FOREACH(hook, &hooks, link)
		if (strcmp(hook->family, family) == 0 && hook->key == key &&
		    (found == NULL || is_here(hook)))
			found = hook;
	return (found);
}

/* One may go while another is called. */
void
vp_hooks_run(struct ifnet *ifp)
{
	struct pfil_hook *hook;

	TAILQ_FOREACH(hook, &hooks, link)
		hook->called = !is_here(hook);
again:
	TAILQ_FOREACH(hook, &hooks, link)
		if (!hook->called) {
			hook->called = 1;
			vp_event("handler", hook->at, "%s()",
			    vp_function(hook->function));
			hook->run(hook, ifp);
			vp_called();
			goto again;
		}
}

void
vp_hooks_left(int vnet, struct vp_module *m, const char *why)
{
	struct pfil_hook *hook, *next;

	TAILQ_FOREACH_SAFE(hook, &hooks, link, next) {
		if (m != NULL ? !vp_module_runs(m, hook->function) :
		    hook->shared || hook->vnet != vnet)
			continue;
		vp_fault("handler-left-behind", hook->at, "%s is still "
		    "registered (%s) when %s: take it back before",
		    vp_function(hook->function), hook->family, why);
		vp_hook_drop(hook);
	}
}
