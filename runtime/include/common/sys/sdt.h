/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_SDT_H_
#define	_VP_SYS_SDT_H_

#define	SDT_PROVIDER_DECLARE(p)		struct __hack
#define	SDT_PROVIDER_DEFINE(p)		struct __hack
#define	SDT_PROBE_DECLARE(p, m, f, n)	struct __hack
#define	SDT_PROBE_DEFINE1(p, m, f, n, a0)		struct __hack
#define	SDT_PROBE_DEFINE2(p, m, f, n, a0, a1)		struct __hack
#define	SDT_PROBE1(p, m, f, n, a0)	((void)(a0))
#define	SDT_PROBE2(p, m, f, n, a0, a1)	((void)(a0), (void)(a1))

#endif /* !_VP_SYS_SDT_H_ */
