/* SPDX-License-Identifier: ISC */
#include "httpd/route.h"

#include <string.h>

#include "unit.h"

START_TEST(test_paths)
{
	static const struct {
		const char *target;
		enum pxe_reason reason;
		enum pxe_route_kind kind;
		const char *path;
	} rows[] = {
		{ "/a/b.iso", PXE_REASON_OK, PXE_ROUTE_FILE, "a/b.iso" },
		{ "/", PXE_REASON_OK, PXE_ROUTE_FILE, "." },
		{ "/?x", PXE_REASON_OK, PXE_ROUTE_FILE, "." },
		{ "//a///b/", PXE_REASON_OK, PXE_ROUTE_FILE, "a/b/" },
		{ "/a%20b%2fc%25", PXE_REASON_OK, PXE_ROUTE_FILE, "a b/c%" },
		{ "/%C3%a4", PXE_REASON_OK, PXE_ROUTE_FILE, "\xc3\xa4" },
		{ "/a+b?c", PXE_REASON_OK, PXE_ROUTE_FILE, "a+b" },
		{ "/a\\b", PXE_REASON_OK, PXE_ROUTE_FILE, "a\\b" },
		{ "/..a/b../...", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "..a/b../..." },
		{ "http://h:80/a", PXE_REASON_OK, PXE_ROUTE_FILE, "a" },
		{ "HTTP://h", PXE_REASON_OK, PXE_ROUTE_FILE, "." },
		{ "http://h?mac=x/y", PXE_REASON_OK, PXE_ROUTE_FILE, "." },
		{ "/boot.ipxe", PXE_REASON_OK, PXE_ROUTE_FILE, "boot.ipxe" },
		{ "/boot%2eipxe?mac=1", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "boot.ipxe" },
		{ "http://h//autoexec.ipxe", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "autoexec.ipxe" },
		{ "/x/boot.ipxe", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "x/boot.ipxe" },
		{ "/Boot.ipxe", PXE_REASON_OK, PXE_ROUTE_FILE, "Boot.ipxe" },
		{ "/callback", PXE_REASON_OK, PXE_ROUTE_CALLBACK, "callback" },
		{ "/callback/", PXE_REASON_OK, PXE_ROUTE_FILE, "callback/" },
		{ "/pxe_loader_16000_uefi", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "pxe_loader_16000_uefi" },
		{ "/x/pxe_loader", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "x/pxe_loader" },
		{ "/..", PXE_REASON_OUTSIDE, 0, NULL },
		{ "/../etc/passwd", PXE_REASON_OUTSIDE, 0, NULL },
		{ "/a/../b", PXE_REASON_OK, PXE_ROUTE_FILE, "b" },
		{ "/a/..", PXE_REASON_OK, PXE_ROUTE_FILE, "." },
		{ "/a/b/..", PXE_REASON_OK, PXE_ROUTE_FILE, "a/" },
		{ "/a/b/../..//../c", PXE_REASON_OUTSIDE, 0, NULL },
		{ "/a/./../b", PXE_REASON_OK, PXE_ROUTE_FILE, "b" },
		{ "/./a/./b/.", PXE_REASON_OK, PXE_ROUTE_FILE, "a/b/" },
		{ "/./..", PXE_REASON_OUTSIDE, 0, NULL },
		{ "/a/../../a/b", PXE_REASON_OUTSIDE, 0, NULL },
		{ "/ab/.../..x/../c", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "ab/.../c" },
		{ "/a/../boot.ipxe", PXE_REASON_OK, PXE_ROUTE_FILE,
		  "boot.ipxe" },
		{ "/%2e%2E/b", PXE_REASON_OUTSIDE, 0, NULL },
		{ "/a%2f..%2fb", PXE_REASON_OK, PXE_ROUTE_FILE, "b" },
		{ "/a%", PXE_REASON_BAD_NAME, 0, NULL },
		{ "/a%2", PXE_REASON_BAD_NAME, 0, NULL },
		{ "/a%?20", PXE_REASON_BAD_NAME, 0, NULL },
		{ "/a%zz", PXE_REASON_BAD_NAME, 0, NULL },
		{ "/a%00b", PXE_REASON_BAD_NAME, 0, NULL },
		{ "/a%0d%0ab", PXE_REASON_BAD_NAME, 0, NULL },
		{ "/a%7f", PXE_REASON_BAD_NAME, 0, NULL },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_route r;

		ck_assert_msg(pxe_route_find(rows[i].target, &r) ==
				      rows[i].reason,
			      "%s", rows[i].target);
		if (rows[i].path == NULL)
			continue;
		ck_assert_str_eq(r.path, rows[i].path);
		ck_assert_msg(r.kind == rows[i].kind, "%s", rows[i].target);
	}
}
END_TEST

