/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSLOG_H_
#define	_VP_SYS_SYSLOG_H_

#define	LOG_EMERG	0
#define	LOG_ALERT	1
#define	LOG_CRIT	2
#define	LOG_ERR		3
#define	LOG_WARNING	4
#define	LOG_NOTICE	5
#define	LOG_INFO	6
#define	LOG_DEBUG	7
#define	LOG_KERN	(0 << 3)
#define	LOG_AUTH	(4 << 3)
#define	LOG_SECURITY	(13 << 3)

void	log(int, const char *, ...) __attribute__((__format__(__printf__, 2, 3)));

#endif /* !_VP_SYS_SYSLOG_H_ */
