/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_PROTOSW_H_
#define	_VP_SYS_PROTOSW_H_

#include <sys/types.h>

struct mbuf;
struct thread;
struct sockaddr;
struct socket;
struct sockopt;
struct domain;
struct ifnet;

typedef int pr_input_t(struct mbuf **, int *, int);
typedef int pr_output_t(struct mbuf *, struct socket *, ...);
typedef void pr_ctlinput_t(int, struct sockaddr *, void *);
typedef int pr_ctloutput_t(struct socket *, struct sockopt *);
typedef void pr_init_t(void);
typedef void pr_fasttimo_t(void);
typedef void pr_slowtimo_t(void);
typedef void pr_drain_t(void);

struct pr_usrreqs {
	void	(*pru_abort)(struct socket *);
	int	(*pru_attach)(struct socket *, int, struct thread *);
	int	(*pru_bind)(struct socket *, struct sockaddr *,
		    struct thread *);
	void	(*pru_close)(struct socket *);
	int	(*pru_connect)(struct socket *, struct sockaddr *,
		    struct thread *);
	int	(*pru_control)(struct socket *, u_long, caddr_t,
		    struct ifnet *, struct thread *);
	void	(*pru_detach)(struct socket *);
	int	(*pru_disconnect)(struct socket *);
	int	(*pru_peeraddr)(struct socket *, struct sockaddr **);
	int	(*pru_send)(struct socket *, int, struct mbuf *,
		    struct sockaddr *, struct mbuf *, struct thread *);
	int	(*pru_shutdown)(struct socket *);
	int	(*pru_sockaddr)(struct socket *, struct sockaddr **);
};

struct protosw {
	short			 pr_type;
	struct domain		*pr_domain;
	short			 pr_protocol;
	short			 pr_flags;
	pr_input_t		*pr_input;
	pr_output_t		*pr_output;
	pr_ctlinput_t		*pr_ctlinput;
	pr_ctloutput_t		*pr_ctloutput;
	pr_init_t		*pr_init;
	pr_fasttimo_t		*pr_fasttimo;
	pr_slowtimo_t		*pr_slowtimo;
	pr_drain_t		*pr_drain;
	struct pr_usrreqs	*pr_usrreqs;
};

#define	PR_ATOMIC	0x01
#define	PR_ADDR		0x02
#define	PR_CONNREQUIRED	0x04
#define	PR_WANTRCVD	0x08
#define	PR_LASTHDR	0x40
#define	PR_SLOWHZ	2
#define	PR_FASTHZ	5
#define	PRC_IFDOWN	0
#define	PRC_QUENCH	4
#define	PRC_MSGSIZE	5
#define	PRC_NCMDS	21

int	pf_proto_register(int, struct protosw *);
int	pf_proto_unregister(int, int, int);

#endif /* !_VP_SYS_PROTOSW_H_ */
