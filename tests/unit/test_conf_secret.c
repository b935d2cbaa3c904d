/* SPDX-License-Identifier: ISC */
/* Passwords in files that everybody may read. */
#include <string.h>
#include <sys/stat.h>

#include "tests/conf_try.h"
#include "unit.h"

static void set_mode(const struct conf_try *try, const char *name, mode_t mode)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", try->dir, name);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static size_t n_told(const struct conf_try *try)
{
	size_t n = 0;

	for (size_t i = 0; i < try->n; i++)
		n += strstr(try->told[i], "everybody on this host") != NULL;
	return n;
}

#define SHELL "target \"s\" { type = \"shell\"\n"
#define SAN                                                                    \
	"target \"s\" { type = \"san\" root-path = \"aoe:e0.1\"\n"             \
	"chap-username = \"u\"\n"

/* clang-format off */
static const struct {
	const char *name, *boot, *where, *words; /* where NULL: nothing is told */
} rows[] = {
	{ "a menu password", SHELL "password = \"topsecret\" }\n",
	  "boot.conf:2: warning", "password stands here as plain text" },
	{ "how to hash it", SHELL "password = \"topsecret\" }\n",
	  "boot.conf:2: warning", "openssl passwd -6" },
	{ "its hash", SHELL "password = \"$6$salt$hash\" }\n", NULL, NULL },
	{ "that of a submenu", "submenu \"m\" {\n\npassword = \"topsecret\" }\n",
	  "boot.conf:3: warning", "password stands" },
	{ "CHAP", SAN "chap-password = \"topsecret\" }\n",
	  "boot.conf:3: warning", "chap-password stands" },
	{ "CHAP knows no hash", SAN "chap-password = \"$6$topsecret\" }\n",
	  "boot.conf:3: warning", "chmod 640 it" },
	{ "the other way round", SAN "chap-password = \"{{host.name}}\"\n"
	  "chap-reverse-username = \"r\"\n"
	  "chap-reverse-password = \"topsecret\" }\n",
	  "boot.conf:5: warning", "chap-reverse-password stands" },
	{ "a part of it", SAN "chap-password = \"topsecret{{host.name}}\" }\n",
	  "boot.conf:3: warning", "chap-password stands" },
	{ "a variable", SAN "chap-password = \"{{host.name}}\" }\n", NULL,
	  NULL },
	{ "a variable that stands there", SAN
	  "chap-password = \"{{var.chap}}\"\n"
	  "vars = { \"chapx=1\", \"chap=topsecret\" } }\n",
	  "boot.conf:4: warning", "vars: \"chap\", a chap-password, stands" },
	{ "an empty value is none", SHELL "title = \"password\" }\n", NULL,
	  NULL },
};
/* clang-format on */

START_TEST(what_everybody_can_read_is_told)
{
	struct conf_try try;

	conf_try_init(&try);
	set_mode(&try, "", 0755);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		conf_try_write(&try, "boot.conf", rows[i].boot, 0);
		set_mode(&try, "boot.conf", 0644);
		conf_try_load(&try, CONF_TRY_ALL);
		conf_try_print(&try);
		ck_assert_msg(try.result == 0, "%s", rows[i].name);
		ck_assert_msg(n_told(&try) == (rows[i].where != NULL), "%s",
			      rows[i].name);
		ck_assert_msg(rows[i].where == NULL ||
				      conf_try_has(&try, rows[i].where,
						   rows[i].words),
			      "%s", rows[i].name);
		ck_assert(!conf_try_has(&try, "", "topsecret"));
		set_mode(&try, "boot.conf", 0640);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert_msg(n_told(&try) == 0, "%s, 640", rows[i].name);
	}
	conf_try_done(&try);
}
END_TEST

START_TEST(a_directory_keeps_them)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "boot.conf", rows[0].boot, 0);
	set_mode(&try, "boot.conf", 0644);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_uint_eq(n_told(&try), 0);
	set_mode(&try, "", 0711); /* who knows the name can read it */
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_uint_eq(n_told(&try), 1);
	conf_try_load(&try, CONF_TRY_ALL | PXE_CONF_TEXT_ONLY);
	ck_assert_uint_eq(n_told(&try), 0);
	conf_try_done(&try);
}
END_TEST

/* Each file is told once; what is included has a mode of its own. */
START_TEST(each_file_is_told)
{
	static const char menus[] =
		"include(\"more.conf\")\n" SHELL "password = \"one\" }\n"
		"target \"t\" { type = \"shell\" password = \"two\" }\n";
	struct conf_try try;

	conf_try_init(&try);
	set_mode(&try, "", 0755);
	conf_try_write(&try, "boot.conf", menus, 0);
	conf_try_write(&try, "more.conf",
		       "target \"u\" { type = \"san\" root-path = \"aoe:e0.1\" "
		       "chap-username = \"u\"\n"
		       "chap-password = \"{{var.chap}}\" }\n",
		       0);
	conf_try_write(&try, "hosts.conf",
		       "host \"a\" {\n mac = \"02:00:00:00:00:01\"\n"
		       " vars = { \"chap=three\" }\n}\n"
		       "host \"b\" { mac = \"02:00:00:00:00:02\"\n"
		       " vars = { \"chap=four\" } }\n",
		       0);
	set_mode(&try, "boot.conf", 0644);
	set_mode(&try, "more.conf", 0644);
	set_mode(&try, "hosts.conf", 0644);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_uint_eq(n_told(&try), 2);
	ck_assert(conf_try_has(&try, "boot.conf:3: warning", "password"));
	ck_assert(conf_try_has(&try, "hosts.conf:3: warning", "\"chap\""));
	set_mode(&try, "boot.conf", 0600);
	conf_try_write(&try, "more.conf",
		       "\ntarget \"u\" { type = \"shell\" password = \"x\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_uint_eq(n_told(&try), 1);
	ck_assert(conf_try_has(&try, "more.conf:2: warning", "password"));
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_secret", what_everybody_can_read_is_told,
	  a_directory_keeps_them, each_file_is_told)
