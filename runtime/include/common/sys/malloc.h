/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_MALLOC_H_
#define	_VP_SYS_MALLOC_H_

#include <sys/types.h>
#include <sys/kernel.h>

#define	M_NOWAIT	0x0001
#define	M_WAITOK	0x0002
#define	M_ZERO		0x0100
#define	M_NOVM		0x0200
#define	M_USE_RESERVE	0x0400
#define	M_NODUMP	0x0800
#define	M_FIRSTFIT	0x1000
#define	M_BESTFIT	0x2000

struct malloc_type {
	struct malloc_type *ks_next;
	u_long		 ks_version;
	const char	*ks_shortdesc;
	void		*ks_mti;
};

#define	MALLOC_DEFINE(type, shortdesc, longdesc)			\
	struct malloc_type type[1] = {					\
		{ NULL, 20200629UL, (shortdesc), NULL }			\
	};								\
	SYSINIT(type##_init, SI_SUB_KMEM, SI_ORDER_THIRD, malloc_init,	\
	    type);							\
	SYSUNINIT(type##_uninit, SI_SUB_KMEM, SI_ORDER_ANY,		\
	    malloc_uninit, type)
#define	MALLOC_DECLARE(type)	extern struct malloc_type type[1]

MALLOC_DECLARE(M_CACHE);
MALLOC_DECLARE(M_DEVBUF);
MALLOC_DECLARE(M_TEMP);
MALLOC_DECLARE(M_IFADDR);
MALLOC_DECLARE(M_PCB);
MALLOC_DECLARE(M_SONAME);
MALLOC_DECLARE(M_RTABLE);

void	*malloc(size_t, struct malloc_type *, int) __malloc_like
	    __result_use_check;
void	*mallocarray(size_t, size_t, struct malloc_type *, int) __malloc_like
	    __result_use_check;
void	*realloc(void *, size_t, struct malloc_type *, int)
	    __result_use_check;
void	*reallocf(void *, size_t, struct malloc_type *, int)
	    __result_use_check;
void	*contigmalloc(u_long, struct malloc_type *, int, vm_paddr_t,
	    vm_paddr_t, u_long, vm_paddr_t) __result_use_check;
char	*strdup(const char *, struct malloc_type *);
void	free(void *, struct malloc_type *);
void	zfree(void *, struct malloc_type *);
void	malloc_init(void *);
void	malloc_uninit(void *);

#endif /* !_VP_SYS_MALLOC_H_ */
