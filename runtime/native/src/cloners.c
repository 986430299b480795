/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Cloners of modules, and the structure of an interface that they fill in. */
#include "kern.h"

#include <net/bpf.h>
#include <net/ethernet.h>

#include "interfaces.h"
#include "memory.h"
#include "net.h"

static TAILQ_HEAD(cloner_list, if_clone) cloners = TAILQ_HEAD_INITIALIZER(cloners);
static struct ifnet *last_attached;

/* Given back, while the kernel still tells of them. */
static struct ifnet *released[16];
static int nreleased;

static const void *
creator(const struct if_clone *ifc)
{

	return (ifc->create != NULL ? VP_CODE(ifc->create) :
	    VP_CODE(ifc->create2));
}

const void *
vp_cloner_destroyer(const struct if_clone *ifc)
{

	return (ifc->destroy != NULL ? VP_CODE(ifc->destroy) :
	    VP_CODE(ifc->destroy2));
}

static struct if_clone *
add(const char *kind, const char *name)
{
	struct if_clone *ifc = host_alloc(sizeof(*ifc));

	ifc->at = vp_take_place();
	ifc->name = name;
	ifc->vnet = vp_curvnet_number();
	vp_event("register", ifc->at, "cloner %s ", name);
	vp_event("init", ifc->at, "%s ", kind);
	TAILQ_INSERT_TAIL(&cloners, ifc, link);
	return (ifc);
}

struct if_clone *
(if_clone_simple)(const char *name, ifcs_create_t create,
    ifcs_destroy_t destroy, u_int minimum __unused)
{
	struct if_clone *ifc = add("if_clone_simple", name);

	ifc->create = create;
	ifc->destroy = destroy;
	return (ifc);
}

struct if_clone *
(if_clone_advanced)(const char *name, u_int maximum __unused,
    ifc_match_t match, ifc_create_t create, ifc_destroy_t destroy)
{
	struct if_clone *ifc = add("if_clone_advanced", name);

	ifc->match = match;
	ifc->create2 = create;
	ifc->destroy2 = destroy;
	return (ifc);
}

/* Those whose cloner goes: told when the module's function has returned. */
static struct vp_interface *ended[64];
static int nended;

void
(if_clone_detach)(struct if_clone *ifc)
{
	const char *at = vp_take_place();
	struct vp_interface *i, *next;

	vp_event("unregister", at, "cloner ");
	vp_event("destroy", at, "if_clone_detach ");
	TAILQ_FOREACH_SAFE(i, &vp_interfaces, link, next) {
		if (i->cloner != ifc || nended == (int)nitems(ended))
			continue;
		VP_WITHIN(vp_stack(i->vnet), vp_cloner_destroy(ifc, i, 0));
		ended[nended++] = i;
	}
	TAILQ_REMOVE(&cloners, ifc, link);
	/* ended[] leads to it until vp_called(); a kernel frees it later, too. */
}

/* A function of a module has returned to the kernel. */
void
vp_called(void)
{
	struct vp_interface *i;

	while (nended != 0) {
		i = ended[0];
		memmove(ended, ended + 1, (size_t)--nended * sizeof(*ended));
		vp_interface_end(i, vp_vnet_going(vp_stack(i->vnet)) ?
		    "vnet shut down" : "cloner detached", 1);
	}
}

/* The newest that was made in a stack. */
struct if_clone *
vp_cloner(int vnet)
{
	struct if_clone *ifc;
	struct vnet *stack = vp_stack(vnet);

	TAILQ_FOREACH_REVERSE(ifc, &cloners, cloner_list, link)
		if (ifc->vnet == -1 || ifc->vnet == (stack != NULL ? vnet : -1))
			return (ifc);
	return (NULL);
}

static int
free_unit(const struct if_clone *ifc)
{
	struct vp_interface *i;
	int unit = 0;

again:
	TAILQ_FOREACH(i, &vp_interfaces, link)
		if (i->cloner == ifc && i->ifp != NULL && i->unit == unit) {
			unit++;
			goto again;
		}
	return (unit);
}

/*
 * The function attaches the interface somewhere in its midst; arrivals are
 * told when it has returned, as the Python runtime does.
 */
