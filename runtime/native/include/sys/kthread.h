/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_KTHREAD_H_
#define	_VPORT_SYS_KTHREAD_H_

#include_next <sys/kthread.h>
#include <vport/native.h>

#define	kproc_create(...)	VP_AT((kproc_create)(__VA_ARGS__))
#define	kthread_add(...)	VP_AT((kthread_add)(__VA_ARGS__))
#define	kproc_kthread_add(...)	VP_AT((kproc_kthread_add)(__VA_ARGS__))

#endif /* !_VPORT_SYS_KTHREAD_H_ */
