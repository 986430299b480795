/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* The kernel's own sysctl handlers, leaves made at run time, and strings that grow. */
#include "kern.h"

#include <sys/counter.h>
#include <sys/sbuf.h>

#include "lives.h"
#include "memory.h"
#include "net.h"

static int
both(struct sysctl_req *req, void *data, size_t n)
{
	int error = SYSCTL_OUT(req, data, n);

	return (error != 0 || req->newptr == NULL ? error :
	    SYSCTL_IN(req, data, n));
}

/* A leaf without a pointer has its value in arg2, and is read only. */
#define	HANDLER(name, type)						\
int									\
name(SYSCTL_HANDLER_ARGS)						\
{									\
	type value = (type)arg2;					\
	int error;							\
									\
	value = arg1 != NULL ? *(type *)arg1 : value;			\
	error = both(req, &value, sizeof(value));			\
	if (error == 0 && arg1 != NULL && req->newptr != NULL)		\
		*(type *)arg1 = value;					\
	return (error);							\
}
HANDLER(sysctl_handle_int, int)
HANDLER(sysctl_handle_8, int8_t)
HANDLER(sysctl_handle_16, int16_t)
HANDLER(sysctl_handle_32, int32_t)
HANDLER(sysctl_handle_64, int64_t)
HANDLER(sysctl_handle_long, long)
HANDLER(sysctl_handle_bool, bool)

int
sysctl_handle_opaque(SYSCTL_HANDLER_ARGS)
{

	return (both(req, arg1, (size_t)arg2));
}

int
sysctl_handle_string(SYSCTL_HANDLER_ARGS)
{

	return (both(req, arg1, strnlen(arg1, arg2 != 0 ? (size_t)arg2 :
	    (size_t)-1)));
}

int
sysctl_handle_counter_u64(SYSCTL_HANDLER_ARGS)
{
	counter_u64_t *c = arg1;
	uint64_t value = *c != NULL ? counter_u64_fetch(*c) : 0;

	return (SYSCTL_OUT(req, &value, sizeof(value)));
}

int
sysctl_msec_to_ticks(SYSCTL_HANDLER_ARGS)
{

	return (sysctl_handle_int(oidp, arg1, arg2, req));
}

int
sysctl_wire_old_buffer(struct sysctl_req *req __unused, size_t n __unused)
{

	return (0);
}

#if defined(VIMAGE) && defined(SYSCTL_VNET_INT)
/* Handlers of release 9 go from the reference copy to the stack's own. */
#define	VNET_HANDLER(name, plain)					\
int									\
name(SYSCTL_HANDLER_ARGS)						\
{									\
									\
	if (arg1 != NULL)						\
		arg1 = (void *)(curvnet->vnet_data_base +		\
		    (uintptr_t)arg1);					\
	return (plain(oidp, arg1, arg2, req));				\
}
VNET_HANDLER(vnet_sysctl_handle_int, sysctl_handle_int)
VNET_HANDLER(vnet_sysctl_handle_long, sysctl_handle_long)
VNET_HANDLER(vnet_sysctl_handle_opaque, sysctl_handle_opaque)
VNET_HANDLER(vnet_sysctl_handle_string, sysctl_handle_string)
#endif

/* Whether a leaf of release 9 is one of each stack: its macro says so. */
int
vp_sysctl_9_virtual(const struct sysctl_oid *oid)
{
#if defined(VIMAGE) && defined(SYSCTL_VNET_INT)
	return ((oid->oid_kind & VP_CTLFLAG_VNET) != 0 ||
	    oid->oid_handler == vnet_sysctl_handle_int ||
	    oid->oid_handler == vnet_sysctl_handle_long ||
	    oid->oid_handler == vnet_sysctl_handle_opaque ||
	    oid->oid_handler == vnet_sysctl_handle_string);
#else
	(void)oid;
	return (0);
#endif
}

int
vp_sysctl_is_own(sysctl_handler_t handler)
{
	static const sysctl_handler_t known[] = {
		sysctl_handle_int, sysctl_handle_8, sysctl_handle_16,
		sysctl_handle_32, sysctl_handle_64, sysctl_handle_long,
		sysctl_handle_bool, sysctl_handle_opaque,
		sysctl_handle_string, sysctl_handle_counter_u64,
		sysctl_msec_to_ticks, NULL,
#if defined(VIMAGE) && defined(SYSCTL_VNET_INT)
		vnet_sysctl_handle_int, vnet_sysctl_handle_long,
		vnet_sysctl_handle_opaque, vnet_sysctl_handle_string,
#endif
	};
	u_int i;

	for (i = 0; i < nitems(known); i++)
		if (handler == known[i])
			return (1);
	return (0);
}

