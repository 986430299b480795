/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_MUTEX_H_
#define	_VP_SYS_MUTEX_H_

#include <sys/kernel.h>
#include <sys/_mutex.h>

#define	MTX_DEF		0x0
#define	MTX_SPIN	0x1
#define	MTX_RECURSE	0x4
#define	MTX_QUIET	0x10
#define	MTX_NOWITNESS	0x20
#define	MTX_NEW		0x40
#define	MTX_DUPOK	0x80

#define	MA_OWNED	0x4
#define	MA_NOTOWNED	0x0
#define	MA_RECURSED	0x8
#define	MA_NOTRECURSED	0x10

struct mtx_args {
	struct mtx	*ma_mtx;
	const char	*ma_desc;
	int		 ma_opts;
};

void	mtx_init(struct mtx *, const char *, const char *, int);
void	mtx_destroy(struct mtx *);
void	mtx_sysinit(void *);
void	mtx_lock(struct mtx *);
void	mtx_unlock(struct mtx *);
int	mtx_trylock(struct mtx *);
void	mtx_lock_spin(struct mtx *);
void	mtx_unlock_spin(struct mtx *);
int	mtx_owned(const struct mtx *);
int	mtx_initialized(const struct mtx *);
void	mtx_assert(const struct mtx *, int);

#define	MTX_SYSINIT(name, mtx, desc, opts)				\
	static struct mtx_args name##_args = { (mtx), (desc), (opts) };	\
	SYSINIT(name##_mtx_sysinit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    mtx_sysinit, &name##_args);					\
	SYSUNINIT(name##_mtx_sysuninit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    mtx_destroy, (mtx))

extern struct mtx Giant;

#endif /* !_VP_SYS_MUTEX_H_ */
