/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/*
 * The script: an action a line, as the Python runtime notes them
 * (`jail_create(vnet=True)') or plain (`jail_create vnet=True').
 */
#include "kern.h"

#include "net.h"

#define	MOST_WORDS	16

static char *words[MOST_WORDS];
static int nwords, booted, down;

/* The n-th argument that has no name, or the one of that name. */
static const char *
given(const char *name, int n, const char *otherwise)
{
	size_t length = strlen(name);
	int i;

	for (i = 1; i < nwords; i++)
		if (strncmp(words[i], name, length) == 0 &&
		    words[i][length] == '=')
			return (words[i] + length + 1);
	for (i = 1; i < nwords; i++)
		if (strchr(words[i], '=') == NULL && n-- == 0)
			return (words[i]);
	if (otherwise == NULL)
		vp_script_error("%s needs %s", words[0], name);
	return (otherwise);
}

static int
number(const char *name, int n, const char *otherwise)
{

	return ((int)strtol(given(name, n, otherwise), NULL, 10));
}

static int
yes(const char *name, int n, const char *otherwise)
{
	const char *value = given(name, n, otherwise);

	return (value[0] == 'T' || value[0] == 't' || value[0] == '1' ||
	    value[0] == 'y');
}

static void
first_stack(void)
{

	VP_WITHIN(vp_get_curvnet(), (void)vp_vnet_new(0));
	vp_set_curvnet(vp_stack(0));
	vp_event("vnet", "", "vnet0 is there");
}

static void
do_boot(void)
{
	struct vp_slot first = {
		.subsystem = SI_SUB_VNET, .order = SI_ORDER_FIRST,
		.own = first_stack
	};
	struct vp_slot slot;
	int i;

	vp_boot_add(&first, 1);
	vp_kernel_vnet_slots();
	for (i = 1; i < nwords; i++)
		vp_link_static(words[i]);
	while (vp_boot_next(&slot))
		vp_run_slot(&slot);
}

static struct vnet *
loaders_stack(void)
{

	return (vp_stack(vp_jail_vnet(vp_thread_jail(0))));
}

static void
outcome(int error)
{

	if (error != 0)
		vp_event("result", "", "%s", vp_errno(error));
}

static void
do_load(void)
{
	int error;

	VP_WITHIN(loaders_stack(), error = vp_load(given("module", 0, NULL),
	    yes("fail", 1, "False")));
	outcome(error);
}

static void
do_unload(void)
{
	int error;

	VP_WITHIN(loaders_stack(), error = vp_unload(given("module", 0, NULL),
	    yes("force", 1, "False"), yes("veto", 2, "False")));
	outcome(error);
}

static void
do_quiesce(void)
{

	outcome(vp_quiesce(given("module", 0, NULL)));
}

static void
do_shutdown(void)
{

	vp_shutdown();
	down = 1;
}

static void
do_jail_create(void)
{

	(void)vp_jail_create(yes("vnet", 0, "True"), number("parent", 1, "0"));
}

static void
do_jail_destroy(void)
{

	vp_jail_destroy(number("number", 0, NULL));
}

static void
do_thread_create(void)
{

	(void)vp_thread_create(number("jail", 0, "0"));
}

static void
do_thread_attach(void)
{

	vp_thread_attach(number("thread", 0, NULL), number("jail", 1, NULL));
}

static void
do_interface_create(void)
{

	(void)vp_interface_create(given("kind", 0, "physical"),
	    number("vnet", 1, "0"), given("name", 2, ""));
}

static void
do_interface_destroy(void)
{

	vp_interface_destroy(given("name", 0, NULL));
}

static void
do_interface_move(void)
{

	vp_interface_move(given("name", 0, NULL), number("vnet", 1, NULL));
}

static void
do_packet_in(void)
{

	vp_packet_in(given("interface", 0, NULL));
}

static void
do_packet_out(void)
{

	vp_packet_out(given("interface", 0, NULL));
}

static void
do_socket_create(void)
{

	(void)vp_socket_create(number("thread", 0, "0"));
}

static void
do_socket_call(void)
{

	vp_socket_call(number("socket", 0, NULL), given("member", 1, ""));
}

static void
do_socket_pass(void)
{

	vp_socket_pass(number("socket", 0, NULL), number("thread", 1, NULL));
}

