/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_EPOCH_H_
#define	_VPORT_SYS_EPOCH_H_

#include_next <sys/epoch.h>
#include <vport/native.h>

#define	epoch_call(...)	VP_AT((epoch_call)(__VA_ARGS__))

#endif /* !_VPORT_SYS_EPOCH_H_ */
