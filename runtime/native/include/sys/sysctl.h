/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_SYSCTL_H_
#define	_VPORT_SYS_SYSCTL_H_

#include_next <sys/sysctl.h>
#include <vport/native.h>

#define	sysctl_ctx_init(...)	VP_AT((sysctl_ctx_init)(__VA_ARGS__))
#define	sysctl_ctx_free(...)	VP_AT((sysctl_ctx_free)(__VA_ARGS__))
#define	sysctl_add_oid(...)	VP_AT((sysctl_add_oid)(__VA_ARGS__))
#define	sysctl_remove_oid(...)	VP_AT((sysctl_remove_oid)(__VA_ARGS__))

#endif /* !_VPORT_SYS_SYSCTL_H_ */
