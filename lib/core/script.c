/* SPDX-License-Identifier: ISC */
/*
 * Boot scripts: the table of languages, and what their renderers share.
 */
#include "core/script.h"

#include <errno.h>
#include <string.h>

#include "core/script_part.h"

static const struct pxe_script_lang *const langs[PXE_N_SCRIPTS] = {
	[PXE_SCRIPT_IPXE] = &pxe_script_ipxe,
	[PXE_SCRIPT_PXELINUX] = &pxe_script_pxelinux,
	[PXE_SCRIPT_GRUB] = &pxe_script_grub,
};

/* The language in which a machine reads scripts of that kind. */
static const struct pxe_script_lang *find_lang(enum pxe_script_kind kind,
					       enum pxe_family family)
{
	if (kind == PXE_SCRIPT_PXELINUX &&
	    (family == PXE_FAMILY_UB32 || family == PXE_FAMILY_UB64))
		return &pxe_script_uboot;
	return langs[kind];
}

const char *pxe_script_name(enum pxe_script_kind kind)
{
	return (unsigned)kind < PXE_N_SCRIPTS ? langs[kind]->name : "none";
}

void pxe_script_fail(struct pxe_script *s, int error)
{
	if (s->error == 0)
		s->error = error;
}

bool pxe_script_is_space(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

bool pxe_script_has_words(const char *text)
{
	while (pxe_script_is_space(*text) && *text != '\0')
		text++;
	return *text != '\0';
}

bool pxe_script_is_name(const char *text, size_t len, const char *others)
{
	for (size_t i = 0; i < len; i++)
		if (!pxe_is_alnum(text[i]) &&
		    (text[i] == '\0' || strchr(others, text[i]) == NULL))
			return false;
	return len > 0;
}

bool pxe_script_is_asked_anew(const struct pxe_conf_target *target)
{
	return target->type == PXE_TARGET_SCRIPT ||
	       pxe_conf_target_needs_session(target);
}

bool pxe_script_lacks_http(const struct pxe_script *s,
			   const struct pxe_conf_target *target)
{
	return !s->vars.is_http && pxe_conf_target_needs_session(target);
}

void pxe_script_put_query(struct pxe_script *s, const char *target)
{
	const char *sep = "?";

	if (s->vars.token != NULL) {
		pxe_str_putf(s->out, "%ssession=%s", sep, s->vars.token);
		sep = "&";
	}
	if (target != NULL)
		pxe_str_putf(s->out, "%starget=%s", sep, target);
}

void pxe_script_put_words(struct pxe_script *s, const char *text)
{
	bool is_inside = false, is_first = true;

	for (; *text != '\0'; text++) {
		if (pxe_script_is_space(*text)) {
			is_inside = false;
			continue;
		}
		if (!is_inside && !is_first)
			pxe_str_putc(s->out, ' ');
		pxe_str_putc(s->out, *text);
		is_inside = true;
		is_first = false;
	}
}

void pxe_script_put_line(struct pxe_script *s, const char *text)
{
	char line[PXE_SCRIPT_COLUMNS + 1];
	struct pxe_str str, *out = s->out;

	pxe_str_init(&str, line, sizeof(line));
	s->out = &str;
	pxe_script_put_words(s, text);
	s->out = out;
	pxe_str_puts(s->out, line);
}

struct pxe_menu pxe_script_menu(const struct pxe_script *s)
{
	return (struct pxe_menu) { .conf = s->conf,
				   .host = s->vars.host,
				   .family = s->vars.family };
}

const char *pxe_script_title(const struct pxe_conf_target *target)
{
	return pxe_script_has_words(target->title) ? target->title
						   : target->name;
}

bool pxe_script_is_url(const char *text)
{
	size_t n = 0;

	while (pxe_is_alnum(text[n]) ||
	       (n > 0 && text[n] != '\0' && strchr("+-.", text[n]) != NULL))
		n++;
	return n > 1 && text[n] == ':' && text[n + 1] == '/';
}

void pxe_script_put_percent(struct pxe_script *s, char c)
{
	pxe_str_putf(s->out, "%%%02X", (unsigned)(unsigned char)c);
}

/* Does a path carry `c` as it is?  RFC 3986 section 3.3, the safe part. */
static bool is_path_char(char c)
{
	return pxe_is_alnum(c) || (c != '\0' && strchr("/-._~:@=+!", c));
}

void pxe_script_put_url_path(struct pxe_script *s, const char *path)
{
	while (*path == '/')
		path++;
	for (; *path != '\0'; path++) {
		if (is_path_char(*path))
			pxe_str_putc(s->out, *path);
		else
			pxe_script_put_percent(s, *path);
	}
}

void pxe_script_put_session(struct pxe_script *s)
{
	if (s->vars.token == NULL)
		return;
	pxe_str_putf(s->out, "s/%s/", s->vars.token);
}

void pxe_script_expand(struct pxe_script *s, const char *template, char *text)
{
	struct pxe_str str;
	int r;

	pxe_str_init(&str, text, PXE_SCRIPT_TEXT_MAX);
	r = pxe_expand(template, &s->vars, &str, NULL, 0);
	if (r < 0) {
		pxe_script_fail(s, r);
		text[0] = '\0';
	}
}

bool pxe_script_has_mac(const struct pxe_script *s)
{
	return s->vars.hw != NULL && s->vars.hw->hlen > 0 &&
	       s->vars.hw->htype == PXE_HTYPE_ETHERNET;
}

void pxe_script_put_machine(struct pxe_script *s)
{
	char text[PXE_UUID_TEXT];

	if (pxe_script_has_mac(s)) {
		pxe_str_puts(s->out, "01-");
		pxe_str_put_hex(s->out, s->vars.hw->addr, s->vars.hw->hlen,
				'-');
	} else if (s->vars.uuid != NULL) {
		pxe_uuid_format(s->vars.uuid, text, sizeof(text));
		pxe_str_puts(s->out, text);
	}
}

void pxe_script_put_who(struct pxe_script *s)
{
	char text[PXE_HWADDR_TEXT];

	if (s->vars.hw != NULL && s->vars.hw->hlen > 0) {
		pxe_hwaddr_format(s->vars.hw, text, sizeof(text));
		pxe_str_puts(s->out, text);
	} else if (s->vars.uuid != NULL) {
		pxe_script_put_machine(s);
	} else {
		pxe_str_puts(s->out, "of no name");
	}
}

/* Who, by which rule, and where the configuration says so. */
static void put_head(struct pxe_script *s, const struct pxe_script_lang *lang,
		     const struct pxe_decision *decision)
{
	const char *file = decision->src.file != NULL ? decision->src.file : "";
	const char *slash = strrchr(file, '/');

	pxe_str_putf(s->out, "%s# ", lang->magic);
	lang->put_text(s,
		       s->vars.host != NULL ? s->vars.host->name : "no host");
	pxe_str_puts(s->out, ": rule ");
	lang->put_text(s, decision->rule != NULL ? decision->rule : "-");
	if (file[0] != '\0') {
		pxe_str_puts(s->out, ", ");
		lang->put_text(s, slash != NULL ? slash + 1 : file);
		pxe_str_putf(s->out, ":%u", decision->src.line);
	}
	pxe_str_puts(s->out, "\n");
}

/* What was decided, in that language; -EINVAL if no script can do it. */
static int put_decision(struct pxe_script *s,
			const struct pxe_script_lang *lang,
			const struct pxe_decision *decision)
{
	switch (decision->give) {
	case PXE_GIVE_TARGET:
		if (decision->target == NULL ||
		    (unsigned)decision->target->type >= PXE_N_TARGET_TYPES)
			return -EINVAL;
		put_head(s, lang, decision);
		lang->put_one(s, decision->target);
		return s->error;
	case PXE_GIVE_MENU:
		if (s->conf->n_targets == 0)
			return -EINVAL;
		put_head(s, lang, decision);
		s->is_menu = true;
		lang->put_menu(s);
		return s->error;
	case PXE_GIVE_HOLD:
		put_head(s, lang, decision);
		lang->put_hold(s, decision->reason);
		return s->error;
	case PXE_GIVE_NOTHING:
	case PXE_GIVE_ADDRESS:
	case PXE_GIVE_LOADER:
	case PXE_GIVE_SCRIPT:
		break;
	}
	return -EINVAL;
}

int pxe_script_render(enum pxe_script_kind kind, const struct pxe_conf *conf,
		      const struct pxe_decision *decision,
		      const struct pxe_expand_vars *vars, struct pxe_str *out)
{
	struct pxe_script s = { .conf = conf, .vars = *vars, .out = out };
	int r;

	if ((unsigned)kind >= PXE_N_SCRIPTS)
		return -EINVAL;
	r = put_decision(&s, find_lang(kind, vars->family), decision);
	if (r < 0)
		return r;
	return out->cut ? -ENOSPC : 0;
}
