/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Sockets: bound for life to the stack of the credential that made them. */
#include "kern.h"

#include <sys/lock.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <netinet/in.h>

#include "net.h"
#include "protocols.h"

#define	MOST	512

/* One descriptor: a socket of every protocol that modules have. */
struct descriptor {
	int		 used, vnet, jail, owner, nsockets;
	struct socket	*sockets[VP_MOST_PROTOCOLS];
};
static struct descriptor all[MOST];
static int last = -1;

int	maxsockets = 1024;

static struct descriptor *
there(int number)
{

	if (number < 0 || number > last || !all[number].used)
		vp_script_error("there is no socket %d", number);
	return (&all[number]);
}

int
vp_socket_vnet(int number)
{

	return (there(number)->vnet);
}

static struct socket *
new_socket(struct protosw *pr, const struct descriptor *d)
{
	struct socket *so = host_alloc(sizeof(*so));

	so->so_type = pr->pr_type;
	so->so_proto = pr;
	so->so_vnet = vp_stack(d->vnet);
	so->so_cred = vp_thread(d->owner)->td_ucred;
	(mtx_init)(&so->so_lock, "so", NULL, MTX_RECURSE);
	(mtx_init)(&so->so_rcv.sb_mtx, "so_rcv", NULL, MTX_RECURSE);
	(mtx_init)(&so->so_snd.sb_mtx, "so_snd", NULL, MTX_RECURSE);
	return (so);
}

#define	TELL(f)	vp_handler("", VP_CODE(f))

static void
attach(struct descriptor *d, struct protosw *pr)
{
	struct socket *so;

	if (pr->pr_usrreqs == NULL)
		return;
	so = new_socket(pr, d);
	if (pr->pr_usrreqs->pru_attach != NULL) {
		TELL(pr->pr_usrreqs->pru_attach);
		if (pr->pr_usrreqs->pru_attach(so, pr->pr_protocol,
		    vp_thread(d->owner)) != 0) {
			host_free(so);
			return;
		}
	}
	d->sockets[d->nsockets++] = so;
}

static void
attach_all(struct descriptor *d)
{
	int i;

	for (i = 0; i < vp_nprotocols; i++)
		attach(d, vp_protocols[i]);
}

int
vp_socket_create(int thread)
{
	struct descriptor *d;

	if (last + 1 == MOST)
		vp_script_error("more than %d sockets", MOST);
	d = &all[++last];
	d->used = 1;
	d->owner = thread;
	d->jail = vp_thread_jail(thread);
	d->vnet = vp_jail_vnet(d->jail);
	vp_jail_hold(d->jail);
	VP_WITHIN(vp_stack(d->vnet), attach_all(d));
	return (last);
}

static struct sockaddr *
somewhere(void)
{
	static struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_port = htons(1024);
	sin.sin_addr.s_addr = htonl(0x0a000002);
	return ((struct sockaddr *)(void *)&sin);
}

static int
wanted(const char *member, const char *name)
{

	return (*member == '\0' || strcmp(member, name) == 0);
}

static struct mbuf *
some_data(void)
{
	struct mbuf *m = m_gethdr(M_WAITOK, MT_DATA);

	m->m_len = m->m_pkthdr.len = 64;
	memset(m->m_data, 0, 64);
	return (m);
}

/* A life in the order a process leads it; what ends a socket stands apart. */
static void
live(struct socket *so, struct thread *td, const char *member)
{
	struct pr_usrreqs *pru = so->so_proto->pr_usrreqs;

	if (pru->pru_bind != NULL && wanted(member, "pru_bind")) {
		TELL(pru->pru_bind);
		(void)pru->pru_bind(so, somewhere(), td);
	}
	if (pru->pru_connect != NULL && wanted(member, "pru_connect")) {
		TELL(pru->pru_connect);
		(void)pru->pru_connect(so, somewhere(), td);
	}
	if (pru->pru_send != NULL && wanted(member, "pru_send")) {
		TELL(pru->pru_send);
		(void)pru->pru_send(so, 0, some_data(), NULL, NULL, td);
	}
	if (pru->pru_shutdown != NULL && wanted(member, "pru_shutdown")) {
		TELL(pru->pru_shutdown);
		(void)pru->pru_shutdown(so);
	}
}

static void
call_all(struct descriptor *d, const char *member)
{
	int i;

	for (i = 0; i < d->nsockets; i++)
		live(d->sockets[i], vp_thread(d->owner), member);
}

void
vp_socket_call(int number, const char *member)
{
	struct descriptor *d = there(number);

	VP_WITHIN(vp_stack(d->vnet), call_all(d, member));
}

void
vp_socket_pass(int number, int thread)
{

	there(number)->owner = thread;
}

static void
detach_all(struct descriptor *d)
{
	struct pr_usrreqs *pru;
	int i;

	for (i = 0; i < d->nsockets; i++) {
		pru = d->sockets[i]->so_proto->pr_usrreqs;
		if (pru->pru_detach != NULL) {
			TELL(pru->pru_detach);
			pru->pru_detach(d->sockets[i]);
		}
		host_free(d->sockets[i]);
	}
	d->nsockets = 0;
}

void
vp_socket_close(int number)
{
	struct descriptor *d = there(number);

	VP_WITHIN(vp_stack(d->vnet), detach_all(d));
	d->used = 0;
	vp_jail_drop(d->jail);
}

void
vp_sockets_of_thread_close(int thread)
{
	int i;

	for (i = 0; i <= last; i++)
		if (all[i].used && all[i].owner == thread)
			vp_socket_close(i);
}

int
soreserve(struct socket *so, u_long snd, u_long rcv)
{

	so->so_snd.sb_hiwat = (u_int)snd;
	so->so_rcv.sb_hiwat = (u_int)rcv;
	return (0);
}

int
sooptcopyin(struct sockopt *sopt, void *to, size_t size, size_t least)
{

	if (sopt->sopt_valsize < least)
		return (EINVAL);
	memcpy(to, sopt->sopt_val,
	    sopt->sopt_valsize < size ? sopt->sopt_valsize : size);
	return (0);
}

int
sooptcopyout(struct sockopt *sopt, const void *from, size_t size)
{

	if (sopt->sopt_valsize > size)
		sopt->sopt_valsize = size;
	if (sopt->sopt_val != NULL)
		memcpy(sopt->sopt_val, from, sopt->sopt_valsize);
	return (0);
}

/* What a socket is given is read at once. */
int
sbappendaddr(struct sockbuf *sb __unused, const struct sockaddr *sa __unused,
    struct mbuf *m, struct mbuf *control)
{

	m_freem(m);
	m_freem(control);
	return (1);
}

void
sbappendstream_locked(struct sockbuf *sb __unused, struct mbuf *m,
    int flags __unused)
{

	m_freem(m);
}

#define	NOTHING(f)	void f(struct socket *so __unused) { }
NOTHING(sorwakeup)
NOTHING(sowwakeup)
NOTHING(soisconnected)
NOTHING(soisdisconnected)
NOTHING(soisconnecting)
NOTHING(soisdisconnecting)
NOTHING(socantsendmore)
NOTHING(socantrcvmore)

/* The caller holds the receive buffer's lock, and is relieved of it. */
void
sorwakeup_locked(struct socket *so)
{

	(mtx_unlock)(&so->so_rcv.sb_mtx);
}
