/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_KTHREAD_H_
#define	_VP_SYS_KTHREAD_H_

#include <sys/types.h>
#include <sys/kernel.h>

struct kproc_desc {
	const char	 *arg0;
	void		(*func)(void);
	struct proc	**global_procpp;
};

struct kthread_desc {
	const char	 *arg0;
	void		(*func)(void);
	struct thread	**global_threadpp;
};

void	kproc_start(const void *);
void	kthread_start(const void *);
int	kproc_create(void (*)(void *), void *, struct proc **, int, int,
	    const char *, ...) __printflike(6, 7);
void	kproc_exit(int) __dead2;
void	kproc_suspend_check(struct proc *);
void	kproc_shutdown(void *, int);
int	kthread_add(void (*)(void *), void *, struct proc *, struct thread **,
	    int, int, const char *, ...) __printflike(7, 8);
void	kthread_exit(void) __dead2;
int	kproc_kthread_add(void (*)(void *), void *, struct proc **,
	    struct thread **, int, int, const char *, const char *, ...)
	    __printflike(8, 9);

#endif /* !_VP_SYS_KTHREAD_H_ */
