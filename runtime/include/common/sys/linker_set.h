/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_SYS_LINKER_SET_H_
#define	_VP_SYS_LINKER_SET_H_

#include <sys/cdefs.h>

#define	__MAKE_SET(set, sym)						\
	static void const * const __set_##set##_sym_##sym		\
	    __section("set_" #set) __used = &(sym)
#define	TEXT_SET(set, sym)	__MAKE_SET(set, sym)
#define	DATA_SET(set, sym)	__MAKE_SET(set, sym)
#define	SET_DECLARE(set, ptype)						\
	extern ptype *__weak_symbol __start_set_##set[];		\
	extern ptype *__weak_symbol __stop_set_##set[]
#define	SET_FOREACH(pvar, set)						\
	for ((pvar) = __start_set_##set; (pvar) < __stop_set_##set; (pvar)++)
#define	SET_COUNT(set)		(__stop_set_##set - __start_set_##set)

#endif /* !_VP_SYS_LINKER_SET_H_ */
