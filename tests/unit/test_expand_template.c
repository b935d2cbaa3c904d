/* SPDX-License-Identifier: ISC */
/* The language of templates: defaults, conditions, filters, mistakes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/expand.h"
#include "unit.h"

static struct pxe_conf_var of_all[] = {
	{ .key = "deep", .value = "all" },
	{ .key = "empty", .value = "" },
	{ .key = "site", .value = "all" },
	{ .key = "web", .value = "all" },
};
static struct pxe_conf_var of_target[] = {
	{ .key = "deep", .value = "target" },
	{ .key = "suite", .value = "bookworm" },
	{ .key = "web", .value = "target" },
};
static struct pxe_conf_var of_subnet[] = {
	{ .key = "deep", .value = "subnet" },
	{ .key = "site", .value = "b" },
};
static struct pxe_conf_var of_host[] = {
	{ .key = "deep", .value = "host" },
	{ .key = "evil", .value = "a'b\"c\\d<e>&f g\tz" },
	{ .key = "tag", .value = "{{http}} }}" },
};
static const struct pxe_conf conf = { .vars = { of_all, 4 } };
static const struct pxe_conf_subnet subnet = { .vars = { of_subnet, 2 } };
static const struct pxe_conf_target target = { .name = "debian",
					       .title = "",
					       .vars = { of_target, 3 } };
static const struct pxe_conf_host host = { .name = "alpha",
					   .vars = { of_host, 3 } };
static struct pxe_hwaddr hw;

static struct pxe_expand_vars all_vars(void)
{
	ck_assert_int_eq(pxe_hwaddr_parse("52:54:00:AB:34:56", &hw), 0);
	return (struct pxe_expand_vars) {
		.conf = &conf,
		.subnet = &subnet,
		.host = &host,
		.target = &target,
		.hw = &hw,
	};
}

static int expand(const char *text, enum pxe_format format, const char *open,
		  const char *close, struct pxe_str *out,
		  struct pxe_expand_mistake *mistake)
{
	const struct pxe_expand_how how = { .format = format,
					    .open = open,
					    .close = close };
	const struct pxe_expand_vars vars = all_vars();

	return pxe_expand_template(text, strlen(text), &vars, &how, out,
				   mistake);
}

static void check_expanded(const char *text, enum pxe_format format,
			   const char *wanted)
{
	struct pxe_expand_mistake mistake = { 0 };
	struct pxe_str out;
	char buf[4096];
	int r;

	pxe_str_init(&out, buf, sizeof(buf));
	r = expand(text, format, NULL, NULL, &out, &mistake);
	ck_assert_msg(r == 0, "%s: %d %s", text, r, mistake.name);
	ck_assert_msg(strcmp(buf, wanted) == 0, "%s: '%s', not '%s'", text, buf,
		      wanted);
}

static const struct {
	const char *text, *wanted;
} vectors[] = {
	/* whose value it is */
	{ "{{var.deep}}", "host" },
	{ "{{var.site}}", "b" },
	{ "{{var.suite}} {{var.web}}", "bookworm target" },
	{ "{{var.empty}}", "" },
	{ "{{var.tag}}", "{{http}} }}" }, /* not looked at again */
	/* defaults */
	{ "{{var.none|x}}", "x" },
	{ "{{var.none | two words }}", "two words" },
	{ "{{var.none|}}", "" },
	{ "{{var.empty|x}}", "x" },
	{ "{{var.deep|x}}", "host" },
	{ "{{uuid|none}}", "none" },
	{ "{{uuid}}", "" },
	{ "{{var.none|a|b}}", "a|b" },
	/* conditions */
	{ "{{if var.deep}}y{{end}}", "y" },
	{ "{{if var.none}}y{{end}}", "" },
	{ "{{if var.empty}}y{{else}}n{{end}}", "n" },
	{ "{{if not var.none}}y{{end}}", "y" },
	{ "{{if not var.deep}}y{{else}}n{{end}}", "n" },
	{ "{{if var.site == \"b\"}}y{{end}}", "y" },
	{ "{{if var.site == \"B\"}}y{{end}}", "" },
	{ "{{if var.site == \"bb\"}}y{{end}}", "" },
	{ "{{if var.site != \"b\"}}y{{else}}n{{end}}", "n" },
	{ "{{if var.none == \"\"}}y{{end}}", "y" },
	{ "{{if var.none != \"a b\"}}y{{end}}", "y" },
	{ "{{if var.site == \"a\"}}1{{else if var.site == \"b\"}}2{{else}}3"
	  "{{end}}",
	  "2" },
	{ "{{if var.site == \"b\"}}1{{else if var.site == \"b\"}}2{{else}}3"
	  "{{end}}",
	  "1" },
	{ "{{if var.none}}1{{else if var.none}}2{{else}}3{{end}}", "3" },
	{ "{{if var.deep}}a{{if var.none}}b{{else}}c{{end}}d{{end}}e", "acde" },
	{ "{{if var.none}}a{{if var.deep}}b{{else}}c{{end}}d{{end}}e", "e" },
	{ "{{if var.none}}{{var.none}}{{end}}", "" },
	{ "{{ if  var.deep }}y{{ end }}", "y" },
	/* a tag alone on its line takes the line with it */
	{ "a\n{{if var.deep}}\nb\n{{end}}\nc\n", "a\nb\nc\n" },
	{ "a\n  {{if var.none}}  \nb\n\t{{else}}\nx\n{{end}}", "a\nx\n" },
	{ "{{if var.deep}}\r\na\r\n{{end}}\r\nb", "a\r\nb" },
	{ "{{if var.none}}\na{{end}}\nb", "\nb" },
	{ "x {{if var.deep}}\ny\n{{end}} z", "x \ny\n z" },
	{ "  {{var.site}}\n", "  b\n" },
	{ "{{if var.deep}}\n{{if var.deep}}\na\n{{end}}\n{{end}}\n", "a\n" },
	/* filters */
	{ "{{dashes mac}}", "52-54-00-ab-34-56" },
	{ "{{upper dashes mac}}", "52-54-00-AB-34-56" },
	{ "{{lower var.suite}}", "bookworm" },
	{ "{{words var.none|a,b,c}}", "a b c" },
	{ "{{shell var.none|it's}}", "it'\\''s" },
	{ "{{yaml shell var.none|it's}}", "it'\\\\''s" },
	{ "{{url var.none|a b/c?d=%e~}}", "a%20b%2Fc%3Fd%3D%25e~" },
	/* braces that are none of ours */
	{ "{{{{ ds.meta }}", "{{ ds.meta }}" },
	{ "{{{{{{{{", "{{{{" },
	{ "{\"a\": {\"b\": \"{{var.site}}\"}}", "{\"a\": {\"b\": \"b\"}}" },
	{ "{ { }} {x} ${y}", "{ { }} {x} ${y}" },
	{ "{", "{" },
};

