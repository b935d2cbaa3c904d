/* SPDX-License-Identifier: ISC */
/*
 * Any octets as an ARP frame and as an ICMP echo reply: what was parsed as ARP
 * can be built again and is the same up to its end.
 */
#include <stdlib.h>
#include <string.h>

#include "wire/arp.h"
#include "wire/icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t buf[PXE_ARP_FRAME_BYTES];
	struct pxe_icmp_reply reply;
	struct pxe_arp arp, again;

	if (pxe_arp_parse(data, size, &arp) == 0) {
		check(pxe_arp_build(&arp, buf, sizeof(buf)) == sizeof(buf));
		/* the sender of the frame may be another than that of ARP */
		memcpy(buf + 6, data + 6, PXE_ARP_MAC_BYTES);
		check(memcmp(buf, data, sizeof(buf)) == 0);
		check(pxe_arp_parse(buf, sizeof(buf), &again) == 0);
	}
	if (pxe_icmp_parse_reply(data, size, &reply) == 0)
		check(size >= 28);
	return 0;
}
