/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_EVENTHANDLER_H_
#define	_VP_SYS_EVENTHANDLER_H_

#include <sys/types.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/queue.h>

struct eventhandler_entry {
	TAILQ_ENTRY(eventhandler_entry) ee_link;
	int		 ee_priority;
	void		*ee_arg;
};

typedef struct eventhandler_entry *eventhandler_tag;

struct eventhandler_list {
	char		*el_name;
	struct mtx	 el_lock;
	TAILQ_HEAD(, eventhandler_entry) el_entries;
};

#define	EVENTHANDLER_PRI_FIRST	0
#define	EVENTHANDLER_PRI_ANY	10000
#define	EVENTHANDLER_PRI_LAST	20000

#define	EVENTHANDLER_DECLARE(name, type)				\
	struct eventhandler_entry_##name {				\
		struct eventhandler_entry	ee;			\
		type				eh_func;		\
	};								\
	struct __hack_eh_##name
#define	EVENTHANDLER_DEFINE(name, func, arg, prio)			\
	static eventhandler_tag name##_tag;				\
	static void							\
	name##_evh_init(void *ctx)					\
	{								\
		name##_tag = EVENTHANDLER_REGISTER(name, func, ctx, prio); \
	}								\
	SYSINIT(name##_evh_init, SI_SUB_CONFIGURE, SI_ORDER_ANY,	\
	    name##_evh_init, arg);					\
	struct __hack_ehd_##name
#define	EVENTHANDLER_REGISTER(name, func, arg, prio)			\
	eventhandler_register(NULL, #name, (func), (arg), (prio))
#define	EVENTHANDLER_DEREGISTER(name, tag)				\
	eventhandler_deregister(eventhandler_find_list(#name), (tag))
#define	EVENTHANDLER_DEREGISTER_NOWAIT(name, tag)			\
	eventhandler_deregister_nowait(eventhandler_find_list(#name), (tag))
#define	EVENTHANDLER_INVOKE(name, ...) do {				\
	struct eventhandler_list *_eh_list;				\
	struct eventhandler_entry *_eh_e;				\
									\
	_eh_list = eventhandler_find_list(#name);			\
	if (_eh_list != NULL)						\
		TAILQ_FOREACH(_eh_e, &_eh_list->el_entries, ee_link)	\
			((struct eventhandler_entry_##name *)(void *)	\
			    _eh_e)->eh_func(_eh_e->ee_arg, ## __VA_ARGS__); \
} while (0)

eventhandler_tag eventhandler_register(struct eventhandler_list *,
	    const char *, void *, void *, int);
eventhandler_tag vimage_eventhandler_register(struct eventhandler_list *,
	    const char *, void *, void *, int, void (*)(void *, ...));
void	eventhandler_deregister(struct eventhandler_list *, eventhandler_tag);
void	eventhandler_deregister_nowait(struct eventhandler_list *,
	    eventhandler_tag);
struct eventhandler_list *eventhandler_find_list(const char *);

struct ucred;
struct cdev;
typedef void (*shutdown_fn)(void *, int);
EVENTHANDLER_DECLARE(shutdown_pre_sync, shutdown_fn);
EVENTHANDLER_DECLARE(shutdown_post_sync, shutdown_fn);
EVENTHANDLER_DECLARE(shutdown_final, shutdown_fn);
typedef void (*vm_lowmem_handler_t)(void *, int);
EVENTHANDLER_DECLARE(vm_lowmem, vm_lowmem_handler_t);
typedef void (*maxsockets_change_fn)(void *);
EVENTHANDLER_DECLARE(maxsockets_change, maxsockets_change_fn);
EVENTHANDLER_DECLARE(nmbclusters_change, maxsockets_change_fn);
EVENTHANDLER_DECLARE(mbuf_lowmem, maxsockets_change_fn);
typedef void (*dev_clone_fn)(void *, struct ucred *, char *, int,
    struct cdev **);
EVENTHANDLER_DECLARE(dev_clone, dev_clone_fn);

#endif /* !_VP_SYS_EVENTHANDLER_H_ */
