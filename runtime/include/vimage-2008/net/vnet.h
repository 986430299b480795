/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_VNET_H_
#define	_VP_NET_VNET_H_

#include <sys/vimage.h>

/* What the kernel's own headers say of its variables: plain ones do here. */
#define	VNET_DECLARE(t, n)	extern t n
#define	VNET(n)			(n)

#endif /* !_VP_NET_VNET_H_ */
