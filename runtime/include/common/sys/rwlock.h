/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_RWLOCK_H_
#define	_VP_SYS_RWLOCK_H_

#include <sys/kernel.h>
#include <sys/_rwlock.h>

#define	RW_DUPOK	0x01
#define	RW_NOWITNESS	0x04
#define	RW_QUIET	0x08
#define	RW_RECURSE	0x10

#define	RA_LOCKED	0x1
#define	RA_RLOCKED	0x2
#define	RA_WLOCKED	0x4
#define	RA_UNLOCKED	0x0

struct rw_args {
	struct rwlock	*ra_rw;
	const char	*ra_desc;
	int		 ra_flags;
};

void	rw_init(struct rwlock *, const char *);
void	rw_init_flags(struct rwlock *, const char *, int);
void	rw_destroy(struct rwlock *);
void	rw_sysinit(void *);
void	rw_rlock(struct rwlock *);
void	rw_runlock(struct rwlock *);
void	rw_wlock(struct rwlock *);
void	rw_wunlock(struct rwlock *);
void	rw_unlock(struct rwlock *);
int	rw_try_rlock(struct rwlock *);
int	rw_try_wlock(struct rwlock *);
int	rw_try_upgrade(struct rwlock *);
void	rw_downgrade(struct rwlock *);
int	rw_wowned(const struct rwlock *);
void	rw_assert(const struct rwlock *, int);

#define	RW_SYSINIT_FLAGS(name, rw, desc, flags)				\
	static struct rw_args name##_args = { (rw), (desc), (flags) };	\
	SYSINIT(name##_rw_sysinit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    rw_sysinit, &name##_args);					\
	SYSUNINIT(name##_rw_sysuninit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    rw_destroy, (rw))
#define	RW_SYSINIT(name, rw, desc)	RW_SYSINIT_FLAGS(name, rw, desc, 0)

#endif /* !_VP_SYS_RWLOCK_H_ */
