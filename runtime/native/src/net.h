/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VPORT_NET_H_
#define	_VPORT_NET_H_

/* Interfaces, protocols, handlers: what the core asks of them. */
struct domain;
struct ifnet;
struct mbuf;
struct protosw;
struct socket;

/* Slots that serve the kernel's own functions; slots.c. */
int	vp_slot_is_own(const struct sysinit *);
void	vp_slot_run_own(struct vp_module *, const struct sysinit *,
	    const char *what);
int	vp_domain_slot(sysinit_cfunc_t, const void *domain, const char *what);

void	vp_locks_boot(void);
int	vp_unload_file(struct vp_module *, int force, int veto);
void	vp_failing(int);

/* sysctl.c */
void	vp_sysctls_come(struct vp_module *);
void	vp_sysctls_enable(struct vp_module *);
void	vp_sysctls_go(struct vp_module *);
void	vp_sysctl_access(const char *name, int vnet, int jailed, int write);

/* interfaces.c */
const char *vp_interface_create(const char *kind, int vnet, const char *name);
void	vp_interface_destroy(const char *name);
void	vp_interface_move(const char *name, int vnet);
struct ifnet *vp_interface(const char *name);
struct ifnet *vp_interface_of_stack(int vnet);
void	vp_interfaces_go_home(int vnet);
void	vp_interfaces_of_kernel_go(int vnet);
void	vp_interfaces_must_be_gone(int vnet);

/* traffic.c */
void	vp_packet_in(const char *interface);
void	vp_packet_out(const char *interface);
void	vp_interface_ioctl(const char *interface, int vnet);

/* sockets.c */
int	vp_socket_create(int thread);
void	vp_socket_call(int socket, const char *member);
void	vp_socket_pass(int socket, int thread);
void	vp_socket_close(int socket);
int	vp_socket_vnet(int socket);
void	vp_sockets_of_thread_close(int thread);

/* A function of a module has returned; cloners.c. */
void	vp_called(void);

/* What is left when a stack or a module goes. */
void	vp_callouts_left(const struct vp_range *, struct vp_module *,
	    const char *why);
void	vp_tasks_left(const struct vp_range *, int tell, const char *why);
void	vp_events_left(struct vp_module *);
void	vp_cloners_left(struct vp_module *);
void	vp_protocols_left(struct vp_module *);
void	vp_epochs_left(struct vp_module *);
void	vp_kthreads_left(struct vp_module *);
void	vp_hooks_left(int vnet, struct vp_module *, const char *why);
int	vp_sysctl_is_own(sysctl_handler_t);
int	vp_sysctl_9_virtual(const struct sysctl_oid *);

/* jails.c */
int	vp_jail_create(int vnet, int parent);
void	vp_jail_destroy(int number);
int	vp_thread_create(int jail);
void	vp_thread_attach(int thread, int jail);
int	vp_thread_jail(int thread);
struct thread *vp_thread(int number);
int	vp_jail_vnet(int jail);
int	vp_jail_owns(int jail);
void	vp_jail_hold(int jail);
void	vp_jail_drop(int jail);

/* callouts.c, tasks.c, cdev.c, events.c, protocols.c */
void	vp_callouts_run(void);
void	vp_protocol_timers_run(int drain);
void	vp_tasks_run(int only_epoch);
void	vp_device_call(const char *member, int thread);

#endif /* !_VPORT_NET_H_ */
