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
	if (!limits->may_fragment && limits->mtu_bytes > limits->head_bytes)
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
	lower(value, PXE_NEGOTIATE_WINDOWSIZE_MAX);
	return *value >= 1;
}

static bool use_blksize2(const struct pxe_negotiate_limits *limits,
			 uint64_t *value)
{
	uint64_t power = PXE_TFTP_BLKSIZE_MIN;

	if (!use_blksize(limits, value))
		return false;
	while (power * 2 <= *value)
		power *= 2;
	*value = power;
	return true;
}

static bool use_utimeout(const struct pxe_negotiate_limits *limits,
			 uint64_t *value)
{
	(void)limits;
	return *value >= PXE_NEGOTIATE_UTIMEOUT_MIN &&
	       *value <= PXE_NEGOTIATE_UTIMEOUT_MAX;
}

static bool use_rollover(const struct pxe_negotiate_limits *limits,
			 uint64_t *value)
{
	(void)limits;
	return *value <= 1;
}

/* `unless`: an option further up that says the same, and was accepted. */
/* clang-format off */
static const struct {
	rule *use;
	enum pxe_tftp_opt unless; /* PXE_TFTP_N_OPTS: none */
} rows[PXE_TFTP_N_OPTS] = {
	[PXE_TFTP_OPT_BLKSIZE]	  = { use_blksize,    PXE_TFTP_N_OPTS },
	[PXE_TFTP_OPT_TSIZE]	  = { use_tsize,      PXE_TFTP_N_OPTS },
	[PXE_TFTP_OPT_TIMEOUT]	  = { use_timeout,    PXE_TFTP_N_OPTS },
	[PXE_TFTP_OPT_WINDOWSIZE] = { use_windowsize, PXE_TFTP_N_OPTS },
	[PXE_TFTP_OPT_BLKSIZE2]	  = { use_blksize2,   PXE_TFTP_OPT_BLKSIZE },
	[PXE_TFTP_OPT_UTIMEOUT]	  = { use_utimeout,   PXE_TFTP_OPT_TIMEOUT },
	[PXE_TFTP_OPT_ROLLOVER]	  = { use_rollover,   PXE_TFTP_N_OPTS },
};
/* clang-format on */

static void accept(const struct pxe_tftp_opts *asked,
		   const struct pxe_negotiate_limits *limits,
		   struct pxe_negotiated *out)
{
	struct pxe_tftp_opts *oack = &out->oack;

	for (size_t i = 0; i < PXE_TFTP_N_OPTS; i++) {
		uint64_t value = asked->opt[i].value;

		if (!asked->opt[i].is_set ||
		    (rows[i].unless < PXE_TFTP_N_OPTS &&
		     oack->opt[rows[i].unless].is_set) ||
		    !rows[i].use(limits, &value))
			continue;
		oack->opt[i].is_set = true;
		oack->opt[i].value = value;
		out->has_oack = true;
	}
}

/* What was agreed on of an option, or of the other one, or the default. */
static uint64_t agreed(const struct pxe_negotiated *out, enum pxe_tftp_opt opt,
		       enum pxe_tftp_opt other, uint64_t dflt)
{
	if (out->oack.opt[opt].is_set)
		return out->oack.opt[opt].value;
	return out->oack.opt[other].is_set ? out->oack.opt[other].value : dflt;
}

void pxe_negotiate_limit(const struct pxe_conf *conf, const uint8_t octets[16],
			 struct pxe_negotiate_limits *limits)
{
	const struct pxe_conf_tftp_net *net =
		pxe_conf_find_tftp_net(conf, octets);

	limits->max_blksize =
		net != NULL ? net->max_blksize : conf->max_blksize;
	limits->max_windowsize =
		net != NULL ? net->max_windowsize : conf->max_windowsize;
}

void pxe_negotiate_decide(const struct pxe_tftp_opts *asked,
			  const struct pxe_negotiate_limits *limits,
			  struct pxe_negotiated *out)
{
	struct pxe_negotiated result = { 0 };
	const struct pxe_tftp_opts *oack = &result.oack;

	if (!limits->no_options)
		accept(asked, limits, &result);
	result.blksize =
		(uint16_t)agreed(&result, PXE_TFTP_OPT_BLKSIZE,
				 PXE_TFTP_OPT_BLKSIZE2, PXE_TFTP_BLKSIZE);
	result.windowsize = (uint16_t)agreed(&result, PXE_TFTP_OPT_WINDOWSIZE,
					     PXE_TFTP_OPT_WINDOWSIZE, 1);
	result.rollover =
		(uint16_t)agreed(&result, PXE_TFTP_OPT_ROLLOVER,
				 PXE_TFTP_OPT_ROLLOVER, limits->rollover);
	result.timeout_us =
		oack->opt[PXE_TFTP_OPT_TIMEOUT].is_set
			? (uint32_t)oack->opt[PXE_TFTP_OPT_TIMEOUT].value *
				  1000000u
			: (uint32_t)oack->opt[PXE_TFTP_OPT_UTIMEOUT].value;
	*out = result;
}
