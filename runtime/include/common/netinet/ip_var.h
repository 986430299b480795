/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IP_VAR_H_
#define	_VP_NETINET_IP_VAR_H_

#include <sys/types.h>
#include <sys/counter.h>
#include <sys/protosw.h>

#include <net/vnet.h>
#include <net/pfil.h>
#include <netinet/in.h>

struct inpcb;
struct ip;
struct ip_moptions;
struct mbuf;
struct route;
struct socket;
struct sockopt;

struct ipstat {
	uint64_t	ips_total;
	uint64_t	ips_badsum;
	uint64_t	ips_tooshort;
	uint64_t	ips_fragments;
	uint64_t	ips_delivered;
	uint64_t	ips_noproto;
	uint64_t	ips_localout;
	uint64_t	ips_noroute;
};

#define	IP_FORWARDING		0x1
#define	IP_RAWOUTPUT		0x2
#define	IP_ALLOWBROADCAST	0x20

#ifdef _KERNEL
extern int	rsvp_on;
extern u_char	inetctlerrmap[];
extern struct	pr_usrreqs rip_usrreqs;

VNET_DECLARE(int, ip_defttl);
VNET_DECLARE(int, ipforwarding);
VNET_DECLARE(pfil_head_t, inet_pfil_head);
#define	V_ip_defttl		VNET(ip_defttl)
#define	V_ipforwarding		VNET(ipforwarding)
#define	V_inet_pfil_head	VNET(inet_pfil_head)

int	ip_ctloutput(struct socket *, struct sockopt *);
void	ip_drain(void);
void	ip_fillid(struct ip *);
int	ip_output(struct mbuf *, struct mbuf *, struct route *, int,
	    struct ip_moptions *, struct inpcb *);
int	ipproto_register(short);
int	ipproto_unregister(short);
struct mbuf *ip_reass(struct mbuf *);
void	ip_stripoptions(struct mbuf *);
void	rip_ctlinput(int, struct sockaddr *, void *);
int	rip_input(struct mbuf **, int *, int);
#endif

#endif /* !_VP_NETINET_IP_VAR_H_ */
