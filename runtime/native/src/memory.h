/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_MEMORY_H_
#define	_VPORT_MEMORY_H_

#include <sys/queue.h>

#include "lives.h"

/* A piece of memory that a module was given. */
struct vp_block {
	LIST_ENTRY(vp_block) link;
	void		*address;
	size_t		 size;
	const char	*family;	/* the call that gave it */
	const void	*owner;		/* malloc type or zone */
	const char	*at;
	int		 vnet;		/* curvnet then */
	int		 seen;		/* leaks.c: something leads to it */
};
LIST_HEAD(vp_blocks, vp_block);
extern struct vp_blocks vp_blocks;

void	*vp_block_new(size_t, const char *family, const void *owner,
	    const char *at);
struct vp_block *vp_block_of(const void *address);
void	vp_block_free(struct vp_block *);
void	vp_blocks_left(const struct malloc_type *);
int	vp_fails(void);

/* retired.c */
void	vp_retire(void *, size_t, const char *at);
void	vp_retired_check(void);

#endif /* !_VPORT_MEMORY_H_ */
