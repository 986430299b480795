/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_NETISR_H_
#define	_VP_NET_NETISR_H_

#include <sys/types.h>

#define	NETISR_IP	1
#define	NETISR_IGMP	2
#define	NETISR_ROUTE	3
#define	NETISR_ARP	4
#define	NETISR_ETHER	5
#define	NETISR_IPV6	6
#define	NETISR_EPAIR	8

#define	NETISR_POLICY_SOURCE	1
#define	NETISR_POLICY_FLOW	2
#define	NETISR_POLICY_CPU	3

#define	NETISR_DISPATCH_DEFAULT		0
#define	NETISR_DISPATCH_DEFERRED	1
#define	NETISR_DISPATCH_HYBRID		2
#define	NETISR_DISPATCH_DIRECT		3

#define	NETISR_CPUID_NONE	((u_int)-1)

#ifdef _KERNEL
struct mbuf;

typedef void		netisr_handler_t(struct mbuf *);
typedef struct mbuf	*netisr_m2cpuid_t(struct mbuf *, uintptr_t, u_int *);
typedef struct mbuf	*netisr_m2flow_t(struct mbuf *, uintptr_t);
typedef void		netisr_drainedcpu_t(u_int);

struct netisr_handler {
	const char		*nh_name;
	netisr_handler_t	*nh_handler;
	netisr_m2flow_t		*nh_m2flow;
	netisr_m2cpuid_t	*nh_m2cpuid;
	netisr_drainedcpu_t	*nh_drainedcpu;
	u_int			nh_proto;
	u_int			nh_qlimit;
	u_int			nh_policy;
	u_int			nh_dispatch;
};

void	netisr_register(const struct netisr_handler *);
void	netisr_unregister(const struct netisr_handler *);
void	netisr_clearqdrops(const struct netisr_handler *);
void	netisr_getqdrops(const struct netisr_handler *, uint64_t *);
void	netisr_getqlimit(const struct netisr_handler *, u_int *);
int	netisr_setqlimit(const struct netisr_handler *, u_int);
#ifdef VIMAGE
void	netisr_register_vnet(const struct netisr_handler *);
void	netisr_unregister_vnet(const struct netisr_handler *);
#endif

int	netisr_dispatch(u_int, struct mbuf *);
int	netisr_dispatch_src(u_int, uintptr_t, struct mbuf *);
int	netisr_queue(u_int, struct mbuf *);
int	netisr_queue_src(u_int, uintptr_t, struct mbuf *);
u_int	netisr_get_cpucount(void);
u_int	netisr_get_cpuid(u_int);
#endif

#endif /* !_VP_NET_NETISR_H_ */
