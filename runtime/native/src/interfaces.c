/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Interfaces: made by cloners, moved between stacks, sent home or destroyed with their stack. */
#include "kern.h"

#include <net/if_types.h>

#include "interfaces.h"
#include "net.h"

struct vp_interfaces vp_interfaces = TAILQ_HEAD_INITIALIZER(vp_interfaces);

static struct vp_interface *
named(const char *name)
{
	struct vp_interface *i;

	TAILQ_FOREACH(i, &vp_interfaces, link)
		if (strcmp(i->name, name) == 0)
			return (i);
	return (NULL);
}

static struct vp_interface *
there(const char *name)
{
	struct vp_interface *i = named(name);

	if (i == NULL)
		vp_script_error("there is no interface %s", name);
	return (i);
}

struct ifnet *
vp_interface(const char *name)
{

	return (there(name)->ifp);
}

static int
free_index(int vnet)
{
	struct vp_interface *i;
	int index = 1;

again:
	TAILQ_FOREACH(i, &vp_interfaces, link)
		if (i->vnet == vnet && i->index == index) {
			index++;
			goto again;
		}
	return (index);
}

/* A card of the machine, or whatever else no module has made. */
static struct ifnet *
kernels_own(const struct vp_interface *i)
{
	struct ifnet *ifp = (if_alloc)(IFT_ETHER);

	snprintf(ifp->if_xname, sizeof(ifp->if_xname), "%s", i->name);
	ifp->if_dname = i->kind;
	ifp->if_mtu = 1500;
	ifp->if_flags = IFF_UP | IFF_SIMPLEX | IFF_MULTICAST |
	    (strcmp(i->kind, "loop") == 0 ? IFF_LOOPBACK : IFF_BROADCAST);
	(if_attach)(ifp);
	return (ifp);
}

static void
attach(struct vp_interface *i)
{

	i->ifp->if_index = (u_short)i->index;
	i->ifp->if_vnet = vp_get_curvnet();
	vp_event("interface", "", "%s arrives, index %d", i->name, i->index);
	vp_domains_ifattach(i->ifp);
	vp_event_invoke("ifnet_arrival_event", vp_get_curvnet(), i->ifp);
}

static void
detach(struct vp_interface *i, const char *way)
{

	vp_event("interface", "", "%s departs (%s)", i->name, way);
	vp_event_invoke("ifnet_departure_event", vp_get_curvnet(), i->ifp);
	vp_domains_ifdetach(i->ifp);
}

static void
unused_name(const char *kind, char *to, size_t size)
{
	int n = 0;

	do
		snprintf(to, size, "%s%d", kind, n++);
	while (named(to) != NULL);
}

static struct vp_interface *
made(const char *kind, int vnet, const char *name)
{
	struct vp_interface *i = host_alloc(sizeof(*i));
	struct vnet *before = vp_get_curvnet();

	i->kind = vp_text("%s", kind);
	if (*name != '\0')
		snprintf(i->name, sizeof(i->name), "%s", name);
	else
		unused_name(kind, i->name, sizeof(i->name));
	i->vnet = i->home = vnet;
	i->index = free_index(vnet);
	TAILQ_INSERT_TAIL(&vp_interfaces, i, link);
	vp_set_curvnet(vp_stack(vnet));
	if (strcmp(kind, "clone") == 0)
		i->cloner = vp_cloner(vnet);
	if (i->cloner != NULL && vp_cloner_create(i->cloner, i) != 0)
		i->cloner = NULL;
	if (i->ifp == NULL)
		i->ifp = kernels_own(i);
	i->ifp->if_home_vnet = vp_get_curvnet();
	attach(i);
	vp_set_curvnet(before);
	return (i);
}

static void
move(struct vp_interface *i, int vnet)
{
	struct vnet *to = vp_stack(vnet);
	struct vnet *before = vp_get_curvnet();

	vp_set_curvnet(vp_stack(i->vnet));
	detach(i, "moved");
	if (i->ifp->if_reassign != NULL) {
		vp_handler("", VP_CODE(i->ifp->if_reassign));
		i->ifp->if_reassign(i->ifp, to, NULL);
	}
	i->index = free_index(vnet);
	i->vnet = vnet;
	vp_set_curvnet(to);
	attach(i);
	vp_set_curvnet(before);
}

static int
is_pair(const char *kind)
{

	return (strcmp(kind, "epair") == 0 || strcmp(kind, "netgraph") == 0);
}

