/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_KTHREADS_H_
#define	_VPORT_KTHREADS_H_

/* A thread that a module made; kthreads.c. */
struct vp_kthread;
int	vp_kthreads_begin(void);		/* those that had no turn yet */
void	vp_kthread_queue(struct vp_kthread *, const char *at);
void	vp_kthread_start(struct vp_kthread *, const char *at);

#endif /* !_VPORT_KTHREADS_H_ */
