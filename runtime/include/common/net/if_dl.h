/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_DL_H_
#define	_VP_NET_IF_DL_H_

#include <sys/types.h>

struct sockaddr_dl {
	u_char	sdl_len;
	u_char	sdl_family;
	u_short	sdl_index;
	u_char	sdl_type;
	u_char	sdl_nlen;
	u_char	sdl_alen;
	u_char	sdl_slen;
	char	sdl_data[46];
};

#define	LLADDR(s)	((caddr_t)((s)->sdl_data + (s)->sdl_nlen))
#define	IF_LLADDR(ifp)							\
	LLADDR((struct sockaddr_dl *)(void *)(ifp)->if_addr->ifa_addr)

#endif /* !_VP_NET_IF_DL_H_ */
