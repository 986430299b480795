/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* What a linker set may name beside a module's own functions: the kernel's. */
#include "kern.h"

#include <sys/domain.h>
#include <sys/kthread.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/rmlock.h>
#include <sys/rwlock.h>
#include <sys/sx.h>

#include "net.h"

#define	F(f)	__SYSINIT_FUNC(f)

static int
is_domain_start(sysinit_cfunc_t f)
{

	return (f == F(vnet_domain_init) || f == F(domain_init));
}

/*
 * A domain has no function of its own at its slot: the protocols' functions
 * stand there, one after the other.
 */
int
vp_domain_slot(sysinit_cfunc_t f, const void *arg, const char *what)
{
	const struct domain *dom = arg;
	struct protosw *pr;

	if (!is_domain_start(f) && f != F(vnet_domain_uninit))
		return (0);
	if (is_domain_start(f) && dom->dom_init != NULL) {
		vp_event(what, "", "%s()",
		    vp_function(VP_CODE(dom->dom_init)));
		dom->dom_init();
	}
	for (pr = dom->dom_protosw; pr < dom->dom_protoswNPROTOSW; pr++)
		if (is_domain_start(f) && pr->pr_init != NULL) {
			vp_event(what, "", "%s()",
			    vp_function(VP_CODE(pr->pr_init)));
			pr->pr_init();
		}
	if (f == F(vnet_domain_uninit) && dom->dom_destroy != NULL) {
		vp_event(what, "", "%s()",
		    vp_function(VP_CODE(dom->dom_destroy)));
		dom->dom_destroy();
	}
	return (1);
}

/* These tell by themselves what they do, or nothing that concerns a module. */
int
vp_slot_is_own(const struct sysinit *record)
{
	static const sysinit_cfunc_t known[] = {
		F(mtx_sysinit), F(mtx_destroy), F(rw_sysinit), F(rw_destroy),
		F(sx_sysinit), F(sx_destroy), F(rm_sysinit), F(rm_destroy),
		F(malloc_init), F(malloc_uninit), F(domain_add),
		F(domain_init), F(vnet_domain_init), F(vnet_domain_uninit),
		F(tunable_int_init), F(tunable_long_init),
		F(tunable_ulong_init), F(tunable_quad_init),
		F(tunable_int64_init), F(tunable_uint64_init),
		F(tunable_bool_init), F(tunable_str_init),
		F(kproc_start), F(kthread_start),
#ifdef VIMAGE
		F(vnet_register_sysinit), F(vnet_register_sysuninit),
		F(vnet_deregister_sysinit), F(vnet_deregister_sysuninit),
#endif
	};
	u_int i;

	for (i = 0; i < nitems(known); i++)
		if (record->func == known[i])
			return (1);
	return (0);
}

void
vp_slot_run_own(struct vp_module *m __unused, const struct sysinit *record,
    const char *what)
{

	if (vp_domain_slot(record->func, record->udata, what))
		return;
	vp_place = record->vp_at;
	record->func(record->udata);
	vp_place = "";
}
