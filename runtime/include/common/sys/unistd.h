/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_UNISTD_H_
#define	_VP_SYS_UNISTD_H_

#define	RFSTOPPED	(1 << 17)
#define	RFHIGHPID	(1 << 18)

#endif /* !_VP_SYS_UNISTD_H_ */
