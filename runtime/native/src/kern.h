/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_KERN_H_
#define	_VPORT_KERN_H_

/* What the files of this kernel know of each other. */
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/module.h>
#include <sys/proc.h>
#include <sys/jail.h>
#include <sys/queue.h>
#include <sys/sysctl.h>

#include <net/vnet.h>

#include <vport/native.h>

#include "host.h"

#define	VP_PANIC	70	/* exit status: the kernel died */
#define	VP_SCRIPT	65	/* exit status: the script asks for what is not there */

/* A function of whatever type, as an address. */
#define	VP_CODE(f)	((void *)(uintptr_t)(f))

/* Trace. */
extern int	vp_step;
const char *vp_take_place(void);
const char *vp_name(const void *address);	/* of a variable, "" if none */
const char *vp_function(const void *address);
void	vp_handler(const char *at, const void *function);
int	vp_curvnet_number(void);
int	vp_faults(void);
void	vp_quiet(int);
void	vp_script_error(const char *fmt, ...) __dead2 __printflike(1, 2);

/* Texts that live as long as the program. */
char	*vp_text(const char *fmt, ...) __printflike(1, 2);

/* A module as it lies in the program; modules.c. */
struct vp_range {
	char	*from;
	char	*to;
};

struct vp_module {
	struct vp_module	*next;		/* as linked */
	const char		*name;
	struct vp_range		 data, bss, vnet, text;
	char			*saved_data, *saved_vnet;
	size_t			 space, space_size;	/* of modspace */
	struct sysinit *const	*sysinit, *const *sysinit_end;
	struct sysinit *const	*sysuninit, *const *sysuninit_end;
	struct sysctl_oid *const *oids, *const *oids_end;
	struct mod_metadata *const *meta, *const *meta_end;
	int			 used;		/* its bytes are not fresh */
	int			 loaded, is_static;
	int			 references, user_references;
	int			 loads;		/* order of loading */
	int			 failing;
	struct vp_event_record	*events;	/* newest first */
	struct vp_module	*depends[16];
	int			 ndepends;
};

/* One DECLARE_MODULE whose MOD_LOAD did not fail. */
struct vp_event_record {
	struct vp_event_record	*next;
	const moduledata_t	*data;
	const char		*at;
	int			 quiesced;
};

extern struct vp_module *vp_modules;		/* in the program */
extern struct vp_module *vp_loaded[64];		/* in the order of loading */
extern int	vp_nloaded;
void	vp_modules_read(void);
struct vp_module *vp_module_named(const char *);
struct vp_module *vp_module_of(const void *address);
void	vp_module_fresh(struct vp_module *);
int	vp_in(const struct vp_range *, const void *);
int	vp_module_runs(struct vp_module *, const void *function);

/* The order of a linker set; order.c. */
struct vp_slot {
	u_int			 subsystem, order;
	struct vp_module	*module;	/* NULL: the kernel's own */
	const struct sysinit	*record;
	void			(*own)(void);
};
void	vp_order_load(struct vp_slot *, int);
void	vp_order_unload(struct vp_slot *, int);
void	vp_boot_add(const struct vp_slot *, int);
int	vp_boot_next(struct vp_slot *);
int	vp_is_2010(void);

/* Linker; linker.c. */
int	vp_load(const char *, int fail);
int	vp_unload(const char *, int force, int veto);
int	vp_quiesce(const char *);
void	vp_link_static(const char *);
void	vp_run_slot(const struct vp_slot *);
void	vp_shutdown(void);
void	vp_run_record(struct vp_module *, const struct sysinit *);

/* Stacks; vnets.c and construct.c. */
extern struct vnet *vp_vnets[256];		/* by number, NULL when gone */
struct vnet *vp_vnet_new(int number);
void	vp_vnet_end(struct vnet *);
void	vp_vnet_bring(struct vp_module *);
void	vp_must_have_restored(struct vnet *);
void	vp_must_be_current(const void *, const char *at);
const char *vp_vnet_variable(const void *address, int *number);
int	vp_vnet_going(const struct vnet *);
struct vnet *vp_stack(int number);
void	vp_set_curvnet(struct vnet *);
struct vnet *vp_get_curvnet(void);
void	vp_construct(struct vnet *);
void	vp_destruct(struct vnet *);
void	vp_kernel_vnet_slots(void);

/* Run something in a stack and come back. */
#define	VP_WITHIN(stack, what) do {					\
	struct vnet *_vp_before = vp_get_curvnet();			\
									\
	vp_set_curvnet(stack);						\
	what;								\
	vp_must_have_restored(stack);					\
	vp_set_curvnet(_vp_before);					\
} while (0)

/* The piece of every stack's block that modules share; modspace.c. */
int	vp_modspace_take(struct vp_module *);
void	vp_modspace_give(struct vp_module *);
void	vp_initials_check(struct vp_module *);
void	vp_initials_arrive(struct vp_module *, char *bytes);

/* Errno's name, as the trace has it. */
const char *vp_errno(int);

/* What the rest of the kernel does when something comes or goes. */
void	vp_stack_dies(struct vnet *);		/* leaks.c */
void	vp_module_goes(struct vp_module *);	/* leaks.c */
void	vp_everything_ends(void);		/* leaks.c */
void	vp_event_invoke(const char *name, struct vnet *, void *subject);

#endif /* !_VPORT_KERN_H_ */
