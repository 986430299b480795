/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_CALLOUT_H_
#define	_VP_SYS_CALLOUT_H_

#include <sys/types.h>
#include <sys/queue.h>

typedef void callout_func_t(void *);
typedef void timeout_t(void *);

struct callout {
	LIST_ENTRY(callout)	 c_link;
	sbintime_t		 c_time;
	void			*c_arg;
	callout_func_t		*c_func;
	struct lock_object	*c_lock;
	int			 c_flags;
};

struct callout_handle {
	struct callout	*callout;
};

#define	CALLOUT_MPSAFE		0x0008
#define	CALLOUT_RETURNUNLOCKED	0x0010
#define	CALLOUT_SHAREDLOCK	0x0020
#define	C_PREL(x)		(((x) + 1) << 1)
#define	C_HARDCLOCK		0x0100

struct lock_object;
void	callout_init(struct callout *, int);
void	callout_init_mtx(struct callout *, struct mtx *, int);
void	callout_init_rw(struct callout *, struct rwlock *, int);
void	callout_init_rm(struct callout *, struct rmlock *, int);
int	callout_reset(struct callout *, int, callout_func_t *, void *);
int	callout_reset_on(struct callout *, int, callout_func_t *, void *, int);
#define	callout_reset_curcpu(c, t, f, a)	callout_reset((c), (t), (f), (a))
int	callout_reset_sbt(struct callout *, sbintime_t, sbintime_t,
	    callout_func_t *, void *, int);
int	callout_schedule(struct callout *, int);
int	callout_stop(struct callout *);
int	callout_drain(struct callout *);
int	callout_async_drain(struct callout *, callout_func_t *);
int	callout_pending(const struct callout *);
int	callout_active(const struct callout *);
void	callout_deactivate(struct callout *);
struct callout_handle timeout(timeout_t *, void *, int);
void	untimeout(timeout_t *, void *, struct callout_handle);
void	callout_handle_init(struct callout_handle *);

#endif /* !_VP_SYS_CALLOUT_H_ */
