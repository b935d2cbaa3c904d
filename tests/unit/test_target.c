/* SPDX-License-Identifier: ISC */
/*
 * What targets consist of, how machines get to their disks, and what -t says of
 * a target's keys.
 */
#include <string.h>

#include "core/local.h"
#include "core/target.h"
#include "tests/conf_try.h"
#include "unit.h"

static const char *initrds[] = { "a", "http://x/b" };
static const char *drives[] = { "aoe:e0.1", "aoe:e0.2" };
static const char *files[] = { "n={{host.name}}/x", "broken" };

static const struct pxe_conf_target san = {
	.name = "san",
	.type = PXE_TARGET_SAN,
	.args = "quiet {{mac}}",
	.kernel = "k",
	.initrds = initrds,
	.n_initrds = 2,
	.san = { .root_path = "iscsi:x",
		 .drives = drives,
		 .n_drives = 2,
		 .password = "p" },
};

static const struct pxe_conf_target windows = {
	.name = "win",
	.type = PXE_TARGET_WIMBOOT,
	.kernel = "of no use here",
	.wim = { "wimboot", "w/bcd", "w/sdi", "w/boot.wim", files, 2 },
};

START_TEST(test_texts)
{
	static const char *const of_san[] = { "quiet {{mac}}", "iscsi:x",
					      "aoe:e0.1", "aoe:e0.2", "p" };

	for (size_t i = 0; i < PXE_LEN(of_san); i++)
		ck_assert_str_eq(pxe_target_text(&san, i), of_san[i]);
	ck_assert_ptr_null(pxe_target_text(&san, PXE_LEN(of_san)));
	ck_assert_str_eq(pxe_target_text(&windows, 0), files[0]);
	ck_assert_str_eq(pxe_target_text(&windows, 1), files[1]);
	ck_assert_ptr_null(pxe_target_text(&windows, 2));
}
END_TEST

/* In the order in which they are loaded. */
START_TEST(test_files)
{
	static const char *const of_win[][2] = {
		{ "wimboot", "wimboot" },
		{ "bcd", "w/bcd" },
		{ "sdi", "w/sdi" },
		{ "wim", "w/boot.wim" },
	};
	const char *key = "";

	for (size_t i = 0; i < PXE_LEN(of_win); i++) {
		ck_assert_str_eq(pxe_target_file(&windows, i, &key),
				 of_win[i][1]);
		ck_assert_str_eq(key, of_win[i][0]);
	}
	ck_assert_ptr_null(pxe_target_file(&windows, 4, &key));
	ck_assert_str_eq(pxe_target_file(&san, 0, &key), "k");
	ck_assert_str_eq(pxe_target_file(&san, 2, &key), "http://x/b");
	ck_assert_str_eq(key, "initrd");
	ck_assert_ptr_null(pxe_target_file(&san, 3, &key));
}
END_TEST

