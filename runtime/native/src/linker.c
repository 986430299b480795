/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* How modules come by boot or kldload, and go by kldunload. */
#include "kern.h"

#include "net.h"

static int loads;

static int
slots_of(struct vp_module *m, struct sysinit *const *from,
    struct sysinit *const *to, struct vp_slot *slots)
{
	int n = 0;

	for (; from < to; from++) {
		if (*from == NULL)
			continue;
		slots[n++] = (struct vp_slot){
			.subsystem = (*from)->subsystem,
			.order = (*from)->order,
			.module = m,
			.record = *from,
		};
	}
	return (n);
}

static struct vp_slot *
table_of(struct vp_module *m, int load, int *count)
{
	struct sysinit *const *from = load ? m->sysinit : m->sysuninit;
	struct sysinit *const *to = load ? m->sysinit_end : m->sysuninit_end;
	struct vp_slot *slots;

	slots = host_alloc((u_long)(to - from + 1) * sizeof(*slots));
	*count = slots_of(m, from, to, slots);
	return (slots);
}

/* The module of the program that has a name other modules depend on. */
static struct vp_module *
provider(const char *name)
{
	struct mod_metadata *const *md;
	struct vp_module *m;

	for (m = vp_modules; m != NULL; m = m->next) {
		if (strcmp(m->name, name) == 0)
			return (m);
		for (md = m->meta; md < m->meta_end; md++)
			if (*md != NULL && (*md)->md_type == MDT_MODULE &&
			    strcmp((*md)->md_cval, name) == 0)
				return (m);
	}
	return (NULL);
}

static void
enter(struct vp_module *m)
{

	m->loaded = 1;
	m->references = 1;
	m->loads = ++loads;
	vp_loaded[vp_nloaded++] = m;
	vp_module_fresh(m);
	vp_vnet_bring(m);
	vp_sysctls_come(m);
}

static void
leave(struct vp_module *m)
{
	int i, to = 0;

	for (i = 0; i < vp_nloaded; i++)
		if (vp_loaded[i] != m)
			vp_loaded[to++] = vp_loaded[i];
	vp_nloaded = to;
	m->loaded = 0;
}

static int
answer(struct vp_module *m, struct vp_event_record *e, int type)
{
	static const char *const names[] = {
		"MOD_LOAD", "MOD_UNLOAD", "MOD_SHUTDOWN", "MOD_QUIESCE"
	};
	struct vnet *before = vp_get_curvnet();
	int error;

	if (e->data->evhand == NULL)
		return (type == MOD_LOAD ? 0 :
		    type == MOD_UNLOAD ? EBUSY : EOPNOTSUPP);
	vp_event("module-event", e->at, "%s(mod, %s, arg)",
	    vp_function(VP_CODE(e->data->evhand)),
	    names[type]);
	error = e->data->evhand((module_t)(void *)m, type, e->data->priv);
	vp_must_have_restored(before);
	vp_called();
	return (error);
}

/* DECLARE_MODULE's slot. */
static void
load_event(struct vp_module *m, const struct sysinit *record)
{
	struct vp_event_record *e = host_alloc(sizeof(*e));

	e->data = record->udata;
	e->at = record->vp_at;
	vp_failing(m->failing);
	if (answer(m, e, MOD_LOAD) != 0) {
		vp_failing(0);
		vp_event("module-event", e->at,
		    "MOD_LOAD of %s fails, MOD_UNLOAD is sent", e->data->name);
		(void)answer(m, e, MOD_UNLOAD);
		host_free(e);
		return;
	}
	vp_failing(0);
	e->next = m->events;
	m->events = e;
}

void
vp_run_slot(const struct vp_slot *slot)
{

	if (slot->module == NULL)
		slot->own();
	else if (slot->record->func == module_register_init)
		load_event(slot->module, slot->record);
	else
		vp_run_record(slot->module, slot->record);
}

void
module_register_init(const void *arg __unused)
{

	/* vp_run_slot() knows it and what it is given. */
}

const char *
module_getname(module_t module)
{

	return (((struct vp_module *)(void *)module)->name);
}

static int
has_events(struct vp_module *m)
{
	struct mod_metadata *const *md;

	for (md = m->meta; md < m->meta_end; md++)
		if (*md != NULL && (*md)->md_type == MDT_MODULE)
			return (1);
	return (0);
}

static void
take_down(struct vp_module *m)
{
	struct vp_slot *slots;
	int i, n;

	if (!vp_is_2010())
		vp_sysctls_go(m);
	slots = table_of(m, 0, &n);
	vp_order_unload(slots, n);
	for (i = 0; i < n; i++)
		if (slots[i].subsystem != SI_SUB_DUMMY)
			vp_run_record(m, slots[i].record);
	host_free(slots);
	if (vp_is_2010())
		vp_sysctls_go(m);
	vp_module_goes(m);
	leave(m);
	vp_modspace_give(m);
	for (i = m->ndepends - 1; i >= 0; i--) {
		struct vp_module *on = m->depends[i];

		if (--on->references == 0 && !on->is_static &&
		    on->user_references == 0 && on->loaded) {
			on->references = 1;
			(void)vp_unload_file(on, 0, 0);
		}
	}
	vp_event_invoke("kld_unload", NULL, NULL);
}

