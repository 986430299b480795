/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_PRIORITY_H_
#define	_VP_SYS_PRIORITY_H_

#define	PSOCK		100
#define	PWAIT		110
#define	PPAUSE		120
#define	PVM		85
#define	PI_NET		16
#define	PI_SOFT		40

#endif /* !_VP_SYS_PRIORITY_H_ */
