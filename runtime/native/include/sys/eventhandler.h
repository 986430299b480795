/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_EVENTHANDLER_H_
#define	_VPORT_SYS_EVENTHANDLER_H_

#include_next <sys/eventhandler.h>
#include <vport/native.h>

#define	eventhandler_register(...)	VP_AT((eventhandler_register)(__VA_ARGS__))
#define	vimage_eventhandler_register(...)	VP_AT((vimage_eventhandler_register)(__VA_ARGS__))
#define	eventhandler_deregister(...)	VP_AT((eventhandler_deregister)(__VA_ARGS__))
#define	eventhandler_deregister_nowait(...)	VP_AT((eventhandler_deregister_nowait)(__VA_ARGS__))

#endif /* !_VPORT_SYS_EVENTHANDLER_H_ */
