/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_PROTOSW_H_
#define	_VPORT_SYS_PROTOSW_H_

#include_next <sys/protosw.h>
#include <vport/native.h>

#define	pf_proto_register(...)	VP_AT((pf_proto_register)(__VA_ARGS__))
#define	pf_proto_unregister(...)	VP_AT((pf_proto_unregister)(__VA_ARGS__))

#endif /* !_VPORT_SYS_PROTOSW_H_ */
