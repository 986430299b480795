/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SELINFO_H_
#define	_VP_SYS_SELINFO_H_

#include <sys/types.h>

struct selinfo {
	void	*si_thread;
};

void	selrecord(struct thread *, struct selinfo *);
void	selwakeup(struct selinfo *);
void	seldrain(struct selinfo *);

#endif /* !_VP_SYS_SELINFO_H_ */
