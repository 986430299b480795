/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_POLL_H_
#define	_VP_SYS_POLL_H_

#define	POLLIN		0x0001
#define	POLLOUT		0x0004
#define	POLLERR		0x0008
#define	POLLRDNORM	0x0040

#endif /* !_VP_SYS_POLL_H_ */
