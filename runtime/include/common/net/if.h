/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_H_
#define	_VP_NET_IF_H_

#include <sys/cdefs.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>

#define	IFNAMSIZ	16
#define	IF_NAMESIZE	IFNAMSIZ
#define	IF_MAXUNIT	0x7fff

/* if_flags */
#define	IFF_UP		0x1
#define	IFF_BROADCAST	0x2
#define	IFF_DEBUG	0x4
#define	IFF_LOOPBACK	0x8
#define	IFF_POINTOPOINT	0x10
#define	IFF_DRV_RUNNING	0x40
#define	IFF_NOARP	0x80
#define	IFF_PROMISC	0x100
#define	IFF_ALLMULTI	0x200
#define	IFF_DRV_OACTIVE	0x400
#define	IFF_SIMPLEX	0x800
#define	IFF_LINK0	0x1000
#define	IFF_LINK1	0x2000
#define	IFF_LINK2	0x4000
#define	IFF_MULTICAST	0x8000
#define	IFF_MONITOR	0x40000
#define	IFF_DYING	0x200000

#define	LINK_STATE_UNKNOWN	0
#define	LINK_STATE_DOWN		1
#define	LINK_STATE_UP		2

/* if_capabilities */
#define	IFCAP_RXCSUM		0x00001
#define	IFCAP_TXCSUM		0x00002
#define	IFCAP_VLAN_MTU		0x00008
#define	IFCAP_VLAN_HWTAGGING	0x00010
#define	IFCAP_JUMBO_MTU		0x00020
#define	IFCAP_LRO		0x00400
#define	IFCAP_LINKSTATE		0x80000

struct if_data {
	uint8_t		ifi_type;
	uint8_t		ifi_link_state;
	uint32_t	ifi_mtu;
	uint32_t	ifi_metric;
	uint64_t	ifi_baudrate;
	uint64_t	ifi_ipackets;
	uint64_t	ifi_ierrors;
	uint64_t	ifi_opackets;
	uint64_t	ifi_oerrors;
};

struct ifreq {
	char	ifr_name[IFNAMSIZ];
	union {
		struct sockaddr	ifru_addr;
		short		ifru_flags[2];
		int		ifru_mtu;
		int		ifru_cap[2];
		int		ifru_fib;
		caddr_t		ifru_data;
	} ifr_ifru;
#define	ifr_addr	ifr_ifru.ifru_addr
#define	ifr_flags	ifr_ifru.ifru_flags[0]
#define	ifr_flagshigh	ifr_ifru.ifru_flags[1]
#define	ifr_mtu		ifr_ifru.ifru_mtu
#define	ifr_reqcap	ifr_ifru.ifru_cap[0]
#define	ifr_curcap	ifr_ifru.ifru_cap[1]
#define	ifr_fib		ifr_ifru.ifru_fib
#define	ifr_data	ifr_ifru.ifru_data
};

struct ifdrv {
	char		ifd_name[IFNAMSIZ];
	unsigned long	ifd_cmd;
	size_t		ifd_len;
	void		*ifd_data;
};

struct if_clonereq {
	int	ifcr_total;
	int	ifcr_count;
	char	*ifcr_buffer;
};

typedef struct ifnet *if_t;

#ifdef _KERNEL
#include <sys/malloc.h>

#ifdef MALLOC_DECLARE
MALLOC_DECLARE(M_IFADDR);
MALLOC_DECLARE(M_IFNET);
#endif
#endif

#endif /* !_VP_NET_IF_H_ */
