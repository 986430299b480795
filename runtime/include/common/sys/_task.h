/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__TASK_H_
#define	_VP_SYS__TASK_H_

#include <sys/types.h>
#include <sys/queue.h>

typedef void task_fn_t(void *, int);

struct task {
	STAILQ_ENTRY(task) ta_link;
	uint16_t	 ta_pending;
	u_short		 ta_priority;
	task_fn_t	*ta_func;
	void		*ta_context;
};

#endif /* !_VP_SYS__TASK_H_ */
