/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_MBUF_H_
#define	_VP_SYS_MBUF_H_

#include <sys/types.h>
#include <sys/param.h>
#include <sys/queue.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <vm/uma.h>

struct ifnet;

struct m_tag {
	SLIST_ENTRY(m_tag) m_tag_link;
	uint16_t	 m_tag_id;
	uint16_t	 m_tag_len;
	uint32_t	 m_tag_cookie;
	void		(*m_tag_free)(struct m_tag *);
};

struct pkthdr {
	union {
		struct ifnet	*rcvif;
		void		*snd_tag;
	};
	SLIST_HEAD(packet_tags, m_tag) tags;
	int32_t		 len;
	uint32_t	 flowid;
	uint32_t	 csum_flags;
	uint32_t	 csum_data;
	uint16_t	 fibnum;
	uint16_t	 ether_vtag;
	uint8_t		 rsstype;
	void		*PH_loc_ptr;
};

#define	MLEN		(MSIZE - 64)
#define	MHLEN		(MLEN - (int)sizeof(struct pkthdr))

struct mbuf {
	struct mbuf	*m_next;
	struct mbuf	*m_nextpkt;
	caddr_t		 m_data;
	int32_t		 m_len;
	uint32_t	 m_type : 8,
			 m_flags : 24;
	struct pkthdr	 m_pkthdr;
	char		 m_pktdat[MSIZE];
};

#define	M_EXT		0x00000001
#define	M_PKTHDR	0x00000002
#define	M_EOR		0x00000004
#define	M_RDONLY	0x00000008
#define	M_BCAST		0x00000010
#define	M_MCAST		0x00000020
#define	M_PROMISC	0x00000040
#define	M_VLANTAG	0x00000080
#define	M_FRAG		0x00000800
#define	M_PROTO1	0x00001000
#define	M_PROTO2	0x00002000
#define	M_SKIP_FIREWALL	0x00004000

#define	MT_DATA		1
#define	MT_HEADER	MT_DATA
#define	MT_SONAME	8
#define	MT_CONTROL	14

#define	CSUM_IP		0x0001
#define	CSUM_TCP	0x0002
#define	CSUM_UDP	0x0004
#define	CSUM_DELAY_DATA	(CSUM_TCP | CSUM_UDP)
#define	CSUM_DELAY_IP	CSUM_IP
#define	CSUM_IP_CHECKED	0x0100
#define	CSUM_IP_VALID	0x0200
#define	CSUM_DATA_VALID	0x0400
#define	CSUM_PSEUDO_HDR	0x0800

#define	M_COPYALL	1000000000
#define	MTAG_PERSISTENT	0x800
#define	PACKET_TAG_NONE	0

#define	mtod(m, t)	((t)(void *)((m)->m_data))
#define	mtodo(m, o)	((void *)((m)->m_data + (o)))
#define	M_LEADINGSPACE(m)	((m)->m_data - (m)->m_pktdat)
#define	M_TRAILINGSPACE(m)	(MSIZE - M_LEADINGSPACE(m) - (m)->m_len)
#define	M_SETFIB(m, f)	((m)->m_pkthdr.fibnum = (f))
#define	M_GETFIB(m)	((m)->m_pkthdr.fibnum)
#define	M_WRITABLE(m)	(((m)->m_flags & M_RDONLY) == 0)
#define	M_ASSERTPKTHDR(m)						\
	KASSERT(((m)->m_flags & M_PKTHDR) != 0, ("%s: no pkthdr", __func__))
#define	M_PREPEND(m, plen, how)						\
	((void)((m) = m_prepend((m), (plen), (how))))
#define	MGETHDR(m, how, type)	((void)((m) = m_gethdr((how), (type))))
#define	MGET(m, how, type)	((void)((m) = m_get((how), (type))))
#define	M_DONTWAIT	M_NOWAIT

struct mbuf *m_get(int, short);
struct mbuf *m_gethdr(int, short);
struct mbuf *m_getcl(int, short, int);
struct mbuf *m_get2(int, int, short, int);
struct mbuf *m_getm2(struct mbuf *, int, int, short, int);
struct mbuf *m_free(struct mbuf *);
struct mbuf *m_prepend(struct mbuf *, int, int);
struct mbuf *m_pullup(struct mbuf *, int);
struct mbuf *m_pulldown(struct mbuf *, int, int, int *);
struct mbuf *m_copym(struct mbuf *, int, int, int);
struct mbuf *m_copypacket(struct mbuf *, int);
struct mbuf *m_dup(const struct mbuf *, int);
struct mbuf *m_split(struct mbuf *, int, int);
struct mbuf *m_defrag(struct mbuf *, int);
struct mbuf *m_unshare(struct mbuf *, int);
struct mbuf *m_devget(char *, int, int, struct ifnet *,
	    void (*)(char *, caddr_t, u_int));
void	m_freem(struct mbuf *);
void	m_adj(struct mbuf *, int);
void	m_cat(struct mbuf *, struct mbuf *);
void	m_copyback(struct mbuf *, int, int, c_caddr_t);
void	m_copydata(const struct mbuf *, int, int, caddr_t);
int	m_append(struct mbuf *, int, c_caddr_t);
u_int	m_length(struct mbuf *, struct mbuf **);
int	m_dup_pkthdr(struct mbuf *, const struct mbuf *, int);
void	m_move_pkthdr(struct mbuf *, struct mbuf *);
struct m_tag *m_tag_alloc(uint32_t, int, int, int);
struct m_tag *m_tag_get(int, int, int);
struct m_tag *m_tag_locate(struct mbuf *, uint32_t, int, struct m_tag *);
struct m_tag *m_tag_find(struct mbuf *, int, struct m_tag *);
void	m_tag_prepend(struct mbuf *, struct m_tag *);
void	m_tag_delete(struct mbuf *, struct m_tag *);
void	m_tag_free(struct m_tag *);

extern int	max_linkhdr;
extern int	max_protohdr;
extern int	max_hdr;
extern int	nmbclusters;

struct mbufq {
	STAILQ_HEAD(, mbuf) mq_head;
	int		 mq_len;
	int		 mq_maxlen;
};
void	mbufq_init(struct mbufq *, int);
int	mbufq_enqueue(struct mbufq *, struct mbuf *);
struct mbuf *mbufq_dequeue(struct mbufq *);
void	mbufq_drain(struct mbufq *);

#endif /* !_VP_SYS_MBUF_H_ */
