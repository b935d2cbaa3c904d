/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "wire/tftp.h"

#define PARSE(text, packet) pxe_tftp_parse((text), sizeof(text) - 1, (packet))

static uint64_t value_of(const struct pxe_tftp_packet *p, enum pxe_tftp_opt opt)
{
	ck_assert(p->opts.opt[opt].is_set);
	return p->opts.opt[opt].value;
}

START_TEST(tftp_request_without_options)
{
	struct pxe_tftp_packet p;

	ck_assert_int_eq(PARSE("\0\1ipxe.efi\0octet\0", &p), 0);
	ck_assert_int_eq(p.op, PXE_TFTP_RRQ);
	ck_assert_str_eq(p.file, "ipxe.efi");
	ck_assert_uint_eq(p.file_len, 8);
	ck_assert_int_eq(p.mode, PXE_TFTP_MODE_OCTET);
	for (size_t i = 0; i < PXE_TFTP_N_OPTS; i++)
		ck_assert(!p.opts.opt[i].is_set);

	ck_assert_int_eq(PARSE("\0\2x\0NetASCII\0", &p), 0);
	ck_assert_int_eq(p.op, PXE_TFTP_WRQ);
	ck_assert_int_eq(p.mode, PXE_TFTP_MODE_NETASCII);
	ck_assert_int_eq(PARSE("\0\1x\0image\0", &p), 0);
	ck_assert_int_eq(p.mode, PXE_TFTP_MODE_OTHER);
	ck_assert_int_eq(PARSE("\0\1\0octet\0", &p), 0);
	ck_assert_uint_eq(p.file_len, 0);
}
END_TEST

START_TEST(tftp_options_as_edk2_sends_them)
{
	struct pxe_tftp_packet p;

	ck_assert_int_eq(PARSE("\0\1ipxe.efi\0octet\0tsize\0"
			       "0\0blksize\0"
			       "1468\0windowsize\0"
			       "4\0",
			       &p),
			 0);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_TSIZE), 0);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_BLKSIZE), 1468);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_WINDOWSIZE), 4);
	ck_assert(!p.opts.opt[PXE_TFTP_OPT_TIMEOUT].is_set);
	ck_assert_uint_eq(p.opts.n_unknown + p.opts.n_bad, 0);
}
END_TEST

START_TEST(tftp_options_odd_ones)
{
	struct pxe_tftp_packet p;

	/* any case; unknown ones are left out */
	ck_assert_int_eq(PARSE("\0\1x\0OCTET\0BlkSize\0"
			       "9000\0multicast\0\0TIMEOUT\0"
			       "3\0",
			       &p),
			 0);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_BLKSIZE), 9000);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_TIMEOUT), 3);
	ck_assert_uint_eq(p.opts.n_unknown, 1);
	/* the first of two; no numbers; beyond 64 bits */
	ck_assert_int_eq(PARSE("\0\1x\0octet\0blksize\0"
			       "512\0blksize\0"
			       "1024\0timeout\0-1\0windowsize\0\0tsize\0"
			       "99999999999999999999\0",
			       &p),
			 0);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_BLKSIZE), 512);
	ck_assert(!p.opts.opt[PXE_TFTP_OPT_TIMEOUT].is_set);
	ck_assert(!p.opts.opt[PXE_TFTP_OPT_WINDOWSIZE].is_set);
	ck_assert(!p.opts.opt[PXE_TFTP_OPT_TSIZE].is_set);
	ck_assert_uint_eq(p.opts.n_bad, 4);
	/* padding behind */
	ck_assert_int_eq(PARSE("\0\1x\0octet\0blksize\0"
			       "512\0\0\0\0",
			       &p),
			 0);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_BLKSIZE), 512);
	ck_assert_uint_eq(p.opts.n_unknown, 0);
}
END_TEST

START_TEST(tftp_requests_cut_anywhere)
{
	static const char whole[] = "\0\1ipxe.efi\0octet\0blksize\0"
				    "1468\0tsize\0"
				    "0";
	const size_t ends[] = { 17, 30, 38 }; /* after mode, each option */
	struct pxe_tftp_packet p;

	for (size_t n = 0; n <= sizeof(whole); n++) {
		/* exactly n octets of heap: a read beyond shows under ASan */
		char *copy = malloc(n > 0 ? n : 1);
		bool is_end = false;

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, whole, n);
		for (size_t i = 0; i < PXE_LEN(ends); i++)
			is_end = is_end || ends[i] == n;
		ck_assert_int_eq(pxe_tftp_parse(copy, n, &p),
				 is_end ? 0 : -EBADMSG);
		free(copy);
	}
	ck_assert_uint_eq(sizeof(whole), 38);
}
END_TEST

