/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_KERNEL_H_
#define	_VP_SYS_KERNEL_H_

#include <sys/types.h>
#include <sys/linker_set.h>
#include <sys/queue.h>

extern char	kernelname[];
extern int	tick;
extern int	hz;
extern int	psratio;
extern int	stathz;
extern int	profhz;
extern int	ticks;
extern volatile time_t time_second;
extern volatile time_t time_uptime;

enum sysinit_sub_id {
	SI_SUB_DUMMY		= 0x0000000,
	SI_SUB_DONE		= 0x0000001,
	SI_SUB_TUNABLES		= 0x0700000,
	SI_SUB_COPYRIGHT	= 0x0800001,
	SI_SUB_VM		= 0x1000000,
	SI_SUB_COUNTER		= 0x1100000,
	SI_SUB_KMEM		= 0x1800000,
	SI_SUB_HYPERVISOR	= 0x1a40000,
	SI_SUB_WITNESS		= 0x1a80000,
	SI_SUB_MTX_POOL_DYNAMIC	= 0x1ac0000,
	SI_SUB_LOCK		= 0x1b00000,
	SI_SUB_EVENTHANDLER	= 0x1c00000,
	SI_SUB_VNET_PRELINK	= 0x1e00000,
	SI_SUB_KLD		= 0x2000000,
	SI_SUB_CPU		= 0x2100000,
	SI_SUB_RACCT		= 0x2110000,
	SI_SUB_KDTRACE		= 0x2140000,
	SI_SUB_RANDOM		= 0x2160000,
	SI_SUB_MAC		= 0x2180000,
	SI_SUB_MAC_POLICY	= 0x21c0000,
	SI_SUB_MAC_LATE		= 0x21d0000,
	SI_SUB_VNET		= 0x21e0000,
	SI_SUB_INTRINSIC	= 0x2200000,
	SI_SUB_VM_CONF		= 0x2300000,
	SI_SUB_DDB_SERVICES	= 0x2380000,
	SI_SUB_RUN_QUEUE	= 0x2400000,
	SI_SUB_KTRACE		= 0x2480000,
	SI_SUB_OPENSOLARIS	= 0x2490000,
	SI_SUB_AUDIT		= 0x24c0000,
	SI_SUB_CREATE_INIT	= 0x2500000,
	SI_SUB_SCHED_IDLE	= 0x2600000,
	SI_SUB_MBUF		= 0x2700000,
	SI_SUB_INTR		= 0x2800000,
	SI_SUB_TASKQ		= 0x2880000,
	SI_SUB_EPOCH		= 0x2888000,
#ifdef EARLY_AP_STARTUP
	SI_SUB_SMP		= 0x2900000,
#endif
	SI_SUB_SOFTINTR		= 0x2a00000,
	SI_SUB_DEVFS		= 0x2f00000,
	SI_SUB_INIT_IF		= 0x3000000,
	SI_SUB_NETGRAPH		= 0x3010000,
	SI_SUB_DTRACE		= 0x3020000,
	SI_SUB_DTRACE_PROVIDER	= 0x3048000,
	SI_SUB_DTRACE_ANON	= 0x308c000,
	SI_SUB_DRIVERS		= 0x3100000,
	SI_SUB_CONFIGURE	= 0x3800000,
	SI_SUB_VFS		= 0x4000000,
	SI_SUB_CLOCKS		= 0x4800000,
	SI_SUB_SYSV_SHM		= 0x6400000,
	SI_SUB_SYSV_SEM		= 0x6800000,
	SI_SUB_SYSV_MSG		= 0x6c00000,
	SI_SUB_P1003_1B		= 0x6e00000,
	SI_SUB_PSEUDO		= 0x7000000,
	SI_SUB_EXEC		= 0x7400000,
	SI_SUB_PROTO_BEGIN	= 0x8000000,
	SI_SUB_PROTO_PFIL	= 0x8100000,
	SI_SUB_PROTO_IF		= 0x8400000,
	SI_SUB_PROTO_DOMAININIT	= 0x8600000,
	SI_SUB_PROTO_MC		= 0x8700000,
	SI_SUB_PROTO_DOMAIN	= 0x8800000,
	SI_SUB_PROTO_FIREWALL	= 0x8806000,
	SI_SUB_PROTO_IFATTACHDOMAIN = 0x8808000,
	SI_SUB_PROTO_END	= 0x8ffffff,
	SI_SUB_KPROF		= 0x9000000,
	SI_SUB_KICK_SCHEDULER	= 0xa000000,
	SI_SUB_INT_CONFIG_HOOKS	= 0xa800000,
	SI_SUB_ROOT_CONF	= 0xb000000,
	SI_SUB_INTRINSIC_POST	= 0xd000000,
	SI_SUB_SYSCALLS		= 0xd800000,
	SI_SUB_VNET_DONE	= 0xdc00000,
	SI_SUB_KTHREAD_INIT	= 0xe000000,
	SI_SUB_KTHREAD_PAGE	= 0xe400000,
	SI_SUB_KTHREAD_VM	= 0xe800000,
	SI_SUB_KTHREAD_BUF	= 0xea00000,
	SI_SUB_KTHREAD_UPDATE	= 0xec00000,
	SI_SUB_KTHREAD_IDLE	= 0xee00000,
#ifndef EARLY_AP_STARTUP
	SI_SUB_SMP		= 0xf000000,
#endif
	SI_SUB_RACCTD		= 0xf100000,
	SI_SUB_LAST		= 0xfffffff,
	/* What earlier releases call some of these. */
	SI_SUB_VIMAGE_PRELINK	= SI_SUB_VNET_PRELINK,
	SI_SUB_FW		= SI_SUB_PROTO_FIREWALL,
	SI_SUB_RUN_SCHEDULER	= SI_SUB_LAST
};

