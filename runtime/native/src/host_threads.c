/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Threads of modules: real ones, that hand the processor on by themselves. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "host.h"

struct host_thread {
	pthread_t	 thread;
	void		(*function)(void *);
	void		*argument;
	int		 ended;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct host_thread *running;		/* NULL: who resumes */
static __thread struct host_thread *self;

static void
wait_for_turn(void)
{

	while (running != self)
		pthread_cond_wait(&changed, &lock);
}

static void
hand_to(struct host_thread *thread)
{

	running = thread;
	pthread_cond_broadcast(&changed);
}

static void *
begin(void *arg)
{

	self = arg;
	pthread_mutex_lock(&lock);
	wait_for_turn();
	self->function(self->argument);
	host_end();
}

struct host_thread *
host_thread(void (*function)(void *), void *argument)
{
	struct host_thread *new = host_alloc(sizeof(*new));

	new->function = function;
	new->argument = argument;
	if (pthread_create(&new->thread, NULL, begin, new) != 0) {
		fputs("vport: no thread can be made\n", stderr);
		exit(71);
	}
	pthread_detach(new->thread);
	return (new);
}

int
host_resume(struct host_thread *thread)
{
	int ended;

	pthread_mutex_lock(&lock);
	hand_to(thread);
	wait_for_turn();
	ended = thread->ended;
	pthread_mutex_unlock(&lock);
	if (ended)
		host_free(thread);
	return (!ended);
}

void
host_yield(void)
{

	hand_to(NULL);
	wait_for_turn();
}

void
host_end(void)
{

	self->ended = 1;
	hand_to(NULL);
	pthread_mutex_unlock(&lock);
	pthread_exit(NULL);
}

int
host_in_thread(void)
{

	return (self != NULL);
}
