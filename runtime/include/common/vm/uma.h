/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_VM_UMA_H_
#define	_VP_VM_UMA_H_

#include <sys/types.h>
#include <sys/malloc.h>

typedef struct uma_zone	*uma_zone_t;

typedef int (*uma_ctor)(void *, int, void *, int);
typedef void (*uma_dtor)(void *, int, void *);
typedef int (*uma_init)(void *, int, int);
typedef void (*uma_fini)(void *, int);

#define	UMA_ALIGN_PTR		(sizeof(void *) - 1)
#define	UMA_ALIGN_LONG		(sizeof(long) - 1)
#define	UMA_ALIGN_INT		(sizeof(int) - 1)
#define	UMA_ALIGN_CACHE		(-1)
#define	UMA_ZONE_NOFREE		0x0020
#define	UMA_ZONE_ZINIT		0x0002
#define	UMA_ZONE_PCPU		0x8000

uma_zone_t uma_zcreate(const char *, size_t, uma_ctor, uma_dtor, uma_init,
	    uma_fini, int, uint32_t);
void	uma_zdestroy(uma_zone_t);
void	*uma_zalloc(uma_zone_t, int);
void	*uma_zalloc_arg(uma_zone_t, void *, int);
void	uma_zfree(uma_zone_t, void *);
void	uma_zfree_arg(uma_zone_t, void *, void *);
int	uma_zone_set_max(uma_zone_t, int);
int	uma_zone_get_max(uma_zone_t);
int	uma_zone_get_cur(uma_zone_t);
void	uma_zone_set_warning(uma_zone_t, const char *);
void	uma_zone_reclaim(uma_zone_t, int);
void	uma_prealloc(uma_zone_t, int);

#endif /* !_VP_VM_UMA_H_ */
