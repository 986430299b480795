/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_SYSTM_H_
#define	_VPORT_SYS_SYSTM_H_

#include <machine/stdarg.h>
#include <vport/native.h>

/* The C library has functions of these names. */
int	printf(const char *, ...) __asm__("vpk_printf");
int	vprintf(const char *, __va_list) __asm__("vpk_vprintf");
void	log(int, const char *, ...) __asm__("vpk_log");
int	pause(const char *, int) __asm__("vpk_pause");
char	*getenv(const char *) __asm__("vpk_getenv");
unsigned long random(void) __asm__("vpk_random");

#include_next <sys/systm.h>

#define	hashinit(...)		VP_AT((hashinit)(__VA_ARGS__))
#define	hashinit_flags(...)	VP_AT((hashinit_flags)(__VA_ARGS__))
#define	hashdestroy(...)	VP_AT((hashdestroy)(__VA_ARGS__))
#define	new_unrhdr(...)		VP_AT((new_unrhdr)(__VA_ARGS__))
#define	delete_unrhdr(...)	VP_AT((delete_unrhdr)(__VA_ARGS__))

#endif /* !_VPORT_SYS_SYSTM_H_ */
