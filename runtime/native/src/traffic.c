/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Packets: what a module registered for them is called, one after the other. */
#include "kern.h"

#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/netisr.h>
#include <net/pfil.h>
#include <netinet/in.h>
#include <netinet/ip.h>

#include "interfaces.h"
#include "memory.h"
#include "net.h"
#include "protocols.h"

struct pfil_hook {
	TAILQ_ENTRY(pfil_hook) link;
	struct pfil_hook_args args;
	const struct netisr_handler *netisr;	/* then it is none of pfil */
	const char	*at;
	int		 vnet;
	int		 called;
};
/* In the order of registration. */
static TAILQ_HEAD(, pfil_hook) hooks = TAILQ_HEAD_INITIALIZER(hooks);

static struct pfil_hook *
add(const char *at)
{
	struct pfil_hook *hook = host_alloc(sizeof(*hook));

	hook->at = at;
	hook->vnet = vp_curvnet_number();
	TAILQ_INSERT_TAIL(&hooks, hook, link);
	return (hook);
}

static void
drop(struct pfil_hook *hook)
{

	TAILQ_REMOVE(&hooks, hook, link);
	host_free(hook);
}

pfil_hook_t
(pfil_add_hook)(struct pfil_hook_args *args)
{
	const char *at = vp_take_place();
	struct pfil_hook *hook;

	vp_event("register", at, "pfil %s ",
	    vp_function((const void *)(uintptr_t)args->pa_func));
	vp_event("init", at, "pfil_add_hook ");
	if (vp_fails())
		return (NULL);
	hook = add(at);
	hook->args = *args;
	return (hook);
}

static int
is_hook(const struct pfil_hook *wanted)
{
	struct pfil_hook *hook;

	TAILQ_FOREACH(hook, &hooks, link)
		if (hook == wanted)
			return (1);
	return (0);
}

void
(pfil_remove_hook)(pfil_hook_t hook)
{
	const char *at = vp_take_place();

	vp_event("unregister", at, "pfil ");
	vp_event("destroy", at, "pfil_remove_hook ");
	if (is_hook(hook))
		drop(hook);
	else
		vp_fault("torn-down-twice", at, "a hook is removed that is "
		    "not there");
}

int
(pfil_link)(struct pfil_link_args *args)
{
	const char *at = vp_take_place();

	if ((args->pa_flags & PFIL_HOOKPTR) != 0 && !is_hook(args->pa_hook)) {
		vp_fault("use-before-set-up", at, "pfil_link() of a hook "
		    "that is not there");
		return (ENOENT);
	}
	return (0);
}

static struct _pfil_head heads[8];
static int nheads;

pfil_head_t
(pfil_head_register)(struct pfil_head_args *args __unused)
{

	vp_event("init", vp_take_place(), "pfil_head_register ");
	return ((pfil_head_t)(void *)&heads[nheads++ % (int)nitems(heads)]);
}

void
(pfil_head_unregister)(pfil_head_t head __unused)
{

	vp_event("destroy", vp_take_place(), "pfil_head_unregister ");
}

int
pfil_run_hooks(struct pfil_head *head __unused, pfil_packet_t p __unused,
    struct ifnet *ifp __unused, int flags __unused,
    struct inpcb *inp __unused)
{

	return (PFIL_PASS);
}

void
(netisr_register)(const struct netisr_handler *nh)
{
	const char *at = vp_take_place();
	struct pfil_hook *hook;

	vp_event("register", at, "netisr %s ",
	    vp_function((const void *)(uintptr_t)nh->nh_handler));
	hook = add(at);
	hook->netisr = nh;
}

void
(netisr_unregister)(const struct netisr_handler *nh)
{
	const char *at = vp_take_place();
	struct pfil_hook *hook, *next;

	vp_event("unregister", at, "netisr ");
	TAILQ_FOREACH_SAFE(hook, &hooks, link, next)
		if (hook->netisr == nh) {
			drop(hook);
			return;
		}
	vp_fault("torn-down-twice", at, "a netisr handler is unregistered "
	    "that is not registered");
}

#ifdef VIMAGE
void
(netisr_register_vnet)(const struct netisr_handler *nh __unused)
{

	(void)vp_take_place();
}

void
(netisr_unregister_vnet)(const struct netisr_handler *nh __unused)
{

	(void)vp_take_place();
}
#endif

/* Whoever sends to a queue of the kernel's own has done its part. */
int
netisr_dispatch(u_int proto __unused, struct mbuf *m)
{

	m_freem(m);
	return (0);
}

int
netisr_queue(u_int proto __unused, struct mbuf *m)
{

	m_freem(m);
	return (0);
}

/* A small datagram of IP, from elsewhere. */
struct mbuf *
vp_packet(struct ifnet *ifp)
{
	struct mbuf *m = m_gethdr(M_WAITOK, MT_DATA);
	struct ip *ip = mtod(m, struct ip *);

	memset(ip, 0, 96);
	m->m_len = m->m_pkthdr.len = 96;
	m->m_pkthdr.rcvif = ifp;
	ip->ip_v = 4;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_len = htons(96);
	ip->ip_ttl = 64;
	ip->ip_src.s_addr = htonl(0x0a000001);
	ip->ip_dst.s_addr = htonl(0x0a000002);
	return (m);
}

