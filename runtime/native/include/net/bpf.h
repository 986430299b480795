/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NET_BPF_H_
#define	_VPORT_NET_BPF_H_

#include_next <net/bpf.h>
#include <vport/native.h>

#define	bpfattach(...)	VP_AT((bpfattach)(__VA_ARGS__))
#define	bpfdetach(...)	VP_AT((bpfdetach)(__VA_ARGS__))

#endif /* !_VPORT_NET_BPF_H_ */
