/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_MACHINE_CPU_H_
#define	_VP_MACHINE_CPU_H_

#define	cpu_spinwait()		do { } while (0)

#endif /* !_VP_MACHINE_CPU_H_ */
