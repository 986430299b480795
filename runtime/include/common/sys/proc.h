/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_PROC_H_
#define	_VP_SYS_PROC_H_

#include <sys/types.h>
#include <sys/param.h>
#include <sys/pcpu.h>
#include <sys/queue.h>
#include <sys/ucred.h>

struct proc {
	LIST_ENTRY(proc) p_list;
	pid_t		 p_pid;
	struct ucred	*p_ucred;
	char		 p_comm[MAXCOMLEN + 1];
};

struct thread {
	struct proc	*td_proc;
	struct ucred	*td_ucred;
	struct vnet	*td_vnet;
	const char	*td_vnet_lpush;
	int		 td_tid;
	char		 td_name[MAXCOMLEN + 1];
};

#define	curproc		(curthread->td_proc)

extern struct proc	proc0;
extern struct thread	thread0;

struct proc *pfind(pid_t);

#endif /* !_VP_SYS_PROC_H_ */
