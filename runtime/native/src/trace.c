/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* The trace: one JSON object a line, in the words of the Python runtime. */
#include "kern.h"

int	vp_step;
const char *vp_place = "";
static int faults, quiet;

/* What nobody compares: a thread's later turns. */
void
vp_quiet(int yes)
{

	quiet = yes;
}

int
vp_faults(void)
{

	return (faults);
}

const char *
vp_take_place(void)
{
	const char *at = vp_place;

	vp_place = "";
	return (at);
}

char *
vp_text(const char *fmt, ...)
{
	char buffer[1024], *copy;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buffer, sizeof(buffer), fmt, ap);
	va_end(ap);
	copy = host_alloc(strlen(buffer) + 1);
	return (strcpy(copy, buffer));
}

static void
put(char **to, char *end, const char *text)
{

	while (*text != '\0' && *to < end)
		*(*to)++ = *text++;
}

/* A text inside quotes. */
static void
put_quoted(char **to, char *end, const char *text)
{
	char escape[8];

	for (; *text != '\0' && *to < end; text++) {
		if (*text == '"' || *text == '\\')
			*(*to)++ = '\\';
		if ((u_char)*text >= ' ') {
			*(*to)++ = *text;
			continue;
		}
		snprintf(escape, sizeof(escape), "\\u%04x", (u_char)*text);
		put(to, end, escape);
	}
}

static void
tell(const char *what, const char *at, const char *text)
{
	char line[4096], number[64], *to = line;
	char *end = line + sizeof(line) - 80;

	put(&to, end, "{\"what\":\"");
	put_quoted(&to, end, what);
	put(&to, end, "\",\"text\":\"");
	put_quoted(&to, end, text);
	put(&to, end, "\",\"at\":\"");
	put_quoted(&to, end, at);
	snprintf(number, sizeof(number), "\",\"vnet\":%d,\"step\":%d}\n",
	    vp_curvnet_number(), vp_step);
	put(&to, line + sizeof(line) - 1, number);
	*to = '\0';
	host_trace(line);
}

void
vp_event(const char *what, const char *at, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tell(what, at, text);
}

static void
tell_fault(const char *kind, const char *at, const char *fmt, va_list ap)
{
	char text[1024], whole[1200];

	faults++;
	vsnprintf(text, sizeof(text), fmt, ap);
	snprintf(whole, sizeof(whole), "%s: %s", kind, text);
	tell("fault", at, whole);
	host_say(at);
	host_say(*at != '\0' ? ": " : "");
	host_say(whole);
	host_say("\n");
}

void
vp_fault(const char *kind, const char *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_fault(kind, at, fmt, ap);
	va_end(ap);
}

void
vp_fatal(const char *kind, const char *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_fault(kind, at, fmt, ap);
	va_end(ap);
	host_leave(VP_PANIC);
}

void
vp_script_error(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	host_say("vport: ");
	host_say(text);
	host_say("\n");
	host_leave(VP_SCRIPT);
}

const char *
vp_function(const void *address)
{
	const char *name = host_symbol(address, NULL);

	return (name != NULL ? name : "?");
}

/* The kernel calls a handler of a module. */
void
vp_handler(const char *at, const void *function)
{

	vp_event("handler", at, "%s()", vp_function(function));
}

/* A per-vnet variable by either of its addresses, or a shared one. */
const char *
vp_name(const void *address)
{
	const char *name = vp_vnet_variable(address, NULL);

	if (name == NULL)
		name = host_symbol(address, NULL);
	if (name == NULL)
		return ("");
	return (strncmp(name, "vnet_entry_", 11) == 0 ? name + 11 : name);
}

const char *
vp_errno(int error)
{
	static const struct {
		int		 number;
		const char	*name;
	} names[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" }, { EINVAL, "EINVAL" },
		{ ENOSPC, "ENOSPC" }, { ENOEXEC, "ENOEXEC" },
		{ ENOMEM, "ENOMEM" }, { ENXIO, "ENXIO" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
	};
	u_int i;

	for (i = 0; i < nitems(names); i++)
		if (names[i].number == error)
			return (names[i].name);
	return (vp_text("%d", error));
}
