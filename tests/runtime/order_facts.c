/*
 * The order of SYSINITs, computed apart from the runtime: reads tables from
 * stdin and prints the labels of each in the order a kernel would run them.
 *
 *	<mode> <count> { <subsystem> <order> <label> <after> }
 *
 * mode is boot-exchange, boot-merge, load or unload; an entry whose `after'
 * is not -1 arrives, with all others of that number, while the entry of that
 * label runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	unsigned int	subsystem;
	unsigned int	order;
	int		label;
	int		after;
	struct entry	*next;
};

static struct entry *all;
static int count;

static int
compare(const struct entry *a, const struct entry *b)
{
	if (a->subsystem != b->subsystem)
		return (a->subsystem < b->subsystem ? -1 : 1);
	if (a->order != b->order)
		return (a->order < b->order ? -1 : 1);
	return (0);
}

static void
exchange(struct entry **set, struct entry **end, int sign)
{
	struct entry **a, **b, *save;

	for (a = set; a < end; a++)
		for (b = a + 1; b < end; b++)
			if (compare(*a, *b) * sign > 0) {
				save = *a;
				*a = *b;
				*b = save;
			}
}

/* Merge two sorted lists; the first one's entries win ties. */
static struct entry *
merge(struct entry *a, struct entry *b)
{
	struct entry *head, **tail;

	for (tail = &head; a != NULL && b != NULL; tail = &(*tail)->next)
		if (compare(a, b) <= 0) {
			*tail = a;
			a = a->next;
		} else {
			*tail = b;
			b = b->next;
		}
	*tail = a != NULL ? a : b;
	return (head);
}

static struct entry *
mergesort_list(struct entry *list)
{
	struct entry *slow, *fast, *half;

	if (list == NULL || list->next == NULL)
		return (list);
	for (slow = list, fast = list->next; fast != NULL && fast->next != NULL;
	    slow = slow->next, fast = fast->next->next)
		;
	half = slow->next;
	slow->next = NULL;
	return (merge(mergesort_list(list), mergesort_list(half)));
}

static struct entry *
arrivals(int after)
{
	struct entry *head = NULL, **tail = &head;

	for (int i = 0; i < count; i++)
		if (all[i].after == after) {
			*tail = &all[i];
			tail = &all[i].next;
		}
	*tail = NULL;
	return (head);
}

static void
boot_merge(void)
{
	struct entry *list, *run;

	list = mergesort_list(arrivals(-1));
	while ((run = list) != NULL) {
		list = list->next;
		if (run->subsystem == 0)
			continue;
		printf(" %d", run->label);
		list = merge(list, mergesort_list(arrivals(run->label)));
	}
}

static void
boot_exchange(void)
{
	struct entry **table, **end, **run, *new;

	table = end = calloc(count + 1, sizeof(*table));
	for (new = arrivals(-1); new != NULL; new = new->next)
		*end++ = new;
restart:
	exchange(table, end, 1);
	for (run = table; run < end; run++) {
		if ((*run)->subsystem == 0 || (*run)->subsystem == 1)
			continue;
		printf(" %d", (*run)->label);
		(*run)->subsystem = 1;
		new = arrivals((*run)->label);
		if (new != NULL) {
			for (; new != NULL; new = new->next)
				*end++ = new;
			goto restart;
		}
	}
	free(table);
}

static void
module(int sign)
{
	struct entry **table;

	table = calloc(count + 1, sizeof(*table));
	for (int i = 0; i < count; i++)
		table[i] = &all[i];
	exchange(table, table + count, sign);
	for (int i = 0; i < count; i++)
		if (table[i]->subsystem != 0)
			printf(" %d", table[i]->label);
	free(table);
}

int
main(void)
{
	char mode[32];

	while (scanf("%31s %d", mode, &count) == 2) {
		all = calloc(count + 1, sizeof(*all));
		for (int i = 0; i < count; i++)
			if (scanf("%u %u %d %d", &all[i].subsystem,
			    &all[i].order, &all[i].label, &all[i].after) != 4)
				return (1);
		if (strcmp(mode, "boot-exchange") == 0)
			boot_exchange();
		else if (strcmp(mode, "boot-merge") == 0)
			boot_merge();
		else
			module(strcmp(mode, "load") == 0 ? 1 : -1);
		printf("\n");
		free(all);
	}
	return (0);
}