enum sysinit_elem_order {
	SI_ORDER_FIRST	= 0x0000000,
	SI_ORDER_SECOND	= 0x0000001,
	SI_ORDER_THIRD	= 0x0000002,
	SI_ORDER_FOURTH	= 0x0000003,
	SI_ORDER_FIFTH	= 0x0000004,
	SI_ORDER_SIXTH	= 0x0000005,
	SI_ORDER_SEVENTH = 0x0000006,
	SI_ORDER_EIGHTH	= 0x0000007,
	SI_ORDER_MIDDLE	= 0x1000000,
	SI_ORDER_ANY	= 0xfffffff
};

typedef void (*sysinit_nfunc_t)(void *);
typedef void (*sysinit_cfunc_t)(const void *);

struct sysinit {
	enum sysinit_sub_id	 subsystem;
	enum sysinit_elem_order	 order;
	sysinit_cfunc_t		 func;
	const void		*udata;
#ifdef VPORT_NATIVE
	const char		*vp_at;
	const char		*vp_text;
#endif
};

/* A record of the native harness knows its place, and its argument's text. */
#ifdef VPORT_NATIVE
#include <vport/native.h>
#define	__SYSINIT_TEXTS(text)	.vp_at = VP_HERE, .vp_text = (text)
#else
#define	__SYSINIT_TEXTS(text)
#endif

/* Handlers of any return type are taken, as the kernel takes them. */
#define	__SYSINIT_FUNC(f)	((sysinit_cfunc_t)(void (*)(void))(f))

