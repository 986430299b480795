/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_FCNTL_H_
#define	_VP_SYS_FCNTL_H_

#define	FREAD		0x0001
#define	FWRITE		0x0002
#define	O_NONBLOCK	0x0004

#endif /* !_VP_SYS_FCNTL_H_ */
