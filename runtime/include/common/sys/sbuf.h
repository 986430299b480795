/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SBUF_H_
#define	_VP_SYS_SBUF_H_

#include <sys/types.h>
#include <sys/cdefs.h>

struct sysctl_req;

struct sbuf {
	char	*s_buf;
	int	 s_error;
	ssize_t	 s_size;
	ssize_t	 s_len;
	int	 s_flags;
};

#define	SBUF_FIXEDLEN	0x0
#define	SBUF_AUTOEXTEND	0x1
#define	SBUF_INCLUDENUL	0x2

struct sbuf *sbuf_new(struct sbuf *, char *, int, int);
#define	sbuf_new_auto()	sbuf_new(NULL, NULL, 0, SBUF_AUTOEXTEND)
struct sbuf *sbuf_new_for_sysctl(struct sbuf *, char *, int,
	    struct sysctl_req *);
int	sbuf_printf(struct sbuf *, const char *, ...) __printflike(2, 3);
int	sbuf_cat(struct sbuf *, const char *);
int	sbuf_cpy(struct sbuf *, const char *);
int	sbuf_putc(struct sbuf *, int);
int	sbuf_bcat(struct sbuf *, const void *, size_t);
int	sbuf_trim(struct sbuf *);
int	sbuf_error(const struct sbuf *);
int	sbuf_finish(struct sbuf *);
char	*sbuf_data(struct sbuf *);
ssize_t	sbuf_len(struct sbuf *);
void	sbuf_delete(struct sbuf *);

#endif /* !_VP_SYS_SBUF_H_ */
