/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_LIBKERN_H_
#define	_VPORT_SYS_LIBKERN_H_

/* The C library has a function of this name. */
unsigned long random(void) __asm__("vpk_random");

#include_next <sys/libkern.h>

#endif /* !_VPORT_SYS_LIBKERN_H_ */
