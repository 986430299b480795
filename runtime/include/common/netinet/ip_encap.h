/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NETINET_IP_ENCAP_H_
#define	_VP_NETINET_IP_ENCAP_H_

#include <sys/types.h>

#ifdef _KERNEL
struct encaptab;
struct mbuf;

typedef int	(*encap_lookup_t)(const struct mbuf *, int, int, void **);
typedef int	(*encap_check_t)(const struct mbuf *, int, int, void *);
typedef int	(*encap_input_t)(struct mbuf *, int, int, void *);

struct encap_config {
	int		proto;
	int		min_length;
	int		exact_match;
	encap_lookup_t	lookup;
	encap_check_t	check;
	encap_input_t	input;
};

const struct encaptab *ip_encap_attach(const struct encap_config *, void *,
	    int);
int	ip_encap_detach(const struct encaptab *);
#endif

#endif /* !_VP_NETINET_IP_ENCAP_H_ */
