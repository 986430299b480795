/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IN_PCB_H_
#define	_VP_NETINET_IN_PCB_H_

#include <sys/types.h>
#include <sys/ck.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/rwlock.h>
#include <sys/socketvar.h>

#include <vm/uma.h>

#include <net/route.h>
#include <net/vnet.h>
#include <netinet/in.h>

struct inpcb;
struct inpcbinfo;
struct ip_moptions;
struct socket;
struct ucred;

CK_LIST_HEAD(inpcbhead, inpcb);
CK_LIST_HEAD(inpcbporthead, inpcbport);

struct in_endpoints {
	uint16_t	ie_fport;
	uint16_t	ie_lport;
	struct in_addr	ie_faddr;
	struct in_addr	ie_laddr;
	struct in6_addr	ie6_faddr;
	struct in6_addr	ie6_laddr;
};

struct in_conninfo {
	uint8_t		inc_flags;
	uint8_t		inc_len;
	uint16_t	inc_fibnum;
	struct in_endpoints inc_ie;
};

struct inpcb {
	CK_LIST_ENTRY(inpcb)	inp_hash;
	CK_LIST_ENTRY(inpcb)	inp_list;
	struct rwlock		inp_lock;
	u_int			inp_refcount;
	int			inp_flags;
	int			inp_flags2;
	void			*inp_ppcb;
	struct socket		*inp_socket;
	struct inpcbinfo	*inp_pcbinfo;
	struct ucred		*inp_cred;
	u_char			inp_vflag;
#define	INP_IPV4	0x1
#define	INP_IPV6	0x2
	u_char			inp_ip_ttl;
	u_char			inp_ip_p;
	u_char			inp_ip_tos;
	struct in_conninfo	inp_inc;
	struct mbuf		*inp_options;
	struct ip_moptions	*inp_moptions;
	uint64_t		inp_gencnt;
	struct route		inp_route;
};

#define	inp_fport	inp_inc.inc_ie.ie_fport
#define	inp_lport	inp_inc.inc_ie.ie_lport
#define	inp_faddr	inp_inc.inc_ie.ie_faddr
#define	inp_laddr	inp_inc.inc_ie.ie_laddr
#define	in6p_faddr	inp_inc.inc_ie.ie6_faddr
#define	in6p_laddr	inp_inc.inc_ie.ie6_laddr
#define	inp_vnet	inp_pcbinfo->ipi_vnet

#define	INP_HDRINCL	0x00000008
#define	INP_DROPPED	0x04000000

struct inpcbport {
	CK_LIST_ENTRY(inpcbport) phd_hash;
	struct inpcbhead	phd_pcblist;
	u_short			phd_port;
};

struct inpcbinfo {
	struct mtx		ipi_lock;
	struct inpcbhead	*ipi_listhead;
	u_int			ipi_count;
	uint64_t		ipi_gencnt;
	u_short			ipi_lastport;
	u_short			ipi_lastlow;
	u_short			ipi_lasthi;
	uma_zone_t		ipi_zone;
	struct mtx		ipi_hash_lock;
	struct inpcbhead	*ipi_hashbase;
	u_long			ipi_hashmask;
	struct inpcbporthead	*ipi_porthashbase;
	u_long			ipi_porthashmask;
	struct vnet		*ipi_vnet;
	struct rwlock		ipi_list_lock;
};

#ifdef _KERNEL
#define	INP_RLOCK(inp)		rw_rlock(&(inp)->inp_lock)
#define	INP_RUNLOCK(inp)	rw_runlock(&(inp)->inp_lock)
#define	INP_WLOCK(inp)		rw_wlock(&(inp)->inp_lock)
#define	INP_WUNLOCK(inp)	rw_wunlock(&(inp)->inp_lock)
#define	INP_WLOCK_ASSERT(inp)	rw_assert(&(inp)->inp_lock, RA_WLOCKED)

#define	INP_INFO_WLOCK(ipi)	mtx_lock(&(ipi)->ipi_lock)
#define	INP_INFO_WUNLOCK(ipi)	mtx_unlock(&(ipi)->ipi_lock)
#define	INP_HASH_WLOCK(ipi)	mtx_lock(&(ipi)->ipi_hash_lock)
#define	INP_HASH_WUNLOCK(ipi)	mtx_unlock(&(ipi)->ipi_hash_lock)

#define	IPI_HASHFIELDS_NONE	0
#define	IPI_HASHFIELDS_2TUPLE	1
#define	IPI_HASHFIELDS_4TUPLE	2

#define	INPLOOKUP_WILDCARD	0x00000001
#define	INPLOOKUP_RLOCKPCB	0x00000002
#define	INPLOOKUP_WLOCKPCB	0x00000004

int	in_pcballoc(struct socket *, struct inpcbinfo *);
int	in_pcbbind(struct inpcb *, struct sockaddr *, struct ucred *);
int	in_pcbconnect(struct inpcb *, struct sockaddr *, struct ucred *);
void	in_pcbdetach(struct inpcb *);
void	in_pcbdisconnect(struct inpcb *);
void	in_pcbdrop(struct inpcb *);
void	in_pcbfree(struct inpcb *);
void	in_pcbinfo_destroy(struct inpcbinfo *);
void	in_pcbinfo_init(struct inpcbinfo *, const char *, struct inpcbhead *,
	    int, int, char *, uma_init, u_int);
struct inpcb *in_pcblookup(struct inpcbinfo *, struct in_addr, u_int,
	    struct in_addr, u_int, int, struct ifnet *);
int	in_getpeeraddr(struct socket *, struct sockaddr **);
int	in_getsockaddr(struct socket *, struct sockaddr **);
struct sockaddr *in_sockaddr(in_port_t, struct in_addr *);
#endif

#endif /* !_VP_NETINET_IN_PCB_H_ */
