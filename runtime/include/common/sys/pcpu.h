/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_PCPU_H_
#define	_VP_SYS_PCPU_H_

#include <sys/types.h>

extern __thread struct thread *__curthread;
#define	curthread	__curthread
#define	curcpu		0

#define	DPCPU_DEFINE(t, n)						\
	t pcpu_entry_##n __section("set_pcpu") __used
#define	DPCPU_DEFINE_STATIC(t, n)	static DPCPU_DEFINE(t, n)
#define	DPCPU_DECLARE(t, n)	extern t pcpu_entry_##n
#define	DPCPU_PTR(n)		(&pcpu_entry_##n)
#define	DPCPU_GET(n)		(*DPCPU_PTR(n))
#define	DPCPU_SET(n, v)		(*DPCPU_PTR(n) = (v))
#define	DPCPU_ID_PTR(i, n)	((void)(i), &pcpu_entry_##n)

#endif /* !_VP_SYS_PCPU_H_ */
