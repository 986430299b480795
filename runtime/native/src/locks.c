/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Locks: nobody else runs, so what counts is whether each is used as it may be. */
#include "kern.h"

#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/rmlock.h>
#include <sys/rwlock.h>
#include <sys/sx.h>

#include <net/if_var.h>

#include "lives.h"
#include "net.h"

struct mtx Giant;
struct rwlock ifnet_rwlock;
struct sx ifnet_sxlock;

/* The kernel's own are there from the boot on, and no trace tells of it. */
void
vp_locks_boot(void)
{
#ifdef VIMAGE
	vp_life_begins("lock", "rw_init", &vnet_rwlock, "");
	vp_life_begins("lock", "sx_init", &vnet_sxlock, "");
#endif
	vp_life_begins("lock", "rw_init", &ifnet_rwlock, "");
	vp_life_begins("lock", "sx_init", &ifnet_sxlock, "");
}


/* lo_data counts how often a lock is held; a reader adds one as a writer does. */
static void
up(const char *kind, struct lock_object *lo, const char *name)
{
	const char *at = vp_take_place();

	vp_life_begins("lock", kind, lo, at);
	memset(lo, 0, sizeof(*lo));
	lo->lo_name = name;
	vp_event("init", at, "%s %s", kind, vp_name(lo));
}

static void
down(const char *kind, struct lock_object *lo)
{
	const char *at = vp_take_place();

	vp_event("destroy", at, "%s %s", kind, vp_name(lo));
	if (lo->lo_data != 0)
		vp_fault("lock-misuse", at,
		    "%s is destroyed while it is held", vp_name(lo));
	vp_life_ends("lock", kind, lo, at);
	lo->lo_data = 0;
}

static const char *
taken(struct lock_object *lo, int recursive)
{
	const char *at = vp_take_place();

	if (lo == &Giant.lock_object)
		return (at);
	vp_must_be_current(lo, at);
	if (vp_life_used("lock", lo, at) && lo->lo_data != 0 && !recursive)
		vp_fault("lock-misuse", at,
		    "%s is taken once more by who holds it", vp_name(lo));
	lo->lo_data++;
	return (at);
}

static void
released(struct lock_object *lo)
{
	const char *at = vp_take_place();

	if (lo == &Giant.lock_object || !vp_life_used("lock", lo, at))
		return;
	if (lo->lo_data == 0)
		vp_fault("lock-misuse", at,
		    "%s is released and nobody holds it", vp_name(lo));
	else
		lo->lo_data--;
}

static void
asserted(const struct lock_object *lo, int owned, int none)
{
	const char *at = vp_take_place();

	if (lo == &Giant.lock_object || !vp_life_used("lock", lo, at))
		return;
	if ((owned && lo->lo_data == 0) || (none && lo->lo_data != 0))
		vp_fault("lock-misuse", at, "%s is %sheld", vp_name(lo),
		    owned ? "not " : "");
}

