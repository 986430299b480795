/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_HHOOK_H_
#define	_VP_SYS_HHOOK_H_

#include <sys/types.h>

#include <net/vnet.h>

struct hhook_head;
struct osd;

typedef int	(*hhook_func_t)(int32_t, int32_t, void *, void *, void *,
		    struct osd *);

struct hookinfo {
	hhook_func_t	hook_func;
	void		*hook_udata;
	int32_t		hook_id;
	int32_t		hook_type;
};

#define	HHOOK_WAITOK		0x02
#define	HHOOK_NOWAIT		0x04
#define	HHOOK_HEADISINVNET	0x01
#define	HHOOK_TYPE_TCP		1
#define	HHOOK_TYPE_SOCKET	2

int	hhook_add_hook(struct hhook_head *, const struct hookinfo *, uint32_t);
int	hhook_remove_hook(struct hhook_head *, const struct hookinfo *);
int	hhook_head_register(int32_t, int32_t, struct hhook_head **, uint32_t);
int	hhook_head_deregister(struct hhook_head *);
void	hhook_run_hooks(struct hhook_head *, void *, struct osd *);

#endif /* !_VP_SYS_HHOOK_H_ */
