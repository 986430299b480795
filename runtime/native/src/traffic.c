/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Packets that arrive and leave, and requests to interfaces. */
#include "kern.h"

#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/netisr.h>
#include <netinet/in.h>
#include <netinet/ip.h>

#include "hooks.h"
#include "interfaces.h"
#include "net.h"
#include "protocols.h"

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
arrives(struct vp_interface *i)
{
	struct ifnet *ifp = i->ifp;

	if (ifp->if_input != NULL) {
		vp_handler("", VP_CODE(ifp->if_input));
		VP_WITHIN(NULL, ifp->if_input(ifp, vp_packet(ifp)));
	}
	VP_WITHIN(vp_stack(i->vnet), vp_hooks_run(ifp));
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
		vp_handler("", VP_CODE(ifp->if_transmit));
		(void)ifp->if_transmit(ifp, vp_packet(NULL));
	}
	if (ifp->if_output != NULL) {
		vp_handler("", VP_CODE(ifp->if_output));
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
	vp_handler("", VP_CODE(ifp->if_ioctl));
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
