/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_CONF_H_
#define	_VP_SYS_CONF_H_

#include <sys/types.h>
#include <sys/queue.h>

struct cdevsw;
struct uio;
struct knote;

struct cdev {
	u_int		 si_flags;
	void		*si_drv1;
	void		*si_drv2;
	struct cdevsw	*si_devsw;
	struct ucred	*si_cred;
	char		 si_name[64];
};

typedef int d_open_t(struct cdev *, int, int, struct thread *);
typedef int d_close_t(struct cdev *, int, int, struct thread *);
typedef int d_read_t(struct cdev *, struct uio *, int);
typedef int d_write_t(struct cdev *, struct uio *, int);
typedef int d_ioctl_t(struct cdev *, u_long, caddr_t, int, struct thread *);
typedef int d_poll_t(struct cdev *, int, struct thread *);
typedef int d_kqfilter_t(struct cdev *, struct knote *);
typedef void d_purge_t(struct cdev *);

#define	D_VERSION_03	0x17122009
#define	D_VERSION	D_VERSION_03
#define	D_NEEDGIANT	0x00400000
#define	D_TRACKCLOSE	0x00080000

struct cdevsw {
	int		 d_version;
	u_int		 d_flags;
	const char	*d_name;
	d_open_t	*d_open;
	d_close_t	*d_close;
	d_read_t	*d_read;
	d_write_t	*d_write;
	d_ioctl_t	*d_ioctl;
	d_poll_t	*d_poll;
	d_kqfilter_t	*d_kqfilter;
	d_purge_t	*d_purge;
};

#define	UID_ROOT	0
#define	GID_WHEEL	0
#define	GID_OPERATOR	5

struct cdev *make_dev(struct cdevsw *, int, uid_t, gid_t, int,
	    const char *, ...) __printflike(6, 7);
void	destroy_dev(struct cdev *);
void	dev_ref(struct cdev *);
void	dev_rel(struct cdev *);
int	dev2unit(struct cdev *);
const char *devtoname(struct cdev *);
int	devfs_set_cdevpriv(void *, void (*)(void *));
int	devfs_get_cdevpriv(void **);
void	devfs_clear_cdevpriv(void);

#endif /* !_VP_SYS_CONF_H_ */
