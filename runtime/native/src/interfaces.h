/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_INTERFACES_H_
#define	_VPORT_INTERFACES_H_

#include <sys/queue.h>

#include <net/if.h>
#include <net/if_clone.h>
#include <net/if_var.h>

struct if_clone {
	TAILQ_ENTRY(if_clone) link;
	const char	*name;
	const char	*at;
	int		 vnet;			/* it was made in */
	ifcs_create_t	*create;
	ifcs_destroy_t	*destroy;
	ifc_match_t	*match;
	ifc_create_t	*create2;
	ifc_destroy_t	*destroy2;
};

/* As a script names it; ifp is the module's own if a cloner made it. */
struct vp_interface {
	TAILQ_ENTRY(vp_interface) link;
	char		 name[32];
	const char	*kind;
	int		 vnet, home, index, unit;
	struct vp_interface *peer;
	struct if_clone	*cloner;
	struct ifnet	*ifp;
};
TAILQ_HEAD(vp_interfaces, vp_interface);
extern struct vp_interfaces vp_interfaces;

struct if_clone *vp_cloner(int vnet);
const void *vp_cloner_destroyer(const struct if_clone *);
int	vp_cloner_create(struct if_clone *, struct vp_interface *);
void	vp_cloner_destroy(struct if_clone *, struct vp_interface *, int tell);
void	vp_interface_end(struct vp_interface *, const char *way, int called);
void	vp_domains_ifattach(struct ifnet *);
void	vp_domains_ifdetach(struct ifnet *);
void	vp_ifnets_release(void);

#endif /* !_VPORT_INTERFACES_H_ */