const char *
vp_interface_create(const char *kind, int vnet, const char *name)
{
	int physical = strcmp(kind, "physical") == 0;
	struct vp_interface *i = made(kind, physical ? 0 : vnet, name);

	if (i->vnet != vnet)
		move(i, vnet);
	if (is_pair(kind)) {
		const char *other = *name == '\0' ? "" :
		    vp_text("%s.peer", name);

		i->peer = made(kind, vnet, other);
		i->peer->peer = i;
	}
	return (i->name);
}

/* Its cloner's function first, unless that has run already; then all others learn of it. */
void
vp_interface_end(struct vp_interface *i, const char *way, int called)
{
	struct vnet *before = vp_get_curvnet();

	vp_set_curvnet(vp_stack(i->vnet));
	if (i->cloner != NULL && called)
		vp_handler(i->cloner->at, vp_cloner_destroyer(i->cloner));
	else if (i->cloner != NULL)
		vp_cloner_destroy(i->cloner, i, 1);
	detach(i, way);
	TAILQ_REMOVE(&vp_interfaces, i, link);
	if (i->cloner == NULL)
		(if_free)(i->ifp);
	vp_ifnets_release();
	host_free(i);
	vp_set_curvnet(before);
}

void
vp_interface_destroy(const char *name)
{
	struct vp_interface *i = there(name), *peer = i->peer;

	vp_interface_end(i, i->cloner != NULL ? "clone destroyed" :
	    "destroyed", 0);
	if (peer != NULL)
		vp_interface_end(peer, "destroyed", 0);
}

void
vp_interface_move(const char *name, int vnet)
{
	struct vp_interface *i = there(name);

#ifdef VIMAGE
	if (i->vnet != vnet)
		move(i, vnet);
#else
	(void)i;
	(void)vnet;
#endif
}

/* The first destructor of a stack. */
void
vp_interfaces_go_home(int vnet)
{
	struct vp_interface *i, *next;

	TAILQ_FOREACH_SAFE(i, &vp_interfaces, link, next)
		if (i->vnet == vnet && i->home != vnet)
			move(i, i->home);
}

/* What the kernel's own cloners made in a stack goes with it, wherever it is. */
void
vp_interfaces_of_kernel_go(int vnet)
{
	struct vp_interface *i, *next;

	TAILQ_FOREACH_SAFE(i, &vp_interfaces, link, next)
		if (i->cloner == NULL && (i->vnet == vnet || i->home == vnet))
			vp_interface_end(i, "vnet shut down", 0);
}

void
vp_interfaces_must_be_gone(int vnet)
{
	struct vp_interface *i, *next;

	TAILQ_FOREACH_SAFE(i, &vp_interfaces, link, next) {
		if (i->vnet == vnet && i->cloner != NULL) {
			vp_fault("left-in-dying-vnet", i->cloner->at,
			    "interface %s is still in stack %d when its list "
			    "must be empty: detach the cloner in a "
			    "VNET_SYSUNINIT", i->name, vnet);
			TAILQ_REMOVE(&vp_interfaces, i, link);
			host_free(i);
		} else if (i->home == vnet)
			i->home = i->vnet;
	}
}

/* Some interface of a stack, for events that are about one. */
struct ifnet *
vp_interface_of_stack(int vnet)
{
	static struct vp_interface nobody = { .name = "lo0", .kind = "loop" };
	struct vp_interface *i;

	TAILQ_FOREACH(i, &vp_interfaces, link)
		if (i->vnet == vnet)
			return (i->ifp);
	if (nobody.ifp == NULL)
		nobody.ifp = kernels_own(&nobody);
	nobody.ifp->if_vnet = vp_stack(vnet);
	return (nobody.ifp);
}

/* By the name of a module or that of a script, in the current stack. */
struct ifnet *
ifunit(const char *name)
{
	struct vp_interface *i;

	TAILQ_FOREACH(i, &vp_interfaces, link)
		if (i->ifp != NULL && i->ifp->if_vnet == vp_get_curvnet() &&
		    (strcmp(i->ifp->if_xname, name) == 0 ||
		    strcmp(i->name, name) == 0))
			return (i->ifp);
	return (NULL);
}

struct ifnet *
ifunit_ref(const char *name)
{

	return (ifunit(name));
}

struct ifnet *
ifnet_byindex(u_short index)
{
	struct vp_interface *i;

	TAILQ_FOREACH(i, &vp_interfaces, link)
		if (i->ifp != NULL && i->ifp->if_vnet == vp_get_curvnet() &&
		    i->index == index)
			return (i->ifp);
	return (NULL);
}

struct ifnet *
ifnet_byindex_ref(u_short index)
{

	return (ifnet_byindex(index));
}
