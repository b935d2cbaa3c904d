/* SPDX-License-Identifier: ISC */
#include "pxectl/snippet.h"

#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "core/arch.h"

static const struct {
	const char *name, *text;
	pxe_snippet_write *write;
} kinds[PXE_N_SNIPPETS] = {
#define X(id, name, fn, text)                                                  \
	[PXE_SNIPPET_##id] = { name, text, pxe_snippet_put_##fn },
	PXE_SNIPPET_KINDS(X)
#undef X
};

static const struct {
	const char *name, *text;
} namings[PXE_N_SNIPPET_NAMINGS] = {
#define X(id, name, text) [PXE_SNIPPET_NAMING_##id] = { name, text },
	PXE_SNIPPET_NAMINGS(X)
#undef X
};

const char *pxe_snippet_kind_name(enum pxe_snippet_kind kind)
{
	return kinds[kind].name;
}

const char *pxe_snippet_kind_text(enum pxe_snippet_kind kind)
{
	return kinds[kind].text;
}

const char *pxe_snippet_naming_name(enum pxe_snippet_naming naming)
{
	return namings[naming].name;
}

const char *pxe_snippet_naming_text(enum pxe_snippet_naming naming)
{
	return namings[naming].text;
}

int pxe_snippet_kind_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_SNIPPETS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return i;
	return -ENOENT;
}

int pxe_snippet_naming_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_SNIPPET_NAMINGS; i++)
		if (strcmp(namings[i].name, name) == 0)
			return i;
	return -ENOENT;
}

/* --- the model --- */

/* The first prefix of virtual loader names. */
static const char *name_prefix(const struct pxe_conf *conf)
{
	return conf->loader_names[0];
}

static void put_http(const struct pxe_snippet *s, struct pxe_str *out)
{
	pxe_str_putf(out, "http://%s:%u/", s->server, s->conf->http_port);
}

/* What the class is told: a virtual loader name, or its URL. */
static int name_file(const struct pxe_snippet *s,
		     struct pxe_snippet_class *class)
{
	struct pxe_str file;

	pxe_str_init(&file, class->file, sizeof(class->file));
	if (class->is_http)
		put_http(s, &file);
	pxe_str_puts(&file, s->common);
	if (class->family != PXE_FAMILY_NONE)
		pxe_str_putf(&file, "_%s", pxe_family_name(class->family));
	return file.cut ? -ENOSPC : 0;
}

static int add_class(struct pxe_snippet *s, enum pxe_family family,
		     bool is_http)
{
	struct pxe_snippet_class *class = &s->classes[s->n_classes];
	size_t n;
	const struct pxe_arch *rows = pxe_arch_rows(&n);
	struct pxe_str label;

	*class = (struct pxe_snippet_class) { .family = family,
					      .is_http = is_http };
	for (size_t i = 0; family != PXE_FAMILY_NONE && i < n; i++)
		if (rows[i].family == family && rows[i].is_http == is_http &&
		    class->n_archs < PXE_LEN(class->archs))
			class->archs[class->n_archs++] = rows[i].value;
	if (family != PXE_FAMILY_NONE && class->n_archs == 0)
		return 0;
	pxe_str_init(&label, class->label, sizeof(class->label));
	pxe_str_putf(&label, "%s%s",
		     family == PXE_FAMILY_NONE ? "any"
					       : pxe_family_name(family),
		     is_http ? "-http" : "");
	s->n_classes++;
	return name_file(s, class);
}

int pxe_snippet_make(const struct pxe_conf *conf, uint32_t address,
		     enum pxe_snippet_naming naming, struct pxe_snippet *out)
{
	struct pxe_snippet s = { .naming = naming, .conf = conf };
	bool by_arch = naming == PXE_SNIPPET_NAMING_EXTERNALNET;
	int first = by_arch ? PXE_FAMILY_NONE + 1 : PXE_FAMILY_NONE;
	int end = by_arch ? PXE_N_FAMILIES : PXE_FAMILY_NONE + 1;
	struct pxe_str script, common;
	int r;

	pxe_str_init(&common, s.common, sizeof(s.common));
	pxe_str_putf(&common, "%s_%u", name_prefix(conf), conf->http_port);
	r = common.cut ? -ENOSPC : 0;
	pxe_ip4_format(address, s.server, sizeof(s.server));
	for (int f = first; r == 0 && f < end; f++)
		r = add_class(&s, (enum pxe_family)f, false);
	for (int f = first; r == 0 && f < end; f++)
		r = add_class(&s, (enum pxe_family)f, true);
	pxe_str_init(&script, s.script, sizeof(s.script));
	put_http(&s, &script);
	/* iPXE puts in who it is: behind a router we do not see that */
	pxe_str_puts(&script, "boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid}");
	if (r == 0)
		*out = s;
	return r;
}

/* --- for the writers --- */

void pxe_snippet_put_title(const struct pxe_snippet_class *class,
			   struct pxe_str *out)
{
	pxe_str_puts(out, class->family == PXE_FAMILY_NONE
				  ? "every architecture"
				  : pxe_family_text(class->family));
	if (class->is_http)
		pxe_str_puts(out, ", HTTP Boot");
}

void pxe_snippet_put_comment(const char *text, struct pxe_str *out)
{
	while (*text != '\0') {
		const char *end = strchr(text, '\n');
		size_t n = end != NULL ? (size_t)(end - text) : strlen(text);

		pxe_str_puts(out, n > 0 ? "# " : "#");
		pxe_str_putn(out, text, n);
		pxe_str_putc(out, '\n');
		text += n + (text[n] == '\n');
	}
}

void pxe_snippet_put_quoted(const char *text, const char *special, char escape,
			    struct pxe_str *out)
{
	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			pxe_str_putc(out, escape);
		pxe_str_putc(out, *text);
	}
}

/* Which families have a loader, or that none has. */
static void put_loaders(const struct pxe_conf *conf, struct pxe_str *out)
{
	pxe_str_puts(out, "# Loaders in boot.conf:");
	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++)
		if (pxe_conf_find_loader(conf, (enum pxe_family)f) != NULL)
			pxe_str_putf(out, " %s",
				     pxe_family_name((enum pxe_family)f));
	if (conf->n_loaders == 0)
		pxe_str_puts(out, " none");
	pxe_str_puts(out, ".\n");
	pxe_snippet_put_comment(
		"Other machines are named a file, too, and see on their screen "
		"that there is\nno loader for them, until there is one.\n",
		out);
}

void pxe_snippet_put(const struct pxe_snippet *snippet,
		     enum pxe_snippet_kind kind, struct pxe_str *out)
{
	pxe_str_putf(out,
		     "# Boots machines from the PXE suite at %s.  For %s.\n"
		     "# Printed by: pxectl snippet %s --server %s --mode %s\n"
		     "# Print it again when http-port, loader-names or that "
		     "address change.\n",
		     snippet->server, kinds[kind].text, kinds[kind].name,
		     snippet->server, namings[snippet->naming].name);
	if (snippet->naming == PXE_SNIPPET_NAMING_EXTERNAL)
		pxe_snippet_put_comment(
			"One name for all: pxe-dhcpd with mode = \"external\" "
			"must hear these machines,\ndirectly or by a relay, to "
			"know which loader each needs.\n",
			out);
	else
		pxe_snippet_put_comment(
			"An architecture that is not in the table gets no "
			"file, not that of a BIOS.\n",
			out);
	put_loaders(snippet->conf, out);
	kinds[kind].write(snippet, out);
}
