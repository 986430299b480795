/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_PRIV_H_
#define	_VP_SYS_PRIV_H_

#define	PRIV_ROOT		1
#define	PRIV_DRIVER		14
#define	PRIV_SYSCTL_WRITE	201
#define	PRIV_SYSCTL_WRITEJAIL	202
#define	PRIV_NET_BRIDGE		390
#define	PRIV_NET_GRE		391
#define	PRIV_NET_BPF		393
#define	PRIV_NET_RAW		394
#define	PRIV_NET_ROUTE		395
#define	PRIV_NET_TAP		396
#define	PRIV_NET_SETIFMTU	397
#define	PRIV_NET_SETIFFLAGS	398
#define	PRIV_NET_SETIFCAP	399
#define	PRIV_NET_SETIFPHYS	404
#define	PRIV_NET_IFCREATE	407
#define	PRIV_NET_IFDESTROY	408
#define	PRIV_NET_ADDIFADDR	409
#define	PRIV_NET_GIF		416
#define	PRIV_NETGRAPH_CONTROL	440
#define	PRIV_NETINET_RESERVEDPORT 490
#define	PRIV_NETINET_IPFW	491
#define	PRIV_NETINET_DIVERT	492
#define	PRIV_NETINET_PF		493
#define	PRIV_NETINET_RAW	504

struct thread;
struct ucred;
int	priv_check(struct thread *, int);
int	priv_check_cred(struct ucred *, int);

#endif /* !_VP_SYS_PRIV_H_ */
