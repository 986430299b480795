/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SX_H_
#define	_VP_SYS_SX_H_

#include <sys/kernel.h>
#include <sys/_lock.h>

#define	SX_DUPOK	0x01
#define	SX_NOWITNESS	0x04
#define	SX_RECURSE	0x20

#define	SA_LOCKED	0x1
#define	SA_SLOCKED	0x2
#define	SA_XLOCKED	0x4
#define	SA_UNLOCKED	0x0
#define	SX_LOCKED	SA_LOCKED
#define	SX_SLOCKED	SA_SLOCKED
#define	SX_XLOCKED	SA_XLOCKED

struct sx {
	struct lock_object	lock_object;
	volatile uintptr_t	sx_lock;
};

struct sx_args {
	struct sx	*sa_sx;
	const char	*sa_desc;
	int		 sa_flags;
};

void	sx_init(struct sx *, const char *);
void	sx_init_flags(struct sx *, const char *, int);
void	sx_destroy(struct sx *);
void	sx_sysinit(void *);
void	sx_slock(struct sx *);
void	sx_sunlock(struct sx *);
void	sx_xlock(struct sx *);
void	sx_xunlock(struct sx *);
void	sx_unlock(struct sx *);
int	sx_slock_sig(struct sx *);
int	sx_xlock_sig(struct sx *);
int	sx_try_slock(struct sx *);
int	sx_try_xlock(struct sx *);
int	sx_try_upgrade(struct sx *);
void	sx_downgrade(struct sx *);
int	sx_xlocked(const struct sx *);
void	sx_assert(const struct sx *, int);

#define	SX_SYSINIT_FLAGS(name, sxa, desc, flags)			\
	static struct sx_args name##_args = { (sxa), (desc), (flags) };	\
	SYSINIT(name##_sx_sysinit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    sx_sysinit, &name##_args);					\
	SYSUNINIT(name##_sx_sysuninit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    sx_destroy, (sxa))
#define	SX_SYSINIT(name, sxa, desc)	SX_SYSINIT_FLAGS(name, sxa, desc, 0)

#endif /* !_VP_SYS_SX_H_ */