START_TEST(templates_become_texts)
{
	for (size_t i = 0; i < PXE_LEN(vectors); i++)
		check_expanded(vectors[i].text, PXE_FORMAT_TEXT,
			       vectors[i].wanted);
}
END_TEST

START_TEST(values_are_escaped_for_their_format)
{
	static const char *const wanted[PXE_N_FORMATS] = {
		[PXE_FORMAT_TEXT] = "a'b\"c\\d<e>&f g\tz",
		[PXE_FORMAT_SHELL] = "a'\\''b\"c\\d<e>&f g\tz",
		[PXE_FORMAT_YAML] = "a'b\\\"c\\\\d<e>&f g\\x09z",
		[PXE_FORMAT_JSON] = "a'b\\\"c\\\\d<e>&f g\\u0009z",
		[PXE_FORMAT_XML] = "a&apos;b&quot;c\\d&lt;e&gt;&amp;f g&#9;z",
		[PXE_FORMAT_URL] = "a%27b%22c%5Cd%3Ce%3E%26f%20g%09z",
	};
	char text[64];

	for (int f = 0; f < PXE_N_FORMATS; f++) {
		enum pxe_format format = (enum pxe_format)f;

		check_expanded("{{var.evil}}", format, wanted[f]);
		check_expanded("{{raw var.evil}}", format, wanted[0]);
		snprintf(text, sizeof(text), "{{%s var.evil}}",
			 pxe_expand_filter_name((size_t)f));
		check_expanded(text, PXE_FORMAT_JSON, wanted[f]);
		/* text of the template is left alone */
		check_expanded("'\"<&\\", format, "'\"<&\\");
	}
	/* those that do not escape leave it to the format */
	check_expanded("{{upper var.none|a\"b}}", PXE_FORMAT_JSON, "A\\\"B");
	/* octets beyond ASCII are text */
	check_expanded("{{var.none|\xc3\xa9}}", PXE_FORMAT_YAML, "\xc3\xa9");
	check_expanded("{{var.none|\xc3\xa9}}", PXE_FORMAT_URL, "%C3%A9");
}
END_TEST

START_TEST(delimiters_can_be_others)
{
	struct pxe_expand_mistake mistake;
	struct pxe_str out;
	char buf[200];

	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(expand("{{ ds }} <% var.site %> <%<% %> <%if uuid%>x"
				"<%end%>",
				PXE_FORMAT_TEXT, "<%", "%>", &out, &mistake),
			 0);
	ck_assert_str_eq(buf, "{{ ds }} b <% %> ");
}
END_TEST