static void
do_socket_close(void)
{

	vp_socket_close(number("socket", 0, NULL));
}

static void
sysctl_access(int write)
{
	int jail = vp_thread_jail(number("thread", 1, "0"));

	vp_sysctl_access(given("name", 0, NULL), vp_jail_vnet(jail),
	    jail == 0 ? 0 : vp_jail_owns(jail) ? 1 : 2, write);
}

static void
do_sysctl_read(void)
{

	sysctl_access(0);
}

static void
do_sysctl_write(void)
{

	sysctl_access(1);
}

static void
do_ioctl(void)
{

	vp_device_call(given("member", 1, "d_ioctl"), number("thread", 0, "0"));
}

static void
do_interface_ioctl(void)
{

	vp_interface_ioctl(given("interface", 0, NULL),
	    vp_socket_vnet(number("socket", 1, NULL)));
}

static void
do_tick(void)
{

	vp_callouts_run();
	vp_protocol_timers_run(0);
}

static void
do_run_tasks(void)
{

	vp_tasks_run(0);
}

/* Whether the invoker of an event has a stack whenever it happens. */
static int
inherits(const char *name)
{
	static const char *const parts[] = {
		"ifnet_", "ifaddr_", "bpf_", "vlan_", "lle_", "if_clone",
		"group_", "rt_addrmsg", "iface",
	};
	const char *end = strrchr(name, '_');
	u_int i;

	for (i = 0; i < nitems(parts); i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return (1);
	return (end != NULL && (strcmp(end, "_change") == 0 ||
	    strcmp(end, "_changed") == 0));
}

static void
do_event(void)
{
	const char *name = given("name", 0, NULL);
	int vnet = number("vnet", 1, "0");

	vp_event_invoke(name, inherits(name) ? vp_stack(vnet) : NULL,
	    vp_interface_of_stack(vnet));
}

static void
do_low_memory(void)
{

	vp_protocol_timers_run(1);
	vp_event_invoke("vm_lowmem", NULL, NULL);
}

/* The end of a script; main() does what is to be done then. */
static int
is_end(const char *verb)
{

	return (strcmp(verb, "finish") == 0);
}

static const struct {
	const char	*verb;
	void		(*action)(void);
} verbs[] = {
#define	VERB(name)	{ #name, do_##name }
	VERB(boot), VERB(load), VERB(unload), VERB(quiesce), VERB(shutdown),
	VERB(jail_create), VERB(jail_destroy), VERB(thread_create),
	VERB(thread_attach), VERB(interface_create), VERB(interface_destroy),
	VERB(interface_move), VERB(packet_in), VERB(packet_out),
	VERB(socket_create), VERB(socket_call), VERB(socket_pass),
	VERB(socket_close), VERB(sysctl_read), VERB(sysctl_write),
	VERB(ioctl), VERB(interface_ioctl), VERB(tick), VERB(run_tasks),
	VERB(event), VERB(low_memory),
};

static void
split(char *line)
{
	char *c, *word;

	for (c = line; *c != '\0'; c++)
		if (strchr("(),'\"", *c) != NULL)
			*c = ' ';
	nwords = 0;
	while ((word = strsep(&line, " \t")) != NULL && nwords < MOST_WORDS)
		if (*word != '\0')
			words[nwords++] = word;
}

static void
act(char *line)
{
	const char *text = vp_text("%s", line);
	u_int i;

	split(line);
	if (nwords == 0 || words[0][0] == '#' || is_end(words[0]))
		return;
	if (down || booted != (strcmp(words[0], "boot") != 0))
		vp_script_error("%s: boot once, as the first action, and do "
		    "nothing after shutdown", text);
	for (i = 0; i < nitems(verbs); i++) {
		if (strcmp(verbs[i].verb, words[0]) != 0)
			continue;
		booted = 1;
		vp_step++;
		vp_event("action", "", "%s", text);
		verbs[i].action();
		return;
	}
	vp_script_error("there is no action %s", words[0]);
}

int
main(void)
{
	char *line;

	vp_modules_read();
	vp_locks_boot();
	while ((line = host_line()) != NULL)
		act(line);
	if (booted && !down) {
		vp_tasks_run(1);
		vp_everything_ends();
	}
	return (vp_faults() ? 1 : 0);
}
