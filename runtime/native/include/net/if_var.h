/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NET_IF_VAR_H_
#define	_VPORT_NET_IF_VAR_H_

#include_next <net/if_var.h>
#include <vport/native.h>

#define	if_alloc(...)	VP_AT((if_alloc)(__VA_ARGS__))
#define	if_free(...)	VP_AT((if_free)(__VA_ARGS__))
#define	if_attach(...)	VP_AT((if_attach)(__VA_ARGS__))
#define	if_detach(...)	VP_AT((if_detach)(__VA_ARGS__))

#endif /* !_VPORT_NET_IF_VAR_H_ */
