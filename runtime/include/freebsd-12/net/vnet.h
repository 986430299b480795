/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_VNET_H_
#define	_VP_NET_VNET_H_

#include <net/_vnet.h>
#include <net/_vnet_flag.h>

/* `static VNET_DEFINE(...)' is how this release spells a static. */
#undef	VNET_DEFINE
#ifdef VIMAGE
#define	VNET_DEFINE(t, n)	t VNET_NAME(n) __VNET_PLACE
#else
#define	VNET_DEFINE(t, n)	t n
#endif

#endif /* !_VP_NET_VNET_H_ */
