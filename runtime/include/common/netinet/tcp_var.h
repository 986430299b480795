/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_TCP_VAR_H_
#define	_VP_NETINET_TCP_VAR_H_

#include <sys/types.h>
#include <sys/sysctl.h>

#include <net/vnet.h>
#include <netinet/in_pcb.h>
#include <netinet/tcp.h>

struct tcpcb {
	struct inpcb	*t_inpcb;
	struct vnet	*t_vnet;
	int		t_state;
	u_int		t_flags;
	tcp_seq		snd_una;
	tcp_seq		snd_nxt;
	tcp_seq		rcv_nxt;
	uint32_t	snd_cwnd;
	uint32_t	snd_ssthresh;
	int		t_rxtshift;
	u_int		t_maxseg;
};

#define	intotcpcb(inp)	((struct tcpcb *)(inp)->inp_ppcb)
#define	sototcpcb(so)	(intotcpcb(sotoinpcb(so)))

struct tcpstat {
	uint64_t	tcps_connattempt;
	uint64_t	tcps_accepts;
	uint64_t	tcps_drops;
	uint64_t	tcps_sndtotal;
	uint64_t	tcps_rcvtotal;
};

#ifdef _KERNEL
SYSCTL_DECL(_net_inet_tcp);

VNET_DECLARE(struct inpcbinfo, tcbinfo);
#define	V_tcbinfo	VNET(tcbinfo)

extern struct pr_usrreqs tcp_usrreqs;

void	tcp_drain(void);
int	tcp_input(struct mbuf **, int *, int);
struct tcpcb *tcp_drop(struct tcpcb *, int);
#endif

#endif /* !_VP_NETINET_TCP_VAR_H_ */
