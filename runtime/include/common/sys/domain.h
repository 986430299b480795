/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_DOMAIN_H_
#define	_VP_SYS_DOMAIN_H_

#include <sys/types.h>
#include <sys/kernel.h>
#include <sys/protosw.h>

struct domain {
	int		 dom_family;
	const char	*dom_name;
	int		 dom_flags;
	int		(*dom_probe)(void);
	void		(*dom_init)(void);
	void		(*dom_destroy)(void);
	struct protosw	*dom_protosw;
	struct protosw	*dom_protoswNPROTOSW;
	struct domain	*dom_next;
	void		*(*dom_ifattach)(struct ifnet *);
	void		(*dom_ifdetach)(struct ifnet *, void *);
};

void	domain_add(void *);
void	domain_init(void *);
void	vnet_domain_init(void *);
void	vnet_domain_uninit(void *);

#define	DOMAIN_SET(name)						\
	SYSINIT(domain_add_##name, SI_SUB_PROTO_DOMAIN, SI_ORDER_FIRST,	\
	    domain_add, &name##domain);					\
	SYSINIT(domain_init_##name, SI_SUB_PROTO_DOMAIN,		\
	    SI_ORDER_SECOND, domain_init, &name##domain)
#define	VNET_DOMAIN_SET(name)						\
	SYSINIT(domain_add_##name, SI_SUB_PROTO_DOMAIN, SI_ORDER_FIRST,	\
	    domain_add, &name##domain);					\
	VNET_SYSINIT(vnet_domain_init_##name, SI_SUB_PROTO_DOMAIN,	\
	    SI_ORDER_SECOND, vnet_domain_init, &name##domain);		\
	VNET_SYSUNINIT(vnet_domain_uninit_##name, SI_SUB_PROTO_DOMAIN,	\
	    SI_ORDER_SECOND, vnet_domain_uninit, &name##domain)

#endif /* !_VP_SYS_DOMAIN_H_ */
