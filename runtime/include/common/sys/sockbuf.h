/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SOCKBUF_H_
#define	_VP_SYS_SOCKBUF_H_

#include <sys/types.h>
#include <sys/_mutex.h>

struct mbuf;
struct sockbuf {
	struct mbuf	*sb_mb;
	u_int		 sb_ccc;
	u_int		 sb_hiwat;
	int		 sb_timeo;
	short		 sb_flags;
	struct mtx	 sb_mtx;
};

#endif /* !_VP_SYS_SOCKBUF_H_ */
