/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Names of functions and variables by their address, from the program's own file. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

struct symbol {
	uintptr_t	 start;
	uintptr_t	 size;
	char		*name;
};

static struct symbol *symbols;
static size_t symbol_count;

/* Compilers add a dot and a number to the names of clones and local statics. */
static char *
plain(const char *name)
{
	size_t length = strcspn(name, ".");
	char *copy = malloc(length + 1);

	if (copy == NULL)
		abort();
	memcpy(copy, name, length);
	copy[length] = '\0';
	return (copy);
}

static int
by_start(const void *a, const void *b)
{
	const struct symbol *one = a, *other = b;

	return (one->start < other->start ? -1 : one->start > other->start);
}

static char *
whole_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 20, length = 0, n;
	char *text = malloc(room);

	while (f != NULL && text != NULL &&
	    (n = fread(text + length, 1, room - length, f)) != 0) {
		length += n;
		if (length == room)
			text = realloc(text, room *= 2);
	}
	if (f != NULL)
		fclose(f);
	return (length > sizeof(Elf64_Ehdr) ? text : NULL);
}

/* Addresses in the file become those in memory by one known in both. */
static void
take(const Elf64_Sym *table, size_t count, const char *names)
{
	uintptr_t base = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(names + table[i].st_name, "host_symbol") == 0)
			base = (uintptr_t)&host_symbol - table[i].st_value;
	symbols = calloc(count, sizeof(*symbols));
	for (i = 0; symbols != NULL && i < count; i++) {
		int type = ELF64_ST_TYPE(table[i].st_info);

		if ((type != STT_FUNC && type != STT_OBJECT) ||
		    table[i].st_shndx == SHN_UNDEF || table[i].st_size == 0)
			continue;
		symbols[symbol_count].start = base + table[i].st_value;
		symbols[symbol_count].size = table[i].st_size;
		symbols[symbol_count++].name = plain(names + table[i].st_name);
	}
	qsort(symbols, symbol_count, sizeof(*symbols), by_start);
}

static void
read_symbols(void)
{
	char *file = whole_file("/proc/self/exe");
	const Elf64_Ehdr *head = (const void *)file;
	const Elf64_Shdr *sections;
	int i;

	if (file == NULL)
		return;
	sections = (const void *)(file + head->e_shoff);
	for (i = 0; i < head->e_shnum; i++)
		if (sections[i].sh_type == SHT_SYMTAB)
			take((const void *)(file + sections[i].sh_offset),
			    sections[i].sh_size / sizeof(Elf64_Sym),
			    file + sections[sections[i].sh_link].sh_offset);
	free(file);
}

const char *
host_symbol(const void *address, unsigned long *offset)
{
	uintptr_t wanted = (uintptr_t)address;
	size_t low = 0, high, middle;
	static int read_already;

	if (!read_already) {
		read_already = 1;
		read_symbols();
	}
	for (high = symbol_count; low < high;) {
		middle = (low + high) / 2;
		if (symbols[middle].start <= wanted)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 ||
	    wanted - symbols[low - 1].start >= symbols[low - 1].size)
		return (NULL);
	if (offset != NULL)
		*offset = wanted - symbols[low - 1].start;
	return (symbols[low - 1].name);
}
