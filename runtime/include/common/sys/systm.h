/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SYSTM_H_
#define	_VP_SYS_SYSTM_H_

#include <sys/types.h>
#include <sys/_kassert.h>
#include <sys/libkern.h>
#include <sys/queue.h>
#include <sys/time.h>
#include <machine/atomic.h>
#include <machine/stdarg.h>

#define	CTASSERT(x)		_Static_assert((x), "CTASSERT: " #x)

extern int	bootverbose;
extern int	cold;
extern int	rebooting;
extern int	ticks;
extern int	hz;
extern int	tick;
extern int	maxusers;
extern int	maxfiles;
extern const char *panicstr;
extern struct mtx Giant;
extern int	mp_ncpus;
extern u_int	mp_maxid;

#define	CPU_FOREACH(i)		for ((i) = 0; (i) <= (int)mp_maxid; (i)++)

int	printf(const char *, ...) __printflike(1, 2);
int	vprintf(const char *, __va_list) __printflike(1, 0);
int	snprintf(char *, size_t, const char *, ...) __printflike(3, 4);
int	vsnprintf(char *, size_t, const char *, __va_list) __printflike(3, 0);
int	sprintf(char *, const char *, ...) __printflike(2, 3);
int	uprintf(const char *, ...) __printflike(1, 2);
void	log(int, const char *, ...) __printflike(2, 3);
void	vlog(int, const char *, __va_list) __printflike(2, 0);
int	sscanf(const char *, const char *, ...);

void	bcopy(const void *, void *, size_t);
void	bzero(void *, size_t);
void	explicit_bzero(void *, size_t);
void	*memset(void *, int, size_t);
void	*memcpy(void *, const void *, size_t);
void	*memmove(void *, const void *, size_t);

int	copyin(const void *, void *, size_t) __result_use_check;
int	copyout(const void *, void *, size_t) __result_use_check;
int	copyinstr(const void *, void *, size_t, size_t *) __result_use_check;

char	*kern_getenv(const char *);
char	*getenv(const char *);
void	freeenv(char *);
int	getenv_int(const char *, int *);
int	getenv_uint(const char *, u_int *);
int	getenv_long(const char *, long *);
int	getenv_ulong(const char *, u_long *);
int	getenv_quad(const char *, quad_t *);
int	getenv_uint64(const char *, uint64_t *);
int	getenv_string(const char *, char *, int);
int	testenv(const char *);

int	_sleep(const void *, void *, int, const char *, sbintime_t, sbintime_t,
	    int);
#define	msleep(chan, mtx, pri, wmesg, timo)				\
	_sleep((chan), (mtx), (pri), (wmesg), (sbintime_t)(timo) * SBT_1MS, 0, 0)
#define	rw_sleep(chan, rw, pri, wmesg, timo)				\
	_sleep((chan), (rw), (pri), (wmesg), (sbintime_t)(timo) * SBT_1MS, 0, 0)
#define	sx_sleep(chan, sx, pri, wmesg, timo)				\
	_sleep((chan), (sx), (pri), (wmesg), (sbintime_t)(timo) * SBT_1MS, 0, 0)
#define	tsleep(chan, pri, wmesg, timo)					\
	_sleep((chan), NULL, (pri), (wmesg), (sbintime_t)(timo) * SBT_1MS, 0, 0)
int	pause(const char *, int);
void	wakeup(const void *);
void	wakeup_one(const void *);
void	critical_enter(void);
void	critical_exit(void);

void	*hashinit(int, struct malloc_type *, u_long *);
void	*hashinit_flags(int, struct malloc_type *, u_long *, int);
void	hashdestroy(void *, struct malloc_type *, u_long);
#define	HASH_NOWAIT	0x01
#define	HASH_WAITOK	0x02

struct unrhdr;
struct unrhdr *new_unrhdr(int, int, struct mtx *);
void	delete_unrhdr(struct unrhdr *);
int	alloc_unr(struct unrhdr *);
void	free_unr(struct unrhdr *, u_int);

/* Interrupt priority levels of the splnet() days. */
static __inline int splnet(void) { return (0); }
static __inline int splimp(void) { return (0); }
static __inline int splsoftnet(void) { return (0); }
static __inline int splhigh(void) { return (0); }
static __inline void splx(int s __unused) { }

#endif /* !_VP_SYS_SYSTM_H_ */
