/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_QUEUE_H_
#define	_VP_SYS_QUEUE_H_

#include <sys/cdefs.h>

#define	__qcast(type, expr)	((type)(void *)(expr))

/* SLIST: singly linked list */
#define	SLIST_HEAD(name, type)	struct name { struct type *slh_first; }
#define	SLIST_HEAD_INITIALIZER(head)	{ .slh_first = (void *)0 }
#define	SLIST_ENTRY(type)	struct { struct type *sle_next; }
#define	SLIST_INIT(head)	((void)((head)->slh_first = (void *)0))
#define	SLIST_EMPTY(head)	((head)->slh_first == (void *)0)
#define	SLIST_FIRST(head)	((head)->slh_first)
#define	SLIST_NEXT(elm, f)	((elm)->f.sle_next)
#define	SLIST_FOREACH(var, head, f)					\
	for ((var) = SLIST_FIRST(head); (var) != (void *)0;		\
	    (var) = SLIST_NEXT(var, f))
#define	SLIST_FOREACH_SAFE(var, head, f, tvar)				\
	for ((var) = SLIST_FIRST(head);					\
	    (var) != (void *)0 && ((tvar) = SLIST_NEXT(var, f), 1);	\
	    (var) = (tvar))
#define	SLIST_INSERT_HEAD(head, elm, f) do {				\
	SLIST_NEXT(elm, f) = SLIST_FIRST(head);				\
	SLIST_FIRST(head) = (elm);					\
} while (0)
#define	SLIST_INSERT_AFTER(prev, elm, f) do {				\
	SLIST_NEXT(elm, f) = SLIST_NEXT(prev, f);			\
	SLIST_NEXT(prev, f) = (elm);					\
} while (0)
#define	SLIST_REMOVE_HEAD(head, f)					\
	((void)(SLIST_FIRST(head) = SLIST_NEXT(SLIST_FIRST(head), f)))
#define	SLIST_REMOVE(head, elm, type, f) do {				\
	struct type **_slp = &SLIST_FIRST(head);			\
									\
	while (*_slp != (elm))						\
		_slp = &SLIST_NEXT(*_slp, f);				\
	*_slp = SLIST_NEXT(*_slp, f);					\
} while (0)

/* LIST: doubly linked list */
#define	LIST_HEAD(name, type)	struct name { struct type *lh_first; }
#define	LIST_HEAD_INITIALIZER(head)	{ .lh_first = (void *)0 }
#define	LIST_ENTRY(type)						\
	struct { struct type *le_next; struct type **le_prev; }
#define	LIST_INIT(head)		((void)((head)->lh_first = (void *)0))
#define	LIST_EMPTY(head)	((head)->lh_first == (void *)0)
#define	LIST_FIRST(head)	((head)->lh_first)
#define	LIST_NEXT(elm, f)	((elm)->f.le_next)
#define	LIST_FOREACH(var, head, f)					\
	for ((var) = LIST_FIRST(head); (var) != (void *)0;		\
	    (var) = LIST_NEXT(var, f))
#define	LIST_FOREACH_SAFE(var, head, f, tvar)				\
	for ((var) = LIST_FIRST(head);					\
	    (var) != (void *)0 && ((tvar) = LIST_NEXT(var, f), 1);	\
	    (var) = (tvar))
#define	LIST_INSERT_HEAD(head, elm, f) do {				\
	LIST_NEXT(elm, f) = LIST_FIRST(head);				\
	if (LIST_FIRST(head) != (void *)0)				\
		LIST_FIRST(head)->f.le_prev = &LIST_NEXT(elm, f);	\
	LIST_FIRST(head) = (elm);					\
	(elm)->f.le_prev = &LIST_FIRST(head);				\
} while (0)
#define	LIST_INSERT_AFTER(prev, elm, f) do {				\
	LIST_NEXT(elm, f) = LIST_NEXT(prev, f);				\
	if (LIST_NEXT(prev, f) != (void *)0)				\
		LIST_NEXT(prev, f)->f.le_prev = &LIST_NEXT(elm, f);	\
	LIST_NEXT(prev, f) = (elm);					\
	(elm)->f.le_prev = &LIST_NEXT(prev, f);				\
} while (0)
#define	LIST_INSERT_BEFORE(next, elm, f) do {				\
	(elm)->f.le_prev = (next)->f.le_prev;				\
	LIST_NEXT(elm, f) = (next);					\
	*(next)->f.le_prev = (elm);					\
	(next)->f.le_prev = &LIST_NEXT(elm, f);				\
} while (0)
#define	LIST_REMOVE(elm, f) do {					\
	*(elm)->f.le_prev = LIST_NEXT(elm, f);				\
	if (LIST_NEXT(elm, f) != (void *)0)				\
		LIST_NEXT(elm, f)->f.le_prev = (elm)->f.le_prev;	\
} while (0)

