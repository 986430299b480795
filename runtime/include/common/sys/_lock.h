/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__LOCK_H_
#define	_VP_SYS__LOCK_H_

#include <sys/types.h>

struct lock_object {
	const char	*lo_name;
	u_int		 lo_flags;
	u_int		 lo_data;
	void		*lo_witness;
};

struct lock_class;

#endif /* !_VP_SYS__LOCK_H_ */
