/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_EPOCH_H_
#define	_VP_SYS_EPOCH_H_

#include <sys/types.h>

typedef struct epoch *epoch_t;

struct epoch_context {
	void	*data[2];
} __aligned(sizeof(void *));
typedef struct epoch_context *epoch_context_t;
typedef void epoch_callback_t(epoch_context_t);

struct epoch_tracker {
	void	*et_link;
};
typedef struct epoch_tracker *epoch_tracker_t;

extern epoch_t	net_epoch_preempt;

void	epoch_enter_preempt(epoch_t, epoch_tracker_t);
void	epoch_exit_preempt(epoch_t, epoch_tracker_t);
void	epoch_wait_preempt(epoch_t);
void	epoch_call(epoch_t, epoch_callback_t *, epoch_context_t);
void	epoch_drain_callbacks(epoch_t);
int	in_epoch(epoch_t);

#define	NET_EPOCH_ENTER(et)	epoch_enter_preempt(net_epoch_preempt, &(et))
#define	NET_EPOCH_EXIT(et)	epoch_exit_preempt(net_epoch_preempt, &(et))
#define	NET_EPOCH_WAIT()	epoch_wait_preempt(net_epoch_preempt)
#define	NET_EPOCH_CALL(f, c)	epoch_call(net_epoch_preempt, (f), (c))
#define	NET_EPOCH_DRAIN_CALLBACKS() epoch_drain_callbacks(net_epoch_preempt)
#define	NET_EPOCH_ASSERT()	MPASS(in_epoch(net_epoch_preempt))

#endif /* !_VP_SYS_EPOCH_H_ */
