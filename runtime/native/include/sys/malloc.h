/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_SYS_MALLOC_H_
#define	_VPORT_SYS_MALLOC_H_

#include <vport/native.h>

/* The C library has functions of these names, with other arguments. */
struct malloc_type;
void	*malloc(size_t, struct malloc_type *, int) __asm__("vpk_malloc");
void	*realloc(void *, size_t, struct malloc_type *, int)
	    __asm__("vpk_realloc");
char	*strdup(const char *, struct malloc_type *) __asm__("vpk_strdup");
void	free(void *, struct malloc_type *) __asm__("vpk_free");

#include_next <sys/malloc.h>

#define	malloc(...)		VP_AT((malloc)(__VA_ARGS__))
#define	mallocarray(...)	VP_AT((mallocarray)(__VA_ARGS__))
#define	realloc(...)		VP_AT((realloc)(__VA_ARGS__))
#define	reallocf(...)		VP_AT((reallocf)(__VA_ARGS__))
#define	contigmalloc(...)	VP_AT((contigmalloc)(__VA_ARGS__))
#define	strdup(...)		VP_AT((strdup)(__VA_ARGS__))
#define	free(...)		VP_AT((free)(__VA_ARGS__))
#define	zfree(...)		VP_AT((zfree)(__VA_ARGS__))

#endif /* !_VPORT_SYS_MALLOC_H_ */
