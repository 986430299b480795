/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_FILE_H_
#define	_VP_SYS_FILE_H_

#include <sys/types.h>
#include <sys/fcntl.h>

struct file {
	void	*f_data;
	u_int	 f_flag;
};

#endif /* !_VP_SYS_FILE_H_ */
