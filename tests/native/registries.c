/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/callout.h>
#include <sys/epoch.h>
#include <sys/eventhandler.h>
#include <sys/hhook.h>
#include <sys/kernel.h>
#include <sys/kthread.h>
#include <sys/module.h>
#include <sys/malloc.h>
#include <sys/lock.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/rmlock.h>
#include <sys/sx.h>
#include <sys/socket.h>
#include <sys/taskqueue.h>
#include <net/if.h>
#include <net/if_var.h>
#include <net/vnet.h>

static MALLOC_DEFINE(M_WIDE, "wide", "wide");
VNET_DEFINE_STATIC(struct hhook_head *, wide_head);
#define	V_wide_head	VNET(wide_head)
VNET_DEFINE_STATIC(int, wide_count) = 3;
#define	V_wide_count	VNET(wide_count)
VNET_DEFINE_STATIC(struct rmlock, wide_rm);
#define	V_wide_rm	VNET(wide_rm)
VNET_DEFINE_STATIC(struct task, wide_task);
#define	V_wide_task	VNET(wide_task)
static struct sx wide_sx;
SX_SYSINIT(wide, &wide_sx, "wide");
static eventhandler_tag wide_tag;
static struct unrhdr *wide_units;
struct wide {
	struct epoch_context ctx;
};

static void
wide_free(epoch_context_t ctx)
{

	free(__containerof(ctx, struct wide, ctx), M_WIDE);
}

static int
wide_hook(int32_t type __unused, int32_t id __unused, void *udata __unused,
    void *ctx __unused, void *hdata __unused, struct osd *osd __unused)
{

	V_wide_count++;
	return (0);
}

static void
wide_work(void *arg, int pending __unused)
{

	CURVNET_SET((struct vnet *)arg);
	V_wide_count--;
	CURVNET_RESTORE();
}

static void
wide_changed(void *arg __unused)
{
	struct rm_priotracker tracker;

	rm_rlock(&V_wide_rm, &tracker);
	V_wide_count += 2;
	rm_runlock(&V_wide_rm, &tracker);
}

static struct hookinfo wide_info = {
	.hook_func = wide_hook,
	.hook_type = HHOOK_TYPE_TCP,
};

static void
wide_init(const void *unused __unused)
{

	rm_init(&V_wide_rm, "wide");
	hhook_head_register(HHOOK_TYPE_TCP, 1, &V_wide_head, HHOOK_WAITOK);
	hhook_add_hook(V_wide_head, &wide_info, HHOOK_WAITOK);
	TASK_INIT(&V_wide_task, 0, wide_work, curvnet);
	taskqueue_enqueue(taskqueue_thread, &V_wide_task);
	VNET_GLOBAL_EVENTHANDLER_REGISTER_TAG(wide_tag, nmbclusters_change,
	    wide_changed, NULL, EVENTHANDLER_PRI_ANY);
}
VNET_SYSINIT(wide_init, SI_SUB_PROTO_IF, SI_ORDER_ANY, wide_init, NULL);

static void
wide_uninit(const void *unused __unused)
{

	if (IS_DEFAULT_VNET(curvnet))
		EVENTHANDLER_DEREGISTER(nmbclusters_change, wide_tag);
	taskqueue_drain(taskqueue_thread, &V_wide_task);
	hhook_remove_hook(V_wide_head, &wide_info);
	hhook_head_deregister(V_wide_head);
	rm_destroy(&V_wide_rm);
}
VNET_SYSUNINIT(wide_uninit, SI_SUB_PROTO_IF, SI_ORDER_ANY, wide_uninit, NULL);

static int
wide_modevent(module_t mod __unused, int type, void *data __unused)
{
	struct wide *w;

	switch (type) {
	case MOD_LOAD:
		w = malloc(sizeof(*w), M_WIDE, M_WAITOK | M_ZERO);
		NET_EPOCH_CALL(wide_free, &w->ctx);
		wide_units = new_unrhdr(0, 10, NULL);
		return (0);
	case MOD_UNLOAD:
		NET_EPOCH_DRAIN_CALLBACKS();
		delete_unrhdr(wide_units);
		return (0);
	default:
		return (EOPNOTSUPP);
	}
}
static moduledata_t wide_mod = { "wide", wide_modevent, NULL };
DECLARE_MODULE(wide, wide_mod, SI_SUB_PROTO_IF, SI_ORDER_MIDDLE);
