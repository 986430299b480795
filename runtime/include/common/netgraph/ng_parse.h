/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETGRAPH_NG_PARSE_H_
#define	_VP_NETGRAPH_NG_PARSE_H_

#include <sys/types.h>

struct ng_parse_type;

struct ng_cmdlist {
	uint32_t			cookie;
	int				cmd;
	const char			*name;
	const struct ng_parse_type	*mesgType;
	const struct ng_parse_type	*respType;
};

#ifdef _KERNEL
extern const struct ng_parse_type ng_parse_int32_type;
extern const struct ng_parse_type ng_parse_uint32_type;
extern const struct ng_parse_type ng_parse_string_type;
#endif

#endif /* !_VP_NETGRAPH_NG_PARSE_H_ */
