/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NET_NETISR_H_
#define	_VPORT_NET_NETISR_H_

#include_next <net/netisr.h>
#include <vport/native.h>

#define	netisr_register(...)	VP_AT((netisr_register)(__VA_ARGS__))
#define	netisr_unregister(...)	VP_AT((netisr_unregister)(__VA_ARGS__))
#define	netisr_register_vnet(...)	VP_AT((netisr_register_vnet)(__VA_ARGS__))
#define	netisr_unregister_vnet(...)	VP_AT((netisr_unregister_vnet)(__VA_ARGS__))

#endif /* !_VPORT_NET_NETISR_H_ */
