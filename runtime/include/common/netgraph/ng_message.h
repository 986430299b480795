/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETGRAPH_NG_MESSAGE_H_
#define	_VP_NETGRAPH_NG_MESSAGE_H_

#include <sys/types.h>

#define	NG_HOOKSIZ	32
#define	NG_NODESIZ	32
#define	NG_PATHSIZ	512
#define	NG_CMDSTRSIZ	32
#define	NG_VERSION	8

struct ng_mesg {
	struct ng_msghdr {
		u_char		version;
		u_char		spare;
		uint16_t	spare2;
		uint32_t	arglen;
		uint32_t	cmd;
		uint32_t	flags;
		uint32_t	token;
		uint32_t	typecookie;
		u_char		cmdstr[NG_CMDSTRSIZ];
	} header;
	char	data[];
};

#define	NGM_GENERIC_COOKIE	1137070366
#define	NGM_TEXT_STATUS		13

#ifdef _KERNEL
#define	NG_MKRESPONSE(rsp, msg, len, how)				\
	((rsp) = ng_make_response((msg), (len), (how)))

struct ng_mesg *ng_make_response(struct ng_mesg *, int, int);
#endif

#endif /* !_VP_NETGRAPH_NG_MESSAGE_H_ */