static void
run_pfil(struct pfil_hook *hook, struct ifnet *ifp)
{
	struct mbuf *m = vp_packet(ifp);
	pfil_packet_t packet = { .m = &m };
	int direction = (hook->args.pa_flags & PFIL_IN) != 0 ? PFIL_IN :
	    PFIL_OUT;

	vp_event("handler", hook->at, "%s()",
	    vp_function((const void *)(uintptr_t)hook->args.pa_func));
	if (hook->args.pa_func(packet, ifp, direction, hook->args.pa_ruleset,
	    NULL) == PFIL_PASS && m != NULL)
		m_freem(m);
}

static void
run_hook(struct pfil_hook *hook, struct ifnet *ifp)
{

	if (hook->netisr == NULL) {
		run_pfil(hook, ifp);
		return;
	}
	vp_event("handler", hook->at, "%s()",
	    vp_function((const void *)(uintptr_t)hook->netisr->nh_handler));
	hook->netisr->nh_handler(vp_packet(ifp));
}

/* A hook may go while another is called. */
static void
run_hooks(struct ifnet *ifp)
{
	struct pfil_hook *hook;

	TAILQ_FOREACH(hook, &hooks, link)
		hook->called = hook->netisr == NULL &&
		    hook->vnet != vp_curvnet_number();
again:
	TAILQ_FOREACH(hook, &hooks, link)
		if (!hook->called) {
			hook->called = 1;
			run_hook(hook, ifp);
			goto again;
		}
}

static void
arrives(struct vp_interface *i)
{
	struct ifnet *ifp = i->ifp;

	if (ifp->if_input != NULL) {
		vp_event("handler", "", "%s()",
		    vp_function((const void *)(uintptr_t)ifp->if_input));
		VP_WITHIN(NULL, ifp->if_input(ifp, vp_packet(ifp)));
	}
	VP_WITHIN(vp_stack(i->vnet), run_hooks(ifp));
	VP_WITHIN(vp_stack(i->vnet), vp_protocols_input(ifp));
}

static struct vp_interface *
of(struct ifnet *ifp)
{
	struct vp_interface *i;

	TAILQ_FOREACH(i, &vp_interfaces, link)
		if (i->ifp == ifp)
			return (i);
	return (NULL);
}

void
vp_packet_in(const char *interface)
{

	arrives(of(vp_interface(interface)));
}

static void
leaves(struct ifnet *ifp)
{
	struct sockaddr dst = { .sa_family = AF_INET, .sa_len = sizeof(dst) };

	if (ifp->if_transmit != NULL) {
		vp_event("handler", "", "%s()",
		    vp_function((const void *)(uintptr_t)ifp->if_transmit));
		(void)ifp->if_transmit(ifp, vp_packet(NULL));
	}
	if (ifp->if_output != NULL) {
		vp_event("handler", "", "%s()",
		    vp_function((const void *)(uintptr_t)ifp->if_output));
		(void)ifp->if_output(ifp, vp_packet(NULL), &dst, NULL);
	}
}

void
vp_packet_out(const char *interface)
{
	struct vp_interface *i = of(vp_interface(interface));

	VP_WITHIN(vp_stack(i->vnet), leaves(i->ifp));
	if (i->peer != NULL)
		arrives(i->peer);
}

static void
control(struct ifnet *ifp)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	if (ifp->if_ioctl == NULL)
		return;
	vp_event("handler", "", "%s()",
	    vp_function((const void *)(uintptr_t)ifp->if_ioctl));
	(void)ifp->if_ioctl(ifp, SIOCSIFFLAGS, (caddr_t)&request);
}

void
vp_interface_ioctl(const char *interface, int vnet)
{
	struct vp_interface *i = of(vp_interface(interface));

	if (vp_vnet_going(vp_stack(vnet)) || i->vnet != vnet)
		return;
	VP_WITHIN(vp_stack(vnet), control(i->ifp));
}

static void *
function(const struct pfil_hook *hook)
{

	return (hook->netisr != NULL ?
	    (void *)(uintptr_t)hook->netisr->nh_handler :
	    (void *)(uintptr_t)hook->args.pa_func);
}

void
vp_hooks_left(int vnet, struct vp_module *m, const char *why)
{
	struct pfil_hook *hook, *next;

	TAILQ_FOREACH_SAFE(hook, &hooks, link, next) {
		if (m != NULL ? !vp_module_runs(m, function(hook)) :
		    hook->netisr != NULL || hook->vnet != vnet)
			continue;
		vp_fault("handler-left-behind", hook->at, "%s is still "
		    "registered (%s) when %s: take it back before",
		    vp_function(function(hook)),
		    hook->netisr != NULL ? "netisr" : "pfil", why);
		drop(hook);
	}
}
