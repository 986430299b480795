/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NET_IF_CLONE_H_
#define	_VPORT_NET_IF_CLONE_H_

#include_next <net/if_clone.h>
#include <vport/native.h>

#define	if_clone_simple(...)	VP_AT((if_clone_simple)(__VA_ARGS__))
#define	if_clone_advanced(...)	VP_AT((if_clone_advanced)(__VA_ARGS__))
#define	if_clone_detach(...)	VP_AT((if_clone_detach)(__VA_ARGS__))

#endif /* !_VPORT_NET_IF_CLONE_H_ */
