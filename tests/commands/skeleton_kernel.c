/*
 * As much of a kernel as the skeleton needs to live in a process: loads it,
 * makes a second network stack, lets the timers run, takes the stack away,
 * unloads the module, and prints what the module asks for.
 */
#include <sys/param.h>
#include <sys/proc.h>

#include "frob.c"

void	*malloc(size_t);
void	exit(int) __dead2;

SET_DECLARE(sysinit_set, struct sysinit);
SET_DECLARE(sysuninit_set, struct sysinit);

__thread struct thread *__curthread;
int		hz = 100;
struct sysctl_oid sysctl___net;

static struct thread thread;
static struct callout *timers[2];
static const moduledata_t *loaded;

#ifdef VIMAGE
struct vnet	*vnet0;
static struct vnet stacks[2];
static struct vnet_sysinit *constructor, *destructor;
static int	nstacks = 1;
extern char	__start_set_vnet[], __stop_set_vnet[];
#endif

static int
current(void)
{
#ifdef VIMAGE
	return (curvnet == NULL ? -1 : (int)(curvnet - stacks));
#else
	return (0);
#endif
}

static void
check(int good, const char *what)
{
	if (!good) {
		printf("fault: %s\n", what);
		exit(1);
	}
}

void
panic(const char *format, ...)
{
	check(0, format);
	__builtin_unreachable();
}

/* The lock: 0 when there is none, 1 when free, 2 when held. */
void
mtx_init(struct mtx *m, const char *name, const char *type __unused,
    int options __unused)
{
	check(m->mtx_lock == 0, "lock made twice");
	m->mtx_lock = 1;
	printf("mtx_init %s\n", name);
}

void
mtx_lock(struct mtx *m)
{
	check(m->mtx_lock == 1, "lock not there or held");
	m->mtx_lock = 2;
}

void
mtx_unlock(struct mtx *m)
{
	check(m->mtx_lock == 2, "lock not held");
	m->mtx_lock = 1;
}

void
mtx_destroy(struct mtx *m)
{
	check(m->mtx_lock == 1, "lock not there or held");
	m->mtx_lock = 0;
	printf("mtx_destroy\n");
}

void
callout_init(struct callout *c, int mpsafe)
{
	check(current() >= 0 && timers[current()] == NULL, "timer made twice");
	check(mpsafe, "timer under Giant");
	timers[current()] = c;
	printf("stack %d: callout_init\n", current());
}

int
callout_reset(struct callout *c, int after, callout_func_t *func, void *arg)
{
	check(current() >= 0 && timers[current()] == c, "another's timer");
	c->c_func = func;
	c->c_arg = arg;
	printf("stack %d: callout_reset %d\n", current(), after);
	return (0);
}

int
callout_drain(struct callout *c)
{
	check(current() >= 0 && timers[current()] == c, "another's timer");
	timers[current()] = NULL;
	printf("stack %d: callout_drain\n", current());
	return (0);
}

int
sysctl_handle_int(SYSCTL_HANDLER_ARGS)
{
	return (0);
}

#ifdef VIMAGE
int
vnet_sysctl_handle_int(struct sysctl_oid *o __unused, void *a __unused,
    intptr_t b __unused, struct sysctl_req *r __unused)
{
	return (0);
}

static void
each(const struct vnet_sysinit *what)
{
	struct vnet *saved = curvnet;
	int i;

	for (i = nstacks - 1; i >= 0; i--) {
		curvnet = &stacks[i];
		what->func(what->arg);
	}
	curvnet = saved;
}

void
vnet_register_sysinit(void *arg)
{
	constructor = arg;
	each(constructor);
}

void
vnet_register_sysuninit(void *arg)
{
	destructor = arg;
}

void
vnet_deregister_sysinit(void *arg __unused)
{
}

void
vnet_deregister_sysuninit(void *arg)
{
	each(arg);
}

static void
make_stack(struct vnet *vnet)
{
	size_t n = __stop_set_vnet - __start_set_vnet;
	char *data = malloc(n);

	memcpy(data, __start_set_vnet, n);
	vnet->vnet_magic_n = VNET_MAGIC_N;
	vnet->vnet_data_base = (uintptr_t)data - (uintptr_t)__start_set_vnet;
}
#endif

static void
event(int type, const char *name)
{
	printf("%s: %d\n", name, loaded->evhand(NULL, type, loaded->priv));
}

void
module_register_init(const void *arg)
{
	loaded = arg;
	event(MOD_LOAD, "MOD_LOAD");
}

static int
before(const struct sysinit *a, const struct sysinit *b)
{
	if (a->subsystem != b->subsystem)
		return (a->subsystem < b->subsystem);
	return (a->order < b->order);
}

/* Run a set by its keys, upwards or downwards. */
static void
run(struct sysinit **from, struct sysinit **to, int down)
{
	struct sysinit *order[8], *swap;
	int i, j, n = to - from;

	check(n <= 8, "too many records");
	for (i = 0; i < n; i++)
		order[i] = from[i];
	for (i = 0; i < n; i++) {
		for (j = i + 1; j < n; j++) {
			if (down ? before(order[i], order[j]) :
			    before(order[j], order[i])) {
				swap = order[i];
				order[i] = order[j];
				order[j] = swap;
			}
		}
		order[i]->func(order[i]->udata);
	}
}

static void
fire(int stack)
{
	timers[stack]->c_func(timers[stack]->c_arg);
}

int
main(void)
{
	__curthread = &thread;
#ifdef VIMAGE
	vnet0 = &stacks[0];
	make_stack(vnet0);
	curvnet = vnet0;
#endif
	printf("load\n");
	run(__start_set_sysinit_set, __stop_set_sysinit_set, 0);
#ifdef VIMAGE
	printf("new stack\n");
	make_stack(&stacks[1]);
	curvnet = &stacks[1];
	constructor->func(constructor->arg);
	nstacks = 2;
	V_frob_interval = 5;
	curvnet = NULL;
	printf("timers\n");
	fire(1);
	check(curvnet == NULL, "network stack not left");
	fire(0);
	check(curvnet == NULL, "network stack not left");
	printf("stack ends\n");
	nstacks = 1;
	curvnet = &stacks[1];
	destructor->func(destructor->arg);
	curvnet = vnet0;
#else
	V_frob_interval = -1;
	printf("timers\n");
	fire(0);
#endif
	event(MOD_SHUTDOWN, "MOD_SHUTDOWN");
	printf("unload\n");
	event(MOD_QUIESCE, "MOD_QUIESCE");
	event(MOD_UNLOAD, "MOD_UNLOAD");
	run(__start_set_sysuninit_set, __stop_set_sysuninit_set, 1);
	return (0);
}
