/* SPDX-License-Identifier: ISC */
#include "tftpd/negotiate.h"
#include "unit.h"

#define NO   UINT64_MAX /* not asked, or not in the OACK */
#define SIZE 12345

static const struct pxe_negotiate_limits ethernet = {
	.max_blksize = 65464,
	.max_windowsize = 64,
	.mtu_bytes = 1500,
	.head_bytes = PXE_NEGOTIATE_HEAD4_BYTES,
	.size_bytes = SIZE,
};

static struct pxe_negotiated decide(const struct pxe_negotiate_limits *limits,
				    enum pxe_tftp_opt opt, uint64_t value)
{
	struct pxe_tftp_opts asked = { 0 };
	struct pxe_negotiated out;

	if (value != NO) {
		asked.opt[opt].is_set = true;
		asked.opt[opt].value = value;
	}
	pxe_negotiate_decide(&asked, limits, &out);
	return out;
}

START_TEST(negotiate_one_option)
{
	static const struct {
		enum pxe_tftp_opt opt;
		uint64_t asked, oack;
	} rows[] = {
		{ PXE_TFTP_OPT_BLKSIZE, 0, NO },
		{ PXE_TFTP_OPT_BLKSIZE, 7, NO },
		{ PXE_TFTP_OPT_BLKSIZE, 8, 8 },
		{ PXE_TFTP_OPT_BLKSIZE, 512, 512 },
		{ PXE_TFTP_OPT_BLKSIZE, 1408, 1408 },
		{ PXE_TFTP_OPT_BLKSIZE, 1468, 1468 },
		{ PXE_TFTP_OPT_BLKSIZE, 1469, 1468 },
		{ PXE_TFTP_OPT_BLKSIZE, 65464, 1468 },
		{ PXE_TFTP_OPT_BLKSIZE, 65465, 1468 },
		{ PXE_TFTP_OPT_BLKSIZE, UINT64_MAX - 1, 1468 },
		{ PXE_TFTP_OPT_TSIZE, 0, SIZE },
		{ PXE_TFTP_OPT_TSIZE, 99, SIZE },
		{ PXE_TFTP_OPT_TIMEOUT, 0, NO },
		{ PXE_TFTP_OPT_TIMEOUT, 1, 1 },
		{ PXE_TFTP_OPT_TIMEOUT, 255, 255 },
		{ PXE_TFTP_OPT_TIMEOUT, 256, NO },
		{ PXE_TFTP_OPT_WINDOWSIZE, 0, NO },
		{ PXE_TFTP_OPT_WINDOWSIZE, 1, 1 },
		{ PXE_TFTP_OPT_WINDOWSIZE, 16, 16 },
		{ PXE_TFTP_OPT_WINDOWSIZE, 65535, 64 },
		{ PXE_TFTP_OPT_WINDOWSIZE, 65536, 64 },
		{ PXE_TFTP_OPT_BLKSIZE2, 0, NO },
		{ PXE_TFTP_OPT_BLKSIZE2, 7, NO },
		{ PXE_TFTP_OPT_BLKSIZE2, 8, 8 },
		{ PXE_TFTP_OPT_BLKSIZE2, 15, 8 },
		{ PXE_TFTP_OPT_BLKSIZE2, 512, 512 },
		{ PXE_TFTP_OPT_BLKSIZE2, 1023, 512 },
		{ PXE_TFTP_OPT_BLKSIZE2, 1024, 1024 },
		{ PXE_TFTP_OPT_BLKSIZE2, 65464, 1024 },
		{ PXE_TFTP_OPT_BLKSIZE2, UINT64_MAX - 1, 1024 },
		{ PXE_TFTP_OPT_UTIMEOUT, 0, NO },
		{ PXE_TFTP_OPT_UTIMEOUT, 9999, NO },
		{ PXE_TFTP_OPT_UTIMEOUT, 10000, 10000 },
		{ PXE_TFTP_OPT_UTIMEOUT, 255000000, 255000000 },
		{ PXE_TFTP_OPT_UTIMEOUT, 255000001, NO },
		{ PXE_TFTP_OPT_ROLLOVER, 0, 0 },
		{ PXE_TFTP_OPT_ROLLOVER, 1, 1 },
		{ PXE_TFTP_OPT_ROLLOVER, 2, NO },
		{ PXE_TFTP_OPT_ROLLOVER, 65535, NO },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_negotiated out =
			decide(&ethernet, rows[i].opt, rows[i].asked);

		ck_assert_int_eq(out.has_oack, rows[i].oack != NO);
		for (size_t o = 0; o < PXE_TFTP_N_OPTS; o++)
			ck_assert_int_eq(out.oack.opt[o].is_set,
					 o == rows[i].opt &&
						 rows[i].oack != NO);
		if (rows[i].oack != NO)
			ck_assert_uint_eq(out.oack.opt[rows[i].opt].value,
					  rows[i].oack);
	}
}
END_TEST

