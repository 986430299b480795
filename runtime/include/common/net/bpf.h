/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_BPF_H_
#define	_VP_NET_BPF_H_

#include <sys/types.h>

#define	DLT_NULL	0
#define	DLT_EN10MB	1
#define	DLT_RAW		12
#define	DLT_LOOP	108

struct bpf_if;

#ifdef _KERNEL
struct ifnet;
struct mbuf;

void	bpfattach(struct ifnet *, u_int, u_int);
void	bpfdetach(struct ifnet *);
void	bpf_mtap(struct bpf_if *, struct mbuf *);
void	bpf_mtap2(struct bpf_if *, void *, u_int, struct mbuf *);
int	bpf_peers_present(struct bpf_if *);

#define	BPF_MTAP(ifp, m)						\
	do {								\
		if (bpf_peers_present((ifp)->if_bpf))			\
			bpf_mtap((ifp)->if_bpf, (m));			\
	} while (0)

#define	BPF_MTAP2(ifp, data, dlen, m)					\
	do {								\
		if (bpf_peers_present((ifp)->if_bpf))			\
			bpf_mtap2((ifp)->if_bpf, (data), (dlen), (m));	\
	} while (0)
#endif

#endif /* !_VP_NET_BPF_H_ */
