/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SMP_H_
#define	_VP_SYS_SMP_H_

#include <sys/types.h>

extern int	mp_ncpus;
extern int	smp_started;
extern u_int	mp_maxid;

#ifndef CPU_FOREACH
#define	CPU_FOREACH(i)	for ((i) = 0; (i) <= (int)mp_maxid; (i)++)
#endif

#endif /* !_VP_SYS_SMP_H_ */
