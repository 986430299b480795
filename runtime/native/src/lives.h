/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_LIVES_H_
#define	_VPORT_LIVES_H_

#include <sys/queue.h>

/*
 * A thing that was set up.  One address can hold things of several families:
 * a structure begins with its lock.
 */
struct vp_life {
	LIST_ENTRY(vp_life) link;
	const void	*address;
	const char	*family;
	const char	*kind;		/* the call that set it up */
	const char	*at;
	int		 vnet;
	int		 alive;
};

void	vp_life_begins(const char *family, const char *kind,
	    const void *address, const char *at);
void	vp_life_ends(const char *family, const char *kind,
	    const void *address, const char *at);
int	vp_life_used(const char *family, const void *address, const char *at);
struct vp_life *vp_life(const void *address);
void	vp_lives_forget(const void *from, size_t size);
void	vp_lives_in(const void *from, size_t size,
	    void (*each)(const struct vp_life *, void *), void *context);

#endif /* !_VPORT_LIVES_H_ */
