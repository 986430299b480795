/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_VAR_H_
#define	_VP_NET_IF_VAR_H_

#include <sys/param.h>
#include <sys/ck.h>
#include <sys/counter.h>
#include <sys/epoch.h>
#include <sys/eventhandler.h>
#include <sys/lock.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/rwlock.h>
#include <sys/sx.h>

#include <net/if.h>
#include <net/vnet.h>

struct bpf_if;
struct ether_header;
struct ifnet;
struct route;
struct rtentry;
struct thread;

typedef void	(*if_init_fn_t)(void *);
typedef int	(*if_ioctl_fn_t)(struct ifnet *, u_long, caddr_t);
typedef int	(*if_output_fn_t)(struct ifnet *, struct mbuf *,
		    const struct sockaddr *, struct route *);
typedef void	(*if_input_fn_t)(struct ifnet *, struct mbuf *);
typedef void	(*if_start_fn_t)(struct ifnet *);
typedef int	(*if_transmit_fn_t)(struct ifnet *, struct mbuf *);
typedef void	(*if_qflush_fn_t)(struct ifnet *);
typedef void	(*if_reassign_fn_t)(struct ifnet *, struct vnet *, char *);

typedef enum {
	IFCOUNTER_IPACKETS = 0,
	IFCOUNTER_IERRORS,
	IFCOUNTER_OPACKETS,
	IFCOUNTER_OERRORS,
	IFCOUNTER_COLLISIONS,
	IFCOUNTER_IBYTES,
	IFCOUNTER_OBYTES,
	IFCOUNTER_IMCASTS,
	IFCOUNTER_OMCASTS,
	IFCOUNTER_IQDROPS,
	IFCOUNTER_OQDROPS,
	IFCOUNTER_NOPROTO,
	IFCOUNTERS
} ift_counter;

typedef uint64_t (*if_get_counter_t)(struct ifnet *, ift_counter);

struct ifqueue {
	struct mbuf	*ifq_head;
	struct mbuf	*ifq_tail;
	int		ifq_len;
	int		ifq_maxlen;
	struct mtx	ifq_mtx;
};

struct ifaltq {
	struct mbuf	*ifq_head;
	struct mbuf	*ifq_tail;
	int		ifq_len;
	int		ifq_maxlen;
	int		ifq_drv_maxlen;
	struct mtx	ifq_mtx;
};

struct ifaddr {
	struct sockaddr		*ifa_addr;
	struct sockaddr		*ifa_dstaddr;
	struct sockaddr		*ifa_netmask;
	struct ifnet		*ifa_ifp;
	CK_STAILQ_ENTRY(ifaddr)	ifa_link;
	u_short			ifa_flags;
	u_int			ifa_refcnt;
};

struct ifmultiaddr {
	CK_STAILQ_ENTRY(ifmultiaddr) ifma_link;
	struct sockaddr		*ifma_addr;
	struct ifnet		*ifma_ifp;
	u_int			ifma_refcount;
	void			*ifma_protospec;
};

CK_STAILQ_HEAD(ifnethead, ifnet);
CK_STAILQ_HEAD(ifaddrhead, ifaddr);
CK_STAILQ_HEAD(ifmultihead, ifmultiaddr);

struct ifnet {
	CK_STAILQ_ENTRY(ifnet)	if_link;
	void			*if_softc;
	void			*if_l2com;
	void			*if_llsoftc;
	const char		*if_dname;
	int			if_dunit;
	u_short			if_index;
	char			if_xname[IFNAMSIZ];
	char			*if_description;
	int			if_flags;
	int			if_drv_flags;
	int			if_capabilities;
	int			if_capenable;
	u_int			if_refcount;
	uint8_t			if_type;
	uint8_t			if_addrlen;
	uint8_t			if_hdrlen;
	uint8_t			if_link_state;
	uint32_t		if_mtu;
	uint32_t		if_metric;
	uint64_t		if_baudrate;
	uint64_t		if_hwassist;
	time_t			if_epoch;
	struct timeval		if_lastchange;
	struct ifaltq		if_snd;
	struct mtx		if_addr_lock;
	struct ifaddrhead	if_addrhead;
	struct ifmultihead	if_multiaddrs;
	struct ifaddr		*if_addr;
	void			*if_afdata[AF_MAX];
	u_int			if_fib;
	struct vnet		*if_vnet;	/* current stack */
	struct vnet		*if_home_vnet;	/* stack it was created in */
	struct bpf_if		*if_bpf;
	int			if_pcount;
	void			*if_bridge;
	void			*if_lagg;
	void			*if_pf_kif;
	if_output_fn_t		if_output;
	if_input_fn_t		if_input;
	if_start_fn_t		if_start;
	if_ioctl_fn_t		if_ioctl;
	if_init_fn_t		if_init;
	if_qflush_fn_t		if_qflush;
	if_transmit_fn_t	if_transmit;
	if_reassign_fn_t	if_reassign;
	if_get_counter_t	if_get_counter;
	counter_u64_t		if_counters[IFCOUNTERS];
};

