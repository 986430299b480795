/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* The system the kernel runs on: memory, the script, the trace, the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

static int trace_file = -1;

static void
no_memory(void)
{

	fputs("vport: out of memory\n", stderr);
	_exit(71);
}

void *
host_raw(unsigned long size)
{
	void *found = calloc(1, size != 0 ? size : 1);

	if (found == NULL)
		no_memory();
	return (found);
}

void
host_raw_free(void *p)
{

	free(p);
}

/* The kernel's own structures are listed, for they lead to those of modules. */
struct listed {
	struct listed	*next, *before;
	unsigned long	 size, filler;
};
static struct listed all = { &all, &all, 0, 0 };

void *
host_alloc(unsigned long size)
{
	struct listed *new = host_raw(sizeof(*new) + size);

	new->size = size;
	new->next = &all;
	new->before = all.before;
	all.before->next = new;
	all.before = new;
	return (new + 1);
}

void
host_free(void *p)
{
	struct listed *old = p;

	if (p == NULL)
		return;
	old--;
	old->before->next = old->next;
	old->next->before = old->before;
	free(old);
}

void
host_each(void (*f)(const char *, const char *))
{
	struct listed *each;

	for (each = all.next; each != &all; each = each->next)
		f((char *)(each + 1), (char *)(each + 1) + each->size);
}

void *
host_grow(void *p, unsigned long size)
{
	void *found = realloc(p, size);

	if (found == NULL)
		no_memory();
	return (found);
}

const char *
host_env(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return (value != NULL && *value != '\0' ? value : otherwise);
}

char *
host_line(void)
{
	static char line[4096];
	size_t length;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return (NULL);
	length = strcspn(line, "\r\n");
	line[length] = '\0';
	return (line);
}

void
host_say(const char *text)
{

	fputs(text, stderr);
}

/* One write a line: what was told before a crash must not be lost. */
void
host_trace(const char *text)
{
	size_t length = strlen(text);

	if (trace_file < 0)
		trace_file = atoi(host_env("VPORT_TRACE", "1"));
	while (length != 0) {
		ssize_t n = write(trace_file, text, length);

		if (n <= 0)
			_exit(74);
		text += n;
		length -= (size_t)n;
	}
}

void
host_leave(int status)
{

	fflush(stderr);
	exit(status);
}
