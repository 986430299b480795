/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_LIBKERN_H_
#define	_VP_SYS_LIBKERN_H_

#include <sys/types.h>

static inline int imax(int a, int b) { return (a > b ? a : b); }
static inline int imin(int a, int b) { return (a < b ? a : b); }
static inline u_int max(u_int a, u_int b) { return (a > b ? a : b); }
static inline u_int min(u_int a, u_int b) { return (a < b ? a : b); }
static inline long lmax(long a, long b) { return (a > b ? a : b); }
static inline long lmin(long a, long b) { return (a < b ? a : b); }
static inline u_long ulmax(u_long a, u_long b) { return (a > b ? a : b); }
static inline u_long ulmin(u_long a, u_long b) { return (a < b ? a : b); }
static inline int abs(int a) { return (a < 0 ? -a : a); }

static inline int isdigit(int c) { return (c >= '0' && c <= '9'); }
static inline int isspace(int c) { return (c == ' ' || (c >= 9 && c <= 13)); }
static inline int isupper(int c) { return (c >= 'A' && c <= 'Z'); }
static inline int islower(int c) { return (c >= 'a' && c <= 'z'); }
static inline int isalpha(int c) { return (isupper(c) || islower(c)); }
static inline int toupper(int c) { return (islower(c) ? c - 32 : c); }
static inline int tolower(int c) { return (isupper(c) ? c + 32 : c); }

int	memcmp(const void *, const void *, size_t);
int	bcmp(const void *, const void *, size_t);
void	*memchr(const void *, int, size_t);
size_t	strlen(const char *);
size_t	strnlen(const char *, size_t);
int	strcmp(const char *, const char *);
int	strncmp(const char *, const char *, size_t);
int	strcasecmp(const char *, const char *);
char	*strcpy(char *, const char *);
char	*strncpy(char *, const char *, size_t);
char	*strcat(char *, const char *);
size_t	strlcpy(char *, const char *, size_t);
size_t	strlcat(char *, const char *, size_t);
char	*strchr(const char *, int);
char	*strrchr(const char *, int);
char	*strstr(const char *, const char *);
char	*strsep(char **, const char *);
long	strtol(const char *, char **, int);
u_long	strtoul(const char *, char **, int);
quad_t	strtoq(const char *, char **, int);
u_quad_t strtouq(const char *, char **, int);
int	ffs(int);
int	fls(int);
int	ffsl(long);
int	flsl(long);
uint32_t arc4random(void);
uint32_t arc4random_uniform(uint32_t);
void	arc4rand(void *, u_int, int);
void	arc4random_buf(void *, size_t);
u_long	random(void);
uint32_t murmur3_32_hash32(const uint32_t *, size_t, uint32_t);
uint32_t jenkins_hash32(const uint32_t *, size_t, uint32_t);
uint32_t jenkins_hash(const void *, size_t, uint32_t);
uint32_t crc32(const void *, size_t);

#endif /* !_VP_SYS_LIBKERN_H_ */
