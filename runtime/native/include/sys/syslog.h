/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_SYSLOG_H_
#define	_VPORT_SYS_SYSLOG_H_

/* The C library has a function of this name. */
void	log(int, const char *, ...) __asm__("vpk_log");

#include_next <sys/syslog.h>

#endif /* !_VPORT_SYS_SYSLOG_H_ */
