/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Sysctl leaves of modules: their names, who may write them, whose bytes they reach. */
#include "kern.h"

#include <sys/counter.h>

#include "net.h"

struct leaf {
	TAILQ_ENTRY(leaf) link;
	struct sysctl_oid *oid;
	struct vp_module *module;
	char		 name[128];
	int		 enabled;
};
static TAILQ_HEAD(, leaf) leaves = TAILQ_HEAD_INITIALIZER(leaves);

#define	NODE(n)	struct sysctl_oid sysctl__##n = { .oid_name = #n }
NODE(_kern);
NODE(_kern_features);
NODE(_kern_ipc);
NODE(_net);
NODE(_net_link);
NODE(_net_inet);
NODE(_net_inet6);
NODE(_net_inet_ip);
NODE(_net_inet_tcp);
NODE(_net_inet_udp);
NODE(_debug);
NODE(_hw);
NODE(_security);
NODE(_vm);

/* Where the children of a node are kept says which node it is. */
static const char *
node_name(struct sysctl_oid_list *children)
{
	const char *name = host_symbol(children, NULL);

	if (name == NULL || strncmp(name, "sysctl__", 8) != 0)
		return ("");
	return (name + 8);
}

static void
full_name(struct sysctl_oid *oid, char *to, size_t size)
{
	char *c;

	snprintf(to, size, "%s", node_name(oid->oid_parent));
	for (c = to; *c != '\0'; c++)
		if (*c == '_')
			*c = '.';
	c = to;
	while (*c == '.')
		c++;
	memmove(to, c, strlen(c) + 1);
	snprintf(to + strlen(to), size - strlen(to), "%s%s",
	    *to != '\0' ? "." : "", oid->oid_name);
}

void
vp_sysctls_come(struct vp_module *m)
{
	struct sysctl_oid *const *oid;
	struct leaf *leaf;

	for (oid = m->oids; oid < m->oids_end; oid++) {
		if (*oid == NULL || ((*oid)->oid_kind & CTLTYPE) == CTLTYPE_NODE)
			continue;
		leaf = host_alloc(sizeof(*leaf));
		leaf->oid = *oid;
		leaf->module = m;
		full_name(*oid, leaf->name, sizeof(leaf->name));
		leaf->enabled = vp_is_2010();
		TAILQ_INSERT_TAIL(&leaves, leaf, link);
	}
}

void
vp_sysctls_enable(struct vp_module *m)
{
	struct leaf *leaf;

	TAILQ_FOREACH(leaf, &leaves, link)
		if (leaf->module == m)
			leaf->enabled = 1;
}

void
vp_sysctls_go(struct vp_module *m)
{
	struct leaf *leaf, *next;

	TAILQ_FOREACH_SAFE(leaf, &leaves, link, next)
		if (leaf->module == m) {
			TAILQ_REMOVE(&leaves, leaf, link);
			host_free(leaf);
		}
}

/* Whether a leaf is one of each stack; release 9 has no flag for it. */
static int
is_virtual(const struct sysctl_oid *oid)
{
#if defined(VIMAGE) && !defined(SYSCTL_VNET_INT)
	return ((oid->oid_kind & CTLFLAG_VNET) != 0);
#else
	return (vp_sysctl_9_virtual(oid));
#endif
}

/*
 * jailed: 0 for the host, 1 for a jail whose root may write what its own stack
 * has, 2 for one that shares a stack and may write nothing.
 */
static const char *
refused(const struct leaf *leaf, int jailed, int write)
{

	if (!leaf->enabled)
		return ("ENOENT");
	if (!write)
		return (NULL);
	if ((leaf->oid->oid_kind & CTLFLAG_WR) == 0)
		return ("EPERM");
	if (jailed == 0)
		return (NULL);
	return (jailed == 1 && is_virtual(leaf->oid) ? NULL : "EPERM");
}

static int
give(struct sysctl_req *req, const void *from, size_t n)
{

	req->oldidx += n;
	(void)from;
	return (0);
}

/* What is written is what was there, as a careful administrator does it. */
static int
take(struct sysctl_req *req, void *to, size_t n)
{

	if (req->newptr == NULL)
		return (0);
	req->newidx += n;
	(void)to;
	return (0);
}

static void
ask(struct leaf *leaf, int write)
{
	struct sysctl_oid *oid = leaf->oid;
	struct sysctl_req req = {
		.td = curthread, .oldfunc = give, .newfunc = take,
		.newptr = write ? oid : NULL, .newlen = write ? 8 : 0,
	};
	void *arg1 = oid->oid_arg1;

	vp_event("sysctl", oid->vp_at, "%s %s", write ? "write" : "read",
	    leaf->name);
#if defined(VIMAGE) && !defined(SYSCTL_VNET_INT)
	if (is_virtual(oid) && arg1 != NULL)
		arg1 = (void *)(curvnet->vnet_data_base + (uintptr_t)arg1);
#endif
	if (vp_sysctl_is_own(oid->oid_handler)) {
		(void)oid->oid_handler(oid, arg1, oid->oid_arg2, &req);
		return;
	}
	vp_handler(oid->vp_at, VP_CODE(oid->oid_handler));
	(void)oid->oid_handler(oid, arg1, oid->oid_arg2, &req);
}

void
vp_sysctl_access(const char *name, int vnet, int jailed, int write)
{
	struct leaf *leaf;
	const char *error;

	TAILQ_FOREACH(leaf, &leaves, link)
		if (strcmp(leaf->name, name) == 0)
			break;
	if (leaf == NULL)
		vp_script_error("there is no sysctl %s", name);
	error = refused(leaf, jailed, write);
	if (error != NULL) {
		vp_event("sysctl", leaf->oid->vp_at, "%s: %s", name, error);
		return;
	}
	VP_WITHIN(vp_stack(vnet), ask(leaf, write));
}
