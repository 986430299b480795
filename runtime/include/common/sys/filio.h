/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_FILIO_H_
#define	_VP_SYS_FILIO_H_

#include <sys/ioccom.h>

#define	FIONREAD	_IOR('f', 127, int)
#define	FIONBIO		_IOW('f', 126, int)
#define	FIOASYNC	_IOW('f', 125, int)

#endif /* !_VP_SYS_FILIO_H_ */
