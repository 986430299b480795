/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SOCKETVAR_H_
#define	_VP_SYS_SOCKETVAR_H_

#include <sys/types.h>
#include <sys/_mutex.h>
#include <sys/socket.h>
#include <sys/sockbuf.h>
#include <sys/queue.h>

struct protosw;
struct vnet;

struct socket {
	struct mtx	 so_lock;
	short		 so_type;
	int		 so_options;
	short		 so_state;
	void		*so_pcb;
	struct vnet	*so_vnet;
	struct protosw	*so_proto;
	u_short		 so_error;
	struct ucred	*so_cred;
	struct sockbuf	 so_rcv;
	struct sockbuf	 so_snd;
	int		 so_fibnum;
};

enum sopt_dir { SOPT_GET, SOPT_SET };
struct sockopt {
	enum sopt_dir	 sopt_dir;
	int		 sopt_level;
	int		 sopt_name;
	void		*sopt_val;
	size_t		 sopt_valsize;
	struct thread	*sopt_td;
};

#define	SS_NBIO		0x0100

extern int	maxsockets;

#define	sotoinpcb(so)	((struct inpcb *)(so)->so_pcb)

int	soreserve(struct socket *, u_long, u_long);
int	sooptcopyin(struct sockopt *, void *, size_t, size_t);
int	sooptcopyout(struct sockopt *, const void *, size_t);
int	sbappendaddr(struct sockbuf *, const struct sockaddr *, struct mbuf *,
	    struct mbuf *);
void	sorwakeup(struct socket *);
void	sowwakeup(struct socket *);
void	soisconnected(struct socket *);
void	soisdisconnected(struct socket *);
void	socantsendmore(struct socket *);
void	socantrcvmore(struct socket *);
void	soisconnecting(struct socket *);
void	soisdisconnecting(struct socket *);
void	sbappendstream_locked(struct sockbuf *, struct mbuf *, int);
void	sorwakeup_locked(struct socket *);
#define	SOCKBUF_LOCK(sb)	mtx_lock(&(sb)->sb_mtx)
#define	SOCKBUF_UNLOCK(sb)	mtx_unlock(&(sb)->sb_mtx)
int	socreate(int, struct socket **, int, int, struct ucred *,
	    struct thread *);
int	soclose(struct socket *);
int	sosend(struct socket *, struct sockaddr *, void *, struct mbuf *,
	    struct mbuf *, int, struct thread *);

#endif /* !_VP_SYS_SOCKETVAR_H_ */