#define	O(l)	(&(l)->lock_object)
#define	MADE(type, init, args, name)					\
	void (init)args { up(#init, O(l), name); }
#define	GONE(type, destroy)						\
	void (destroy)(struct type *l) { down(#destroy, O(l)); }
#define	TAKE(type, lock, again)						\
	void (lock)(struct type *l) { (void)taken(O(l), again); }
#define	TRY(type, lock)							\
	int (lock)(struct type *l)					\
	{								\
		if (O(l)->lo_data != 0)					\
			return (0);					\
		(void)taken(O(l), 0);					\
		return (1);						\
	}
#define	GIVE(type, unlock)						\
	void (unlock)(struct type *l) { released(O(l)); }

/* Mutexes; lo_flags has MTX_RECURSE. */
void
(mtx_init)(struct mtx *l, const char *name, const char *kind __unused,
    int options)
{

	up("mtx_init", O(l), name);
	O(l)->lo_flags = (u_int)options & MTX_RECURSE;
}
GONE(mtx, mtx_destroy)
TAKE(mtx, mtx_lock, O(l)->lo_flags != 0)
TAKE(mtx, mtx_lock_spin, 0)
TRY(mtx, mtx_trylock)
GIVE(mtx, mtx_unlock)
GIVE(mtx, mtx_unlock_spin)

void
(mtx_assert)(const struct mtx *l, int what)
{

	asserted(O(l), (what & MA_OWNED) != 0, what == MA_NOTOWNED);
}

int
mtx_owned(const struct mtx *l)
{

	return (O(l)->lo_data != 0);
}

int
mtx_initialized(const struct mtx *l)
{
	struct vp_life *life = vp_life(O(l));

	return (life != NULL && life->alive);
}

/* Reader and writer locks. */
MADE(rwlock, rw_init, (struct rwlock *l, const char *name), name)
MADE(rwlock, rw_init_flags,
    (struct rwlock *l, const char *name, int flags __unused), name)
GONE(rwlock, rw_destroy)
TAKE(rwlock, rw_rlock, 1)
TAKE(rwlock, rw_wlock, 0)
TRY(rwlock, rw_try_rlock)
TRY(rwlock, rw_try_wlock)
GIVE(rwlock, rw_runlock)
GIVE(rwlock, rw_wunlock)
GIVE(rwlock, rw_unlock)

int
(rw_try_upgrade)(struct rwlock *l)
{

	return (O(l)->lo_data == 1);
}

void
(rw_downgrade)(struct rwlock *l)
{

	asserted(O(l), 1, 0);
}

int
rw_wowned(const struct rwlock *l)
{

	return (O(l)->lo_data != 0);
}

void
(rw_assert)(const struct rwlock *l, int what)
{

	asserted(O(l), what != RA_UNLOCKED, what == RA_UNLOCKED);
}

/* Sleepable ones. */
MADE(sx, sx_init, (struct sx *l, const char *name), name)
MADE(sx, sx_init_flags,
    (struct sx *l, const char *name, int flags __unused), name)
GONE(sx, sx_destroy)
TAKE(sx, sx_slock, 1)
TAKE(sx, sx_xlock, 0)
TRY(sx, sx_try_slock)
TRY(sx, sx_try_xlock)
GIVE(sx, sx_sunlock)
GIVE(sx, sx_xunlock)
GIVE(sx, sx_unlock)

int
(sx_slock_sig)(struct sx *l)
{

	(void)taken(O(l), 1);
	return (0);
}

int
(sx_xlock_sig)(struct sx *l)
{

	(void)taken(O(l), 0);
	return (0);
}

int
(sx_try_upgrade)(struct sx *l)
{

	return (O(l)->lo_data == 1);
}

void
(sx_downgrade)(struct sx *l)
{

	asserted(O(l), 1, 0);
}

int
sx_xlocked(const struct sx *l)
{

	return (O(l)->lo_data != 0);
}

void
(sx_assert)(const struct sx *l, int what)
{

	asserted(O(l), what != SA_UNLOCKED, what == SA_UNLOCKED);
}

/* Read-mostly ones. */
MADE(rmlock, rm_init, (struct rmlock *l, const char *name), name)
MADE(rmlock, rm_init_flags,
    (struct rmlock *l, const char *name, int flags __unused), name)
GONE(rmlock, rm_destroy)
TAKE(rmlock, rm_wlock, 0)
GIVE(rmlock, rm_wunlock)

void
(rm_rlock)(struct rmlock *l, struct rm_priotracker *tracker __unused)
{

	(void)taken(O(l), 1);
}

int
(rm_try_rlock)(struct rmlock *l, struct rm_priotracker *tracker __unused)
{

	(void)taken(O(l), 1);
	return (1);
}

void
(rm_runlock)(struct rmlock *l, struct rm_priotracker *tracker __unused)
{

	released(O(l));
}

int
rm_wowned(const struct rmlock *l)
{

	return (O(l)->lo_data != 0);
}

void
(rm_assert)(const struct rmlock *l, int what)
{

	asserted(O(l), what != RA_UNLOCKED, what == RA_UNLOCKED);
}

/* Those that stand at a slot of their own. */
void
mtx_sysinit(void *arg)
{
	struct mtx_args *a = arg;

	(mtx_init)(a->ma_mtx, a->ma_desc, NULL, a->ma_opts);
}

void
rw_sysinit(void *arg)
{
	struct rw_args *a = arg;

	(rw_init_flags)(a->ra_rw, a->ra_desc, a->ra_flags);
}

void
sx_sysinit(void *arg)
{
	struct sx_args *a = arg;

	(sx_init_flags)(a->sa_sx, a->sa_desc, a->sa_flags);
}

void
rm_sysinit(void *arg)
{
	struct rm_args *a = arg;

	(rm_init_flags)(a->ra_rm, a->ra_desc, a->ra_flags);
}
