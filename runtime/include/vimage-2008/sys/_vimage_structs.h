/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__VIMAGE_STRUCTS_H_
#define	_VP_SYS__VIMAGE_STRUCTS_H_

/* The last step: globals, or members of one instance of each structure. */
#define	VNET_MOD_DYNAMIC_START	32
#define	INIT_FROM_VNET(vnet, modindex, modtype, sym)
#ifdef VIMAGE_USE_STRUCTS
#define	VSYM(base, sym)		(base ## _0._ ## sym)
#else
#define	VSYM(base, sym)		(sym)
#endif

#endif /* !_VP_SYS__VIMAGE_STRUCTS_H_ */