START_TEST(negotiate_nothing_asked)
{
	struct pxe_negotiated out = decide(&ethernet, PXE_TFTP_OPT_TSIZE, NO);

	ck_assert(!out.has_oack);
	ck_assert_uint_eq(out.blksize, 512);
	ck_assert_uint_eq(out.windowsize, 1);
	ck_assert_uint_eq(out.timeout_us, 0);
}
END_TEST

/* A refused value leaves the default in force on both sides. */
START_TEST(negotiate_refused_means_default)
{
	ck_assert_uint_eq(decide(&ethernet, PXE_TFTP_OPT_BLKSIZE, 7).blksize,
			  512);
	ck_assert_uint_eq(
		decide(&ethernet, PXE_TFTP_OPT_WINDOWSIZE, 0).windowsize, 1);
	ck_assert_uint_eq(
		decide(&ethernet, PXE_TFTP_OPT_TIMEOUT, 300).timeout_us, 0);
}
END_TEST

START_TEST(negotiate_limits)
{
	struct pxe_negotiate_limits limits = ethernet;

	limits.head_bytes = PXE_NEGOTIATE_HEAD6_BYTES;
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 9000).blksize,
			  1448);
	limits.mtu_bytes = 0;
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 9000).blksize,
			  9000);
	limits.max_blksize = 1400;
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 9000).blksize,
			  1400);
	limits = ethernet;
	limits.mtu_bytes = 65536;
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 65535).blksize,
			  65464);
	limits.mtu_bytes = 20; /* nonsense */
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 1024).blksize,
			  1024);
	limits.max_windowsize = 1;
	ck_assert_uint_eq(
		decide(&limits, PXE_TFTP_OPT_WINDOWSIZE, 9).windowsize, 1);
	limits.size_bytes = 0;
	ck_assert(decide(&limits, PXE_TFTP_OPT_TSIZE, 0).has_oack);
}
END_TEST

