/* SPDX-License-Identifier: ISC */
/*
 * DHCP options: those that are written by their names, and the texts of
 * `options`.  Of root, subnets and hosts; a reply merges them.
 */
#include "run/conf_net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/*
 * What a reply has room for besides what the server itself puts in: so much
 * of a subnet and the root, and so much again of a host.
 */
#define OPTION_MAX     1024 /* octets of all options' values */
#define N_SUBNET_MAX   64
#define N_HOST_MAX     40
#define CODE_NAME_TEXT 80

/* The kinds of values: the word in `options`, and how a value is written. */
static const struct {
	const char *word; /* NULL: it cannot be said there */
	const char *text;
} kinds[] = {
	[PXE_OPT_KIND_OPAQUE] = { "hex", "pairs of hex digits, like 01:a0:ff" },
	[PXE_OPT_KIND_IP] = { "ip", "an address, like 192.168.200.1" },
	[PXE_OPT_KIND_IPS] = { "ips", "addresses, like "
				      "{ \"192.168.200.1\" }" },
	[PXE_OPT_KIND_U8] = { "u8", "a number from 0 to 255" },
	[PXE_OPT_KIND_U16] = { "u16", "a number from 0 to 65535" },
	[PXE_OPT_KIND_U32] = { "u32", "a number from 0 to 4294967295" },
	[PXE_OPT_KIND_U16S] = { "u16s", "numbers from 0 to 65535, like "
					"{ 1, 2 }" },
	[PXE_OPT_KIND_BOOL] = { "bool", "yes or no" },
	[PXE_OPT_KIND_TEXT] = { "text", "text" },
	[PXE_OPT_KIND_NONE] = { NULL, "\"\", since it has no value" },
	[PXE_OPT_KIND_U8S] = { "u8s", "numbers from 0 to 255, like "
				      "{ 1, 2 }" },
	[PXE_OPT_KIND_S32] = { "s32", "a number from -2147483648 to "
				      "2147483647" },
	[PXE_OPT_KIND_DOMAINS] = { "domains", "domain names, like "
					      "{ \"example.org\" }" },
};

bool pxe_conf_has_options(unsigned file, enum pxe_conf_section_kind kind)
{
	return kind == PXE_CONF_SUBNET || kind == PXE_CONF_HOST ||
	       (kind == PXE_CONF_ROOT && file == PXE_CONF_FILE_DHCPD);
}

/* --- one value ------------------------------------------------------------ */

static void tell_value(struct pxe_conf_job *job, const struct pxe_src *src,
		       const char *name, enum pxe_dhcp_opt_kind kind,
		       const char *text, int error)
{
	if (error == -ENOSPC)
		pxe_conf_error(job, src,
			       "%s is too long: give at most %d octets", name,
			       OPTION_MAX);
	else
		pxe_conf_error(job, src, "%s = \"%.200s\" cannot be sent: "
			       "give %s",
			       name, text, kinds[kind].text);
}

static bool keep_value(struct pxe_conf_job *job, uint8_t code,
		       const struct pxe_src *src, const uint8_t *buf,
		       size_t len, struct pxe_conf_opt *opt)
{
	char *copy = pxe_conf_copy(job, job->keep, (const char *)buf, len);

	if (copy == NULL)
		return false;
	*opt = (struct pxe_conf_opt) { .src = *src,
				       .code = code,
				       .len = (uint16_t)len,
				       .value = (const uint8_t *)copy };
	return true;
}

/* NAME = VALUE or NAME = { VALUE, ... } */
static bool encode_item(struct pxe_conf_job *job,
			const struct pxe_conf_item *item,
			struct pxe_conf_opt *opt)
{
	uint8_t buf[OPTION_MAX];
	size_t len = 0;
	int r = 0;

	for (const struct pxe_conf_value *v = item->first; v; v = v->next) {
		int one = pxe_dhcp_opt_encode(item->opt->kind, v->text, buf,
					      sizeof(buf), &len);

		if (one < 0) {
			tell_value(job, &v->src, item->opt->name,
				   item->opt->kind, v->text, one);
			r = one;
		}
	}
	return r == 0 && keep_value(job, item->opt->code, &item->first->src,
				    buf, len, opt);
}

/* --- the texts of `options` ----------------------------------------------- */

/* One text, taken apart: what is before the "=", and before the ":". */
struct said {
	uint8_t code;
	enum pxe_dhcp_opt_kind kind;
	const char *value; /* what is behind */
	char name[CODE_NAME_TEXT]; /* for messages */
};

