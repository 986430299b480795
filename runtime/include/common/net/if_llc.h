/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_LLC_H_
#define	_VP_NET_IF_LLC_H_

#include <sys/types.h>

struct llc {
	uint8_t		llc_dsap;
	uint8_t		llc_ssap;
	uint8_t		llc_control;
	uint8_t		llc_oui[3];
	uint16_t	llc_ether_type;
} __attribute__((__packed__));

#define	LLC_SNAP_LSAP	0xaa
#define	LLC_UI		0x03

#endif /* !_VP_NET_IF_LLC_H_ */
