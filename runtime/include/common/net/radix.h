/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_RADIX_H_
#define	_VP_NET_RADIX_H_

#include <sys/types.h>
#include <sys/lock.h>
#include <sys/rmlock.h>

struct radix_mask;

struct radix_node {
	struct radix_mask	*rn_mklist;
	struct radix_node	*rn_parent;
	short			rn_bit;
	char			rn_bmask;
	u_char			rn_flags;
	caddr_t			rn_key;
	caddr_t			rn_mask;
	struct radix_node	*rn_dupedkey;
};

#define	RNF_NORMAL	1
#define	RNF_ROOT	2
#define	RNF_ACTIVE	4

struct radix_head {
	struct radix_node	*rnh_treetop;
	struct radix_node	rnh_nodes[3];
};

struct radix_node_head;

typedef int	walktree_f_t(struct radix_node *, void *);
typedef struct radix_node *rn_addaddr_f_t(void *, void *, struct radix_head *,
		    struct radix_node[]);
typedef struct radix_node *rn_lookup_f_t(void *, void *, struct radix_head *);
typedef struct radix_node *rn_matchaddr_f_t(void *, struct radix_head *);
typedef int	rn_walktree_t(struct radix_head *, walktree_f_t *, void *);

struct radix_node_head {
	struct radix_head	rh;
	rn_addaddr_f_t		*rnh_addaddr;
	rn_lookup_f_t		*rnh_deladdr;
	rn_lookup_f_t		*rnh_lookup;
	rn_matchaddr_f_t	*rnh_matchaddr;
	rn_walktree_t		*rnh_walktree;
	struct rmlock		rnh_lock;
};

#ifdef _KERNEL
int	rn_inithead(void **, int);
int	rn_detachhead(void **);
rn_addaddr_f_t	rn_addroute;
rn_lookup_f_t	rn_delete;
rn_lookup_f_t	rn_lookup;
rn_matchaddr_f_t rn_match;
int	rn_walktree(struct radix_head *, walktree_f_t *, void *);
#endif

#endif /* !_VP_NET_RADIX_H_ */
