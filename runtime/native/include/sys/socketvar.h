/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_SOCKETVAR_H_
#define	_VPORT_SYS_SOCKETVAR_H_

#include_next <sys/socketvar.h>
#include <vport/native.h>

#define	socreate(...)	VP_AT((socreate)(__VA_ARGS__))
#define	soclose(...)	VP_AT((soclose)(__VA_ARGS__))

#endif /* !_VPORT_SYS_SOCKETVAR_H_ */
