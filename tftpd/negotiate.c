/* SPDX-License-Identifier: ISC */
#include "tftpd/negotiate.h"

/* The rule of an option: the value to use in *value, or false to leave it. */
typedef bool rule(const struct pxe_negotiate_limits *limits, uint64_t *value);

static void lower(uint64_t *value, uint64_t limit)
{
	if (*value > limit)
		*value = limit;
}

static bool use_blksize(const struct pxe_negotiate_limits *limits,
			uint64_t *value)
{
	lower(value, PXE_TFTP_BLKSIZE_MAX);
	lower(value, limits->max_blksize);
	/* many boot ROMs cannot put fragments together */
	if (limits->mtu_bytes > limits->head_bytes)
		lower(value, limits->mtu_bytes - limits->head_bytes);
	return *value >= PXE_TFTP_BLKSIZE_MIN;
}

static bool use_tsize(const struct pxe_negotiate_limits *limits,
		      uint64_t *value)
{
	*value = limits->size_bytes;
	return true;
}

static bool use_timeout(const struct pxe_negotiate_limits *limits,
			uint64_t *value)
{
	(void)limits;
	return *value >= 1 && *value <= UINT8_MAX;
}

static bool use_windowsize(const struct pxe_negotiate_limits *limits,
			   uint64_t *value)
{
	lower(value, limits->max_windowsize);
	return *value >= 1;
}

void pxe_negotiate_decide(const struct pxe_tftp_opts *asked,
			  const struct pxe_negotiate_limits *limits,
			  struct pxe_negotiated *out)
{
	static rule *const rules[PXE_TFTP_N_OPTS] = {
		[PXE_TFTP_OPT_BLKSIZE] = use_blksize,
		[PXE_TFTP_OPT_TSIZE] = use_tsize,
		[PXE_TFTP_OPT_TIMEOUT] = use_timeout,
		[PXE_TFTP_OPT_WINDOWSIZE] = use_windowsize,
	};
	uint64_t used[PXE_TFTP_N_OPTS] = {
		[PXE_TFTP_OPT_BLKSIZE] = PXE_TFTP_BLKSIZE,
		[PXE_TFTP_OPT_WINDOWSIZE] = 1,
	};
	struct pxe_negotiated result = { 0 };

	for (size_t i = 0; i < PXE_TFTP_N_OPTS; i++) {
		uint64_t value = asked->opt[i].value;

		if (!asked->opt[i].is_set || !rules[i](limits, &value))
			continue;
		used[i] = value;
		result.oack.opt[i].is_set = true;
		result.oack.opt[i].value = value;
		result.has_oack = true;
	}
	result.blksize = (uint16_t)used[PXE_TFTP_OPT_BLKSIZE];
	result.windowsize = (uint16_t)used[PXE_TFTP_OPT_WINDOWSIZE];
	result.timeout_s = (uint8_t)used[PXE_TFTP_OPT_TIMEOUT];
	*out = result;
}
