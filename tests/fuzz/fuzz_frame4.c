/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a frame: what was parsed can be built again, and parses to
 * the same.
 */
#include <stdlib.h>
#include <string.h>

#include "wire/frame4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_build(const struct pxe_frame4 *frame, struct pxe_rd payload)
{
	static uint8_t buf[UINT16_MAX + 64];
	struct pxe_frame4 again;
	struct pxe_rd inner;
	size_t len;

	if (pxe_frame4_build(frame, payload.p, payload.left, buf, sizeof(buf),
			     &len) < 0)
		return;
	check(len <= payload.left + PXE_FRAME4_HEAD_BYTES);
	check(pxe_frame4_parse(buf, len, false, &again, &inner) == 0);
	check(inner.left == payload.left);
	check(inner.left == 0 || memcmp(inner.p, payload.p, inner.left) == 0);
	check(again.src == frame->src && again.dst == frame->dst);
	check(again.src_port == frame->src_port);
	check(again.dst_port == frame->dst_port);
	check(again.has_vlan == frame->has_vlan && again.vlan == frame->vlan);
	check(memcmp(again.src_mac, frame->src_mac, sizeof(again.src_mac)) ==
	      0);
	check(memcmp(again.dst_mac, frame->dst_mac, sizeof(again.dst_mac)) ==
	      0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_frame4 frame;
	struct pxe_rd payload;

	for (int is_partial = 0; is_partial < 2; is_partial++)
		if (pxe_frame4_parse(data, size, is_partial, &frame,
				     &payload) == 0) {
			check(payload.left == 0 ||
			      (payload.p > data &&
			       payload.p + payload.left <= data + size));
			check_build(&frame, payload);
		}
	return 0;
}