static const struct {
	const char *text;
	int r;
	enum pxe_expand_wrong what;
	unsigned line;
	const char *name;
} mistakes[] = {
	{ "{{nothing}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1, "nothing" },
	{ "a\n\n{{ htp }}", -ENOENT, PXE_EXPAND_UNKNOWN, 3, "htp" },
	{ "{{var.none}}", -ENOENT, PXE_EXPAND_UNSET, 1, "var.none" },
	{ "{{var.}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1, "var." },
	{ "{{if var.a.b}}x{{end}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1, "var.a.b" },
	{ "{{if var.none}}{{nothing}}{{end}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1,
	  "nothing" },
	{ "{{nothing|x}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1, "nothing" },
	{ "{{}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1, "" },
	{ "{{raw}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1, "raw" },
	{ "{{roar mac}}", -EBADMSG, PXE_EXPAND_FILTER, 1, "roar" },
	{ "{{raw raw raw raw raw mac}}", -EBADMSG, PXE_EXPAND_FILTER, 1,
	  "raw" },
	{ "\n{{mac\n}}", -EBADMSG, PXE_EXPAND_OPEN, 2, "{{" },
	{ "{{mac", -EBADMSG, PXE_EXPAND_OPEN, 1, "{{" },
	{ "x{{mac}", -EBADMSG, PXE_EXPAND_OPEN, 1, "{{" },
	{ "{{if}}", -EBADMSG, PXE_EXPAND_CONDITION, 1, "" },
	{ "{{if not}}", -ENOENT, PXE_EXPAND_UNKNOWN, 1, "not" },
	{ "{{if mac = \"a\"}}", -EBADMSG, PXE_EXPAND_CONDITION, 1,
	  "mac = \"a\"" },
	{ "{{if mac == a}}", -EBADMSG, PXE_EXPAND_CONDITION, 1, "mac == a" },
	{ "{{if mac == \"}}", -EBADMSG, PXE_EXPAND_CONDITION, 1, "mac == \"" },
	{ "{{if mac == \"a\" b\"}}", -EBADMSG, PXE_EXPAND_CONDITION, 1,
	  "mac == \"a\" b\"" },
	{ "{{if not mac == \"a\"}}", -EBADMSG, PXE_EXPAND_CONDITION, 1,
	  "not mac == \"a\"" },
	{ "{{if mac}}\n{{else what}}{{end}}", -EBADMSG, PXE_EXPAND_CONDITION, 2,
	  "else" },
	{ "{{if mac}}{{end if}}", -EBADMSG, PXE_EXPAND_CONDITION, 1, "if" },
	{ "a\n{{if mac}}\nb\n", -EBADMSG, PXE_EXPAND_NO_END, 2, "if" },
	{ "{{if mac}}{{end}}\n{{end}}", -EBADMSG, PXE_EXPAND_NO_IF, 2, "end" },
	{ "{{else}}", -EBADMSG, PXE_EXPAND_NO_IF, 1, "else" },
	{ "{{if mac}}{{else}}{{else}}{{end}}", -EBADMSG, PXE_EXPAND_NO_IF, 1,
	  "else" },
	{ "{{if mac}}{{else}}{{else if mac}}{{end}}", -EBADMSG,
	  PXE_EXPAND_NO_IF, 1, "else" },
};

START_TEST(mistakes_are_named_with_their_line)
{
	for (size_t i = 0; i < PXE_LEN(mistakes); i++) {
		struct pxe_expand_mistake m = { 0 };
		struct pxe_str out;
		char buf[200];
		int r;

		pxe_str_init(&out, buf, sizeof(buf));
		r = expand(mistakes[i].text, PXE_FORMAT_TEXT, NULL, NULL, &out,
			   &m);
		ck_assert_msg(r == mistakes[i].r &&
				      m.what == mistakes[i].what &&
				      m.line == mistakes[i].line &&
				      strcmp(m.name, mistakes[i].name) == 0,
			      "%s: %d, %s in line %u: '%s'", mistakes[i].text,
			      r, pxe_expand_wrong_text(m.what), m.line, m.name);
	}
}
END_TEST

START_TEST(depth_is_bounded)
{
	struct pxe_expand_mistake m;
	struct pxe_str out;
	char text[2000] = "", buf[16];

	for (int i = 0; i < 17; i++)
		strcat(text, "{{if mac}}");
	for (int i = 0; i < 17; i++)
		strcat(text, "{{end}}");
	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(expand(text, PXE_FORMAT_TEXT, NULL, NULL, &out, &m),
			 -EBADMSG);
	ck_assert_int_eq(m.what, PXE_EXPAND_DEEP);
	/* one less is right */
	memmove(text + 16 * 10, text + 17 * 10, 17 * 7 + 1);
	text[16 * 10 + 16 * 7] = '\0';
	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(expand(text, PXE_FORMAT_TEXT, NULL, NULL, &out, &m),
			 0);
}
END_TEST

/* Braces alone must not cost more than their number. */
START_TEST(long_lines_are_read_once)
{
	static char text[1 << 20], buf[2 << 20];
	struct pxe_expand_mistake m;
	struct pxe_str out;

	for (size_t i = 0; i + 12 < sizeof(text); i += 12)
		memcpy(text + i, "{{var.site}}", 12);
	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(expand(text, PXE_FORMAT_XML, NULL, NULL, &out, &m), 0);
	ck_assert_uint_eq(out.len, (sizeof(text) - 1) / 12);
	memset(text, '{', sizeof(text) - 1);
	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(expand(text, PXE_FORMAT_XML, NULL, NULL, &out, &m),
			 -EBADMSG);
	ck_assert_int_eq(m.what, PXE_EXPAND_OPEN);
}
END_TEST

START_TEST(the_result_is_bounded)
{
	struct pxe_expand_mistake m;
	struct pxe_str out;
	char buf[8];

	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(expand("1234{{var.site}}567", PXE_FORMAT_TEXT, NULL,
				NULL, &out, &m),
			 -ENOSPC);
	ck_assert_int_eq(m.what, PXE_EXPAND_LONG);
	ck_assert_str_eq(buf, "1234b56");
	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(expand("{{var.evil}}", PXE_FORMAT_XML, NULL, NULL,
				&out, &m),
			 -ENOSPC);
}
END_TEST

static void note_name(const char *name, size_t n, unsigned line,
		      bool is_optional, void *arg)
{
	pxe_str_putf(arg, "%.*s:%u:%d ", (int)n, name, line, is_optional);
}

START_TEST(all_names_are_told)
{
	static const char text[] = "{{var.a}}\n{{if var.b}}{{var.c}}{{else}}"
				   "{{var.d|x}}{{end}}\n{{raw mac}}";
	const struct pxe_expand_vars none = { .http_port = 1 };
	struct pxe_expand_mistake m;
	struct pxe_str out, names;
	char buf[64], told[200];
	const struct pxe_expand_how how = { .is_lenient = true,
					    .seen = note_name,
					    .arg = &names };

	pxe_str_init(&out, buf, sizeof(buf));
	pxe_str_init(&names, told, sizeof(told));
	ck_assert_int_eq(pxe_expand_template(text, sizeof(text) - 1, &none,
					     &how, &out, &m),
			 0);
	ck_assert_str_eq(buf, "\nx\n");
	ck_assert_str_eq(told, "var.a:1:0 var.b:2:1 var.c:2:1 var.d:2:1 "
			       "mac:3:0 ");
}
END_TEST

static void note_wrong(const struct pxe_expand_mistake *m, void *arg)
{
	pxe_str_putf(arg, "%s:%u:%d ", m->name, m->line, (int)m->what);
}

START_TEST(all_wrong_names_are_told)
{
	static const char text[] = "a{{nope}}{{nil|x}}\n{{if nay}}b{{end}}\n"
				   "{{foo raw mac}}{{http}}\n{{end}}";
	const struct pxe_expand_vars none = { .http_port = 1 };
	struct pxe_expand_mistake m;
	struct pxe_str out, names;
	char buf[64], told[200], want[200];
	const struct pxe_expand_how how = { .wrong = note_wrong,
					    .arg = &names };

	pxe_str_init(&out, buf, sizeof(buf));
	pxe_str_init(&names, told, sizeof(told));
	/* what is no name still ends it */
	ck_assert_int_eq(pxe_expand_template(text, sizeof(text) - 1, &none,
					     &how, &out, &m),
			 -EBADMSG);
	ck_assert_int_eq(m.what, PXE_EXPAND_NO_IF);
	snprintf(want, sizeof(want), "nope:1:%d nil:1:%d nay:2:%d foo:3:%d ",
		 PXE_EXPAND_UNKNOWN, PXE_EXPAND_UNKNOWN, PXE_EXPAND_UNKNOWN,
		 PXE_EXPAND_FILTER);
	ck_assert_str_eq(told, want);
}
END_TEST

UNIT_MAIN("expand_template", templates_become_texts,
	  values_are_escaped_for_their_format, delimiters_can_be_others,
	  mistakes_are_named_with_their_line, depth_is_bounded,
	  long_lines_are_read_once, the_result_is_bounded, all_names_are_told,
	  all_wrong_names_are_told)
