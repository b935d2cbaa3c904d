/* SPDX-License-Identifier: ISC */
/* What the commands of pxectl share. */
#include "pxectl/ctl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "core/arch.h"
#include "pxectl/text.h"
#include "run/conf_load.h"

#define LINE_MAX_BYTES 2048

static void put_line(const struct pxe_ctl *ctl, FILE *out, const char *prefix,
		     const char *fmt, va_list args) PXE_PRINTF(4, 0);

static void put_line(const struct pxe_ctl *ctl, FILE *out, const char *prefix,
		     const char *fmt, va_list args)
{
	char raw[LINE_MAX_BYTES], clean[2 * LINE_MAX_BYTES];
	struct pxe_str s;

	vsnprintf(raw, sizeof(raw), fmt, args);
	pxe_str_init(&s, clean, sizeof(clean));
	pxe_text_clean(&s, raw, ctl->style.utf8);
	if (out == stderr)
		fflush(stdout);
	fprintf(out, "%s%s\n", prefix, clean);
}

void pxe_ctl_say(const struct pxe_ctl *ctl, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_line(ctl, stdout, "", fmt, args);
	va_end(args);
}

void pxe_ctl_error(const struct pxe_ctl *ctl, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_line(ctl, stderr, "pxectl: ", fmt, args);
	va_end(args);
}

void pxe_ctl_note(const struct pxe_ctl *ctl, const char *fmt, ...)
{
	va_list args;

	if (ctl->quiet)
		return;
	va_start(args, fmt);
	put_line(ctl, stderr, "pxectl: ", fmt, args);
	va_end(args);
}

static void tell_error(enum pxe_conf_severity severity,
		       const struct pxe_src *src, const char *text, void *arg)
{
	if (severity == PXE_CONF_ERROR)
		pxe_ctl_error(arg, "%s:%u: %s", src->file, src->line, text);
}

bool pxe_ctl_load(struct pxe_ctl *ctl, unsigned files)
{
	int r = pxe_conf_load(ctl->conf_dir, files, tell_error, ctl,
			      &ctl->conf);

	if (r < 0)
		pxe_ctl_error(ctl, "the configuration in %s cannot be used: %s",
			      ctl->conf_dir,
			      r == -EINVAL ? "see above" : strerror(-r));
	return r == 0;
}

/* Tells why a call failed; an empty `why` was told already. */
static void tell_failure(const struct pxe_ctl *ctl, int error,
			 const struct pxe_str *why)
{
	if (why->len > 0)
		pxe_ctl_error(ctl, "%s", why->buf);
	else if (error != -EBADMSG)
		pxe_ctl_error(ctl, "%s", strerror(-error));
}

/* 0; -ENOENT: it is not there, which is told unless `is_calm`; else -errno,
 * and it was told. */
static int call(struct pxe_ctl *ctl, const char *method, json_t *params,
		bool more, bool is_calm, pxe_link_take *take, void *arg)
{
	char text[512];
	struct pxe_str why;
	int r = 0;

	pxe_str_init(&why, text, sizeof(text));
	if (ctl->link == NULL)
		r = pxe_link_open(ctl->conf->state_socket, &ctl->link, &why);
	if (r < 0) {
		json_decref(params);
		/* no socket is not the same as no record */
		r = r == -ENOENT ? -ENOTCONN : r;
	} else {
		r = pxe_link_call(ctl->link, method, params, more, take, arg,
				  &why);
	}
	if (r < 0 && !(is_calm && r == -ENOENT))
		tell_failure(ctl, r, &why);
	return r;
}

static int take_one(const json_t *params, void *arg)
{
	json_t **answer = arg;

	json_decref(*answer);
	*answer = json_deep_copy(params);
	return *answer == NULL ? -ENOMEM : 0;
}

json_t *pxe_ctl_call(struct pxe_ctl *ctl, const char *method, json_t *params)
{
	json_t *answer = NULL;

	if (call(ctl, method, params, false, false, take_one, &answer) == 0)
		return answer;
	json_decref(answer);
	return NULL;
}

bool pxe_ctl_find(struct pxe_ctl *ctl, const char *method, json_t *params,
		  json_t **answer)
{
	int r;

	*answer = NULL;
	r = call(ctl, method, params, false, true, take_one, answer);
	if (r < 0) {
		json_decref(*answer);
		*answer = NULL;
	}
	return r == 0 || r == -ENOENT;
}

struct list {
	const struct pxe_ctl *ctl;
	const char *method, *member;
	json_t *all;
};

static int take_part(const json_t *params, void *arg)
{
	struct list *list = arg;
	const json_t *part = json_object_get(params, list->member);
	size_t i;
	json_t *record;

	if (!json_is_array(part))
		return pxe_ctl_nonsense(list->ctl, list->method);
	json_array_foreach(part, i,
			   record) if (json_array_append(list->all, record) <
				       0) return -ENOMEM;
	return 0;
}

json_t *pxe_ctl_list(struct pxe_ctl *ctl, const char *method,
		     const char *member)
{
	struct list list = { ctl, method, member, json_array() };

	if (list.all != NULL &&
	    call(ctl, method, NULL, true, false, take_part, &list) == 0)
		return list.all;
	json_decref(list.all);
	return NULL;
}

/* --- clients -------------------------------------------------------------- */

static void ignore(PXE_UNUSED enum pxe_conf_severity severity,
		   PXE_UNUSED const struct pxe_src *src,
		   PXE_UNUSED const char *text, PXE_UNUSED void *arg)
{
}