/* STAILQ: singly linked tail queue; the head holds its own address */
#define	STAILQ_HEAD(name, type)						\
	struct name { struct type *stqh_first; struct type **stqh_last; }
#define	STAILQ_HEAD_INITIALIZER(head)					\
	{ .stqh_first = (void *)0, .stqh_last = &(head).stqh_first }
#define	STAILQ_ENTRY(type)	struct { struct type *stqe_next; }
#define	STAILQ_INIT(head) do {						\
	(head)->stqh_first = (void *)0;					\
	(head)->stqh_last = &(head)->stqh_first;			\
} while (0)
#define	STAILQ_EMPTY(head)	((head)->stqh_first == (void *)0)
#define	STAILQ_FIRST(head)	((head)->stqh_first)
#define	STAILQ_NEXT(elm, f)	((elm)->f.stqe_next)
#define	STAILQ_LAST(head, type, f)					\
	(STAILQ_EMPTY(head) ? (struct type *)(void *)0 :		\
	    __containerof((head)->stqh_last, struct type, f.stqe_next))
#define	STAILQ_FOREACH(var, head, f)					\
	for ((var) = STAILQ_FIRST(head); (var) != (void *)0;		\
	    (var) = STAILQ_NEXT(var, f))
#define	STAILQ_FOREACH_SAFE(var, head, f, tvar)				\
	for ((var) = STAILQ_FIRST(head);				\
	    (var) != (void *)0 && ((tvar) = STAILQ_NEXT(var, f), 1);	\
	    (var) = (tvar))
#define	STAILQ_INSERT_HEAD(head, elm, f) do {				\
	STAILQ_NEXT(elm, f) = STAILQ_FIRST(head);			\
	if (STAILQ_EMPTY(head))						\
		(head)->stqh_last = &STAILQ_NEXT(elm, f);		\
	STAILQ_FIRST(head) = (elm);					\
} while (0)
#define	STAILQ_INSERT_TAIL(head, elm, f) do {				\
	STAILQ_NEXT(elm, f) = (void *)0;				\
	*(head)->stqh_last = (elm);					\
	(head)->stqh_last = &STAILQ_NEXT(elm, f);			\
} while (0)
#define	STAILQ_INSERT_AFTER(head, prev, elm, f) do {			\
	STAILQ_NEXT(elm, f) = STAILQ_NEXT(prev, f);			\
	if (STAILQ_NEXT(elm, f) == (void *)0)				\
		(head)->stqh_last = &STAILQ_NEXT(elm, f);		\
	STAILQ_NEXT(prev, f) = (elm);					\
} while (0)
#define	STAILQ_REMOVE_HEAD(head, f) do {				\
	STAILQ_FIRST(head) = STAILQ_NEXT(STAILQ_FIRST(head), f);	\
	if (STAILQ_EMPTY(head))						\
		(head)->stqh_last = &STAILQ_FIRST(head);		\
} while (0)
#define	STAILQ_REMOVE(head, elm, type, f) do {				\
	struct type **_sqp = &STAILQ_FIRST(head);			\
									\
	while (*_sqp != (elm))						\
		_sqp = &STAILQ_NEXT(*_sqp, f);				\
	*_sqp = STAILQ_NEXT(*_sqp, f);					\
	if (*_sqp == (void *)0)						\
		(head)->stqh_last = _sqp;				\
} while (0)
#define	STAILQ_CONCAT(h1, h2) do {					\
	if (!STAILQ_EMPTY(h2)) {					\
		*(h1)->stqh_last = STAILQ_FIRST(h2);			\
		(h1)->stqh_last = (h2)->stqh_last;			\
		STAILQ_INIT(h2);					\
	}								\
} while (0)

/* TAILQ: doubly linked tail queue; the head holds its own address */
#define	TAILQ_HEAD(name, type)						\
	struct name { struct type *tqh_first; struct type **tqh_last; }
#define	TAILQ_HEAD_INITIALIZER(head)					\
	{ .tqh_first = (void *)0, .tqh_last = &(head).tqh_first }