/* Copies what stands before `end` to `word`; false: it is too long. */
static bool cut_word(const char *text, const char *end, char *word, size_t cap)
{
	size_t n = (size_t)(end - text);

	if (n >= cap)
		return false;
	memcpy(word, text, n);
	word[n] = '\0';
	return true;
}

static void tell_form(struct pxe_conf_job *job,
		      const struct pxe_conf_value *value)
{
	pxe_conf_error(job, &value->src,
		       "options: \"%.200s\" is not an option: write "
		       "\"CODE=TYPE:VALUE\", like \"224=ip:10.0.0.1\", or "
		       "\"NAME=VALUE\", like \"domain-name=example.org\"",
		       value->text);
}

/* TYPE: before the value; `text` is all behind "CODE=". */
static bool read_kind(struct pxe_conf_job *job,
		      const struct pxe_conf_value *value, const char *text,
		      struct said *said)
{
	const char *colon = strchr(text, ':');
	struct pxe_str list;
	char word[16], buf[128];

	if (colon == NULL || !cut_word(text, colon, word, sizeof(word)))
		word[0] = '\0';
	pxe_str_init(&list, buf, sizeof(buf));
	for (size_t k = 0; k < PXE_LEN(kinds); k++) {
		if (kinds[k].word == NULL)
			continue;
		if (colon != NULL && strcmp(kinds[k].word, word) == 0) {
			said->kind = (enum pxe_dhcp_opt_kind)k;
			said->value = colon + 1;
			return true;
		}
		pxe_str_putf(&list, "%s%s", list.len > 0 ? ", " : "",
			     kinds[k].word);
	}
	pxe_conf_error(job, &value->src,
		       "options: \"%.200s\" does not say what %s is: write "
		       "\"%u=TYPE:VALUE\" with one of the types %s",
		       value->text, said->name, said->code, buf);
	return false;
}

static bool read_name(struct pxe_conf_job *job,
		      const struct pxe_conf_value *value, const char *name,
		      struct said *said)
{
	const struct pxe_dhcp_opt *rows, *row = pxe_dhcp_opt_find_name(name);
	struct pxe_conf_guess guess = { .written = name };
	size_t n;

	if (row != NULL) {
		said->code = row->code;
		said->kind = row->kind;
		pxe_str_copy(said->name, sizeof(said->name), name);
		return true;
	}
	rows = pxe_dhcp_opt_rows(&n);
	for (size_t i = 0; i < n; i++)
		if (pxe_conf_option_refusal(rows[i].code) == NULL)
			pxe_conf_guess_try(&guess, rows[i].name);
	if (guess.nearest != NULL)
		pxe_conf_error(job, &value->src,
			       "options: there is no option named '%s': did "
			       "you mean '%s'?",
			       name, guess.nearest);
	else
		pxe_conf_error(job, &value->src,
			       "options: there is no option named '%s': write "
			       "its number, like \"224=ip:10.0.0.1\"; "
			       "pxe-dhcpd.conf(5) lists the names",
			       name);
	return false;
}

static bool read_said(struct pxe_conf_job *job,
		      const struct pxe_conf_value *value, struct said *said)
{
	const char *equals = strchr(value->text, '=');
	char name[CODE_NAME_TEXT];
	uint32_t code;

	if (equals == NULL || equals == value->text ||
	    !cut_word(value->text, equals, name, sizeof(name))) {
		tell_form(job, value);
		return false;
	}
	said->value = equals + 1;
	if (strspn(name, "0123456789") != strlen(name))
		return read_name(job, value, name, said);
	if (pxe_str_to_u32(name, 1, 254, &code) < 0) {
		pxe_conf_error(job, &value->src,
			       "options: there is no option %.20s: give a "
			       "number from 1 to 254",
			       name);
		return false;
	}
	said->code = (uint8_t)code;
	snprintf(said->name, sizeof(said->name), "option %u", said->code);
	return read_kind(job, value, equals + 1, said);
}

