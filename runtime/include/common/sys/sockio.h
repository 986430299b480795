/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SOCKIO_H_
#define	_VP_SYS_SOCKIO_H_

#include <sys/ioccom.h>

#define	SIOCSIFADDR	_IOW('i', 12, struct ifreq)
#define	SIOCGIFADDR	_IOWR('i', 33, struct ifreq)
#define	SIOCSIFFLAGS	_IOW('i', 16, struct ifreq)
#define	SIOCGIFFLAGS	_IOWR('i', 17, struct ifreq)
#define	SIOCDIFADDR	_IOW('i', 25, struct ifreq)
#define	SIOCAIFADDR	_IOW('i', 26, struct ifaliasreq)
#define	SIOCGIFMETRIC	_IOWR('i', 23, struct ifreq)
#define	SIOCADDMULTI	_IOW('i', 49, struct ifreq)
#define	SIOCDELMULTI	_IOW('i', 50, struct ifreq)
#define	SIOCGIFMTU	_IOWR('i', 51, struct ifreq)
#define	SIOCSIFMTU	_IOW('i', 52, struct ifreq)
#define	SIOCSIFMEDIA	_IOWR('i', 55, struct ifreq)
#define	SIOCGIFMEDIA	_IOWR('i', 56, struct ifmediareq)
#define	SIOCSIFPHYADDR	_IOW('i', 70, struct ifaliasreq)
#define	SIOCSIFCAP	_IOW('i', 30, struct ifreq)
#define	SIOCGIFCAP	_IOWR('i', 31, struct ifreq)
#define	SIOCSDRVSPEC	_IOW('i', 123, struct ifdrv)
#define	SIOCGDRVSPEC	_IOWR('i', 123, struct ifdrv)
#define	SIOCGPRIVATE_0	_IOWR('i', 80, struct ifreq)
#define	SIOCGPRIVATE_1	_IOWR('i', 81, struct ifreq)

#endif /* !_VP_SYS_SOCKIO_H_ */
