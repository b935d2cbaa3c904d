/* SPDX-License-Identifier: ISC */
/* Answer files as they are rendered, and templates that cannot be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/answer_file.h"
#include "unit.h"

static char dir[32], path[64];

static const char *path_of(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* `len` octets, or the text if that is 0. */
static void write_file(const char *name, const char *text, size_t len)
{
	FILE *file = fopen(path_of(name), "w");

	len = len > 0 ? len : strlen(text);
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

static void make_dir(void)
{
	strcpy(dir, "/tmp/pxe-answer-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_dir(void)
{
	static const char *const names[] = { "a",    "big", "nul", "fifo",
					     "link", "up",  "loop" };

	for (size_t i = 0; i < PXE_LEN(names); i++)
		unlink(path_of(names[i]));
	rmdir(path_of("sub"));
	ck_assert_int_eq(rmdir(dir), 0);
}

static enum pxe_reason render(const char *file, enum pxe_format format,
			      struct pxe_answer_text *text)
{
	static struct pxe_conf_var vars[] = {
		{ .key = "hash", .value = "$6$salt$secret" },
		{ .key = "quote", .value = "a\"b" },
	};
	struct pxe_conf conf = { .answer_dir = dir, .vars = { vars, 2 } };
	const struct pxe_conf_host host = { .name = "alpha" };
	const struct pxe_conf_answer answer = {
		.name = "x", .file = file, .as = "x", .format = format
	};
	const struct pxe_expand_vars from = { .conf = &conf, .host = &host };

	return pxe_answer_file_render(&conf, &answer, &from, text);
}

START_TEST(a_template_is_rendered_as_it_is_now)
{
	struct pxe_answer_text text;

	make_dir();
	write_file("a", "n: \"{{host.name}} {{var.quote}}\"\n", 0);
	ck_assert_int_eq(render("a", PXE_FORMAT_YAML, &text), PXE_REASON_OK);
	ck_assert_str_eq(text.bytes, "n: \"alpha a\\\"b\"\n");
	ck_assert_uint_eq(text.len, strlen(text.bytes));
	ck_assert_str_eq(text.type, "text/plain; charset=utf-8");
	ck_assert_str_eq(text.why, "");
	pxe_answer_text_free(&text);
	ck_assert_ptr_null(text.bytes);
	write_file("a", "<n>{{var.quote}}</n>", 0);
	ck_assert_int_eq(render("a", PXE_FORMAT_XML, &text), PXE_REASON_OK);
	ck_assert_str_eq(text.bytes, "<n>a&quot;b</n>");
	ck_assert_str_eq(text.type, "application/xml");
	pxe_answer_text_free(&text);
	write_file("a", "", 0);
	ck_assert_int_eq(render("a", PXE_FORMAT_JSON, &text), PXE_REASON_OK);
	ck_assert_uint_eq(text.len, 0);
	ck_assert_str_eq(text.type, "application/json");
	pxe_answer_text_free(&text);
	remove_dir();
}
END_TEST

START_TEST(a_mistake_tells_names_and_no_values)
{
	struct pxe_answer_text text;
	char wanted[128];

	make_dir();
	write_file("a", "{{var.hash}}\n\n{{var.none}}\n", 0);
	ck_assert_int_eq(render("a", PXE_FORMAT_TEXT, &text),
			 PXE_REASON_TEMPLATE);
	ck_assert_ptr_null(text.bytes);
	snprintf(wanted, sizeof(wanted),
		 "%s/a:3: var.none: it has no value for this machine, and no "
		 "default",
		 dir);
	ck_assert_str_eq(text.why, wanted);
	ck_assert_ptr_null(strstr(text.why, "secret"));
	remove_dir();
}
END_TEST

START_TEST(what_is_no_template_is_refused)
{
	static const struct {
		const char *file, *said;
	} rows[] = {
		{ "none", "No such file" },   { "sub", "not a file" },
		{ "fifo", "not a file" },     { "big", "more than 1 MiB" },
		{ "nul", "no text" },         { "up", "leads out" },
		{ "link", "leads out" },      { "../etc/passwd", "leads out" },
		{ "loop", "symbolic links" },
	};
	static char big[PXE_ANSWER_FILE_MAX + 1];
	struct pxe_answer_text text;

	make_dir();
	memset(big, 'x', sizeof(big));
	write_file("big", big, sizeof(big));
	write_file("nul", "a\0b", 3);
	ck_assert_int_eq(mkdir(path_of("sub"), 0700), 0);
	ck_assert_int_eq(mkfifo(path_of("fifo"), 0600), 0);
	ck_assert_int_eq(symlink("/etc/passwd", path_of("link")), 0);
	ck_assert_int_eq(symlink("../../etc/passwd", path_of("up")), 0);
	ck_assert_int_eq(symlink("loop", path_of("loop")), 0);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		ck_assert_int_eq(render(rows[i].file, PXE_FORMAT_TEXT, &text),
				 PXE_REASON_TEMPLATE);
		ck_assert_ptr_null(text.bytes);
		ck_assert_msg(strstr(text.why, rows[i].said) != NULL, "%s: %s",
			      rows[i].file, text.why);
	}
	/* one octet less is a file like others */
	write_file("big", big, sizeof(big) - 1);
	ck_assert_int_eq(render("big", PXE_FORMAT_TEXT, &text), PXE_REASON_OK);
	ck_assert_uint_eq(text.len, sizeof(big) - 1);
	pxe_answer_text_free(&text);
	remove_dir();
}
END_TEST

/* Far more than twice the template: the second, larger buffer. */
START_TEST(results_are_bounded)
{
	static char many[600 * 1024];
	static const char tag[] = "{{if host.name}}{{var.hash}}{{end}}";
	const size_t n = sizeof(tag) - 1;
	struct pxe_answer_text text;

	make_dir();
	for (size_t i = 0; i + 12 <= sizeof(many); i += 12)
		memcpy(many + i, "{{var.hash}}", 12);
	write_file("a", many, sizeof(many));
	ck_assert_int_eq(render("a", PXE_FORMAT_TEXT, &text), PXE_REASON_OK);
	ck_assert_uint_eq(text.len, sizeof(many) / 12 * 14);
	pxe_answer_text_free(&text);
	/* '$' is three characters there */
	ck_assert_int_eq(render("a", PXE_FORMAT_URL, &text), PXE_REASON_OK);
	ck_assert_uint_eq(text.len, sizeof(many) / 12 * 20);
	pxe_answer_text_free(&text);
	write_file("a", tag, n);
	ck_assert_int_eq(render("a", PXE_FORMAT_TEXT, &text), PXE_REASON_OK);
	pxe_answer_text_free(&text);
	remove_dir();
}
END_TEST

START_TEST(answers_are_found_by_what_they_are_served_as)
{
	static const struct pxe_conf_answer a = { .name = "a", .as = "user" },
					    b = { .name = "b", .as = "meta" };
	const struct pxe_conf_answer *both[] = { &a, &b };
	const struct pxe_conf_target target = { .answers = both,
						.n_answers = 2 };

	ck_assert_ptr_eq(pxe_conf_find_answer_as(&target, "meta"), &b);
	ck_assert_ptr_eq(pxe_conf_find_answer_as(&target, "user"), &a);
	ck_assert_ptr_null(pxe_conf_find_answer_as(&target, "a"));
	ck_assert_ptr_null(pxe_conf_find_answer_as(&target, ""));
}
END_TEST

UNIT_MAIN("answer_file", a_template_is_rendered_as_it_is_now,
	  a_mistake_tells_names_and_no_values, what_is_no_template_is_refused,
	  results_are_bounded, answers_are_found_by_what_they_are_served_as)
