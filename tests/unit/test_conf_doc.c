/* SPDX-License-Identifier: ISC */
/*
 * The schema, the manual pages and the samples say the same: every key is in
 * its page, with the default that is in force, and in its sample.
 * Works on man/ and conf/ of the tree that it is run in.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/expand.h"
#include "run/conf_schema.h"
#include "tests/conf_try.h"
#include "unit.h"
#include "wire/dhcp_opt.h"

#define TEXT_MAX 65536

static char text[TEXT_MAX];

/* The whole of a file, in `text`. */
static void read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t n;

	ck_assert_msg(file != NULL, "%s is not there: run this in the tree",
		      path);
	n = fread(text, 1, sizeof(text) - 1, file);
	ck_assert_msg(n < sizeof(text) - 1, "%s is too long", path);
	text[n] = '\0';
	fclose(file);
}

static unsigned file_of(const struct pxe_conf_row *row)
{
	unsigned i = 0;

	while ((row->files & 1u << i) == 0)
		i++;
	return i;
}

/* --- manual pages --------------------------------------------------------- */

/* The part of the page about a section, cut out of `text`. */
static char *find_part(enum pxe_conf_section_kind kind)
{
	char header[64], *part, *end;

	if (kind == PXE_CONF_ROOT)
		strcpy(header, "\n.Sh OPTIONS\n");
	else
		snprintf(header, sizeof(header), "\n.Ss %s",
			 pxe_conf_section_row(kind)->name);
	part = strstr(text, header);
	if (part == NULL)
		return NULL;
	part += strlen(header);
	for (end = part; (end = strstr(end, "\n.S")) != NULL; end++)
		if (end[3] == 'h' || end[3] == 's') {
			*end = '\0';
			break;
		}
	return part;
}

/* The item of a key in a part, cut out; NULL if there is none. */
static char *find_key(char *part, const char *key)
{
	char header[64], *item, *end;

	snprintf(header, sizeof(header), "\n.It Ic %s Li = ", key);
	item = strstr(part, header);
	if (item == NULL)
		return NULL;
	item += strlen(header);
	end = strstr(item, "\n.It Ic ");
	if (end != NULL)
		*end = '\0';
	return item;
}

/* What stands behind the last "Default:", as the schema would write it. */
static void read_default(const char *item, char *dflt, size_t cap)
{
	const char *p = NULL, *next;
	size_t n = 0;

	while ((next = strstr(item, "\nDefault:")) != NULL)
		p = item = next + 9;
	while (p != NULL && *p != '\0' && n < cap - 1) {
		if (strncmp(p, "\n.El", 4) == 0)
			break;
		if (strncmp(p, "\n.Li ", 5) == 0)
			p += 4;
		if (strncmp(p, "\\(dq", 4) == 0)
			p += 4;
		else if (strchr("{},\n", *p) == NULL &&
			 (*p != ' ' || (n > 0 && dflt[n - 1] != ' ')))
			dflt[n++] = *p++;
		else
			p++;
	}
	while (n > 0 && (dflt[n - 1] == ' ' || dflt[n - 1] == '.'))
		n--;
	dflt[n] = '\0';
}

static void check_page(const struct pxe_conf_row *row)
{
	const char *wanted = row->dflt != NULL && row->dflt[0] != '\0'
				     ? row->dflt
				     : row->otherwise;
	char path[64], dflt[256], *part, *item;

	snprintf(path, sizeof(path), "man/%s.5", pxe_conf_page_of(row->files));
	read_text(path);
	part = find_part(row->section);
	ck_assert_msg(part != NULL, "%s has no section %s", path,
		      pxe_conf_section_row(row->section)->name);
	item = find_key(part, row->key);
	ck_assert_msg(item != NULL, "%s does not tell of %s %s", path,
		      pxe_conf_section_row(row->section)->name, row->key);
	read_default(item, dflt, sizeof(dflt));
	ck_assert_ptr_nonnull(wanted);
	ck_assert_msg(strcmp(dflt, wanted) == 0,
		      "%s: the default of %s is \"%s\", not \"%s\"", path,
		      row->key, wanted, dflt);
}

