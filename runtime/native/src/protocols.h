/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_PROTOCOLS_H_
#define	_VPORT_PROTOCOLS_H_

#include <sys/protosw.h>

struct ifnet;
struct mbuf;

#define	VP_MOST_PROTOCOLS	32
extern struct protosw *vp_protocols[VP_MOST_PROTOCOLS];
extern int	vp_nprotocols;
void	vp_protocols_input(struct ifnet *);
struct mbuf *vp_packet(struct ifnet *);

#endif /* !_VPORT_PROTOCOLS_H_ */