/* The host sections, or NULL. */
static const struct pxe_conf *get_hosts(struct pxe_ctl *ctl)
{
	if (ctl->hosts == NULL &&
	    pxe_conf_load(ctl->conf_dir, PXE_CONF_FILE_ALL | PXE_CONF_TEXT_ONLY,
			  ignore, NULL, &ctl->hosts) < 0)
		ctl->hosts = NULL;
	return ctl->hosts;
}

void pxe_ctl_name_client(struct pxe_ctl *ctl, struct pxe_client *client)
{
	const struct pxe_conf *conf =
		client->name[0] == '\0' ? get_hosts(ctl) : NULL;
	const struct pxe_conf_host *host =
		conf != NULL ? pxe_client_find_host(client, conf) : NULL;

	if (host != NULL)
		(void)pxe_str_copy(client->name, sizeof(client->name),
				   host->name);
}

/* The record of a host section whose name pxe-stated was not told; NULL: there
 * is none. */
static json_t *find_by_section(struct pxe_ctl *ctl, const char *name)
{
	const struct pxe_conf *conf = get_hosts(ctl);
	const struct pxe_conf_host *host =
		conf != NULL ? pxe_conf_find_host_name(conf, name) : NULL;
	char key[PXE_HWADDR_TEXT];
	json_t *answer = NULL;

	for (size_t i = 0; host != NULL && i < host->n_hw; i++) {
		pxe_hwaddr_format(&host->hw[i], key, sizeof(key));
		if (!pxe_ctl_find(ctl, "GetClient",
				  json_pack("{s:s}", "client", key), &answer) ||
		    answer != NULL)
			break;
	}
	return answer;
}

json_t *pxe_ctl_get_client(struct pxe_ctl *ctl, const char *who)
{
	json_t *answer;
	char mac[PXE_HWADDR_TEXT];
	struct pxe_hwaddr hw;
	json_t *params;

	if (pxe_hwaddr_parse(who, &hw) == 0) {
		pxe_hwaddr_format(&hw, mac, sizeof(mac));
		who = mac;
	}
	params = json_pack("{s:s}", "client", who);
	if (params == NULL) {
		pxe_ctl_error(ctl, "'%s' is not text", who);
		return NULL;
	}
	if (!pxe_ctl_find(ctl, "GetClient", json_incref(params), &answer) ||
	    answer != NULL) {
		json_decref(params);
		return answer;
	}
	answer = find_by_section(ctl, who);
	if (answer == NULL)
		return pxe_ctl_call(ctl, "GetClient", params); /* tells it */
	json_decref(params);
	return answer;
}

int pxe_ctl_nonsense(const struct pxe_ctl *ctl, const char *method)
{
	pxe_ctl_error(ctl,
		      "the answer to %s is not what the interface says: is "
		      "that pxe-stated, and of this version? (%s)",
		      method, ctl->conf->state_socket);
	return -EBADMSG;
}

void pxe_ctl_print_json(const json_t *json, bool compact)
{
	/* ASCII only: no control sequence of anybody reaches a terminal */
	size_t flags = JSON_ENSURE_ASCII | JSON_ENCODE_ANY |
		       (compact ? JSON_COMPACT : JSON_INDENT(2));

	json_dumpf(json, stdout, flags);
	putchar('\n');
}

int64_t pxe_ctl_now(void)
{
	return (int64_t)time(NULL);
}

bool pxe_ctl_number(const struct pxe_ctl *ctl, enum pxe_ctl_option option,
		    uint32_t min, uint32_t max, uint32_t *value)
{
	static const char *const names[] = {
#define X(id, name, arg, help) name,
		PXE_CTL_OPTIONS(X)
#undef X
	};
	const char *text = ctl->opt[option];

	if (text == NULL || pxe_str_to_u32(text, min, max, value) == 0)
		return true;
	pxe_ctl_error(ctl, "--%s %s: a number from %u to %u is needed",
		      names[option], text, min, max);
	return false;
}

const char *pxe_ctl_client_title(const struct pxe_client *client)
{
	return client->name[0] != '\0' ? client->name : client->key;
}

const char *pxe_ctl_arch(const struct pxe_client *client)
{
	return client->facts.arch == PXE_ARCH_NONE
		       ? "?"
		       : pxe_arch_name(client->facts.arch);
}

/* Octets of the beginning of `text` that fit in `width`, cut at a space. */
static size_t fit_words(const char *text, size_t width)
{
	size_t n = pxe_text_fit(text, width), at = n;

	if (text[n] == '\0')
		return n;
	while (at > 0 && text[at] != ' ')
		at--;
	return at > 0 ? at : n;
}

void pxe_ctl_line(const struct pxe_ctl *ctl, const char *label, const char *fmt,
		  ...)
{
	char raw[LINE_MAX_BYTES], clean[2 * LINE_MAX_BYTES];
	size_t width = ctl->style.width > 40 ? ctl->style.width - 16 : 0;
	const char *p = clean;
	struct pxe_str s;
	va_list args;

	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	if (raw[0] == '\0')
		return;
	pxe_str_init(&s, clean, sizeof(clean));
	pxe_text_clean(&s, raw, ctl->style.utf8);
	do {
		size_t n = width > 0 ? fit_words(p, width) : strlen(p);

		printf("  %-12s  %.*s\n", p == clean ? label : "", (int)n, p);
		p += n;
		p += strspn(p, " ");
	} while (*p != '\0');
}
