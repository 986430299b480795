/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETPFIL_PF_PF_MTAG_H_
#define	_VP_NETPFIL_PF_PF_MTAG_H_

#include <sys/types.h>

#define	PF_TAG_GENERATED	0x01
#define	PF_TAG_FRAGCACHE	0x02

struct pf_mtag {
	void		*hdr;
	uint32_t	qid;
	uint16_t	tag;
	uint8_t		flags;
	uint8_t		routed;
};

#ifdef _KERNEL
struct mbuf;

struct pf_mtag	*pf_find_mtag(struct mbuf *);
struct pf_mtag	*pf_get_mtag(struct mbuf *);
#endif

#endif /* !_VP_NETPFIL_PF_PF_MTAG_H_ */
