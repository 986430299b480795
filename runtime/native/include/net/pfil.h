/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NET_PFIL_H_
#define	_VPORT_NET_PFIL_H_

#include_next <net/pfil.h>
#include <vport/native.h>

#define	pfil_add_hook(...)	VP_AT((pfil_add_hook)(__VA_ARGS__))
#define	pfil_remove_hook(...)	VP_AT((pfil_remove_hook)(__VA_ARGS__))
#define	pfil_link(...)	VP_AT((pfil_link)(__VA_ARGS__))
#define	pfil_head_register(...)	VP_AT((pfil_head_register)(__VA_ARGS__))
#define	pfil_head_unregister(...)	VP_AT((pfil_head_unregister)(__VA_ARGS__))

#endif /* !_VPORT_NET_PFIL_H_ */