/* The value, or its parts between commas where the kind is a list. */
static int encode_said(const struct said *said, uint8_t *buf, size_t cap,
		       size_t *len)
{
	const char *text = said->value, *end;
	char part[512];
	int r = 0;

	if (!pxe_dhcp_opt_is_list(said->kind))
		return pxe_dhcp_opt_encode(said->kind, text, buf, cap, len);
	do {
		text += strspn(text, " ");
		end = strchr(text, ',');
		end = end != NULL ? end : text + strlen(text);
		if (!cut_word(text, end, part, sizeof(part)))
			return -EINVAL;
		r = pxe_dhcp_opt_encode(said->kind, part, buf, cap, len);
		text = end + 1;
	} while (r == 0 && *end == ',');
	return r;
}

bool pxe_conf_read_option(struct pxe_conf_job *job,
			  const struct pxe_conf_row *row PXE_UNUSED,
			  const struct pxe_conf_value *value, void *at)
{
	uint8_t buf[OPTION_MAX];
	struct said said;
	size_t len = 0;
	int r;

	if (!read_said(job, value, &said))
		return false;
	if (pxe_conf_option_refusal(said.code) != NULL) {
		pxe_conf_error(job, &value->src, "%s cannot be set: %s",
			       said.name, pxe_conf_option_refusal(said.code));
		return false;
	}
	r = encode_said(&said, buf, sizeof(buf), &len);
	if (r < 0)
		tell_value(job, &value->src, said.name, said.kind, said.value,
			   r);
	return r == 0 && keep_value(job, said.code, &value->src, buf, len, at);
}

/* --- all of a section ----------------------------------------------------- */

static int compare_opts(const void *a, const void *b)
{
	const struct pxe_conf_opt *x = *(const struct pxe_conf_opt *const *)a;
	const struct pxe_conf_opt *y = *(const struct pxe_conf_opt *const *)b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return x->src.line < y->src.line ? -1 : x->src.line > y->src.line;
}

/* An option by its name and again by its number. */
static void check_twice(struct pxe_conf_job *job,
			const struct pxe_conf_opt *opts, size_t n)
{
	const struct pxe_conf_opt **sorted =
		pxe_conf_alloc(job, job->scrap, n + 1, sizeof(*sorted));

	if (sorted == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &opts[i];
	qsort(sorted, n, sizeof(*sorted), compare_opts);
	for (size_t i = 1; i < n; i++)
		if (sorted[i - 1]->code == sorted[i]->code)
			pxe_conf_error(job, &sorted[i]->src,
				       "option %u was given before in this "
				       "section, %s line %u: take one of them "
				       "out",
				       sorted[i]->code,
				       sorted[i - 1]->src.file,
				       sorted[i - 1]->src.line);
}

void pxe_conf_make_options(struct pxe_conf_job *job,
			   const struct pxe_conf_section *section,
			   struct pxe_conf_opt **opts, size_t *n)
{
	const struct pxe_conf_item *item;
	struct pxe_conf_opt *all;
	size_t n_all = *n, max = *n;

	for (item = section->first; item != NULL; item = item->next)
		max += item->opt != NULL;
	all = pxe_conf_alloc(job, job->keep, max + 1, sizeof(*all));
	if (all == NULL)
		return;
	if (n_all > 0)
		memcpy(all, *opts, n_all * sizeof(*all));
	for (item = section->first; item != NULL; item = item->next)
		if (item->opt != NULL && item->first != NULL)
			n_all += encode_item(job, item, &all[n_all]);
	check_twice(job, all, n_all);
	*opts = all;
	*n = n_all;
}

static bool has_code(const struct pxe_conf_opt *opts, size_t n, uint8_t code)
{
	while (n > 0 && opts[n - 1].code != code)
		n--;
	return n > 0;
}

void pxe_conf_check_room(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 const struct pxe_conf_opt *opts, size_t n)
{
	bool is_host = section->kind == PXE_CONF_HOST;
	const struct pxe_conf *conf = job->conf;
	size_t octets = 0, n_max = is_host ? N_HOST_MAX : N_SUBNET_MAX;
	size_t n_all = n;

	for (size_t i = 0; i < n; i++)
		octets += opts[i].len;
	for (size_t i = 0; !is_host && i < conf->n_opts; i++)
		if (!has_code(opts, n, conf->opts[i].code)) {
			octets += conf->opts[i].len;
			n_all++;
		}
	if (octets > OPTION_MAX || n_all > n_max)
		pxe_conf_error(job, &section->src,
			       "this %s sends %zu options of %zu octets: keep "
			       "to %zu and %d",
			       pxe_conf_section_row(section->kind)->name, n_all,
			       octets, n_max, OPTION_MAX);
}
