/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_VM_UMA_H_
#define	_VPORT_VM_UMA_H_

#include_next <vm/uma.h>
#include <vport/native.h>

#define	uma_zcreate(...)	VP_AT((uma_zcreate)(__VA_ARGS__))
#define	uma_zdestroy(...)	VP_AT((uma_zdestroy)(__VA_ARGS__))
#define	uma_zalloc(...)	VP_AT((uma_zalloc)(__VA_ARGS__))
#define	uma_zalloc_arg(...)	VP_AT((uma_zalloc_arg)(__VA_ARGS__))
#define	uma_zfree(...)	VP_AT((uma_zfree)(__VA_ARGS__))
#define	uma_zfree_arg(...)	VP_AT((uma_zfree_arg)(__VA_ARGS__))

#endif /* !_VPORT_VM_UMA_H_ */