START_TEST(manual_pages_have_every_key_and_its_default)
{
	const struct pxe_conf_row *rows;
	size_t n;

	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n; i++)
		check_page(&rows[i]);
}
END_TEST

/* No page tells of a key that does not exist. */
START_TEST(manual_pages_have_no_other_keys)
{
	for (unsigned f = 0; f < PXE_CONF_N_FILES; f++) {
		char path[64], key[64], *p;

		snprintf(path, sizeof(path), "man/%s.5",
			 pxe_conf_page_of(1u << f));
		read_text(path);
		p = text;
		while ((p = strstr(p, "\n.It Ic ")) != NULL) {
			bool found = false;

			p += 8;
			snprintf(key, sizeof(key), "%.*s",
				 (int)strcspn(p, " \n"), p);
			for (int k = 0; k < PXE_CONF_N_SECTIONS; k++)
				found |= pxe_conf_row_find(
						 1u << f,
						 (enum pxe_conf_section_kind)k,
						 key) != NULL;
			found |= pxe_dhcp_opt_find_name(key) != NULL;
			ck_assert_msg(found, "%s tells of %s", path, key);
		}
	}
}
END_TEST

START_TEST(manual_page_has_every_dhcp_option)
{
	const struct pxe_dhcp_opt *rows;
	size_t n;

	read_text("man/pxe-dhcpd.conf.5");
	rows = pxe_dhcp_opt_rows(&n);
	for (size_t i = 0; i < n; i++) {
		bool is_refused = pxe_conf_option_refusal(rows[i].code) != NULL;
		char line[96];

		snprintf(line, sizeof(line), "\n.It Ic %s Ta %u Ta ",
			 rows[i].name, rows[i].code);
		ck_assert_msg((strstr(text, line) == NULL) == is_refused, "%s",
			      rows[i].name);
	}
}
END_TEST

START_TEST(manual_page_has_words_families_and_variables)
{
	const struct pxe_conf_row *rows;
	char line[128];
	size_t n;

	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "man/%s.5",
			 pxe_conf_page_of(rows[i].files));
		read_text(line);
		for (size_t w = 0; w < rows[i].n_words; w++) {
			snprintf(line, sizeof(line), "\n.It Li \\(dq%s\\(dq\n",
				 rows[i].words[w].name);
			/* families have a list of their own, see below */
			ck_assert_msg(strstr(text, line) != NULL ||
					      pxe_family_from_name(
						      rows[i].words[w].name) >=
						      0,
				      "%s: %s", rows[i].key,
				      rows[i].words[w].name);
		}
	}
	read_text("man/pxe-boot.conf.5");
	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++) {
		snprintf(line, sizeof(line), "\n.It Li %s Ta %s\n",
			 pxe_family_name((enum pxe_family)f),
			 pxe_family_text((enum pxe_family)f));
		ck_assert_msg(strstr(text, line) != NULL, "%s", line);
	}
	read_text("man/pxe-templates.7");
	for (size_t i = 0; pxe_expand_filter_name(i) != NULL; i++) {
		char after[40];

		snprintf(line, sizeof(line), " %s\n",
			 pxe_expand_filter_name(i));
		snprintf(after, sizeof(after), " %s ,",
			 pxe_expand_filter_name(i));
		ck_assert_msg(strstr(text, line) != NULL ||
				      strstr(text, after) != NULL,
			      "%s", line);
	}
	for (size_t i = 0; pxe_expand_name(i) != NULL; i++) {
		snprintf(line, sizeof(line), "\n.It Li {{%s}}\n",
			 pxe_expand_name(i));
		ck_assert_msg(strstr(text, line) != NULL, "%s", line);
	}
}
END_TEST

