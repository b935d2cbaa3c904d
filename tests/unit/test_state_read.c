/* SPDX-License-Identifier: ISC */
/* What is read without jansson is what jansson reads. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "run/state_codec.h"
#include "unit.h"

#define LEASE                                                                  \
	"\"lease\":{\"address\":\"10.0.0.1\",\"client\":\"02:00:00:00:00:"     \
	"01\","                                                                \
	"\"state\":\"active\",\"start\":1700000000,\"end\":1700003600"

static const char *const good[] = {
	"{" LEASE "}}",
	"{" LEASE "},\"now\":1700000001,\"os\":true}",
	"{" LEASE ",\"host_name\":\"a b\",\"hwaddr\":\"02:00:00:00:00:01\","
	"\"boot\":false,\"circuit\":7},\"replaces\":\"10.0.0.2\",\"os\":false}",
	"{" LEASE ",\"circuit\":999999999999999999}}",
};

/* JSON that is right, but not plain, or JSON that is wrong. */
static const char *const others[] = {
	"",
	"{}",
	"{" LEASE "}",
	"{" LEASE "}}}",
	"{" LEASE "}} ",
	"{" LEASE "},}",
	"{" LEASE "},\"os\":true,\"os\":true}",
	"{" LEASE "},\"later\":1}",
	"{" LEASE "},\"os\":1}",
	"{" LEASE "},\"now\":01}",
	"{" LEASE "},\"now\":-1}",
	"{" LEASE "},\"now\":1.5}",
	"{" LEASE "},\"now\":1e9}",
	"{" LEASE "},\"now\":1234567890123456789}",
	"{" LEASE "},\"replaces\":null}",
	"{" LEASE ",\"host_name\":\"\\u0041\"}}",
	"{" LEASE ",\"host_name\":\"\xc3\xa4\"}}",
	"{" LEASE ",\"host_name\":\"open}}",
	"{ " LEASE "}}",
	"{\"lease\":{\"address\":\"10.0.0.1\"}}",
	"{\"os\":true," LEASE "}}",
};

static struct pxe_state_commit_params plain, full;

static bool reads(const char *text, size_t len)
{
	return pxe_state_commit_read(text, len, &plain);
}

/* Whatever is read at once, jansson reads in the same way. */
static void check_same(const char *text, size_t len)
{
	json_t *json = json_loadb(text, len, 0, NULL);

	ck_assert_msg(json != NULL, "no JSON: %s", text);
	ck_assert_ptr_null(pxe_state_commit_from_json(json, &full));
	ck_assert_str_eq(plain.lease.client, full.lease.client);
	ck_assert_uint_eq(plain.lease.address, full.lease.address);
	ck_assert_int_eq(plain.lease.state, full.lease.state);
	ck_assert_int_eq(plain.lease.start_s, full.lease.start_s);
	ck_assert_int_eq(plain.lease.end_s, full.lease.end_s);
	ck_assert_uint_eq(plain.lease.circuit, full.lease.circuit);
	ck_assert_str_eq(plain.lease.host_name, full.lease.host_name);
	ck_assert(pxe_hwaddr_is_equal(&plain.lease.hw, &full.lease.hw));
	ck_assert_int_eq(plain.lease.is_boot, full.lease.is_boot);
	ck_assert_uint_eq(plain.replaces, full.replaces);
	ck_assert_int_eq(plain.now_s, full.now_s);
	ck_assert_int_eq(plain.is_os, full.is_os);
	json_decref(json);
}

START_TEST(plain_commits_are_read)
{
	for (size_t i = 0; i < PXE_LEN(good); i++) {
		ck_assert_msg(reads(good[i], strlen(good[i])), "%s", good[i]);
		check_same(good[i], strlen(good[i]));
	}
}
END_TEST

START_TEST(all_else_is_left_to_jansson)
{
	for (size_t i = 0; i < PXE_LEN(others); i++)
		ck_assert_msg(!reads(others[i], strlen(others[i])), "%s",
			      others[i]);
}
END_TEST