#define	if_name(ifp)	((ifp)->if_xname)

#ifdef _KERNEL
typedef void (*ifaddr_event_handler_t)(void *, struct ifnet *);
typedef void (*ifnet_arrival_event_handler_t)(void *, struct ifnet *);
typedef void (*ifnet_departure_event_handler_t)(void *, struct ifnet *);
typedef void (*ifnet_link_event_handler_t)(void *, struct ifnet *, int);
EVENTHANDLER_DECLARE(ifaddr_event, ifaddr_event_handler_t);
EVENTHANDLER_DECLARE(ifnet_arrival_event, ifnet_arrival_event_handler_t);
EVENTHANDLER_DECLARE(ifnet_departure_event, ifnet_departure_event_handler_t);
EVENTHANDLER_DECLARE(ifnet_link_event, ifnet_link_event_handler_t);

extern struct rwlock ifnet_rwlock;
extern struct sx ifnet_sxlock;

#define	IFNET_WLOCK()		rw_wlock(&ifnet_rwlock)
#define	IFNET_WUNLOCK()		rw_wunlock(&ifnet_rwlock)
#define	IFNET_RLOCK()		sx_slock(&ifnet_sxlock)
#define	IFNET_RUNLOCK()		sx_sunlock(&ifnet_sxlock)
#define	IFNET_RLOCK_NOSLEEP()	rw_rlock(&ifnet_rwlock)
#define	IFNET_RUNLOCK_NOSLEEP()	rw_runlock(&ifnet_rwlock)

#define	IF_ADDR_WLOCK(if)	mtx_lock(&(if)->if_addr_lock)
#define	IF_ADDR_WUNLOCK(if)	mtx_unlock(&(if)->if_addr_lock)

#define	IFQ_SET_MAXLEN(ifq, len)	((ifq)->ifq_maxlen = (len))
#define	IFQ_DRV_IS_EMPTY(ifq)		((ifq)->ifq_len == 0)
#define	IFQ_DRV_DEQUEUE(ifq, m)		((m) = if_ifq_dequeue(ifq))

VNET_DECLARE(struct ifnethead, ifnet);
VNET_DECLARE(struct ifnet *, loif);
VNET_DECLARE(int, if_index);
#define	V_ifnet		VNET(ifnet)
#define	V_loif		VNET(loif)
#define	V_if_index	VNET(if_index)

extern int ifqmaxlen;

struct ifnet	*if_alloc(u_char);
void	if_attach(struct ifnet *);
void	if_detach(struct ifnet *);
void	if_down(struct ifnet *);
void	if_free(struct ifnet *);
struct mbuf *if_ifq_dequeue(struct ifaltq *);
void	if_inc_counter(struct ifnet *, ift_counter, int64_t);
uint64_t if_get_counter_default(struct ifnet *, ift_counter);
void	if_initname(struct ifnet *, const char *, int);
void	if_link_state_change(struct ifnet *, int);
int	if_printf(struct ifnet *, const char *, ...);
void	if_qflush(struct ifnet *);
void	if_ref(struct ifnet *);
void	if_rele(struct ifnet *);
void	if_up(struct ifnet *);
int	ifioctl(struct socket *, u_long, caddr_t, struct thread *);
int	ifpromisc(struct ifnet *, int);
struct ifnet	*ifnet_byindex(u_short);
struct ifnet	*ifnet_byindex_ref(u_short);
struct ifnet	*ifunit(const char *);
struct ifnet	*ifunit_ref(const char *);
#endif

#endif /* !_VP_NET_IF_VAR_H_ */
