/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_DDB_DDB_H_
#define	_VP_DDB_DDB_H_

#include <sys/types.h>
#include <sys/kernel.h>
#include <sys/linker_set.h>

typedef long		db_expr_t;
typedef uint64_t	db_addr_t;
typedef void db_cmdfcn_t(db_expr_t, bool, db_expr_t, char *);

struct db_command {
	const char	*name;
	db_cmdfcn_t	*fcn;
	int		 flag;
};

extern volatile int	db_pager_quit;

int	db_printf(const char *, ...) __printflike(1, 2);

#define	__DB_COMMAND(set, cmd_name, func_name)				\
	static db_cmdfcn_t func_name;					\
	static struct db_command func_name##_cmd = {			\
		#cmd_name, func_name, 0					\
	};								\
	DATA_SET(set, func_name##_cmd);					\
	static void							\
	func_name(db_expr_t addr __unused, bool have_addr __unused,	\
	    db_expr_t count __unused, char *modif __unused)
#define	DB_COMMAND(cmd_name, func_name)					\
	__DB_COMMAND(db_cmd_set, cmd_name, func_name)
#define	DB_SHOW_COMMAND(cmd_name, func_name)				\
	__DB_COMMAND(db_show_cmd_set, cmd_name, func_name)
#define	DB_SHOW_ALL_COMMAND(cmd_name, func_name)			\
	__DB_COMMAND(db_show_all_cmd_set, cmd_name, func_name)
#define	DB_SHOW_ALIAS(alias_name, func_name)	struct __hack

#endif /* !_VP_DDB_DDB_H_ */
