/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_MODULE_H_
#define	_VP_SYS_MODULE_H_

#include <sys/types.h>
#include <sys/kernel.h>

typedef enum modeventtype {
	MOD_LOAD,
	MOD_UNLOAD,
	MOD_SHUTDOWN,
	MOD_QUIESCE
} modeventtype_t;

typedef struct module	*module_t;
typedef int (*modeventhand_t)(module_t, int, void *);

typedef struct moduledata {
	const char	*name;
	modeventhand_t	 evhand;
	void		*priv;
} moduledata_t;

typedef union modspecific {
	int	intval;
	u_int	uintval;
	long	longval;
	u_long	ulongval;
} modspecific_t;

struct mod_depend {
	int	md_ver_minimum;
	int	md_ver_preferred;
	int	md_ver_maximum;
};

struct mod_version {
	int	mv_version;
};

struct mod_metadata {
	int		 md_version;
	int		 md_type;
	const void	*md_data;
	const char	*md_cval;
};

#define	MDT_DEPEND	1
#define	MDT_MODULE	2
#define	MDT_VERSION	3

#define	MODULE_METADATA(uniquifier, type, data, cval)			\
	static struct mod_metadata _mod_metadata##uniquifier = {	\
		1, (type), (data), (cval)				\
	};								\
	DATA_SET(modmetadata_set, _mod_metadata##uniquifier)
#define	MODULE_DEPEND(module, mdepend, vmin, vpref, vmax)		\
	static struct mod_depend _##module##_depend_on_##mdepend = {	\
		(vmin), (vpref), (vmax)					\
	};								\
	MODULE_METADATA(_md_##module##_on_##mdepend, MDT_DEPEND,	\
	    &_##module##_depend_on_##mdepend, #mdepend)
#define	DECLARE_MODULE(name, data, sub, order)				\
	MODULE_METADATA(_md_##name, MDT_MODULE, &(data), #name);	\
	SYSINIT(name##module, sub, order, module_register_init, &(data)); \
	struct __hack_##name
#define	DECLARE_MODULE_TIED(name, data, sub, order)			\
	DECLARE_MODULE(name, data, sub, order)
#define	MODULE_VERSION(module, version)					\
	static struct mod_version _##module##_version = { (version) };	\
	MODULE_METADATA(_##module##_version, MDT_VERSION,		\
	    &_##module##_version, #module)

void	module_register_init(const void *);
int	module_register(const moduledata_t *, void *);
const char *module_getname(module_t);

#endif /* !_VP_SYS_MODULE_H_ */
