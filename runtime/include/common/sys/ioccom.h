/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_IOCCOM_H_
#define	_VP_SYS_IOCCOM_H_

#define	IOCPARM_MASK	0x1fff
#define	IOC_VOID	0x20000000UL
#define	IOC_OUT		0x40000000UL
#define	IOC_IN		0x80000000UL
#define	IOC_INOUT	(IOC_IN | IOC_OUT)
#define	_IOC(io, g, n, len)	\
	((unsigned long)((io) | (((len) & IOCPARM_MASK) << 16) | ((g) << 8) | \
	(n)))
#define	_IO(g, n)	_IOC(IOC_VOID, (g), (n), 0)
#define	_IOWINT(g, n)	_IOC(IOC_VOID, (g), (n), sizeof(int))
#define	_IOR(g, n, t)	_IOC(IOC_OUT, (g), (n), sizeof(t))
#define	_IOW(g, n, t)	_IOC(IOC_IN, (g), (n), sizeof(t))
#define	_IOWR(g, n, t)	_IOC(IOC_INOUT, (g), (n), sizeof(t))
#define	IOCPARM_LEN(x)	(((x) >> 16) & IOCPARM_MASK)

#endif /* !_VP_SYS_IOCCOM_H_ */
