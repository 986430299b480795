/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_CLONE_H_
#define	_VP_NET_IF_CLONE_H_

#ifdef _KERNEL
#include <sys/types.h>
#include <sys/eventhandler.h>

struct if_clone;
struct ifnet;

typedef int	ifc_match_t(struct if_clone *, const char *);
typedef int	ifc_create_t(struct if_clone *, char *, size_t, caddr_t);
typedef int	ifc_destroy_t(struct if_clone *, struct ifnet *);
typedef int	ifcs_create_t(struct if_clone *, int, caddr_t);
typedef void	ifcs_destroy_t(struct ifnet *);

struct if_clone	*if_clone_simple(const char *, ifcs_create_t, ifcs_destroy_t,
		    u_int);
struct if_clone	*if_clone_advanced(const char *, u_int, ifc_match_t,
		    ifc_create_t, ifc_destroy_t);
void	if_clone_detach(struct if_clone *);

int	ifc_alloc_unit(struct if_clone *, int *);
void	ifc_free_unit(struct if_clone *, int);
int	ifc_name2unit(const char *, int *);
const char *ifc_name(struct if_clone *);

typedef void (*if_clone_event_handler_t)(void *, struct if_clone *);
EVENTHANDLER_DECLARE(if_clone_event, if_clone_event_handler_t);
#endif

#endif /* !_VP_NET_IF_CLONE_H_ */
