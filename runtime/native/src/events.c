/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Event handlers: called by priority, in the stack of who invokes. */
#include "kern.h"

#include <sys/eventhandler.h>

#include "net.h"

struct entry {
	struct eventhandler_entry ee;
	void		*function;	/* as EVENTHANDLER_DECLARE has it */
	const char	*at;
	int		 every_stack;
	struct eventhandler_list *list;
};

struct named_list {
	SLIST_ENTRY(named_list) link;
	struct eventhandler_list list;
};
static SLIST_HEAD(, named_list) lists = SLIST_HEAD_INITIALIZER(lists);

struct eventhandler_list *
eventhandler_find_list(const char *name)
{
	struct named_list *l;

	SLIST_FOREACH(l, &lists, link)
		if (strcmp(l->list.el_name, name) == 0)
			return (&l->list);
	l = host_alloc(sizeof(*l));
	l->list.el_name = vp_text("%s", name);
	TAILQ_INIT(&l->list.el_entries);
	SLIST_INSERT_HEAD(&lists, l, link);
	return (&l->list);
}

static struct entry *
entry_of(struct eventhandler_entry *ee)
{

	return ((struct entry *)(void *)ee);
}

static eventhandler_tag
add(struct eventhandler_list *list, const char *name, void *f, void *arg,
    int priority, int every_stack)
{
	struct entry *e = host_alloc(sizeof(*e));
	struct eventhandler_entry *other;

	e->ee.ee_arg = arg;
	e->ee.ee_priority = priority;
	e->function = f;
	e->at = vp_take_place();
	e->every_stack = every_stack;
	e->list = list = list != NULL ? list : eventhandler_find_list(name);
	vp_event("register", e->at, "eventhandler %s ", vp_function(f));
	TAILQ_FOREACH(other, &list->el_entries, ee_link)
		if (other->ee_priority > priority)
			break;
	if (other != NULL)
		TAILQ_INSERT_BEFORE(other, &e->ee, ee_link);
	else
		TAILQ_INSERT_TAIL(&list->el_entries, &e->ee, ee_link);
	return (&e->ee);
}

eventhandler_tag
(eventhandler_register)(struct eventhandler_list *list, const char *name,
    void *f, void *arg, int priority)
{

	return (add(list, name, f, arg, priority, 0));
}

#ifdef VIMAGE
eventhandler_tag
(vimage_eventhandler_register)(struct eventhandler_list *list,
    const char *name, void *f, void *arg, int priority,
    void (*iterator)(void *, ...) __unused)
{

	return (add(list, name, f, arg, priority, 1));
}

void
vnet_global_eventhandler_iterator_func(void *arg __unused, ...)
{

	/* vp_event_invoke() goes through the stacks itself. */
}
#endif

void
(eventhandler_deregister)(struct eventhandler_list *list, eventhandler_tag tag)
{
	const char *at = vp_take_place();
	struct eventhandler_entry *ee;

	vp_event("unregister", at, "eventhandler ");
	TAILQ_FOREACH(ee, &list->el_entries, ee_link)
		if (ee == tag) {
			TAILQ_REMOVE(&list->el_entries, ee, ee_link);
			host_free(entry_of(ee));
			return;
		}
	if (tag != NULL)
		vp_fault("torn-down-twice", at, "an event handler of %s is "
		    "taken back that is not registered", list->el_name);
}

void
(eventhandler_deregister_nowait)(struct eventhandler_list *list,
    eventhandler_tag tag)
{

	(eventhandler_deregister)(list, tag);
}

/*
 * Handlers have the types of their events; those of the kernel take the
 * argument of the registration and one or two others, and a call with more
 * than a function looks at does no harm on the machines we run on.
 */
typedef void (*any_handler_t)(void *, void *, long, void *);

static void
call(struct entry *e, void *subject)
{
	any_handler_t f = (any_handler_t)(uintptr_t)e->function;

	vp_event("handler", e->at, "%s()", vp_function(e->function));
	f(e->ee.ee_arg, subject, 0, NULL);
	vp_called();
}

static void
call_everywhere(struct entry *e, void *subject)
{
#ifdef VIMAGE
	struct vnet *vnet;

	LIST_FOREACH(vnet, &vnet_head, vnet_le)
		VP_WITHIN(vnet, call(e, NULL));
	(void)subject;
#else
	call(e, subject);
#endif
}

void
vp_event_invoke(const char *name, struct vnet *vnet, void *subject)
{
	struct eventhandler_list *list = eventhandler_find_list(name);
	struct eventhandler_entry *ee, *next;

	TAILQ_FOREACH_SAFE(ee, &list->el_entries, ee_link, next) {
		if (entry_of(ee)->every_stack)
			call_everywhere(entry_of(ee), subject);
		else
			VP_WITHIN(vnet, call(entry_of(ee), subject));
	}
}

/* A module goes: what would be called is gone. */
void
vp_events_left(struct vp_module *m)
{
	struct eventhandler_entry *ee, *next;
	struct named_list *l;

	SLIST_FOREACH(l, &lists, link)
		TAILQ_FOREACH_SAFE(ee, &l->list.el_entries, ee_link, next) {
			if (!vp_module_runs(m, entry_of(ee)->function))
				continue;
			vp_fault("handler-left-behind", entry_of(ee)->at,
			    "%s is still registered (eventhandler) when the "
			    "module is unloaded: take it back before",
			    vp_function(entry_of(ee)->function));
			TAILQ_REMOVE(&l->list.el_entries, ee, ee_link);
			host_free(entry_of(ee));
		}
}
