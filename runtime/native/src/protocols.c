/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Protocols and domains of modules: registered, asked for input, timers, draining. */
#include "kern.h"

#include <sys/domain.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include "interfaces.h"
#include "memory.h"
#include "net.h"
#include "protocols.h"

struct protosw *vp_protocols[VP_MOST_PROTOCOLS];
int	vp_nprotocols;
static struct domain *domains;

static void
add(struct protosw *pr)
{

	if (vp_nprotocols < VP_MOST_PROTOCOLS)
		vp_protocols[vp_nprotocols++] = pr;
}

static void
drop(struct protosw *pr)
{
	int i, to = 0;

	for (i = 0; i < vp_nprotocols; i++)
		if (vp_protocols[i] != pr)
			vp_protocols[to++] = vp_protocols[i];
	vp_nprotocols = to;
}

void
domain_add(void *arg)
{
	struct domain *dom = arg;
	struct protosw *pr;

	dom->dom_next = domains;
	domains = dom;
	for (pr = dom->dom_protosw; pr < dom->dom_protoswNPROTOSW; pr++)
		add(pr);
}

/* vp_domain_slot() does it, and tells. */
void
domain_init(void *arg __unused)
{
}

void
vnet_domain_init(void *arg __unused)
{
}

void
vnet_domain_uninit(void *arg __unused)
{
}

int
(pf_proto_register)(int family __unused, struct protosw *pr)
{

	(void)vp_take_place();
	if (vp_fails())
		return (EPROTONOSUPPORT);
	add(pr);
	return (0);
}

int
(pf_proto_unregister)(int family __unused, int protocol, int type)
{
	int i;

	(void)vp_take_place();
	for (i = 0; i < vp_nprotocols; i++)
		if (vp_protocols[i]->pr_protocol == protocol &&
		    vp_protocols[i]->pr_type == type) {
			drop(vp_protocols[i]);
			return (0);
		}
	return (EPROTONOSUPPORT);
}

int
(ipproto_register)(short protocol __unused)
{

	(void)vp_take_place();
	return (vp_fails() ? EPROTONOSUPPORT : 0);
}

int
(ipproto_unregister)(short protocol __unused)
{

	(void)vp_take_place();
	return (0);
}

void
vp_protocols_input(struct ifnet *ifp)
{
	struct mbuf *m;
	int i, offset;

	for (i = 0; i < vp_nprotocols; i++) {
		if (vp_protocols[i]->pr_input == NULL)
			continue;
		m = vp_packet(ifp);
		offset = 20;
		vp_handler("", VP_CODE(vp_protocols[i]->pr_input));
		(void)vp_protocols[i]->pr_input(&m, &offset,
		    vp_protocols[i]->pr_protocol);
	}
}

static void
timer(void (*f)(void))
{

	if (f == NULL)
		return;
	vp_handler("", VP_CODE(f));
	f();
}

/* With no stack set; who asks does not know of any. */
void
vp_protocol_timers_run(int drain)
{
	struct vnet *before = vp_get_curvnet();
	int i;

	vp_set_curvnet(NULL);
	for (i = 0; i < vp_nprotocols; i++) {
		if (drain) {
			timer(vp_protocols[i]->pr_drain);
			continue;
		}
		timer(vp_protocols[i]->pr_fasttimo);
		timer(vp_protocols[i]->pr_slowtimo);
	}
	vp_set_curvnet(before);
}

void
vp_domains_ifattach(struct ifnet *ifp)
{
	struct domain *dom;

	for (dom = domains; dom != NULL; dom = dom->dom_next)
		if (dom->dom_ifattach != NULL) {
			vp_handler("", VP_CODE(dom->dom_ifattach));
			ifp->if_afdata[dom->dom_family % AF_MAX] =
			    dom->dom_ifattach(ifp);
		}
}

void
vp_domains_ifdetach(struct ifnet *ifp)
{
	struct domain *dom;

	for (dom = domains; dom != NULL; dom = dom->dom_next)
		if (dom->dom_ifdetach != NULL) {
			vp_handler("", VP_CODE(dom->dom_ifdetach));
			dom->dom_ifdetach(ifp,
			    ifp->if_afdata[dom->dom_family % AF_MAX]);
			ifp->if_afdata[dom->dom_family % AF_MAX] = NULL;
		}
}

/* A module's tables go with its memory. */
void
vp_protocols_left(struct vp_module *m)
{
	struct domain **dom;
	int i;

	for (dom = &domains; *dom != NULL;)
		if (vp_module_of(*dom) == m)
			*dom = (*dom)->dom_next;
		else
			dom = &(*dom)->dom_next;
	for (i = vp_nprotocols - 1; i >= 0; i--)
		if (vp_module_of(vp_protocols[i]) == m)
			drop(vp_protocols[i]);
}
