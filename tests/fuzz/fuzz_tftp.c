/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a TFTP packet: what was parsed can be cleaned, negotiated and
 * answered, and an OACK that was built parses to the same options.
 */
#include <stdlib.h>
#include <string.h>

#include "run/rootdir.h"
#include "tftpd/negotiate.h"
#include "wire/tftp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_name(const struct pxe_tftp_packet *packet)
{
	char clean[PXE_ROOTDIR_NAME_TEXT], small[8];

	check(strlen(packet->file) == packet->file_len);
	if (pxe_rootdir_clean_name(packet->file, packet->file_len, small,
				   sizeof(small)) == PXE_REASON_OK)
		check(strlen(small) < sizeof(small));
	if (pxe_rootdir_clean_name(packet->file, packet->file_len, clean,
				   sizeof(clean)) != PXE_REASON_OK)
		return;
	check(clean[0] != '\0' && clean[0] != '/');
	check(strstr(clean, "//") == NULL && strchr(clean, '\\') == NULL);
}

static void check_oack(const struct pxe_tftp_opts *oack)
{
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	struct pxe_tftp_packet again;
	int n = pxe_tftp_build_oack(oack, buf, sizeof(buf));

	check(n > 0);
	check(pxe_tftp_parse(buf, (size_t)n, &again) == 0);
	check(again.op == PXE_TFTP_OACK && again.opts.n_bad == 0);
	for (int i = 0; i < PXE_TFTP_N_OPTS; i++) {
		check(again.opts.opt[i].is_set == oack->opt[i].is_set);
		check(!oack->opt[i].is_set ||
		      again.opts.opt[i].value == oack->opt[i].value);
	}
}

static void check_terms(const struct pxe_tftp_opts *asked)
{
	const struct pxe_negotiate_limits limits = {
		.max_blksize = 1468,
		.max_windowsize = 64,
		.mtu_bytes = 1400,
		.head_bytes = PXE_NEGOTIATE_HEAD6_BYTES,
		.size_bytes = 4711,
	};
	struct pxe_negotiated terms;

	pxe_negotiate_decide(asked, &limits, &terms);
	check(terms.blksize >= PXE_TFTP_BLKSIZE_MIN && terms.blksize <= 1348);
	check(terms.windowsize >= 1 && terms.windowsize <= 64);
	check(terms.rollover <= 1 && terms.timeout_us <= 255000000);
	check(!terms.oack.opt[PXE_TFTP_OPT_BLKSIZE].is_set ||
	      !terms.oack.opt[PXE_TFTP_OPT_BLKSIZE2].is_set);
	for (int i = 0; i < PXE_TFTP_N_OPTS; i++)
		check(asked->opt[i].is_set || !terms.oack.opt[i].is_set);
	check_oack(&terms.oack);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_tftp_packet packet;

	if (pxe_tftp_parse(data, size, &packet) < 0)
		return 0;
	if (packet.op == PXE_TFTP_RRQ || packet.op == PXE_TFTP_WRQ)
		check_name(&packet);
	check_terms(&packet.opts);
	check_oack(&packet.opts);
	if (packet.data_len > 0)
		check(packet.data >= data &&
		      packet.data + packet.data_len <= data + size);
	return 0;
}
