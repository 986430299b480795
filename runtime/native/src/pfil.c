/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* pfil and hhook: hooks of a stack; netisr and encapsulation: of the machine. */
#include "kern.h"

#include <sys/hhook.h>
#include <sys/mbuf.h>
#include <net/netisr.h>
#include <net/pfil.h>
#include <netinet/in.h>
#include <netinet/ip_encap.h>

#include "hooks.h"
#include "memory.h"
#include "net.h"
#include "protocols.h"

static void
run_pfil(struct pfil_hook *hook, struct ifnet *ifp)
{
	struct mbuf *m = vp_packet(ifp);
	pfil_packet_t packet = { .m = &m };
	int direction = (hook->args.pa_flags & PFIL_IN) != 0 ? PFIL_IN :
	    PFIL_OUT;

	if (hook->args.pa_func(packet, ifp, direction, hook->args.pa_ruleset,
	    NULL) == PFIL_PASS && m != NULL)
		m_freem(m);
}

pfil_hook_t
(pfil_add_hook)(struct pfil_hook_args *args)
{
	const char *at = vp_take_place();
	struct pfil_hook *hook;

	if (vp_fails())
		return (NULL);
	hook = vp_hook_add("pfil", NULL, VP_CODE(args->pa_func), run_pfil, at);
	vp_event("init", at, "pfil_add_hook ");
	hook->args = *args;
	return (hook);
}

void
(pfil_remove_hook)(pfil_hook_t hook)
{
	const char *at = vp_take_place();

	vp_event("unregister", at, "pfil ");
	vp_event("destroy", at, "pfil_remove_hook ");
	if (vp_hook_is(hook))
		vp_hook_drop(hook);
	else
		vp_fault("torn-down-twice", at, "a hook is removed that is "
		    "not there");
}

int
(pfil_link)(struct pfil_link_args *args)
{
	const char *at = vp_take_place();

	if ((args->pa_flags & PFIL_HOOKPTR) != 0 && !vp_hook_is(args->pa_hook)) {
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

static void
run_netisr(struct pfil_hook *hook, struct ifnet *ifp)
{
	const struct netisr_handler *nh = hook->key;

	nh->nh_handler(vp_packet(ifp));
}

void
(netisr_register)(const struct netisr_handler *nh)
{

	vp_hook_add("netisr", nh, VP_CODE(nh->nh_handler), run_netisr,
	    vp_take_place())->shared = 1;
}

static void
take_back(const char *family, const void *key, const char *at)
{
	struct pfil_hook *hook = vp_hook_of(family, key);

	vp_event("unregister", at, "%s ", family);
	if (hook != NULL)
		vp_hook_drop(hook);
	else
		vp_fault("torn-down-twice", at, "what is taken back is not "
		    "registered (%s)", family);
}

void
(netisr_unregister)(const struct netisr_handler *nh)
{

	take_back("netisr", nh, vp_take_place());
}

#ifdef VIMAGE
/* The handler is registered once; this says in which stacks it serves. */
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

/* Helper hooks; a head is a piece of memory that nobody looks into. */
int
(hhook_head_register)(int32_t type __unused, int32_t id __unused,
    struct hhook_head **head, uint32_t flags)
{
	const char *at = vp_take_place();

	vp_event("init", at, "hhook_head_register %s",
	    head != NULL ? vp_name(head) : "");
	if (vp_fails() && (flags & HHOOK_NOWAIT) != 0)
		return (ENOMEM);
	if (head != NULL)
		*head = vp_block_new(8, "hhook_head_register", NULL, at);
	return (0);
}

int
(hhook_head_deregister)(struct hhook_head *head)
{
	const char *at = vp_take_place();
	struct vp_block *block = vp_block_of(head);

	vp_event("destroy", at, "hhook_head_deregister ");
	if (block == NULL) {
		vp_fault("torn-down-twice", at, "a head is deregistered that "
		    "is not registered");
		return (ENOENT);
	}
	vp_block_free(block);
	return (0);
}

static void
run_hhook(struct pfil_hook *hook, struct ifnet *ifp __unused)
{
	const struct hookinfo *info = hook->context;
	static char context[512];

	memset(context, 0, sizeof(context));
	(void)info->hook_func(info->hook_type, info->hook_id,
	    info->hook_udata, context, context, NULL);
}

int
(hhook_add_hook)(struct hhook_head *head, const struct hookinfo *info,
    uint32_t flags __unused)
{
	const char *at = vp_take_place();
	struct hookinfo *copy = host_alloc(sizeof(*copy));

	*copy = *info;
	vp_hook_add("hook", head, VP_CODE(info->hook_func), run_hhook,
	    at)->context = copy;
	return (0);
}

int
(hhook_remove_hook)(struct hhook_head *head, const struct hookinfo *info
    __unused)
{

	take_back("hook", head, vp_take_place());
	return (0);
}

void
hhook_run_hooks(struct hhook_head *head __unused, void *context __unused,
    struct osd *data __unused)
{
}

/* Encapsulation: asked whether the packet is its own, then given it. */
static void
run_encap(struct pfil_hook *hook, struct ifnet *ifp)
{
	const struct encap_config *config = hook->context;
	struct mbuf *m = vp_packet(ifp);
	void *arg = hook->args.pa_ruleset;

	if (config->check != NULL &&
	    config->check(m, 20, config->proto, arg) == 0)
		m_freem(m);
	else if (config->input != NULL)
		(void)config->input(m, 20, config->proto, arg);
	else
		m_freem(m);
}

const struct encaptab *
(ip_encap_attach)(const struct encap_config *config, void *arg,
    int how __unused)
{
	const char *at = vp_take_place();
	struct encap_config *copy = host_alloc(sizeof(*copy));
	struct pfil_hook *hook;

	*copy = *config;
	hook = vp_hook_add("encap", NULL, VP_CODE(config->input), run_encap, at);
	vp_event("init", at, "ip_encap_attach ");
	hook->context = copy;
	hook->args.pa_ruleset = arg;
	return ((const struct encaptab *)(void *)hook);
}

int
(ip_encap_detach)(const struct encaptab *entry)
{
	const char *at = vp_take_place();

	vp_event("destroy", at, "ip_encap_detach ");
	take_back("encap", entry, at);
	return (0);
}
