/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_HOOKS_H_
#define	_VPORT_HOOKS_H_

#include <sys/queue.h>

#include <net/pfil.h>

struct ifnet;

/*
 * What a packet passes: a function of a module, and how it is called.  Those
 * of pfil are a pfil_hook_t to modules.
 */
struct pfil_hook {
	TAILQ_ENTRY(pfil_hook) link;
	const char	*family;	/* pfil, netisr, hook, encap */
	const void	*key;		/* by which it is taken back */
	void		*function;
	void		(*run)(struct pfil_hook *, struct ifnet *);
	struct pfil_hook_args args;
	void		*context;
	const char	*at;
	int		 shared;	/* it serves every stack */
	int		 vnet;		/* else: the one it was added in */
	int		 called;
};

struct pfil_hook *vp_hook_add(const char *family, const void *key,
	    void *function, void (*run)(struct pfil_hook *, struct ifnet *),
	    const char *at);
int	vp_hook_is(const struct pfil_hook *);
void	vp_hook_drop(struct pfil_hook *);
struct pfil_hook *vp_hook_of(const char *family, const void *key);
void	vp_hooks_run(struct ifnet *);

#endif /* !_VPORT_HOOKS_H_ */
