/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETGRAPH_NETGRAPH_H_
#define	_VP_NETGRAPH_NETGRAPH_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/module.h>
#include <sys/mutex.h>

#include <net/vnet.h>
#include <netgraph/ng_message.h>

struct ng_cmdlist;
struct ng_hook;
struct ng_item;
struct ng_node;
struct ng_type;

typedef struct ng_item *item_p;
typedef struct ng_node *node_p;
typedef struct ng_hook *hook_p;
typedef uint32_t	ng_ID_t;

typedef int	ng_constructor_t(node_p);
typedef int	ng_close_t(node_p);
typedef int	ng_shutdown_t(node_p);
typedef int	ng_newhook_t(node_p, hook_p, const char *);
typedef hook_p	ng_findhook_t(node_p, const char *);
typedef int	ng_connect_t(hook_p);
typedef int	ng_rcvmsg_t(node_p, item_p, hook_p);
typedef int	ng_rcvdata_t(hook_p, item_p);
typedef int	ng_disconnect_t(hook_p);
typedef void	ng_item_fn(node_p, hook_p, void *, int);

struct ng_hook {
	char			hk_name[NG_HOOKSIZ];
	void			*hk_private;
	int			hk_flags;
	struct ng_hook		*hk_peer;
	struct ng_node		*hk_node;
	LIST_ENTRY(ng_hook)	hk_hooks;
	ng_rcvmsg_t		*hk_rcvmsg;
	ng_rcvdata_t		*hk_rcvdata;
};

struct ng_node {
	char			nd_name[NG_NODESIZ];
	struct ng_type		*nd_type;
	int			nd_flags;
	int			nd_numhooks;
	void			*nd_private;
	ng_ID_t			nd_ID;
	LIST_HEAD(, ng_hook)	nd_hooks;
	struct vnet		*nd_vnet;
};

struct ng_type {
	uint32_t		version;
	const char		*name;
	modeventhand_t		mod_event;
	ng_constructor_t	*constructor;
	ng_rcvmsg_t		*rcvmsg;
	ng_close_t		*close;
	ng_shutdown_t		*shutdown;
	ng_newhook_t		*newhook;
	ng_findhook_t		*findhook;
	ng_connect_t		*connect;
	ng_rcvdata_t		*rcvdata;
	ng_disconnect_t		*disconnect;
	const struct ng_cmdlist	*cmdlist;
	LIST_ENTRY(ng_type)	types;
	int			refs;
};

#define	NG_ABI_VERSION	12

#ifdef _KERNEL
MALLOC_DECLARE(M_NETGRAPH);

#define	NG_NODE_SET_PRIVATE(node, val)	((node)->nd_private = (val))
#define	NG_NODE_PRIVATE(node)		((node)->nd_private)
#define	NG_NODE_NUMHOOKS(node)		((node)->nd_numhooks)
#define	NG_NODE_NAME(node)		((node)->nd_name)
#define	NG_NODE_UNREF(node)		ng_unref_node(node)
#define	NG_HOOK_NODE(hook)		((hook)->hk_node)
#define	NG_HOOK_NAME(hook)		((hook)->hk_name)
#define	NG_HOOK_PRIVATE(hook)		((hook)->hk_private)
#define	NG_HOOK_SET_PRIVATE(hook, val)	((hook)->hk_private = (val))

#define	NGI_M(item)			ng_item_mbuf(item)
#define	NGI_GET_M(item, m)		((m) = ng_item_take_mbuf(item))
#define	NGI_GET_MSG(item, msg)		((msg) = ng_item_take_msg(item))
#define	NG_FREE_ITEM(item)		ng_free_item(item)
#define	NG_FREE_MSG(msg)						\
	do {								\
		if ((msg) != NULL) {					\
			free((msg), M_NETGRAPH);			\
			(msg) = NULL;					\
		}							\
	} while (0)
#define	NG_FREE_M(m)							\
	do {								\
		if ((m) != NULL) {					\
			m_freem(m);					\
			(m) = NULL;					\
		}							\
	} while (0)
#define	NG_FWD_ITEM_HOOK(error, item, hook)				\
	((error) = ng_snd_item_hook((item), (hook)))
#define	NG_SEND_DATA_ONLY(error, hook, m)				\
	((error) = ng_send_data_hook((hook), (m)))
#define	NG_RESPOND_MSG(error, here, item, resp)				\
	((error) = ng_respond((here), (item), (resp)))

struct callout;
struct mbuf;

int	ng_callout(struct callout *, node_p, hook_p, int, ng_item_fn *,
	    void *, int);
int	ng_uncallout(struct callout *, node_p);
void	ng_callout_init(struct callout *);
void	ng_free_item(item_p);
struct mbuf *ng_item_mbuf(item_p);
struct mbuf *ng_item_take_mbuf(item_p);
struct ng_mesg *ng_item_take_msg(item_p);
int	ng_make_node_common(struct ng_type *, node_p *);
int	ng_mod_event(module_t, int, void *);
int	ng_name_node(node_p, const char *);
int	ng_respond(node_p, item_p, struct ng_mesg *);
int	ng_rmhook_self(hook_p);
int	ng_rmnode_self(node_p);
int	ng_send_data_hook(hook_p, struct mbuf *);
int	ng_snd_item_hook(item_p, hook_p);
int	ng_rmtype(struct ng_type *);
int	ng_newtype(struct ng_type *);
void	ng_unref_node(node_p);

#define	NETGRAPH_INIT_ORDERED(typename, typestructp, sub, order)	\
static moduledata_t ng_##typename##_mod = {				\
	"ng_" #typename,						\
	ng_mod_event,							\
	(typestructp)							\
};									\
DECLARE_MODULE(ng_##typename, ng_##typename##_mod, sub, order);		\
MODULE_DEPEND(ng_##typename, netgraph, NG_ABI_VERSION,			\
    NG_ABI_VERSION, NG_ABI_VERSION)

#define	NETGRAPH_INIT(tn, tp)						\
	NETGRAPH_INIT_ORDERED(tn, tp, SI_SUB_PSEUDO, SI_ORDER_MIDDLE)
#endif

#endif /* !_VP_NETGRAPH_NETGRAPH_H_ */