/* Every octet of a good text changed, left out, or the last one. */
START_TEST(what_is_broken_is_not_read_otherwise)
{
	static const char octets[] = "\"\\{}:,0919atf.- \x01\x7f\xc3";
	char text[512];
	size_t n_read = 0;

	for (size_t i = 0; i < PXE_LEN(good); i++)
		for (size_t at = 0; at < strlen(good[i]); at++) {
			size_t len = strlen(good[i]);

			ck_assert(!reads(good[i], at));
			for (size_t k = 0; k < sizeof(octets); k++) {
				memcpy(text, good[i], len + 1);
				text[at] = octets[k]; /* NUL as well */
				if (!reads(text, len))
					continue;
				check_same(text, len);
				n_read++;
			}
			memcpy(text, good[i], len + 1);
			memmove(text + at, text + at + 1, len - at);
			if (reads(text, len - 1))
				check_same(text, len - 1);
		}
	ck_assert_uint_gt(n_read, 100);
}
END_TEST

START_TEST(what_pxe_dhcpd_writes_is_plain)
{
	struct pxe_lease l = { .address = 0x0a000001,
			       .state = PXE_LEASE_ACTIVE,
			       .start_s = 1,
			       .end_s = PXE_LEASE_FOREVER_S,
			       .hw = { 1, 6, { 2, 0, 0, 0, 0, 1 } },
			       .is_boot = true,
			       .circuit = 5,
			       .host_name = "host",
			       .client = "id:0102" };
	char text[1024];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, "{\"lease\":");
	pxe_state_lease_write(&l, &s);
	pxe_str_puts(&s, ",\"now\":2,\"os\":true}");
	ck_assert(reads(text, s.len));
	check_same(text, s.len);
	ck_assert(plain.is_os);
}
END_TEST

/* --- lists ---------------------------------------------------------------- */

static unsigned n_put;

static int put_lease(const struct pxe_lease *lease, void *arg)
{
	const struct pxe_lease *expected = arg;

	ck_assert_uint_eq(lease->address, expected->address + n_put++);
	ck_assert_str_eq(lease->client, expected->client);
	ck_assert_str_eq(lease->host_name, expected->host_name);
	ck_assert_int_eq(lease->end_s, expected->end_s);
	return n_put < 100 ? 0 : -1;
}

/* A piece of `n` leases, which differ in their address. */
static bool reads_list(unsigned n, const char *end)
{
	struct pxe_lease l = { .address = 0x0a000001,
			       .state = PXE_LEASE_ACTIVE,
			       .start_s = 5,
			       .end_s = 60,
			       .host_name = "h",
			       .client = "id:01" };
	struct pxe_lease row = l;
	char text[32768], *exact;
	struct pxe_str s;
	bool result;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, "{\"parameters\":{\"leases\":[");
	for (unsigned i = 0; i < n; i++, row.address++) {
		pxe_str_puts(&s, i > 0 ? "," : "");
		pxe_state_lease_write(&row, &s);
	}
	pxe_str_puts(&s, end);
	ck_assert(!s.cut);
	n_put = 0;
	/* only what it was given is looked at */
	exact = malloc(s.len);
	ck_assert_ptr_nonnull(exact);
	memcpy(exact, text, s.len);
	result = pxe_state_leases_read(exact, s.len, put_lease, &l);
	free(exact);
	return result;
}

START_TEST(pieces_of_lists_are_read)
{
	static const char end[] = "]},\"continues\":true}";

	ck_assert(reads_list(1, end));
	ck_assert_uint_eq(n_put, 1);
	ck_assert(reads_list(64, end));
	ck_assert_uint_eq(n_put, 64);
	ck_assert(!reads_list(100, end)); /* who takes them has enough */
	ck_assert(!reads_list(0, end));
	ck_assert(!reads_list(2, "]}}")); /* the last one */
	ck_assert(!reads_list(2, "]},\"continues\":true} "));
	ck_assert(!reads_list(2, "]},\"continues\":false}"));
	ck_assert(!reads_list(2, ",{}]},\"continues\":true}"));
	ck_assert(!reads_list(2, "],\"more\":1},\"continues\":true}"));
	for (size_t n = 0; n < sizeof(end) - 1; n++) {
		char cut[sizeof(end)];

		pxe_str_copy(cut, n + 1, end);
		ck_assert(!reads_list(2, cut));
	}
}
END_TEST

UNIT_MAIN("state_read", plain_commits_are_read, all_else_is_left_to_jansson,
	  what_is_broken_is_not_read_otherwise, what_pxe_dhcpd_writes_is_plain,
	  pieces_of_lists_are_read)