START_TEST(test_long_path)
{
	char target[2 * PXE_ROUTE_PATH_TEXT] = "/";
	struct pxe_route r;

	memset(target + 1, 'x', PXE_ROUTE_PATH_TEXT - 1);
	ck_assert_int_eq(pxe_route_find(target, &r), PXE_REASON_OK);
	ck_assert_uint_eq(strlen(r.path), PXE_ROUTE_PATH_TEXT - 1);
	target[PXE_ROUTE_PATH_TEXT] = 'x';
	ck_assert_int_eq(pxe_route_find(target, &r), PXE_REASON_BAD_NAME);
}
END_TEST

START_TEST(test_queries)
{
#define MAC  "52:54:00:12:34:56"
#define UUID "12345678-1234-5678-9abc-def012345678"
	static const struct {
		const char *query, *mac, *uuid;
	} rows[] = {
		{ "mac=52-54-00-12-34-56", MAC, NULL },
		{ "mac=52:54:00:12:34:56&x", MAC, NULL },
		{ "mac=525400123456", MAC, NULL },
		{ "mac=52%3A54%3a00:12:34:56", MAC, NULL },
		{ "uuid=" UUID, NULL, UUID },
		{ "mac=52-54-00-12-34-56&uuid=" UUID, MAC, UUID },
		{ "a=b&&uuid=" UUID "&mac=52-54-00-12-34-56", MAC, UUID },
		{ "mac=52-54-00-12-34-56&mac=52-54-00-00-00-01", MAC, NULL },
		{ "mac=&mac=52-54-00-12-34-56", MAC, NULL },
		{ "mac=x&mac=52-54-00-12-34-56", MAC, NULL },
		{ "", NULL, NULL },
		{ "mac", NULL, NULL },
		{ "mac=", NULL, NULL },
		{ "mac=00-00-00-00-00-00", NULL, NULL },
		{ "MAC=52-54-00-12-34-56", NULL, NULL },
		{ "xmac=52-54-00-12-34-56", NULL, NULL },
		{ "mac=52-54-00-12-34-56%", NULL, NULL },
		{ "mac=52-54-00-12-34-56-52-54-00-12-34-56-52-54-00-12-34-56"
		  "-52-54-00-12-34-56-52-54-00-12-34-56-52-54-00-12-34-56",
		  NULL, NULL },
		{ "uuid=00000000-0000-0000-0000-000000000000", NULL, NULL },
		{ "uuid=12345678", NULL, NULL },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char target[300] = "/boot.ipxe?", text[PXE_HWADDR_TEXT];
		struct pxe_route r;

		strcat(target, rows[i].query);
		ck_assert_int_eq(pxe_route_find(target, &r), PXE_REASON_OK);
		ck_assert_msg(r.has_hw == (rows[i].mac != NULL), "%s", target);
		ck_assert_msg(r.has_uuid == (rows[i].uuid != NULL), "%s",
			      target);
		if (r.has_hw) {
			pxe_hwaddr_format(&r.hw, text, sizeof(text));
			ck_assert_str_eq(text, rows[i].mac);
		}
		if (r.has_uuid) {
			pxe_uuid_format(&r.uuid, text, sizeof(text));
			ck_assert_str_eq(text, rows[i].uuid);
		}
	}
}
END_TEST

#define TOKEN "0123456789abcdef0123456789abcdef"