#define	__SYSINIT_RECORD(set, uniquifier, sub, ord, fn, ident, text)	\
	static struct sysinit uniquifier##_##set = {			\
		.subsystem = (sub),					\
		.order = (ord),						\
		.func = __SYSINIT_FUNC(fn),				\
		.udata = (ident),					\
		__SYSINIT_TEXTS(text)					\
	};								\
	DATA_SET(set##_set, uniquifier##_##set)

#define	SYSINIT(uniquifier, sub, ord, fn, ident)			\
	__SYSINIT_RECORD(sysinit, uniquifier, sub, ord, fn, ident, #ident)
#define	SYSUNINIT(uniquifier, sub, ord, fn, ident)			\
	__SYSINIT_RECORD(sysuninit, uniquifier, sub, ord, fn, ident, #ident)
#define	C_SYSINIT	SYSINIT
#define	C_SYSUNINIT	SYSUNINIT

void	sysinit_add(struct sysinit **, struct sysinit **);

/* Loader tunables. */
#define	__TUNABLE_KIND(kind, type)					\
	void	tunable_##kind##_init(void *);				\
	struct tunable_##kind { const char *path; type *var; }
__TUNABLE_KIND(int, int);
__TUNABLE_KIND(long, long);
__TUNABLE_KIND(ulong, unsigned long);
__TUNABLE_KIND(int64, int64_t);
__TUNABLE_KIND(uint64, uint64_t);
__TUNABLE_KIND(quad, quad_t);
__TUNABLE_KIND(bool, bool);
struct tunable_str {
	const char	*path;
	char		*var;
	int		 size;
};
void	tunable_str_init(void *);

#define	__TUNABLE(kind, p, v, line)					\
	static struct tunable_##kind __CONCAT(__tunable_##kind##_, line) = { \
		(p), (v)						\
	};								\
	SYSINIT(__CONCAT(__Tunable_init_, line), SI_SUB_TUNABLES,	\
	    SI_ORDER_MIDDLE, tunable_##kind##_init,			\
	    &__CONCAT(__tunable_##kind##_, line))
#define	TUNABLE_INT(path, var)		__TUNABLE(int, path, var, __LINE__)
#define	TUNABLE_LONG(path, var)		__TUNABLE(long, path, var, __LINE__)
#define	TUNABLE_ULONG(path, var)	__TUNABLE(ulong, path, var, __LINE__)
#define	TUNABLE_INT64(path, var)	__TUNABLE(int64, path, var, __LINE__)
#define	TUNABLE_UINT64(path, var)	__TUNABLE(uint64, path, var, __LINE__)
#define	TUNABLE_QUAD(path, var)		__TUNABLE(quad, path, var, __LINE__)
#define	TUNABLE_BOOL(path, var)		__TUNABLE(bool, path, var, __LINE__)
#define	TUNABLE_STR(path, var, size)					\
	static struct tunable_str __CONCAT(__tunable_str_, __LINE__) = { \
		(path), (var), (size)					\
	};								\
	SYSINIT(__CONCAT(__Tunable_init_, __LINE__), SI_SUB_TUNABLES,	\
	    SI_ORDER_MIDDLE, tunable_str_init,				\
	    &__CONCAT(__tunable_str_, __LINE__))

int	getenv_int(const char *, int *);
int	getenv_long(const char *, long *);
int	getenv_ulong(const char *, unsigned long *);
int	getenv_quad(const char *, quad_t *);
int	getenv_bool(const char *, bool *);
int	getenv_string(const char *, char *, int);
#define	TUNABLE_INT_FETCH(path, var)	getenv_int((path), (var))
#define	TUNABLE_LONG_FETCH(path, var)	getenv_long((path), (var))
#define	TUNABLE_ULONG_FETCH(path, var)	getenv_ulong((path), (var))
#define	TUNABLE_QUAD_FETCH(path, var)	getenv_quad((path), (var))
#define	TUNABLE_BOOL_FETCH(path, var)	getenv_bool((path), (var))
#define	TUNABLE_STR_FETCH(path, var, size)				\
	getenv_string((path), (var), (size))

struct intr_config_hook {
	void	(*ich_func)(void *);
	void	*ich_arg;
};
int	config_intrhook_establish(struct intr_config_hook *);
void	config_intrhook_disestablish(struct intr_config_hook *);

#endif /* !_VP_SYS_KERNEL_H_ */