START_TEST(test_same_file)
{
	static const struct {
		const char *a, *b;
		bool is_same, in_any_case;
	} rows[] = {
		{ "a/b", "a/b", true, true },
		{ "/a//b", "a/b", true, true },
		{ "./a/././b", "//a/b", true, true },
		{ "a/B", "A/b", false, true },
		{ "a/b", "a/bc", false, false },
		{ "a/b/", "a/b", false, false },
		{ "a/.b", "a/b", false, false },
		{ "a/..b", "a/b", false, false },
		{ ".a", "a", false, false },
		{ "ab", "a/b", false, false },
		{ "", "a", false, false },
		{ "", "", true, true },
		{ "a/../b", "b", true, true },
		{ "a/c/../../b", "/b", true, true },
		{ "a/c/.././d/../b", "a//B", false, true },
		{ "a/../b", "a/b", false, false },
		{ "a/...", "a/..", false, false },
		{ "b", "c/b", false, false },
		{ "a/b", "b", false, false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const char *a = rows[i].a, *b = rows[i].b;

		ck_assert_msg(pxe_target_is_same_file(a, b, false) ==
				      rows[i].is_same,
			      "%s, %s", a, b);
		ck_assert_msg(pxe_target_is_same_file(b, a, true) ==
				      rows[i].in_any_case,
			      "%s, %s, any case", a, b);
	}
}
END_TEST

START_TEST(test_has_file)
{
	static const struct pxe_conf_host host = { .name = "alpha" };
	static const struct pxe_conf_target chain = {
		.name = "c",
		.type = PXE_TARGET_CHAIN,
		.url = "/s//{{host.name}}",
	};
	static const struct {
		const struct pxe_conf_target *target;
		const char *path;
		bool has;
	} rows[] = {
		{ &windows, "w/boot.wim", true },
		{ &windows, "wimboot", true },
		{ &windows, "alpha/x", true },
		{ &windows, "beta/x", false },
		{ &windows, "w/boot.wi", false },
		{ &windows, "w/boot.wim2", false },
		{ &windows, "w", false },
		{ &windows, "", false },
		{ &windows, "of no use here", false },
		{ &san, "k", true },
		{ &san, "a", true },
		{ &san, "b", false },
		{ &chain, "s/alpha", true },
		{ &chain, "s/beta", false },
	};
	const struct pxe_expand_vars vars = { .host = &host };

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_msg(pxe_target_has_file(rows[i].target, &vars,
						  rows[i].path) == rows[i].has,
			      "row %zu: %s", i, rows[i].path);
}
END_TEST

START_TEST(test_pairs)
{
	const char *value = "";

	ck_assert_uint_eq(pxe_target_pair("a=b=c", &value), 1);
	ck_assert_str_eq(value, "b=c");
	ck_assert_uint_eq(pxe_target_pair("ab=", &value), 2);
	ck_assert_str_eq(value, "");
	ck_assert_uint_eq(pxe_target_pair("=b", &value), 0);
	ck_assert_uint_eq(pxe_target_pair("ab", &value), 0);
	ck_assert_uint_eq(pxe_target_pair("", &value), 0);
}
END_TEST

/* Target before host before all; each of the three things by itself. */
START_TEST(test_local)
{
	static const struct pxe_conf conf = { .local_bios = PXE_LOCAL_SANBOOT,
					      .local_uefi = PXE_LOCAL_EXIT,
					      .local = { 0, 1, "/all" } };
	static const struct pxe_conf nothing;
	static const struct pxe_conf_host host = { .local = { PXE_LOCAL_CHAIN,
							      2, "" } };
	static const struct pxe_conf_target target = { .local = { 0, 3,
								  NULL } };
	struct pxe_conf_local out;

	pxe_local_find(&conf, NULL, NULL, false, &out);
	ck_assert_int_eq(out.method, PXE_LOCAL_SANBOOT);
	ck_assert_int_eq(out.drive, 1);
	ck_assert_str_eq(out.file, "/all");
	pxe_local_find(&conf, NULL, NULL, true, &out);
	ck_assert_int_eq(out.method, PXE_LOCAL_EXIT);
	pxe_local_find(&conf, &host, NULL, true, &out);
	ck_assert_int_eq(out.method, PXE_LOCAL_CHAIN);
	ck_assert_int_eq(out.drive, 2);
	ck_assert_str_eq(out.file, "/all");
	pxe_local_find(&conf, &host, &target, true, &out);
	ck_assert_int_eq(out.method, PXE_LOCAL_CHAIN);
	ck_assert_int_eq(out.drive, 3);
	pxe_local_find(&nothing, NULL, NULL, true, &out);
	ck_assert_int_eq(out.method, PXE_LOCAL_AUTO);
	ck_assert_int_eq(out.drive, 1);
	ck_assert_str_eq(out.file, "");
}
END_TEST

START_TEST(test_silence)
{
	static const struct {
		enum pxe_local_method bios, uefi;
		enum pxe_family family;
		enum pxe_mode mode;
		bool is_silent;
	} rows[] = {
		{ 0, 0, PXE_FAMILY_BIOS, PXE_MODE_PROXY, true },
		{ 0, 0, PXE_FAMILY_BIOS, PXE_MODE_INTERNAL, false },
		{ PXE_LOCAL_SILENT, 0, PXE_FAMILY_BIOS, PXE_MODE_INTERNAL,
		  true },
		{ PXE_LOCAL_SILENT, 0, PXE_FAMILY_UEFI, PXE_MODE_INTERNAL,
		  false },
		{ 0, PXE_LOCAL_SILENT, PXE_FAMILY_AA64, PXE_MODE_INTERNAL,
		  true },
		{ 0, PXE_LOCAL_EXIT_1, PXE_FAMILY_UEFI, PXE_MODE_PROXY, false },
		{ PXE_LOCAL_SANBOOT, 0, PXE_FAMILY_BIOS, PXE_MODE_PROXY,
		  false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct pxe_conf conf = { .local_bios = rows[i].bios,
					       .local_uefi = rows[i].uefi };

		ck_assert_msg(pxe_local_is_silent(&conf, NULL, NULL,
						  rows[i].family,
						  rows[i].mode) ==
				      rows[i].is_silent,
			      "row %zu", i);
	}
	ck_assert_str_eq(pxe_local_efi_name(PXE_FAMILY_AA64), "BOOTAA64.EFI");
	ck_assert_ptr_null(pxe_local_efi_name(PXE_FAMILY_BIOS));
}
END_TEST

#define T(type, rest) "target \"t\" { type = \"" type "\"\n" rest " }\n"

static const struct {
	const char *text, *where, *said; /* where NULL: nothing is wrong */
} vectors[] = {
	{ T("san", "root-path = \"iscsi:x::::y\""), NULL, NULL },
	{ T("san", "root-path = \"${base}:{{host.name}}\" kernel = \"k\""),
	  NULL, NULL },
	{ T("san", "title = \"x\""), "boot.conf:1: error", "no root-path" },
	{ T("san", "root-path = \"/dev/sda\""), "boot.conf:2: error",
	  "is no disk" },
	{ T("san", "root-path = \"aoe:x\" drives = { \"e0.1\" }"),
	  "boot.conf:2: error", "drives = \"e0.1\" is no disk" },
	{ T("san", "root-path = \"aoe:x\" kernel = \"k\" iso = \"i\""),
	  "boot.conf:2: error", "take kernel or iso out" },
	{ T("san", "root-path = \"aoe:x\" wim = \"w\" bcd = \"b\""),
	  "boot.conf:2: error", "wim needs sdi" },
	{ T("san", "root-path = \"aoe:x\" initrd = { \"i\" }"),
	  "boot.conf:2: error", "initrd needs kernel" },
	{ T("san", "root-path = \"aoe:x\" args = \"a\""),
	  "boot.conf:2: error", "args needs kernel" },
	{ T("san", "root-path = \"aoe:x\" chap-username = \"a\""),
	  "boot.conf:2: error", "chap-username needs chap-password" },
	{ T("san", "root-path = \"aoe:x\" chap-username = \"a\"\n"
		   "chap-password = \"b\""), NULL, NULL },
	{ T("san", "root-path = \"aoe:x\" chap-reverse-username = \"a\"\n"
		   "chap-reverse-password = \"b\""), "boot.conf:2: error",
	  "chap-reverse-username needs chap-username" },
	{ T("san", "root-path = \"aoe:x\" skip-san-boot = yes iso = \"i\""),
	  "boot.conf:2: error", "take skip-san-boot or iso out" },
	{ T("san", "root-path = \"aoe:{{nobody}}\""), "boot.conf:2: error",
	  "{{nobody}}" },
	{ T("san", "root-path = \"aoe:x\" chap-password = \"{{nobody}}\""),
	  "boot.conf:2: error", "{{nobody}}" },
	{ T("linux", "kernel = \"k\" root-path = \"aoe:x\""),
	  "boot.conf:2: error", "\"linux\" has no root-path" },
	{ T("linux", "kernel = \"k\" cpu = \"x86-64\""), NULL, NULL },
	{ T("linux", "kernel = \"k\" cpu = \"i386\""), "boot.conf:2: error",
	  "does not exist" },
	{ T("wimboot", "wim = \"w\" bcd = \"b\" sdi = \"s\"\n"
		       "files = { \"a=b\" }"),
	  NULL, NULL },
	{ T("wimboot", "wim = \"w\""), "boot.conf:1: error", "has no bcd" },
	{ T("wimboot", "wim = \"w\" bcd = \"b\" sdi = \"s\"\n"
		       "files = { \"a b=c\" }"),
	  "boot.conf:3: error", "not name=value" },
	{ T("wimboot", "wim = \"w\" bcd = \"b\" sdi = \"s\"\n"
		       "files = { \"ab=\" }"),
	  "boot.conf:3: error", "names no file" },
	{ T("iso", "memdisk = \"m\""), "boot.conf:1: error", "has no iso" },
	{ T("iso", "iso = \"i\" settings = { \"a;b=1\" }"),
	  "boot.conf:2: error", "not name=value" },
	{ T("iso", "iso = \"i\" settings = { \"net0/mtu=1500\" }"), NULL,
	  NULL },
	{ T("script", "title = \"x\""), "boot.conf:1: error", "has none" },
	{ T("script", "script = \"../x\""), "boot.conf:2: error", "script" },
	{ T("local", "local-method = \"exit\""), NULL, NULL },
	{ T("local", "local-method = \"quit\""), "boot.conf:2: error",
	  "does not exist" },
	{ T("local", "local-drive = 0"), "boot.conf:2: error", "out of range" },
	{ T("exit", "local-drive = 1"), "boot.conf:2: error",
	  "\"exit\" has no local-drive" },
	{ T("poweroff", "url = \"x\""), "boot.conf:2: error",
	  "\"poweroff\" has no url" },
	{ T("exit", "title = \"x\"") "menu { default = \"t\" }\n", NULL, NULL },
	{ T("poweroff", "title = \"x\"") "menu { default = \"t\" }\n",
	  "boot.conf:3: error", "nobody chose it for" },
};

START_TEST(test_keys)
{
	struct conf_try try;

	conf_try_init(&try);
	for (size_t i = 0; i < PXE_LEN(vectors); i++) {
		const char *where = vectors[i].where;

		conf_try_write(&try, "boot.conf", vectors[i].text, 0);
		conf_try_load(&try, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT);
		if ((try.result == 0) != (where == NULL) ||
		    (where != NULL &&
		     !conf_try_has(&try, where, vectors[i].said))) {
			conf_try_print(&try);
			ck_abort_msg("%s", vectors[i].text);
		}
	}
	conf_try_done(&try);
}
END_TEST

START_TEST(test_script_files)
{
	static const struct {
		const char *first, *where, *said;
	} rows[] = {
		{ NULL, "boot.conf:3: warning", "/own.ipxe: No such file" },
		{ "echo hello\n", "own.ipxe:1: error", "\"#!ipxe\"" },
		{ "#!ipxe\n", NULL, NULL },
	};
	struct conf_try try;
	char text[256];

	conf_try_init(&try);
	snprintf(text, sizeof(text), "boot-root = \"%s\"\n", try.dir);
	conf_try_write(&try, "pxe.conf", text, 0);
	snprintf(text, sizeof(text),
		 "script-dir = \"%s\"\n\n"
		 "target \"t\" { type = \"script\" script = \"own.ipxe\" }\n",
		 try.dir);
	conf_try_write(&try, "boot.conf", text, 0);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		if (rows[i].first != NULL)
			conf_try_write(&try, "own.ipxe", rows[i].first, 0);
		conf_try_load(&try, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT |
					    PXE_CONF_FILE_HTTPD |
					    PXE_CONF_STRICT);
		conf_try_print(&try);
		ck_assert(rows[i].where == NULL
				  ? try.n == 0
				  : conf_try_has(&try, rows[i].where,
						 rows[i].said));
	}
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("target", test_texts, test_files, test_same_file, test_has_file,
	  test_pairs, test_local, test_silence, test_keys, test_script_files)
