/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_COUNTER_H_
#define	_VPORT_SYS_COUNTER_H_

#include_next <sys/counter.h>
#include <vport/native.h>

#define	counter_u64_alloc(...)	VP_AT((counter_u64_alloc)(__VA_ARGS__))
#define	counter_u64_free(...)	VP_AT((counter_u64_free)(__VA_ARGS__))

#endif /* !_VPORT_SYS_COUNTER_H_ */
