/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS__SOCKADDR_STORAGE_H_
#define	_VP_SYS__SOCKADDR_STORAGE_H_

#include <sys/types.h>

struct sockaddr_storage {
	unsigned char	ss_len;
	sa_family_t	ss_family;
	char		__ss_pad1[6];
	int64_t		__ss_align;
	char		__ss_pad2[112];
};

#endif /* !_VP_SYS__SOCKADDR_STORAGE_H_ */
