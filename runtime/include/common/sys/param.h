/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_PARAM_H_
#define	_VP_SYS_PARAM_H_

#include <sys/types.h>
#include <sys/errno.h>
#include <sys/limits.h>
#include <sys/time.h>
#include <sys/priority.h>

#ifndef __FreeBSD_version
#define	__FreeBSD_version	1300139
#endif
#ifndef __FreeBSD__
#define	__FreeBSD__		13
#endif

#define	PAGE_SIZE	4096
#define	PAGE_MASK	(PAGE_SIZE - 1)
#define	CACHE_LINE_SIZE	64
#define	MAXCPU		64
#define	MAXCOMLEN	19
#define	MAXHOSTNAMELEN	256
#define	MAXPATHLEN	1024
#define	NBBY		8
#define	MSIZE		256
#define	MCLSHIFT	11
#define	MCLBYTES	(1 << MCLSHIFT)

#define	PCATCH		0x100
#define	PDROP		0x200

#define	MIN(a, b)	((a) < (b) ? (a) : (b))
#define	MAX(a, b)	((a) > (b) ? (a) : (b))
#define	nitems(x)	(sizeof(x) / sizeof((x)[0]))
#define	howmany(x, y)	(((x) + ((y) - 1)) / (y))
#define	rounddown2(x, y) ((x) & ~((y) - 1))
#define	roundup(x, y)	((((x) + ((y) - 1)) / (y)) * (y))
#define	roundup2(x, y)	(((x) + ((y) - 1)) & ~((y) - 1))
#define	powerof2(x)	((((x) - 1) & (x)) == 0)
#define	setbit(a, i)	((a)[(i) / NBBY] |= 1 << ((i) % NBBY))
#define	clrbit(a, i)	((a)[(i) / NBBY] &= ~(1 << ((i) % NBBY)))
#define	isset(a, i)	((a)[(i) / NBBY] & (1 << ((i) % NBBY)))
#define	isclr(a, i)	(((a)[(i) / NBBY] & (1 << ((i) % NBBY))) == 0)

#define	htonl(x)	__builtin_bswap32(x)
#define	ntohl(x)	__builtin_bswap32(x)
#define	htons(x)	__builtin_bswap16(x)
#define	ntohs(x)	__builtin_bswap16(x)

#endif /* !_VP_SYS_PARAM_H_ */
