/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_JAIL_H_
#define	_VP_SYS_JAIL_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/ucred.h>

struct prison {
	TAILQ_ENTRY(prison) pr_list;
	int		 pr_id;
	int		 pr_ref;
	u_int		 pr_flags;
	struct prison	*pr_parent;
	struct vnet	*pr_vnet;
	char		 pr_name[256];
};

#define	PR_VNET		0x00000010

extern struct prison	prison0;

int	jailed(struct ucred *);
int	jailed_without_vnet(struct ucred *);
int	prison_flag(struct ucred *, unsigned);
void	prison_hold(struct prison *);
void	prison_free(struct prison *);
int	prison_check(struct ucred *, struct ucred *);
int	prison_check_af(struct ucred *, int);
int	cr_canseesocket(struct ucred *, struct socket *);

#endif /* !_VP_SYS_JAIL_H_ */
