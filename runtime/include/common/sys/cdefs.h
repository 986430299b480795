/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_CDEFS_H_
#define	_VP_SYS_CDEFS_H_

#define	__unused		__attribute__((__unused__))
#define	__used			__attribute__((__used__))
#define	__packed		__attribute__((__packed__))
#define	__aligned(x)		__attribute__((__aligned__(x)))
#define	__section(x)		__attribute__((__section__(x)))
#define	__dead2			__attribute__((__noreturn__))
#define	__pure2			__attribute__((__const__))
#define	__pure			__attribute__((__pure__))
#define	__noinline		__attribute__((__noinline__))
#define	__always_inline		inline __attribute__((__always_inline__))
#define	__malloc_like		__attribute__((__malloc__))
#define	__result_use_check	__attribute__((__warn_unused_result__))
#define	__weak_symbol		__attribute__((__weak__))
#define	__fallthrough		__attribute__((__fallthrough__))
#define	__printflike(f, a)	__attribute__((__format__(__printf__, f, a)))
#define	__nonnull(x)		__attribute__((__nonnull__ x))
#define	__predict_true(e)	__builtin_expect((e) != 0, 1)
#define	__predict_false(e)	__builtin_expect((e) != 0, 0)
#define	__read_mostly		__section(".data.read_mostly")
#define	__read_frequently	__section(".data.read_frequently")
#define	__exclusive_cache_line	\
	__aligned(64) __section(".data.exclusive_cache_line")

#define	__CONCAT1(a, b)		a ## b
#define	__CONCAT(a, b)		__CONCAT1(a, b)
#define	__STRING(x)		#x
#define	__XSTRING(x)		__STRING(x)
#define	__offsetof(t, f)	__builtin_offsetof(t, f)
#define	__DECONST(t, v)		((t)(__UINTPTR_TYPE__)(const void *)(v))
#define	__DEVOLATILE(t, v)	((t)(__UINTPTR_TYPE__)(volatile void *)(v))
#define	__containerof(p, t, f)	\
	((t *)(void *)((char *)(p) - __offsetof(t, f)))

#define	__FBSDID(s)		struct __vp_id
#define	__RCSID(s)		struct __vp_id
#define	__BEGIN_DECLS
#define	__END_DECLS
#define	__P(protos)		protos

#endif /* !_VP_SYS_CDEFS_H_ */