/* --- samples -------------------------------------------------------------- */

/* Writes the sample to the directory, with its commented lines in force. */
static void write_uncommented(struct conf_try *try, const char *name)
{
	char path[64], *from, *to;

	snprintf(path, sizeof(path), "conf/%s", name);
	read_text(path);
	for (from = to = text; *from != '\0'; *to++ = *from++)
		if (*from == '#' && (from == text || from[-1] == '\n') &&
		    (isalpha((unsigned char)from[1]) || from[1] == '\t' ||
		     from[1] == '}'))
			from++;
	*to = '\0';
	conf_try_write(try, name, text, 0);
}

/* Is KEY = given in a section of that kind in the uncommented `text`? */
static bool has_key(enum pxe_conf_section_kind kind, const char *key)
{
	const char *name = pxe_conf_section_row(kind)->name;
	bool is_inside = kind == PXE_CONF_ROOT;
	char assignment[64];

	snprintf(assignment, sizeof(assignment), "%s = ", key);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const char *found = strstr(line, assignment);

		if (line[0] == '#')
			continue;
		if (kind != PXE_CONF_ROOT && isalpha((unsigned char)line[0]))
			is_inside = strncmp(line, name, strlen(name)) == 0;
		if (kind == PXE_CONF_ROOT && found == line)
			return true;
		if (kind != PXE_CONF_ROOT && is_inside && found != NULL &&
		    (found[-1] == '\t' || found[-1] == ' '))
			return true;
	}
	return false;
}

static void check_warnings(const struct conf_try *try)
{
	/* whether loaders are there is no matter of the sample, and it shows
	 * one subnet only */
	for (size_t i = 0; i < try->n; i++)
		ck_assert_msg(strstr(try->told[i], "put ") ||
				      strstr(try->told[i], "no subnet") ||
				      strstr(try->told[i], "no other subnet"),
			      "%s", try->told[i]);
}

START_TEST(samples_work_as_they_are)
{
	struct conf_try try;

	conf_try_init(&try);
	rmdir(try.dir);
	strcpy(try.dir, "conf");
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	ck_assert_uint_eq(try.conf->n_subnets, 1); /* the example */
	ck_assert_uint_eq(try.conf->n_loaders, 2);
	check_warnings(&try);
	pxe_conf_free(try.conf);
}
END_TEST

START_TEST(samples_show_every_key)
{
	const struct pxe_conf_row *rows;
	struct conf_try try;
	size_t n;

	conf_try_init(&try);
	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n; i++) {
		const char *name = pxe_conf_file_name(file_of(&rows[i]));

		write_uncommented(&try, name);
		ck_assert_msg(has_key(rows[i].section, rows[i].key),
			      "conf/%s does not show %s of %s", name,
			      rows[i].key,
			      pxe_conf_section_row(rows[i].section)->name);
	}
	conf_try_done(&try);
}
END_TEST

static bool is_same_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y) == 0;
}

/* Is the field of a row the same in two configurations? */
static bool is_same(const struct pxe_conf_row *row, const void *a,
		    const void *b)
{
	const char *const *list_a, *const *list_b;
	size_t n_a, n_b, size;

	if (row->is_list) {
		memcpy(&n_a, (const char *)a + row->offset_n, sizeof(n_a));
		memcpy(&n_b, (const char *)b + row->offset_n, sizeof(n_b));
		/* other lists are empty by default */
		if (row->type < PXE_CONF_TEXT || row->type > PXE_CONF_LISTEN)
			return n_a == 0 && n_b == 0;
		memcpy(&list_a, (const char *)a + row->offset, sizeof(list_a));
		memcpy(&list_b, (const char *)b + row->offset, sizeof(list_b));
		for (size_t i = 0; n_a == n_b && i < n_a; i++)
			if (!is_same_text(&list_a[i], &list_b[i]))
				return false;
		return n_a == n_b;
	}
	a = (const char *)a + row->offset;
	b = (const char *)b + row->offset;
	if (row->type >= PXE_CONF_TEXT && row->type <= PXE_CONF_LISTEN)
		return is_same_text(a, b);
	if (row->type == PXE_CONF_REF)
		return is_same_text(
			&(*(const struct pxe_conf_target *const *)a)->name,
			&(*(const struct pxe_conf_target *const *)b)->name);
	size = row->type == PXE_CONF_BOOL  ? sizeof(bool)
	       : row->type == PXE_CONF_U16 ? sizeof(uint16_t)
					   : sizeof(uint32_t);
	return memcmp(a, b, size) == 0;
}

