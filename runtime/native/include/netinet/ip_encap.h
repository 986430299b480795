/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NETINET_IP_ENCAP_H_
#define	_VPORT_NETINET_IP_ENCAP_H_

#include_next <netinet/ip_encap.h>
#include <vport/native.h>

#define	ip_encap_attach(...)	VP_AT((ip_encap_attach)(__VA_ARGS__))
#define	ip_encap_detach(...)	VP_AT((ip_encap_detach)(__VA_ARGS__))

#endif /* !_VPORT_NETINET_IP_ENCAP_H_ */
