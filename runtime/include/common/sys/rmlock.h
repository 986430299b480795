/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_RMLOCK_H_
#define	_VP_SYS_RMLOCK_H_

#include <sys/kernel.h>
#include <sys/_lock.h>

#define	RM_NOWITNESS	0x01
#define	RM_RECURSE	0x02
#define	RM_SLEEPABLE	0x04
#define	RM_DUPOK	0x10

#define	RA_LOCKED	0x1
#define	RA_RLOCKED	0x2
#define	RA_WLOCKED	0x4

struct rmlock {
	struct lock_object	lock_object;
	volatile uintptr_t	rm_lock;
};

struct rm_priotracker {
	struct thread	*rmp_thread;
	struct rmlock	*rmp_rmlock;
	int		 rmp_flags;
};

struct rm_args {
	struct rmlock	*ra_rm;
	const char	*ra_desc;
	int		 ra_flags;
};

void	rm_init(struct rmlock *, const char *);
void	rm_init_flags(struct rmlock *, const char *, int);
void	rm_destroy(struct rmlock *);
void	rm_sysinit(void *);
void	rm_rlock(struct rmlock *, struct rm_priotracker *);
int	rm_try_rlock(struct rmlock *, struct rm_priotracker *);
void	rm_runlock(struct rmlock *, struct rm_priotracker *);
void	rm_wlock(struct rmlock *);
void	rm_wunlock(struct rmlock *);
int	rm_wowned(const struct rmlock *);
void	rm_assert(const struct rmlock *, int);

#define	RM_SYSINIT_FLAGS(name, rm, desc, flags)				\
	static struct rm_args name##_args = { (rm), (desc), (flags) };	\
	SYSINIT(name##_rm_sysinit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    rm_sysinit, &name##_args);					\
	SYSUNINIT(name##_rm_sysuninit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    rm_destroy, (rm))
#define	RM_SYSINIT(name, rm, desc)	RM_SYSINIT_FLAGS(name, rm, desc, 0)

#endif /* !_VP_SYS_RMLOCK_H_ */