START_TEST(samples_show_the_defaults_in_force)
{
	struct conf_try shown, empty;
	const struct pxe_conf_row *rows;
	size_t n;

	conf_try_init(&shown);
	conf_try_init(&empty);
	for (unsigned f = 0; f < PXE_CONF_N_FILES; f++)
		write_uncommented(&shown, pxe_conf_file_name(f));
	conf_try_load(&shown, CONF_TRY_ALL);
	conf_try_load(&empty, CONF_TRY_ALL);
	conf_try_print(&shown);
	ck_assert_int_eq(shown.result, 0);
	ck_assert_int_eq(empty.result, 0);
	check_warnings(&shown);
	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n; i++) {
		bool same = true;

		if (rows[i].section == PXE_CONF_ROOT)
			same = is_same(&rows[i], shown.conf, empty.conf);
		else if (rows[i].section == PXE_CONF_MENU)
			same = is_same(&rows[i], &shown.conf->menu,
				       &empty.conf->menu);
		ck_assert_msg(same, "conf/%s shows another default of %s",
			      pxe_conf_file_of(rows[i].files), rows[i].key);
	}
	ck_assert_uint_eq(shown.conf->n_subnets, 1);
	ck_assert_uint_eq(shown.conf->subnets[0].lease_s, empty.conf->lease_s);
	ck_assert_uint_eq(shown.conf->subnets[0].max_lease_s,
			  empty.conf->max_lease_s);
	conf_try_done(&shown);
	conf_try_done(&empty);
}
END_TEST

/* What the code relies on, told in one place. */
START_TEST(defaults_are_those_that_were_promised)
{
	struct conf_try try;
	const struct pxe_conf *conf;

	conf_try_init(&try);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	conf = try.conf;
	ck_assert_uint_eq(conf->dhcp_port, 67);
	ck_assert_uint_eq(conf->tftp_port, 69);
	ck_assert_uint_eq(conf->http_port, 16000);
	ck_assert_str_eq(conf->boot_root, "/srv/pxe");
	ck_assert_str_eq(conf->state_socket, "/run/pxe/state.sock");
	ck_assert_str_eq(conf->state_dir, "/var/lib/pxe");
	ck_assert_int_eq(conf->answer, PXE_ANSWER_ALL);
	ck_assert_int_eq(conf->ipxe, PXE_IPXE_GETS_SCRIPT);
	ck_assert_int_eq(conf->unknown, PXE_UNKNOWN_MENU);
	ck_assert(!conf->is_authoritative);
	ck_assert_uint_eq(conf->max_blksize, 1468);
	ck_assert_uint_eq(conf->n_report_users, 3);
	ck_assert_uint_eq(conf->n_boot_users, 1);
	ck_assert_str_eq(conf->boot_users[0], "pxe-httpd");
	ck_assert_str_eq(conf->dhcpd_user, "");
	ck_assert_int_eq(conf->menu.dflt->type, PXE_TARGET_LOCAL);
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_doc", manual_pages_have_every_key_and_its_default,
	  manual_pages_have_no_other_keys, manual_page_has_every_dhcp_option,
	  manual_page_has_words_families_and_variables,
	  samples_work_as_they_are, samples_show_every_key,
	  samples_show_the_defaults_in_force,
	  defaults_are_those_that_were_promised)
