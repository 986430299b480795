/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_HHOOK_H_
#define	_VPORT_SYS_HHOOK_H_

#include_next <sys/hhook.h>
#include <vport/native.h>

#define	hhook_add_hook(...)	VP_AT((hhook_add_hook)(__VA_ARGS__))
#define	hhook_remove_hook(...)	VP_AT((hhook_remove_hook)(__VA_ARGS__))
#define	hhook_head_register(...)	VP_AT((hhook_head_register)(__VA_ARGS__))
#define	hhook_head_deregister(...)	VP_AT((hhook_head_deregister)(__VA_ARGS__))

#endif /* !_VPORT_SYS_HHOOK_H_ */
