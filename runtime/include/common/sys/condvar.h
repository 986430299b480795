/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_CONDVAR_H_
#define	_VP_SYS_CONDVAR_H_

#include <sys/types.h>

struct cv {
	const char	*cv_description;
	int		 cv_waiters;
};

void	cv_init(struct cv *, const char *);
void	cv_destroy(struct cv *);
void	cv_wait(struct cv *, void *);
int	cv_wait_sig(struct cv *, void *);
int	cv_timedwait(struct cv *, void *, int);
void	cv_signal(struct cv *);
void	cv_broadcast(struct cv *);

#endif /* !_VP_SYS_CONDVAR_H_ */