START_TEST(test_sessions)
{
	static const struct {
		const char *target;
		enum pxe_route_kind kind;
		const char *path, *token;
	} rows[] = {
		{ "/s/" TOKEN "/a/b", PXE_ROUTE_SESSION_FILE, "a/b", TOKEN },
		{ "//s//" TOKEN "//a//b?x", PXE_ROUTE_SESSION_FILE, "a/b",
		  TOKEN },
		{ "/s/%30123456789abcdef0123456789abcdef/a%20b",
		  PXE_ROUTE_SESSION_FILE, "a b", TOKEN },
		{ "/answer/" TOKEN "/user-data", PXE_ROUTE_ANSWER, "user-data",
		  TOKEN },
		{ "/answer/" TOKEN "/a/b", PXE_ROUTE_ANSWER, "a/b", TOKEN },
		{ "/done/" TOKEN, PXE_ROUTE_DONE, "done", TOKEN },
		{ "/done/" TOKEN "/", PXE_ROUTE_DONE, "done", TOKEN },
		{ "/failed/" TOKEN "?a=b", PXE_ROUTE_FAILED, "failed", TOKEN },
		/* no such URLs: names like others */
		{ "/s/" TOKEN, PXE_ROUTE_FILE, "s/" TOKEN, "" },
		{ "/s/" TOKEN "/", PXE_ROUTE_FILE, "s/" TOKEN "/", "" },
		{ "/s/" TOKEN "0/a", PXE_ROUTE_FILE, "s/" TOKEN "0/a", "" },
		{ "/s/0123456789ABCDEF0123456789abcdef/a", PXE_ROUTE_FILE,
		  "s/0123456789ABCDEF0123456789abcdef/a", "" },
		{ "/s/0123456789abcdef0123456789abcde/a", PXE_ROUTE_FILE,
		  "s/0123456789abcdef0123456789abcde/a", "" },
		{ "/s/0123456789abcdef0123456789abcdeg/a", PXE_ROUTE_FILE,
		  "s/0123456789abcdef0123456789abcdeg/a", "" },
		{ "/done/" TOKEN "/x", PXE_ROUTE_FILE, "done/" TOKEN "/x",
		  "" },
		{ "/done/", PXE_ROUTE_FILE, "done/", "" },
		{ "/x/done/" TOKEN, PXE_ROUTE_FILE, "x/done/" TOKEN, "" },
		{ "/S/" TOKEN "/a", PXE_ROUTE_FILE, "S/" TOKEN "/a", "" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_route r;

		ck_assert_int_eq(pxe_route_find(rows[i].target, &r),
				 PXE_REASON_OK);
		ck_assert_str_eq(r.path, rows[i].path);
		ck_assert_str_eq(r.token, rows[i].token);
		ck_assert_msg(r.kind == rows[i].kind, "%s", rows[i].target);
	}
}
END_TEST

START_TEST(test_choices)
{
	static const struct {
		const char *query, *session, *target;
	} rows[] = {
		{ "session=" TOKEN, TOKEN, "" },
		{ "mac=52-54-00-12-34-56&session=" TOKEN "&target=debian-12",
		  TOKEN, "debian-12" },
		{ "target=a&target=b", "", "a" },
		{ "target=%61b", "", "ab" },
		{ "session=" TOKEN "0", "", "" },
		{ "session=0123456789abcdef0123456789abcdeX", "", "" },
		{ "session=", "", "" },
		{ "target=", "", "" },
		{ "target=a%20b", "", "" },
		{ "target=a/b", "", "" },
		{ "target=..%2f", "", "" },
		{ "xtarget=a", "", "" },
		{ "target=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		  "xxxxxxxxxxxxxxxxxxxxx",
		  "", "" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char target[300] = "/boot.ipxe?";
		struct pxe_route r;

		strcat(target, rows[i].query);
		ck_assert_int_eq(pxe_route_find(target, &r), PXE_REASON_OK);
		ck_assert_str_eq(r.session, rows[i].session);
		ck_assert_str_eq(r.target, rows[i].target);
	}
}
END_TEST

UNIT_MAIN("route", test_paths, test_sessions, test_choices,
	  test_long_path, test_queries)
