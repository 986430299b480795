/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */

/* Devices of modules: called with no stack set, by a thread that has one. */
#include "kern.h"

#include <sys/conf.h>
#include <sys/uio.h>

#include "lives.h"
#include "memory.h"
#include "net.h"

struct device {
	TAILQ_ENTRY(device) link;
	struct cdev	*dev;
	int		 called;
};
static TAILQ_HEAD(, device) devices = TAILQ_HEAD_INITIALIZER(devices);

struct cdev *
(make_dev)(struct cdevsw *sw, int unit __unused, uid_t uid __unused,
    gid_t gid __unused, int mode __unused, const char *fmt, ...)
{
	const char *at = vp_take_place();
	struct device *d;
	va_list ap;

	vp_event("init", at, "make_dev ");
	if (vp_fails())
		return (NULL);
	d = host_alloc(sizeof(*d));
	d->dev = vp_block_new(sizeof(*d->dev), "make_dev", NULL, at);
	va_start(ap, fmt);
	vsnprintf(d->dev->si_name, sizeof(d->dev->si_name), fmt, ap);
	va_end(ap);
	d->dev->si_devsw = sw;
	TAILQ_INSERT_TAIL(&devices, d, link);
	return (d->dev);
}

void
(destroy_dev)(struct cdev *dev)
{
	const char *at = vp_take_place();
	struct device *d;

	vp_event("destroy", at, "destroy_dev ");
	TAILQ_FOREACH(d, &devices, link)
		if (d->dev == dev) {
			TAILQ_REMOVE(&devices, d, link);
			vp_block_free(vp_block_of(dev));
			host_free(d);
			return;
		}
	if (dev != NULL)
		vp_fault("torn-down-twice", at, "a device is destroyed that "
		    "is not there");
}

#define	TELL(f)	vp_handler("", VP_CODE(f))

static void
transfer(struct cdev *dev, struct thread *td, int write)
{
	d_read_t *f = write ? dev->si_devsw->d_write : dev->si_devsw->d_read;
	char buffer[64] = "";
	struct iovec iov = { buffer, sizeof(buffer) };
	struct uio uio = {
		.uio_iov = &iov, .uio_iovcnt = 1, .uio_resid = sizeof(buffer),
		.uio_segflg = UIO_SYSSPACE, .uio_td = td,
		.uio_rw = write ? UIO_WRITE : UIO_READ,
	};

	if (f == NULL)
		return;
	TELL(f);
	(void)f(dev, &uio, 0);
}

static void
call(struct cdev *dev, const char *member, struct thread *td)
{
	struct cdevsw *sw = dev->si_devsw;
	char data[256] = "";

	if (strcmp(member, "d_open") == 0 && sw->d_open != NULL) {
		TELL(sw->d_open);
		(void)sw->d_open(dev, 3, 0, td);
	} else if (strcmp(member, "d_close") == 0 && sw->d_close != NULL) {
		TELL(sw->d_close);
		(void)sw->d_close(dev, 3, 0, td);
	} else if (strcmp(member, "d_ioctl") == 0 && sw->d_ioctl != NULL) {
		TELL(sw->d_ioctl);
		(void)sw->d_ioctl(dev, 0, data, 3, td);
	} else if (strcmp(member, "d_read") == 0)
		transfer(dev, td, 0);
	else if (strcmp(member, "d_write") == 0)
		transfer(dev, td, 1);
}

void
vp_device_call(const char *member, int thread)
{
	struct thread *before = curthread;
	struct thread *td = vp_thread(thread);
	struct vnet *kept = vp_get_curvnet();
	struct device *d;

	__curthread = td;
	TAILQ_FOREACH(d, &devices, link)
		VP_WITHIN(NULL, call(d->dev, member, td));
	__curthread = before;
	vp_set_curvnet(kept);
}

int
uiomove(void *data, int n, struct uio *uio)
{
	size_t size = (size_t)n;

	if ((ssize_t)size > uio->uio_resid)
		size = (size_t)uio->uio_resid;
	if (uio->uio_rw == UIO_READ)
		memcpy(uio->uio_iov->iov_base, data, size);
	else
		memcpy(data, uio->uio_iov->iov_base, size);
	uio->uio_iov->iov_base = (char *)uio->uio_iov->iov_base + size;
	uio->uio_iov->iov_len -= size;
	uio->uio_resid -= (ssize_t)size;
	return (0);
}

const char *
devtoname(struct cdev *dev)
{

	return (dev->si_name);
}
