/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_ETHERNET_H_
#define	_VP_NET_ETHERNET_H_

#include <sys/types.h>

#define	ETHER_ADDR_LEN	6
#define	ETHER_TYPE_LEN	2
#define	ETHER_CRC_LEN	4
#define	ETHER_HDR_LEN	(ETHER_ADDR_LEN * 2 + ETHER_TYPE_LEN)
#define	ETHER_MIN_LEN	64
#define	ETHER_MAX_LEN	1518
#define	ETHERMTU	(ETHER_MAX_LEN - ETHER_HDR_LEN - ETHER_CRC_LEN)

struct ether_header {
	u_char	ether_dhost[ETHER_ADDR_LEN];
	u_char	ether_shost[ETHER_ADDR_LEN];
	u_short	ether_type;
} __attribute__((__packed__));

struct ether_addr {
	u_char	octet[ETHER_ADDR_LEN];
} __attribute__((__packed__));

#define	ETHER_IS_MULTICAST(addr)	(*(addr) & 0x01)

#define	ETHERTYPE_IP		0x0800
#define	ETHERTYPE_ARP		0x0806
#define	ETHERTYPE_VLAN		0x8100
#define	ETHERTYPE_IPV6		0x86dd

#ifdef _KERNEL
struct ifnet;
struct mbuf;
struct route;
struct sockaddr;

#define	ETHER_BPF_MTAP(ifp, m)	BPF_MTAP(ifp, m)

uint32_t ether_crc32_be(const uint8_t *, size_t);
void	ether_demux(struct ifnet *, struct mbuf *);
void	ether_ifattach(struct ifnet *, const uint8_t *);
void	ether_ifdetach(struct ifnet *);
int	ether_ioctl(struct ifnet *, u_long, caddr_t);
int	ether_output(struct ifnet *, struct mbuf *, const struct sockaddr *,
	    struct route *);
char	*ether_sprintf(const u_char *);
#endif

#endif /* !_VP_NET_ETHERNET_H_ */
