/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_UCRED_H_
#define	_VP_SYS_UCRED_H_

#include <sys/types.h>

struct prison;

struct ucred {
	u_int		 cr_ref;
	uid_t		 cr_uid;
	uid_t		 cr_ruid;
	int		 cr_ngroups;
	struct prison	*cr_prison;
};

#define	NOCRED		((struct ucred *)0)
#define	FSCRED		((struct ucred *)-1)

struct ucred *crhold(struct ucred *);
void	crfree(struct ucred *);
struct ucred *crdup(struct ucred *);

#endif /* !_VP_SYS_UCRED_H_ */