/* Leaves that are made at run time belong to their context. */
int
(sysctl_ctx_init)(struct sysctl_ctx_list *ctx)
{
	const char *at = vp_take_place();

	vp_event("init", at, "sysctl_ctx_init %s", vp_name(ctx));
	vp_lives_forget(ctx, 1);
	vp_life_begins("sysctl context", "sysctl_ctx_init", ctx, at);
	TAILQ_INIT(ctx);
	return (0);
}

int
(sysctl_ctx_free)(struct sysctl_ctx_list *ctx)
{
	const char *at = vp_take_place();
	struct sysctl_ctx_entry *e;

	vp_event("destroy", at, "sysctl_ctx_free %s", vp_name(ctx));
	if (!vp_life_used("sysctl context", ctx, at))
		return (ENOENT);
	vp_life_ends("sysctl context", "sysctl_ctx_free", ctx, at);
	while ((e = TAILQ_FIRST(ctx)) != NULL) {
		TAILQ_REMOVE(ctx, e, link);
		host_free(e->entry);
		host_free(e);
	}
	return (0);
}

struct sysctl_oid *
(sysctl_add_oid)(struct sysctl_ctx_list *ctx, struct sysctl_oid_list *parent,
    int number, const char *name, int kind, void *arg1, intptr_t arg2,
    int (*handler)(SYSCTL_HANDLER_ARGS), const char *fmt, const char *descr,
    const char *label __unused)
{
	const char *at = vp_take_place();
	struct sysctl_oid *oid = host_alloc(sizeof(*oid));
	struct sysctl_ctx_entry *e;

	*oid = (struct sysctl_oid){
		.oid_parent = parent, .oid_number = number, .oid_name = name,
		.oid_kind = (u_int)kind, .oid_arg1 = arg1, .oid_arg2 = arg2,
		.oid_handler = handler, .oid_fmt = fmt, .oid_descr = descr,
		.vp_at = at,
	};
	if (ctx == NULL || !vp_life_used("sysctl context", ctx, at))
		return (oid);
	e = host_alloc(sizeof(*e));
	e->entry = oid;
	TAILQ_INSERT_TAIL(ctx, e, link);
	return (oid);
}

int
(sysctl_remove_oid)(struct sysctl_oid *oid __unused, int del __unused,
    int recurse __unused)
{

	(void)vp_take_place();
	return (0);
}

/* Strings that grow. */
struct sbuf *
sbuf_new(struct sbuf *sb, char *buffer, int size, int flags)
{

	if (sb == NULL)
		sb = host_alloc(sizeof(*sb));
	*sb = (struct sbuf){ .s_size = size > 256 ? size : 256, .s_flags = flags };
	(void)buffer;
	sb->s_buf = host_raw((u_long)sb->s_size);
	return (sb);
}

struct sbuf *
sbuf_new_for_sysctl(struct sbuf *sb, char *buffer, int size,
    struct sysctl_req *req __unused)
{

	return (sbuf_new(sb, buffer, size, SBUF_AUTOEXTEND));
}

int
sbuf_bcat(struct sbuf *sb, const void *data, size_t n)
{

	if (sb->s_len + (ssize_t)n >= sb->s_size) {
		sb->s_size = 2 * (sb->s_len + (ssize_t)n + 1);
		sb->s_buf = host_grow(sb->s_buf, (u_long)sb->s_size);
	}
	memcpy(sb->s_buf + sb->s_len, data, n);
	sb->s_len += (ssize_t)n;
	sb->s_buf[sb->s_len] = '\0';
	return (0);
}

int
sbuf_cat(struct sbuf *sb, const char *text)
{

	return (sbuf_bcat(sb, text, strlen(text)));
}

int
sbuf_putc(struct sbuf *sb, int c)
{
	char one = (char)c;

	return (sbuf_bcat(sb, &one, 1));
}

int
sbuf_printf(struct sbuf *sb, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return (sbuf_cat(sb, text));
}

int
sbuf_finish(struct sbuf *sb __unused)
{

	return (0);
}

char *
sbuf_data(struct sbuf *sb)
{

	return (sb->s_buf);
}

ssize_t
sbuf_len(struct sbuf *sb)
{

	return (sb->s_len);
}

void
sbuf_delete(struct sbuf *sb)
{

	host_raw_free(sb->s_buf);
	sb->s_buf = NULL;
}
