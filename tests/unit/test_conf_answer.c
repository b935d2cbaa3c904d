/* SPDX-License-Identifier: ISC */
/* Answer files in boot.conf: their records, and mistakes. */
#include <string.h>

#include "tests/conf_try.h"
#include "unit.h"

START_TEST(answers_are_found_by_the_names_that_targets_give)
{
	struct conf_try try;
	const struct pxe_conf_target *t;

	conf_try_init(&try);
	conf_try_write(&try, "boot.conf",
		       "target \"t\" { type = \"linux\" kernel = \"k\"\n"
		       "answers = { \"two\", \"one\" } }\n"
		       "answer \"one\" { file = \"a/b.YAML\" }\n"
		       "answer \"two\" { file = \"x\" as = \"meta-data\" "
		       "format = \"json\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	t = pxe_conf_find_target(try.conf, "t");
	ck_assert_uint_eq(t->n_answers, 2);
	ck_assert_str_eq(t->answers[0]->name, "two");
	ck_assert_str_eq(t->answers[0]->as, "meta-data");
	ck_assert_int_eq(t->answers[0]->format, PXE_FORMAT_JSON);
	ck_assert_str_eq(t->answers[1]->as, "one");
	ck_assert_str_eq(t->answers[1]->file, "a/b.YAML");
	ck_assert_ptr_eq(pxe_conf_find_answer(try.conf, "one"), t->answers[1]);
	ck_assert_ptr_null(pxe_conf_find_answer(try.conf, "three"));
	ck_assert_str_eq(try.conf->answer_dir, "/etc/pxe/answers");
	conf_try_done(&try);
}
END_TEST

START_TEST(the_end_of_a_name_says_how_values_are_escaped)
{
	static const struct {
		const char *file;
		enum pxe_format format;
	} rows[] = {
		{ "preseed.cfg", PXE_FORMAT_TEXT },
		{ "preseed", PXE_FORMAT_TEXT },
		{ "a.yaml/preseed", PXE_FORMAT_TEXT },
		{ "user-data.yaml", PXE_FORMAT_YAML },
		{ "user-data.yml", PXE_FORMAT_YAML },
		{ "anaconda.ks", PXE_FORMAT_SHELL },
		{ "late.sh", PXE_FORMAT_SHELL },
		{ "a.json", PXE_FORMAT_JSON },
		{ "core.ign", PXE_FORMAT_JSON },
		{ "unattend.XML", PXE_FORMAT_XML },
	};
	struct conf_try try;
	char text[128];

	conf_try_init(&try);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		snprintf(text, sizeof(text), "answer \"a\" { file = \"%s\" }\n",
			 rows[i].file);
		conf_try_write(&try, "boot.conf", text, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert_int_eq(try.result, 0);
		ck_assert_msg(try.conf->answers[0].format == rows[i].format,
			      "%s", rows[i].file);
	}
	conf_try_done(&try);
}
END_TEST

static const struct {
	const char *text, *where, *said;
} mistakes[] = {
	{ "answer \"a\" { file = \"x\" delimiters = \"<%\" }\n",
	  "boot.conf:1: error", "give 3 to 17" },
	{ "answer \"a\" { file = \"x\" delimiters = \"%% %%\" }\n",
	  "boot.conf:1: error", "write what begins a variable" },
	{ "answer \"a\" { file = \"x\" delimiters = \"< % >\" }\n",
	  "boot.conf:1: error", "write what begins a variable" },
	{ "answer \"a\" { file = \"x\" delimiters = \"123456789 >\" }\n",
	  "boot.conf:1: error", "write what begins a variable" },
	{ "vars = { \"a\" }\n", "boot.conf:1: error", "key=value" },
	{ "vars = { \"=b\" }\n", "boot.conf:1: error", "key=value" },
	{ "vars = { \"a.b=c\" }\n", "boot.conf:1: error", "key=value" },
	{ "vars = { \"a=1\",\n\"b=2\",\n\"a=3\" }\n", "boot.conf:3: error",
	  "variable \"a\" stands here twice" },
	{ "target \"t\" { type = \"chain\"\nurl = \"{{var.dsk}}\" }\n"
	  "vars = { \"disk=x\" }\n",
	  "boot.conf:2: error", "did you mean {{var.disk}}" },
	{ "target \"t\" { type = \"chain\"\nurl = \"{{disk}}\" }\n"
	  "vars = { \"disk=x\" }\n",
	  "boot.conf:2: error", "did you mean {{var.disk}}" },
	{ "target \"t\" { type = \"chain\"\nurl = \"{{var.zone}}\" }\n",
	  "boot.conf:2: error", "give it a value in vars" },
	{ "target \"t\" { type = \"chain\"\nurl = \"{{dash mac}}\" }\n",
	  "boot.conf:2: error", "did you mean \"dashes\"" },
	{ "target \"t\" { type = \"chain\"\nurl = \"{{if mac}}x\" }\n",
	  "boot.conf:2: error", "no end" },
	{ "target \"t\" { type = \"chain\"\nurl = \"{{mac\" }\n",
	  "boot.conf:2: error", "add '}}'" },
	{ "answer \"a\" { }\n", "boot.conf:1: error", "no file" },
	{ "answer \"a\" { file = \"/x\" }\n", "boot.conf:1: error",
	  "below answer-dir" },
	{ "answer \"a\" { file = \"x/../y\" }\n", "boot.conf:1: error",
	  "below answer-dir" },
	{ "answer \"a b\" { file = \"x\" }\n", "boot.conf:1: error",
	  "not a name" },
	{ "answer \"a\" { file = \"x\" as = \"..\" }\n", "boot.conf:1: error",
	  "nobody can ask" },
	{ "answer \"a\" { file = \"x\" as = \"a/b\" }\n", "boot.conf:1: error",
	  "not a name" },
	{ "answer \"a\" { file = \"x\" format = \"toml\" }\n",
	  "boot.conf:1: error", "does not exist" },
	{ "answer \"a\" { file = \"x\" }\nanswer \"a\" { file = \"y\" }\n",
	  "boot.conf:2: error", "same name" },
	{ "answer-dir = \"answers\"\n", "boot.conf:1: error",
	  "not an absolute path" },
	{ "answer \"users\" { file = \"x\" }\ntarget \"t\" { type = \"linux\" "
	  "kernel = \"k\"\nanswers = { \"user\" } }\n",
	  "boot.conf:3: error", "did you mean \"users\"" },
	{ "target \"t\" { type = \"linux\" kernel = \"k\"\n"
	  "answers = { \"user\" } }\n",
	  "boot.conf:2: error", "add answer \"user\"" },
	{ "answer \"a\" { file = \"x\" as = \"u\" }\ntarget \"t\" { type = "
	  "\"linux\" kernel = \"k\" once = yes\nanswers = { \"a\" } args = "
	  "\"auto report={{done-url}}\" }\n",
	  "boot.conf:2: error", "{{answer-url}}/u" },
	{ "answer \"a\" { file = \"x\" as = \"u\" }\nanswer \"u\" { file = "
	  "\"x\" }\ntarget \"t\" { type = \"linux\" kernel = \"k\" answers = "
	  "{ \"a\", \"u\" } }\n",
	  "boot.conf:3: error", "both served as \"u\"" },
};

/* Who reads both files sees that one lies in the other. */
START_TEST(templates_are_not_what_anybody_can_write)
{
	static const char *const dirs[] = { "/x/up", "/x/up/a", "/x" };
	struct conf_try try;
	char text[128];

	conf_try_init(&try);
	conf_try_write(&try, "tftpd.conf", "upload-dir = \"/x/up\"\n", 0);
	for (size_t i = 0; i < PXE_LEN(dirs); i++) {
		snprintf(text, sizeof(text),
			 "answer \"a\" { file = \"f\" }\n"
			 "answer-dir = \"%s\"\n",
			 dirs[i]);
		conf_try_write(&try, "boot.conf", text, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert(conf_try_has(&try, "boot.conf:2: error",
				       "lie one in the other"));
	}
	conf_try_write(&try, "boot.conf",
		       "answer \"a\" { file = \"f\" }\n"
		       "answer-dir = \"/x/upper\"\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	conf_try_done(&try);
}
END_TEST

/* A subnet or a host may set what boot.conf takes. */
START_TEST(who_reads_one_file_does_not_miss_the_variables_of_another)
{
	struct conf_try try;
	const unsigned boot = PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT;

	conf_try_init(&try);
	conf_try_write(&try, "boot.conf",
		       "target \"t\" { type = \"chain\" url = "
		       "\"http://x/{{var.site}}/{{var.role}}\" }\n",
		       0);
	conf_try_write(&try, "dhcpd.conf",
		       "subnet \"10.0.0.0/24\" { vars = { \"site=a\" } }\n", 0);
	conf_try_write(&try, "hosts.conf",
		       "host \"h\" { mac = \"52:54:00:00:00:01\" vars = { "
		       "\"role=b\" } }\n",
		       0);
	conf_try_load(&try, boot);
	ck_assert_int_eq(try.result, 0);
	conf_try_load(&try, boot | PXE_CONF_FILE_HOSTS);
	ck_assert_int_eq(try.result, 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	conf_try_write(&try, "dhcpd.conf", "subnet \"10.0.0.0/24\" { }\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "boot.conf:1: error", "{{var.site}}"));
	conf_try_done(&try);
}
END_TEST

START_TEST(mistakes_are_told)
{
	struct conf_try try;

	conf_try_init(&try);
	for (size_t i = 0; i < PXE_LEN(mistakes); i++) {
		conf_try_write(&try, "boot.conf", mistakes[i].text, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert_int_ne(try.result, 0);
		if (!conf_try_has(&try, mistakes[i].where, mistakes[i].said))
			conf_try_print(&try);
		ck_assert_msg(conf_try_has(&try, mistakes[i].where,
					   mistakes[i].said),
			      "%s", mistakes[i].text);
	}
	conf_try_done(&try);
}
END_TEST

/* An installer that asks for a name that there is not, or for none. */
START_TEST(installers_must_find_their_answers)
{
#define ANSWERS(args)                                                          \
	"answer \"a\" { file = \"f\" as = \"u.cfg\" }\n"                       \
	"target \"t\" { type = \"linux\" kernel = \"k\"\n"                     \
	"answers = { \"a\" } args = \"" args "\" }\n"
	static const struct {
		const char *text, *said; /* NULL: nothing */
	} rows[] = {
		{ ANSWERS("url={{answer-url}}/u.cfg x=y"), NULL },
		{ ANSWERS("s={{answer-url}}/"), NULL },
		{ ANSWERS("s={{answer-url}}/{{host.name}}.cfg"), NULL },
		{ ANSWERS("own={{token}}"), NULL },
		{ ANSWERS("url={{answer-url}}/u.cf"),
		  "names the answer file u.cf, and has u.cfg" },
		{ ANSWERS("a={{answer-url}}/u.cfg b={{answer-url}}/v,x"),
		  "names the answer file v, and" },
		{ ANSWERS("quiet"), "nothing tells its installer" },
		{ ANSWERS("{{done-url}}"), "nothing tells its installer" },
	};
	struct conf_try try;

	conf_try_init(&try);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const char *said =
			rows[i].said != NULL ? rows[i].said : "answer file";

		conf_try_write(&try, "boot.conf", rows[i].text, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert_int_eq(try.result, 0);
		ck_assert_msg(conf_try_has(&try, "boot.conf:2: warning",
					   said) == (rows[i].said != NULL),
			      "%s", rows[i].text);
		ck_assert(rows[i].said != NULL ||
			  !conf_try_has(&try, "boot.conf:2", "installer"));
	}
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_answer", installers_must_find_their_answers,
	  answers_are_found_by_the_names_that_targets_give,
	  templates_are_not_what_anybody_can_write,
	  the_end_of_a_name_says_how_values_are_escaped,
	  who_reads_one_file_does_not_miss_the_variables_of_another,
	  mistakes_are_told)
