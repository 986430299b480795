/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_PFIL_H_
#define	_VP_NET_PFIL_H_

#include <sys/types.h>

enum pfil_types {
	PFIL_TYPE_IP4,
	PFIL_TYPE_IP6,
	PFIL_TYPE_ETHERNET
};

#define	PFIL_IN		0x00010000
#define	PFIL_OUT	0x00020000
#define	PFIL_FWD	0x00040000
#define	PFIL_DIR(f)	((f) & (PFIL_IN | PFIL_OUT))
#define	PFIL_MEMPTR	0x00080000
#define	PFIL_HEADPTR	0x00100000
#define	PFIL_HOOKPTR	0x00200000
#define	PFIL_APPEND	0x00400000
#define	PFIL_UNLINK	0x00800000

#define	PFIL_INET_NAME		"inet"
#define	PFIL_INET6_NAME		"inet6"
#define	PFIL_ETHER_NAME		"ethernet"

#ifdef _KERNEL
struct ifnet;
struct inpcb;
struct mbuf;

typedef union {
	struct mbuf	**m;
	void		*mem;
} pfil_packet_t __attribute__((__transparent_union__));

typedef enum {
	PFIL_PASS = 0,
	PFIL_DROPPED,
	PFIL_CONSUMED,
	PFIL_REALLOCED
} pfil_return_t;

typedef pfil_return_t	(*pfil_func_t)(pfil_packet_t, struct ifnet *, int,
			    void *, struct inpcb *);

typedef struct pfil_hook *pfil_hook_t;
typedef struct pfil_head *pfil_head_t;

#define	PFIL_VERSION	1

struct pfil_hook_args {
	int		pa_version;
	int		pa_flags;
	enum pfil_types	pa_type;
	pfil_func_t	pa_func;
	void		*pa_ruleset;
	const char	*pa_modname;
	const char	*pa_rulname;
};

struct pfil_link_args {
	int		pa_version;
	int		pa_flags;
	union {
		const char	*pa_headname;
		pfil_head_t	pa_head;
	};
	union {
		struct {
			const char	*pa_modname;
			const char	*pa_rulname;
		};
		pfil_hook_t	pa_hook;
	};
};

struct pfil_head_args {
	int		pa_version;
	int		pa_flags;
	enum pfil_types	pa_type;
	const char	*pa_headname;
};

pfil_hook_t	pfil_add_hook(struct pfil_hook_args *);
void		pfil_remove_hook(pfil_hook_t);
int		pfil_link(struct pfil_link_args *);
pfil_head_t	pfil_head_register(struct pfil_head_args *);
void		pfil_head_unregister(pfil_head_t);
int		pfil_run_hooks(struct pfil_head *, pfil_packet_t,
		    struct ifnet *, int, struct inpcb *);

struct _pfil_head {
	int	head_nhooksin;
	int	head_nhooksout;
};

#define	PFIL_HOOKED_IN(p)	(((struct _pfil_head *)(p))->head_nhooksin > 0)
#define	PFIL_HOOKED_OUT(p)	(((struct _pfil_head *)(p))->head_nhooksout > 0)
#endif

#endif /* !_VP_NET_PFIL_H_ */
