/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_MEDIA_H_
#define	_VP_NET_IF_MEDIA_H_

#define	IFM_ETHER	0x00000020
#define	IFM_AUTO	0
#define	IFM_NONE	2
#define	IFM_FDX		0x00100000
#define	IFM_AVALID	0x00000001
#define	IFM_ACTIVE	0x00000002

struct ifnet;

struct ifmediareq {
	char	ifm_name[16];
	int	ifm_current;
	int	ifm_mask;
	int	ifm_status;
	int	ifm_active;
};

#endif /* !_VP_NET_IF_MEDIA_H_ */