static void
depend(struct vp_module *m)
{
	struct mod_metadata *const *md;
	struct vp_module *on;

	m->ndepends = 0;
	for (md = m->meta; md < m->meta_end; md++) {
		if (*md == NULL || (*md)->md_type != MDT_DEPEND)
			continue;
		on = provider((*md)->md_cval);
		if (on != NULL && on != m &&
		    m->ndepends < (int)nitems(m->depends))
			m->depends[m->ndepends++] = on;
	}
}

static int
load_file(struct vp_module *m)
{
	struct vp_slot *slots;
	int error, i, n;

	depend(m);
	for (i = 0; i < m->ndepends; i++) {
		if (m->depends[i]->loaded) {
			m->depends[i]->references++;
			continue;
		}
		error = load_file(m->depends[i]);
		if (error != 0)
			return (error);
	}
	error = vp_modspace_take(m);
	if (error != 0) {
		vp_event("action", "", "%s is not loaded: %s", m->name,
		    vp_errno(error));
		return (error);
	}
	enter(m);
	vp_initials_check(m);
	slots = table_of(m, 1, &n);
	vp_order_load(slots, n);
	for (i = 0; i < n; i++)
		if (slots[i].subsystem != SI_SUB_DUMMY)
			vp_run_slot(&slots[i]);
	host_free(slots);
	if (m->events == NULL && has_events(m)) {
		take_down(m);
		return (ENOEXEC);
	}
	vp_sysctls_enable(m);
	vp_event_invoke("kld_load", NULL, NULL);
	return (0);
}

int
vp_load(const char *name, int fail)
{
	struct vp_module *m = vp_module_named(name);
	int error = 0;

	m->failing = fail;
	if (m->loaded)
		m->references++;
	else
		error = load_file(m);
	if (error == 0)
		m->user_references++;
	m->failing = 0;
	return (error);
}

/* Part of the kernel's file: its slots run with the boot. */
void
vp_link_static(const char *name)
{
	struct vp_module *m = vp_module_named(name);
	struct vp_slot *slots;
	int i, n;

	if (m->loaded)
		return;
	depend(m);
	for (i = 0; i < m->ndepends; i++)
		vp_link_static(m->depends[i]->name);
	m->is_static = 1;
	enter(m);
	vp_sysctls_enable(m);
	vp_initials_check(m);
	slots = table_of(m, 1, &n);
	vp_boot_add(slots, n);
	host_free(slots);
}

static int
quiesce_file(struct vp_module *m)
{
	struct vp_event_record *e;
	int error;

	for (e = m->events; e != NULL; e = e->next) {
		if (e->quiesced)
			continue;
		error = answer(m, e, MOD_QUIESCE);
		if (error != 0 && error != EOPNOTSUPP && error != EINVAL) {
			vp_event("module-event", e->at, "%s objects: %s",
			    e->data->name, vp_errno(error));
			return (error);
		}
		e->quiesced = 1;
	}
	return (0);
}

int
vp_unload_file(struct vp_module *m, int force, int veto)
{
	struct vp_event_record *e;
	int error;

	if (m->references > 1) {
		m->references--;
		return (0);
	}
	if (!vp_is_2010()) {
		vp_event_invoke("kld_unload_try", vp_get_curvnet(), NULL);
		if (veto)
			return (EBUSY);
	}
	error = quiesce_file(m);
	if (error != 0 && !force)
		return (error);
	while ((e = m->events) != NULL) {
		error = answer(m, e, MOD_UNLOAD);
		if (error != 0) {
			vp_event("module-event", e->at,
			    "MOD_UNLOAD of %s fails", e->data->name);
			return (error);
		}
		m->events = e->next;
		host_free(e);
	}
	take_down(m);
	return (0);
}

static struct vp_module *
loaded(const char *name)
{
	struct vp_module *m = vp_module_named(name);

	if (!m->loaded)
		vp_script_error("module %s is not loaded", name);
	return (m);
}

int
vp_unload(const char *name, int force, int veto)
{
	struct vp_module *m = loaded(name);
	int error;

	if (m->is_static || m->user_references == 0)
		return (EBUSY);
	m->user_references--;
	error = vp_unload_file(m, force, veto);
	if (error != 0)
		m->user_references++;
	return (error);
}

int
vp_quiesce(const char *name)
{

	return (quiesce_file(loaded(name)));
}

/* Modules are told; no destructor of any kind runs. */
void
vp_shutdown(void)
{
	struct vp_event_record *e;
	int i;

	for (i = vp_nloaded - 1; i >= 0; i--)
		for (e = vp_loaded[i]->events; e != NULL; e = e->next)
			(void)answer(vp_loaded[i], e, MOD_SHUTDOWN);
}