/* Options by which the same is asked: that of an RFC goes before. */
START_TEST(negotiate_two_for_the_same)
{
	static const struct {
		enum pxe_tftp_opt first, second;
		uint64_t asked_first, asked_second;
		bool is_first, is_second;
		uint16_t blksize;
		uint32_t timeout_us;
	} rows[] = {
		{ PXE_TFTP_OPT_BLKSIZE, PXE_TFTP_OPT_BLKSIZE2, 1400, 1024, true,
		  false, 1400, 0 },
		{ PXE_TFTP_OPT_BLKSIZE, PXE_TFTP_OPT_BLKSIZE2, 7, 600, false,
		  true, 512, 0 },
		{ PXE_TFTP_OPT_TIMEOUT, PXE_TFTP_OPT_UTIMEOUT, 3, 20000, true,
		  false, 512, 3000000 },
		{ PXE_TFTP_OPT_TIMEOUT, PXE_TFTP_OPT_UTIMEOUT, 0, 20000, false,
		  true, 512, 20000 },
		{ PXE_TFTP_OPT_TIMEOUT, PXE_TFTP_OPT_UTIMEOUT, 255, 1, true,
		  false, 512, 255000000 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_tftp_opts asked = { 0 };
		struct pxe_negotiated out;

		asked.opt[rows[i].first].is_set = true;
		asked.opt[rows[i].first].value = rows[i].asked_first;
		asked.opt[rows[i].second].is_set = true;
		asked.opt[rows[i].second].value = rows[i].asked_second;
		pxe_negotiate_decide(&asked, &ethernet, &out);
		ck_assert_int_eq(out.oack.opt[rows[i].first].is_set,
				 rows[i].is_first);
		ck_assert_int_eq(out.oack.opt[rows[i].second].is_set,
				 rows[i].is_second);
		ck_assert_uint_eq(out.blksize, rows[i].blksize);
		ck_assert_uint_eq(out.timeout_us, rows[i].timeout_us);
	}
}
END_TEST

START_TEST(negotiate_rollover)
{
	struct pxe_negotiate_limits limits = ethernet;

	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_ROLLOVER, NO).rollover,
			  0);
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_ROLLOVER, 1).rollover,
			  1);
	/* the configuration is for those who do not ask */
	limits.rollover = 1;
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_ROLLOVER, NO).rollover,
			  1);
	ck_assert(!decide(&limits, PXE_TFTP_OPT_ROLLOVER, NO).has_oack);
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_ROLLOVER, 0).rollover,
			  0);
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_ROLLOVER, 7).rollover,
			  1);
	limits.max_windowsize = UINT16_MAX;
	ck_assert_uint_eq(
		decide(&limits, PXE_TFTP_OPT_WINDOWSIZE, 65535).windowsize,
		65534);
}
END_TEST

START_TEST(negotiate_fragments)
{
	struct pxe_negotiate_limits limits = ethernet;

	limits.may_fragment = true;
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 9000).blksize,
			  9000);
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE2, 9000).blksize,
			  8192);
	limits.max_blksize = 4096;
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 9000).blksize,
			  4096);
}
END_TEST

/* A client that answers every OACK with ERROR 8 gets none. */
START_TEST(negotiate_no_options)
{
	struct pxe_negotiate_limits limits = ethernet;
	struct pxe_negotiated out;

	limits.no_options = true;
	limits.rollover = 1;
	out = decide(&limits, PXE_TFTP_OPT_BLKSIZE, 1468);
	ck_assert(!out.has_oack);
	ck_assert_uint_eq(out.blksize, 512);
	ck_assert_uint_eq(out.windowsize, 1);
	ck_assert_uint_eq(out.rollover, 1);
	ck_assert_uint_eq(out.timeout_us, 0);
}
END_TEST

START_TEST(negotiate_by_network)
{
	static struct pxe_conf_tftp_net net = {
		.octets = { [10] = 0xff, 0xff, 10, 1 },
		.prefix = 112,
		.is_ip4 = true,
		.max_blksize = 1388,
		.max_windowsize = 4,
	};
	const struct pxe_conf conf = {
		.max_blksize = 1468,
		.max_windowsize = 64,
		.tftp_nets = &net,
		.n_tftp_nets = 1,
	};
	struct pxe_negotiate_limits limits = ethernet;
	uint8_t peer[16] = { [10] = 0xff, 0xff, 10, 1, 2, 3 };

	pxe_negotiate_limit(&conf, peer, &limits);
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 1468).blksize,
			  1388);
	ck_assert_uint_eq(
		decide(&limits, PXE_TFTP_OPT_WINDOWSIZE, 64).windowsize, 4);
	peer[13] = 2;
	pxe_negotiate_limit(&conf, peer, &limits);
	ck_assert_uint_eq(decide(&limits, PXE_TFTP_OPT_BLKSIZE, 1468).blksize,
			  1468);
	ck_assert_uint_eq(limits.max_windowsize, 64);
}
END_TEST

UNIT_MAIN("negotiate", negotiate_one_option, negotiate_nothing_asked,
	  negotiate_refused_means_default, negotiate_limits,
	  negotiate_two_for_the_same, negotiate_rollover, negotiate_fragments,
	  negotiate_no_options, negotiate_by_network)
