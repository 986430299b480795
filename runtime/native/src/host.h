/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_HOST_H_
#define	_VPORT_HOST_H_

/*
 * What the kernel asks of the system it runs on.  host.c is the only file
 * that sees the C library's headers; all others see the kernel's.
 */
/* Zeroed, never NULL; what is listed can be gone through. */
void	*host_alloc(unsigned long size);
void	host_free(void *);
void	host_each(void (*)(const char *from, const char *to));
void	*host_raw(unsigned long size);
void	host_raw_free(void *);
void	*host_grow(void *raw, unsigned long size);
const char *host_env(const char *name, const char *otherwise);
char	*host_line(void);			/* of the script, NULL at its end */
void	host_say(const char *text);		/* to standard error */
void	host_trace(const char *text);		/* to the file of VPORT_TRACE */
void	host_leave(int status) __attribute__((__noreturn__));

/* The program's own symbols; a name stays valid for good. */
const char *host_symbol(const void *address, unsigned long *offset);

/*
 * Threads that never run at the same time: one is resumed and runs until it
 * yields or ends.  host_resume() says whether it goes on another time.
 */
struct host_thread;
struct host_thread *host_thread(void (*)(void *), void *);
int	host_resume(struct host_thread *);
void	host_yield(void);
void	host_end(void) __attribute__((__noreturn__));
int	host_in_thread(void);

#endif /* !_VPORT_HOST_H_ */
