/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__KASSERT_H_
#define	_VP_SYS__KASSERT_H_

#include <sys/cdefs.h>

void	panic(const char *, ...) __dead2 __printflike(1, 2);

#ifdef INVARIANTS
#define	KASSERT(exp, msg) do {						\
	if (__predict_false(!(exp)))					\
		panic msg;						\
} while (0)
#define	MPASS(exp)							\
	KASSERT((exp), ("%s: assertion failed: %s", __func__, #exp))
#else
#define	KASSERT(exp, msg)	do { } while (0)
#define	MPASS(exp)		do { } while (0)
#endif

#endif /* !_VP_SYS__KASSERT_H_ */