int
vp_cloner_create(struct if_clone *ifc, struct vp_interface *i)
{
	char name[IFNAMSIZ];
	int error;

	last_attached = NULL;
	i->unit = free_unit(ifc);
	vp_handler(ifc->at, creator(ifc));
	if (ifc->create != NULL)
		error = ifc->create(ifc, i->unit, NULL);
	else {
		snprintf(name, sizeof(name), "%s%d", ifc->name, i->unit);
		error = ifc->create2(ifc, name, sizeof(name), NULL);
	}
	i->ifp = error == 0 ? last_attached : NULL;
	return (i->ifp != NULL ? 0 : ENXIO);
}

void
vp_cloner_destroy(struct if_clone *ifc, struct vp_interface *i, int tell)
{

	if (tell)
		vp_handler(ifc->at, vp_cloner_destroyer(ifc));
	if (ifc->destroy != NULL)
		ifc->destroy(i->ifp);
	else
		(void)ifc->destroy2(ifc, i->ifp);
}

const char *
ifc_name(struct if_clone *ifc)
{

	return (ifc->name);
}

int
ifc_alloc_unit(struct if_clone *ifc, int *unit)
{

	if (*unit < 0)
		*unit = free_unit(ifc);
	return (0);
}

void
ifc_free_unit(struct if_clone *ifc __unused, int unit __unused)
{
}

int
ifc_name2unit(const char *name, int *unit)
{

	while (*name != '\0' && !isdigit(*name))
		name++;
	*unit = *name != '\0' ? (int)strtol(name, NULL, 10) : -1;
	return (0);
}

void
vp_cloners_left(struct vp_module *m)
{
	struct if_clone *ifc, *next;

	TAILQ_FOREACH_SAFE(ifc, &cloners, link, next)
		if (vp_module_runs(m, creator(ifc))) {
			vp_fault("handler-left-behind", ifc->at, "cloner %s "
			    "is still registered when the module is unloaded: "
			    "take it back before", ifc->name);
			TAILQ_REMOVE(&cloners, ifc, link);
		}
}

/* The structure of an interface. */
struct ifnet *
(if_alloc)(u_char type)
{
	struct ifnet *ifp = vp_block_new(sizeof(*ifp), "if_alloc", NULL,
	    vp_take_place());

	ifp->if_type = type;
	ifp->if_home_vnet = ifp->if_vnet = vp_get_curvnet();
	CK_STAILQ_INIT(&ifp->if_addrhead);
	CK_STAILQ_INIT(&ifp->if_multiaddrs);
	return (ifp);
}

void
(if_attach)(struct ifnet *ifp)
{

	(void)vp_take_place();
	ifp->if_vnet = vp_get_curvnet();
	last_attached = ifp;
}

void
(if_detach)(struct ifnet *ifp __unused)
{

	(void)vp_take_place();
}

void
(if_free)(struct ifnet *ifp)
{
	const char *at = vp_take_place();

	if (vp_block_of(ifp) == NULL)
		vp_fault("torn-down-twice", at,
		    "if_free() of what is no interface");
	else if (nreleased < (int)nitems(released))
		released[nreleased++] = ifp;
}

/* Nobody tells of them any more. */
void
vp_ifnets_release(void)
{
	struct vp_block *block;

	while (nreleased != 0) {
		block = vp_block_of(released[--nreleased]);
		if (block != NULL)
			vp_block_free(block);
	}
}

void
if_initname(struct ifnet *ifp, const char *name, int unit)
{

	ifp->if_dname = name;
	ifp->if_dunit = unit;
	snprintf(ifp->if_xname, sizeof(ifp->if_xname), "%s%d", name, unit);
}

void
if_inc_counter(struct ifnet *ifp __unused, ift_counter counter __unused,
    int64_t n __unused)
{
}

void
if_link_state_change(struct ifnet *ifp, int state)
{

	ifp->if_link_state = (uint8_t)state;
}

void
ether_ifattach(struct ifnet *ifp, const uint8_t *address __unused)
{

	(if_attach)(ifp);
}

void
ether_ifdetach(struct ifnet *ifp)
{

	(if_detach)(ifp);
}

void
(bpfattach)(struct ifnet *ifp __unused, u_int dlt __unused,
    u_int header __unused)
{

	(void)vp_take_place();
}

void
(bpfdetach)(struct ifnet *ifp __unused)
{

	(void)vp_take_place();
}

int
bpf_peers_present(struct bpf_if *bpf __unused)
{

	return (0);
}

void
bpf_mtap(struct bpf_if *bpf __unused, struct mbuf *m __unused)
{
}
