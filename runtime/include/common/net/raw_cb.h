/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_RAW_CB_H_
#define	_VP_NET_RAW_CB_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/socket.h>

struct rawcb {
	LIST_ENTRY(rawcb)	list;
	struct socket		*rcb_socket;
	struct sockproto	rcb_proto;
};

#endif /* !_VP_NET_RAW_CB_H_ */
