/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Jails, with a stack of their own or in that of their parent, and threads in them. */
#include "kern.h"

#include "net.h"

struct jail {
	int		 used, number, parent, vnet, own, dying, references;
	struct prison	 prison;
	struct ucred	 cred;
};

struct running {
	int		 used, jail;
	struct thread	 thread;
};

static struct jail jails[256] = {
	{ .used = 1, .parent = -1, .own = 1 },
};
static int last_jail;
static struct running threads[256] = { { .used = 1 } };
static struct proc processes[256];

struct prison	prison0 = { .pr_name = "0" };
struct ucred	ucred0 = { .cr_prison = &prison0, .cr_ref = 1 };
struct proc	proc0 = { .p_ucred = &ucred0, .p_comm = "kernel" };
struct thread	thread0 = {
	.td_proc = &proc0, .td_ucred = &ucred0, .td_name = "kernel"
};
__thread struct thread *__curthread = &thread0;

static struct jail *
living(int number)
{

	if (number < 0 || number > last_jail || !jails[number].used)
		vp_script_error("there is no jail %d", number);
	if (jails[number].dying)
		vp_script_error("jail %d is dying", number);
	return (&jails[number]);
}

/* Whether a jail has a stack of its own. */
int
vp_jail_owns(int jail)
{

	return (jails[jail].own);
}

int
vp_jail_vnet(int jail)
{

	return (jails[jail].vnet);
}

int
vp_jail_create(int vnet, int parent)
{
	struct jail *above = living(parent), *new;

	new = &jails[++last_jail];
	*new = (struct jail){
		.used = 1, .number = last_jail, .parent = parent,
#ifdef VIMAGE
		.own = vnet,
#endif
	};
	(void)vnet;
	new->vnet = new->own ? new->number : above->vnet;
	new->prison.pr_id = new->number;
	new->prison.pr_flags = new->own ? PR_VNET : 0;
	snprintf(new->prison.pr_name, sizeof(new->prison.pr_name), "%d",
	    new->number);
	new->cred.cr_ref = 1;
	new->cred.cr_prison = &new->prison;
	if (new->own) {
		new->prison.pr_vnet = vp_vnet_new(new->number);
		vp_event("vnet", "", "vnet %d is on the list", new->number);
	} else
		new->prison.pr_vnet = parent == 0 ? prison0.pr_vnet :
		    above->prison.pr_vnet;
	return (new->number);
}

static int
has_children(int number)
{
	int i;

	for (i = 1; i <= last_jail; i++)
		if (jails[i].used && jails[i].parent == number)
			return (1);
	return (0);
}

/* A dying jail goes with its last reference, and its parent perhaps with it. */
static void
bury(struct jail *jail)
{
	int parent = jail->parent;

	if (!jail->dying || jail->references != 0 || has_children(jail->number))
		return;
	jail->used = 0;
	if (jail->own) {
		vp_tasks_run(1);
		vp_vnet_end(jail->prison.pr_vnet);
		vp_event("vnet", "", "vnet %d is gone", jail->number);
	}
	if (parent > 0 && jails[parent].used && jails[parent].dying)
		bury(&jails[parent]);
}

static void
end_thread(int number)
{

	vp_sockets_of_thread_close(number);
	threads[number].used = 0;
}

static void
end_jail(struct jail *jail)
{
	int i;

	for (i = last_jail; i > 0; i--)
		if (jails[i].used && jails[i].parent == jail->number)
			end_jail(&jails[i]);
	for (i = 1; i < (int)nitems(threads); i++)
		if (threads[i].used && threads[i].jail == jail->number)
			end_thread(i);
	jail->dying = 1;
	bury(jail);
}

void
vp_jail_destroy(int number)
{

	if (number == 0)
		vp_script_error("prison0 cannot be removed");
	end_jail(living(number));
}

void
vp_jail_hold(int number)
{

	living(number)->references++;
}

void
vp_jail_drop(int number)
{

	jails[number].references--;
	bury(&jails[number]);
}

static void
place(int thread, int jail)
{
	struct running *t = &threads[thread];
	struct proc *p = &processes[thread];

	t->jail = jail;
	t->thread.td_tid = thread;
	t->thread.td_proc = jail == 0 && thread == 0 ? &proc0 : p;
	t->thread.td_ucred = jail == 0 ? &ucred0 : &jails[jail].cred;
	p->p_pid = 100 + thread;
	p->p_ucred = t->thread.td_ucred;
}

int
vp_thread_create(int jail)
{
	int i, number = 0;

	(void)living(jail);
	for (i = 0; i < (int)nitems(threads); i++)
		if (threads[i].used)
			number = i + 1;
	threads[number].used = 1;
	place(number, jail);
	return (number);
}

static void
there(int thread)
{

	if (thread < 0 || thread >= (int)nitems(threads) ||
	    !threads[thread].used)
		vp_script_error("there is no thread %d", thread);
}

void
vp_thread_attach(int thread, int jail)
{

	there(thread);
	place(thread, living(jail)->number);
}

int
vp_thread_jail(int thread)
{

	there(thread);
	return (threads[thread].jail);
}

struct thread *
vp_thread(int number)
{

	there(number);
	if (threads[number].thread.td_ucred == NULL)
		place(number, threads[number].jail);
	return (&threads[number].thread);
}

int
jailed(struct ucred *cred)
{

	return (cred->cr_prison != &prison0);
}

int
jailed_without_vnet(struct ucred *cred)
{

	return (jailed(cred) && (cred->cr_prison->pr_flags & PR_VNET) == 0);
}

int
prison_flag(struct ucred *cred, unsigned flag)
{

	return ((cred->cr_prison->pr_flags & flag) != 0);
}

int
prison_check(struct ucred *one, struct ucred *other)
{

	return (!jailed(one) || one->cr_prison == other->cr_prison ? 0 :
	    ESRCH);
}

int
prison_check_af(struct ucred *cred __unused, int af __unused)
{

	return (0);
}

int
cr_canseesocket(struct ucred *cred __unused, struct socket *so __unused)
{

	return (0);
}

void
prison_hold(struct prison *pr)
{

	pr->pr_ref++;
}

void
prison_free(struct prison *pr)
{

	pr->pr_ref--;
}

struct ucred *
crhold(struct ucred *cred)
{

	cred->cr_ref++;
	return (cred);
}

void
crfree(struct ucred *cred)
{

	cred->cr_ref--;
}
