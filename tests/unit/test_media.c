/* SPDX-License-Identifier: ISC */
#include "httpd/media.h"

#include <string.h>

#include "tests/conf_try.h"
#include "unit.h"

START_TEST(built_in_types)
{
	static const char *const rows[][2] = {
		{ "a/x.efi", "application/efi" },
		{ "X.EFI", "application/efi" },
		{ ".efi", "application/efi" },
		{ "x.iso", "application/vnd.efi-iso" },
		{ "X.Iso", "application/vnd.efi-iso" },
		{ "x.img", "application/vnd.efi-img" },
		{ "x.ipxe", "text/plain; charset=utf-8" },
		{ "x.cfg", "text/plain; charset=utf-8" },
		{ "user-data.yaml", "text/plain; charset=utf-8" },
		{ "x.wim", "application/x-ms-wim" },
		{ "x.squashfs", "application/vnd.squashfs" },
		{ "x.efi.gz", "application/gzip" },
		{ "x.efi/y", "application/octet-stream" },
		{ "vmlinuz", "application/octet-stream" },
		{ "vmlinuz-6.1.0-18", "application/octet-stream" },
		{ "", "application/octet-stream" },
		{ "x.", "application/octet-stream" },
		{ "a.b/", "application/octet-stream" },
	};
	static const struct pxe_conf none;

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_str_eq(pxe_media_type(&none, rows[i][0]), rows[i][1]);
}
END_TEST

START_TEST(own_types_go_first_the_longest_of_them)
{
	static const char *const rows[][2] = {
		{ "x.foo", "application/x-foo" },
		{ "x.FOO", "application/x-foo" },
		{ "x.tar.gz", "application/x-tar-gz" },
		{ "x.gz", "text/plain; charset=utf-16" },
		{ "xtar.gz", "text/plain; charset=utf-16" },
		{ "x.iso", "application/x-iso" },
		{ "x.foo/y", "application/octet-stream" },
		{ "x.img", "application/vnd.efi-img" },
	};
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "httpd.conf",
		       "types = { \".gz=text/plain; charset=utf-16\",\n"
		       "\".tar.gz=application/x-tar-gz\",\n"
		       "\".foo=application/x-foo\",\n"
		       "\".ISO=application/x-iso\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_str_eq(pxe_media_type(try.conf, rows[i][0]),
				 rows[i][1]);
	conf_try_done(&try);
}
END_TEST

START_TEST(what_is_wrong_is_told)
{
	static const char *const rows[][2] = {
		{ "foo=application/x-foo", "is not a suffix" },
		{ ".=application/x-foo", "is not a suffix" },
		{ "=application/x-foo", "is not a suffix" },
		{ ".foo", "is not a suffix" },
		{ ".foo=", "is not a suffix" },
		{ ".foo=text", "is not a suffix" },
		{ ".foo=text/", "is not a suffix" },
		{ ".foo=/plain", "is not a suffix" },
		{ ".foo=te xt/plain", "is not a suffix" },
		{ ".foo=text/pl\303\244in", "is not a suffix" },
		{ ".a/b=text/plain", "is not a suffix" },
		{ ".foo=a/b\" }\naccess-log = \"/srv/pxe/log\"\n"
		  "index = { \"x",
		  "is below the boot root" },
		{ ".foo=a/b\", \".FOO=c/d", ".FOO stands there twice" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct conf_try try;
		char text[200];

		conf_try_init(&try);
		snprintf(text, sizeof(text), "types = { \"%s\" }\n",
			 rows[i][0]);
		conf_try_write(&try, "httpd.conf", text, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert_msg(conf_try_has(&try, "httpd.conf:", rows[i][1]),
			      "%s: %s", text,
			      try.n > 0 ? try.told[0] : "nothing");
		conf_try_done(&try);
	}
}
END_TEST

UNIT_MAIN("media", built_in_types, own_types_go_first_the_longest_of_them,
	  what_is_wrong_is_told)
