/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* What else a kernel offers: words on the console, chance, time, privilege, user memory. */
#include "kern.h"

#include <sys/priv.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syslog.h>
#include <sys/time.h>
#include <net/if_var.h>
#include <netinet/in.h>
#include <netinet/ip_var.h>
#include <machine/in_cksum.h>

#include "lives.h"
#include "net.h"

int	bootverbose, cold, rebooting, maxusers = 32, maxfiles = 1024;
int	mp_ncpus = 1;
u_int	mp_maxid;
const char *panicstr;
VNET_DEFINE(int, ip_defttl) = 64;
VNET_DEFINE(int, ipforwarding);
VNET_DEFINE(struct ifnet *, loif);
VNET_DEFINE(int, if_index);

/* The formats of the kernel that the C library has not are rare: they print as text. */
int
vprintf(const char *fmt, __va_list ap)
{
	char text[1024];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	host_say(text);
	return (n);
}

int
printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return (n);
}

int
uprintf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return (n);
}

void
log(int level __unused, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
}

void
vlog(int level __unused, const char *fmt, __va_list ap)
{

	(void)vprintf(fmt, ap);
}

int
if_printf(struct ifnet *ifp, const char *fmt, ...)
{
	va_list ap;
	int n;

	host_say(ifp->if_xname);
	host_say(": ");
	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return (n);
}

void
panic(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	vp_fatal("failed-assertion", vp_place, "panic: %s", text);
}

/* A function that nobody defines, and that generated stubs call. */
long	vp_stub(const char *);

long
vp_stub(const char *name)
{

	vp_event("unknown", "", "%s() is not known", name);
	return (0);
}

/* The same numbers in each run, so that a life can be lived again. */
uint32_t
arc4random(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state = state * 6364136223846793005 + 1442695040888963407;
	return ((uint32_t)(state >> 32));
}

uint32_t
arc4random_uniform(uint32_t bound)
{

	return (bound < 2 ? 0 : arc4random() % bound);
}

void
arc4random_buf(void *to, size_t n)
{
	u_char *p = to;

	while (n-- != 0)
		*p++ = (u_char)arc4random();
}

void
arc4rand(void *to, u_int n, int reseed __unused)
{

	arc4random_buf(to, n);
}

void
read_random(void *to, u_int n)
{

	arc4random_buf(to, n);
}

u_long
random(void)
{

	return (arc4random() >> 1);
}

static void
now(struct timeval *tv)
{

	tv->tv_sec = time_second;
	tv->tv_usec = 0;
}

void
microtime(struct timeval *tv)
{

	now(tv);
}

void
getmicrotime(struct timeval *tv)
{

	now(tv);
}

void
microuptime(struct timeval *tv)
{

	tv->tv_sec = time_uptime;
	tv->tv_usec = 0;
}

void
getmicrouptime(struct timeval *tv)
{

	microuptime(tv);
}

sbintime_t
sbinuptime(void)
{

	return ((sbintime_t)time_uptime << 32);
}

sbintime_t
getsbinuptime(void)
{

	return (sbinuptime());
}

int
ppsratecheck(struct timeval *last, int *count, int limit)
{

	if (last->tv_sec != time_uptime) {
		last->tv_sec = time_uptime;
		*count = 0;
	}
	return (limit < 0 || ++*count <= limit);
}

int
ratecheck(struct timeval *last, const struct timeval *interval)
{

	if (time_uptime - last->tv_sec < interval->tv_sec)
		return (0);
	last->tv_sec = time_uptime;
	return (1);
}

/* Whoever asks is root of its jail. */
int
priv_check(struct thread *td __unused, int privilege __unused)
{

	return (0);
}

int
priv_check_cred(struct ucred *cred __unused, int privilege __unused)
{

	return (0);
}

/* A script's request has no memory of a user: it comes from nowhere. */
int
copyin(const void *from, void *to, size_t n)
{

	if (from == NULL)
		return (EFAULT);
	memcpy(to, from, n);
	return (0);
}

int
copyout(const void *from, void *to, size_t n)
{

	if (to == NULL)
		return (EFAULT);
	memcpy(to, from, n);
	return (0);
}

int
copyinstr(const void *from, void *to, size_t n, size_t *done)
{

	if (from == NULL)
		return (EFAULT);
	*done = strlcpy(to, from, n) + 1;
	return (0);
}

size_t
strlcpy(char *to, const char *from, size_t n)
{
	size_t length = strlen(from);

	if (n != 0) {
		memcpy(to, from, length < n ? length : n - 1);
		to[length < n ? length : n - 1] = '\0';
	}
	return (length);
}

size_t
strlcat(char *to, const char *from, size_t n)
{
	size_t length = strnlen(to, n);

	return (length + strlcpy(to + length, from, n - length));
}

/* Nothing was said to the loader. */
#define	NOT_SAID(kind, type)						\
	int getenv_##kind(const char *name __unused, type *to __unused)	\
	{								\
		return (0);						\
	}								\
	void tunable_##kind##_init(void *arg __unused) { }
NOT_SAID(int, int)
NOT_SAID(long, long)
NOT_SAID(ulong, unsigned long)
NOT_SAID(quad, quad_t)
NOT_SAID(bool, bool)
NOT_SAID(uint64, uint64_t)
void
tunable_int64_init(void *arg __unused)
{
}

void
tunable_str_init(void *arg __unused)
{
}

int
getenv_string(const char *name __unused, char *to __unused, int n __unused)
{

	return (0);
}

int
getenv_uint(const char *name __unused, u_int *to __unused)
{

	return (0);
}

char *
kern_getenv(const char *name __unused)
{

	return (NULL);
}

void
freeenv(char *value __unused)
{
}

/* IP as far as modules send: the packet is gone. */
int
ip_output(struct mbuf *m, struct mbuf *options __unused,
    struct route *ro __unused, int flags __unused,
    struct ip_moptions *imo __unused, struct inpcb *inp __unused)
{

	m_freem(m);
	return (0);
}

u_short
in_cksum(struct mbuf *m __unused, int length __unused)
{

	return (0);
}

int
in_broadcast(struct in_addr addr, struct ifnet *ifp __unused)
{

	return (addr.s_addr == 0xffffffff);
}