START_TEST(tftp_other_packets)
{
	struct pxe_tftp_packet p;

	ck_assert_int_eq(PARSE("\0\3\1\2abc", &p), 0);
	ck_assert_int_eq(p.op, PXE_TFTP_DATA);
	ck_assert_uint_eq(p.block, 0x102);
	ck_assert_uint_eq(p.data_len, 3);
	ck_assert_mem_eq(p.data, "abc", 3);
	ck_assert_int_eq(PARSE("\0\3\0\1", &p), 0);
	ck_assert_uint_eq(p.data_len, 0);
	ck_assert_int_eq(PARSE("\0\4\xff\xff", &p), 0);
	ck_assert_int_eq(p.op, PXE_TFTP_ACK);
	ck_assert_uint_eq(p.block, 65535);
	ck_assert_int_eq(PARSE("\0\5\0\10User aborted\0", &p), 0);
	ck_assert_uint_eq(p.code, 8);
	ck_assert_uint_eq(p.data_len, 12);
	ck_assert_int_eq(PARSE("\0\5\0\0no NUL", &p), 0);
	ck_assert_uint_eq(p.data_len, 6);
	ck_assert_int_eq(PARSE("\0\5\0\1", &p), 0);
	ck_assert_uint_eq(p.data_len, 0);
	ck_assert_int_eq(PARSE("\0\6tsize\0"
			       "77\0",
			       &p),
			 0);
	ck_assert_uint_eq(value_of(&p, PXE_TFTP_OPT_TSIZE), 77);
}
END_TEST

START_TEST(tftp_no_packets)
{
	struct pxe_tftp_packet p = { .block = 77 };

	ck_assert_int_eq(pxe_tftp_parse(NULL, 0, &p), -EBADMSG);
	ck_assert_int_eq(PARSE("\0", &p), -EBADMSG);
	ck_assert_int_eq(PARSE("\0\0abcd", &p), -EINVAL);
	ck_assert_int_eq(PARSE("\0\7abcd", &p), -EINVAL);
	ck_assert_int_eq(PARSE("\1\1a\0octet\0", &p), -EINVAL);
	ck_assert_int_eq(PARSE("\0\4\0", &p), -EBADMSG);
	ck_assert_int_eq(PARSE("\0\5", &p), -EBADMSG);
	ck_assert_int_eq(PARSE("\0\6tsize\0", &p), -EBADMSG);
	ck_assert_int_eq(PARSE("\0\1x\0octet\0\0x\0y\0", &p), -EBADMSG);
	ck_assert_uint_eq(p.block, 77);
}
END_TEST

START_TEST(tftp_build)
{
	struct pxe_tftp_opts opts = { 0 };
	char buf[PXE_TFTP_REPLY_BYTES];
	static const char oack[] = "\0\6blksize\0"
				   "1468\0tsize\0"
				   "18446744073709551615\0";

	opts.opt[PXE_TFTP_OPT_TSIZE].is_set = true;
	opts.opt[PXE_TFTP_OPT_TSIZE].value = UINT64_MAX;
	opts.opt[PXE_TFTP_OPT_BLKSIZE].is_set = true;
	opts.opt[PXE_TFTP_OPT_BLKSIZE].value = 1468;
	ck_assert_int_eq(pxe_tftp_build_oack(&opts, buf, sizeof(buf)),
			 sizeof(oack) - 1);
	ck_assert_mem_eq(buf, oack, sizeof(oack) - 1);
	for (size_t cap = 0; cap < sizeof(oack) - 1; cap++)
		ck_assert_int_eq(pxe_tftp_build_oack(&opts, buf, cap), -ENOSPC);

	ck_assert_int_eq(pxe_tftp_build_data(0xabcd, buf, 4), 4);
	ck_assert_mem_eq(buf, "\0\3\xab\xcd", 4);
	ck_assert_int_eq(pxe_tftp_build_data(1, buf, 3), -ENOSPC);
	ck_assert_int_eq(pxe_tftp_build_ack(0xabcd, buf, 4), 4);
	ck_assert_mem_eq(buf, "\0\4\xab\xcd", 4);
	ck_assert_int_eq(pxe_tftp_build_ack(1, buf, 3), -ENOSPC);
}
END_TEST

START_TEST(tftp_build_error)
{
	char buf[64], *text = malloc(2000);

	ck_assert_int_eq(pxe_tftp_build_error(PXE_TFTP_NOT_FOUND, "no", buf,
					      sizeof(buf)),
			 7);
	ck_assert_mem_eq(buf, "\0\5\0\1no", 7);
	/* a long text is cut, and ends with its NUL */
	memset(text, 'x', 1999);
	text[1999] = '\0';
	ck_assert_int_eq(pxe_tftp_build_error(PXE_TFTP_UNDEFINED, text, buf,
					      sizeof(buf)),
			 sizeof(buf));
	ck_assert_int_eq(buf[sizeof(buf) - 2], 'x');
	ck_assert_int_eq(buf[sizeof(buf) - 1], '\0');
	ck_assert_int_eq(pxe_tftp_build_error(PXE_TFTP_UNDEFINED, text, buf, 4),
			 -ENOSPC);
	free(text);
}
END_TEST

UNIT_MAIN("tftp", tftp_request_without_options, tftp_options_as_edk2_sends_them,
	  tftp_options_odd_ones, tftp_requests_cut_anywhere, tftp_other_packets,
	  tftp_no_packets, tftp_build, tftp_build_error)
