/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NETINET_IP_VAR_H_
#define	_VPORT_NETINET_IP_VAR_H_

#include_next <netinet/ip_var.h>
#include <vport/native.h>

#define	ipproto_register(...)	VP_AT((ipproto_register)(__VA_ARGS__))
#define	ipproto_unregister(...)	VP_AT((ipproto_unregister)(__VA_ARGS__))

#endif /* !_VPORT_NETINET_IP_VAR_H_ */
