/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_TIME_H_
#define	_VP_SYS_TIME_H_

#include <sys/types.h>

struct timeval {
	time_t		tv_sec;
	suseconds_t	tv_usec;
};

struct timespec {
	time_t		tv_sec;
	long		tv_nsec;
};

struct bintime {
	time_t		sec;
	uint64_t	frac;
};

#define	SBT_1S		((sbintime_t)1 << 32)
#define	SBT_1M		(SBT_1S * 60)
#define	SBT_1MS		(SBT_1S / 1000)
#define	SBT_1US		(SBT_1S / 1000000)

extern volatile time_t	time_second;
extern volatile time_t	time_uptime;
extern struct timeval	boottime;

#define	timevalclear(tvp)	((tvp)->tv_sec = (tvp)->tv_usec = 0)
#define	timevalisset(tvp)	((tvp)->tv_sec != 0 || (tvp)->tv_usec != 0)

void	microtime(struct timeval *);
void	getmicrotime(struct timeval *);
void	microuptime(struct timeval *);
void	getmicrouptime(struct timeval *);
void	nanotime(struct timespec *);
void	getnanotime(struct timespec *);
void	binuptime(struct bintime *);
sbintime_t sbinuptime(void);
sbintime_t getsbinuptime(void);
int	ratecheck(struct timeval *, const struct timeval *);
int	ppsratecheck(struct timeval *, int *, int);
void	timevaladd(struct timeval *, const struct timeval *);
void	timevalsub(struct timeval *, const struct timeval *);
int	tvtohz(struct timeval *);

#endif /* !_VP_SYS_TIME_H_ */
