/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_COUNTER_H_
#define	_VP_SYS_COUNTER_H_

#include <sys/types.h>

counter_u64_t counter_u64_alloc(int);
void	counter_u64_free(counter_u64_t);
void	counter_u64_add(counter_u64_t, int64_t);
uint64_t counter_u64_fetch(counter_u64_t);
void	counter_u64_zero(counter_u64_t);
void	counter_enter(void);
void	counter_exit(void);

#define	COUNTER_ARRAY_ALLOC(a, n, wait) do {				\
	size_t _ca_i;							\
									\
	for (_ca_i = 0; _ca_i < (size_t)(n); _ca_i++)			\
		(a)[_ca_i] = counter_u64_alloc(wait);			\
} while (0)
#define	COUNTER_ARRAY_FREE(a, n) do {					\
	size_t _ca_i;							\
									\
	for (_ca_i = 0; _ca_i < (size_t)(n); _ca_i++)			\
		counter_u64_free((a)[_ca_i]);				\
} while (0)
#define	COUNTER_ARRAY_COPY(a, dst, n) do {				\
	size_t _ca_i;							\
									\
	for (_ca_i = 0; _ca_i < (size_t)(n); _ca_i++)			\
		((uint64_t *)(void *)(dst))[_ca_i] =			\
		    counter_u64_fetch((a)[_ca_i]);			\
} while (0)
#define	COUNTER_ARRAY_ZERO(a, n) do {					\
	size_t _ca_i;							\
									\
	for (_ca_i = 0; _ca_i < (size_t)(n); _ca_i++)			\
		counter_u64_zero((a)[_ca_i]);				\
} while (0)

struct counter_rate {
	counter_u64_t	cr_rate;
	volatile int	cr_ticks;
	uint64_t	cr_over;
};
int64_t	counter_ratecheck(struct counter_rate *, int64_t);

#endif /* !_VP_SYS_COUNTER_H_ */
