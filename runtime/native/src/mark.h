/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_MARK_H_
#define	_VPORT_MARK_H_

/* Where a module begins, or ends, in each section of the program. */
struct vp_mark {
	const char		*module;
	int			 last;
	char			*data;
	char			*bss;
	void			(*text)(void);
	char			*vnet;
	const void *const	*sysinit;
	const void *const	*sysuninit;
	const void *const	*sysctl;
	const void *const	*metadata;
};

#endif /* !_VPORT_MARK_H_ */
