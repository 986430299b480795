/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_CONF_H_
#define	_VPORT_SYS_CONF_H_

#include_next <sys/conf.h>
#include <vport/native.h>

#define	make_dev(...)	VP_AT((make_dev)(__VA_ARGS__))
#define	destroy_dev(...)	VP_AT((destroy_dev)(__VA_ARGS__))

#endif /* !_VPORT_SYS_CONF_H_ */