#define	TAILQ_ENTRY(type)						\
	struct { struct type *tqe_next; struct type **tqe_prev; }
#define	TAILQ_INIT(head) do {						\
	(head)->tqh_first = (void *)0;					\
	(head)->tqh_last = &(head)->tqh_first;				\
} while (0)
#define	TAILQ_EMPTY(head)	((head)->tqh_first == (void *)0)
#define	TAILQ_FIRST(head)	((head)->tqh_first)
#define	TAILQ_NEXT(elm, f)	((elm)->f.tqe_next)
#define	TAILQ_LAST(head, headname)					\
	(*__qcast(struct headname *, (head)->tqh_last)->tqh_last)
#define	TAILQ_PREV(elm, headname, f)					\
	(*__qcast(struct headname *, (elm)->f.tqe_prev)->tqh_last)
#define	TAILQ_FOREACH(var, head, f)					\
	for ((var) = TAILQ_FIRST(head); (var) != (void *)0;		\
	    (var) = TAILQ_NEXT(var, f))
#define	TAILQ_FOREACH_SAFE(var, head, f, tvar)				\
	for ((var) = TAILQ_FIRST(head);					\
	    (var) != (void *)0 && ((tvar) = TAILQ_NEXT(var, f), 1);	\
	    (var) = (tvar))
#define	TAILQ_FOREACH_REVERSE(var, head, headname, f)			\
	for ((var) = TAILQ_LAST(head, headname); (var) != (void *)0;	\
	    (var) = TAILQ_PREV(var, headname, f))
#define	TAILQ_INSERT_HEAD(head, elm, f) do {				\
	TAILQ_NEXT(elm, f) = TAILQ_FIRST(head);				\
	if (TAILQ_EMPTY(head))						\
		(head)->tqh_last = &TAILQ_NEXT(elm, f);			\
	else								\
		TAILQ_FIRST(head)->f.tqe_prev = &TAILQ_NEXT(elm, f);	\
	TAILQ_FIRST(head) = (elm);					\
	(elm)->f.tqe_prev = &TAILQ_FIRST(head);				\
} while (0)
#define	TAILQ_INSERT_TAIL(head, elm, f) do {				\
	TAILQ_NEXT(elm, f) = (void *)0;					\
	(elm)->f.tqe_prev = (head)->tqh_last;				\
	*(head)->tqh_last = (elm);					\
	(head)->tqh_last = &TAILQ_NEXT(elm, f);				\
} while (0)
#define	TAILQ_INSERT_AFTER(head, prev, elm, f) do {			\
	TAILQ_NEXT(elm, f) = TAILQ_NEXT(prev, f);			\
	if (TAILQ_NEXT(elm, f) == (void *)0)				\
		(head)->tqh_last = &TAILQ_NEXT(elm, f);			\
	else								\
		TAILQ_NEXT(elm, f)->f.tqe_prev = &TAILQ_NEXT(elm, f);	\
	TAILQ_NEXT(prev, f) = (elm);					\
	(elm)->f.tqe_prev = &TAILQ_NEXT(prev, f);			\
} while (0)
#define	TAILQ_INSERT_BEFORE(next, elm, f) do {				\
	(elm)->f.tqe_prev = (next)->f.tqe_prev;				\
	TAILQ_NEXT(elm, f) = (next);					\
	*(next)->f.tqe_prev = (elm);					\
	(next)->f.tqe_prev = &TAILQ_NEXT(elm, f);			\
} while (0)
#define	TAILQ_REMOVE(head, elm, f) do {					\
	if (TAILQ_NEXT(elm, f) == (void *)0)				\
		(head)->tqh_last = (elm)->f.tqe_prev;			\
	else								\
		TAILQ_NEXT(elm, f)->f.tqe_prev = (elm)->f.tqe_prev;	\
	*(elm)->f.tqe_prev = TAILQ_NEXT(elm, f);			\
} while (0)
#define	TAILQ_CONCAT(h1, h2, f) do {					\
	if (!TAILQ_EMPTY(h2)) {						\
		*(h1)->tqh_last = TAILQ_FIRST(h2);			\
		TAILQ_FIRST(h2)->f.tqe_prev = (h1)->tqh_last;		\
		(h1)->tqh_last = (h2)->tqh_last;			\
		TAILQ_INIT(h2);						\
	}								\
} while (0)

#endif /* !_VP_SYS_QUEUE_H_ */
