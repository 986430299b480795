/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_BUS_H_
#define	_VP_SYS_BUS_H_

#include <sys/types.h>

typedef struct device	*device_t;

const char *device_get_nameunit(device_t);
void	*device_get_softc(device_t);
int	device_get_unit(device_t);
int	device_printf(device_t, const char *, ...) __printflike(2, 3);
void	devctl_notify(const char *, const char *, const char *, const char *);

#endif /* !_VP_SYS_BUS_H_ */
