/* SPDX-License-Identifier: BSD-2-Clause. Copyright (c) 2026 the vport authors. */
#ifndef _VP_NET_IF_TYPES_H_
#define	_VP_NET_IF_TYPES_H_

#define	IFT_OTHER	0x1
#define	IFT_ETHER	0x6
#define	IFT_PPP		0x17
#define	IFT_LOOP	0x18
#define	IFT_SLIP	0x1c
#define	IFT_PROPVIRTUAL	0x35
#define	IFT_TUNNEL	0x83
#define	IFT_L2VLAN	0x87
#define	IFT_IEEE8023ADLAG 0xa1
#define	IFT_BRIDGE	0xd1
#define	IFT_STF		0xd7
#define	IFT_GIF		0xf0
#define	IFT_ENC		0xf4

#endif /* !_VP_NET_IF_TYPES_H_ */
