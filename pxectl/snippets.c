/* SPDX-License-Identifier: ISC */
/* `pxectl snippet`: what to paste into a DHCP server that is not ours. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "core/arch.h"
#include "pxectl/ctl.h"
#include "pxectl/own_address.h"
#include "pxectl/snippet.h"
#include "run/conf_load.h"

#define SNIPPET_BYTES      65536
#define FIRMWARE_TFTP_PORT 69

/* What was said, else what suits the mode of pxe-dhcpd. */
static bool find_naming(const struct pxe_ctl *ctl,
			enum pxe_snippet_naming *naming)
{
	const char *said = ctl->opt[PXE_CTL_OPT_MODE];
	int r;

	*naming = ctl->conf->mode == PXE_MODE_EXTERNAL
			  ? PXE_SNIPPET_NAMING_EXTERNAL
			  : PXE_SNIPPET_NAMING_EXTERNALNET;
	if (said == NULL)
		return true;
	r = pxe_snippet_naming_from_name(said);
	if (r >= 0)
		*naming = (enum pxe_snippet_naming)r;
	else
		pxe_ctl_error(ctl,
			      "there is no mode '%s': external, "
			      "externalnet",
			      said);
	return r >= 0;
}

/* --- notes --- */

static void tell_notes(const struct pxe_ctl *ctl,
		       enum pxe_snippet_naming naming)
{
	const struct pxe_conf *conf = ctl->conf;

	if (conf->mode == PXE_MODE_PROXY)
		pxe_ctl_note(ctl, "note: mode is \"proxy\": pxe-dhcpd names "
				  "the files itself, beside that server");
	if (conf->mode == PXE_MODE_INTERNAL && conf->n_subnets > 0)
		pxe_ctl_note(ctl, "note: pxe-dhcpd gives addresses itself: "
				  "this is for networks that it has no "
				  "subnet of");
	if (naming == PXE_SNIPPET_NAMING_EXTERNAL &&
	    conf->mode != PXE_MODE_EXTERNAL)
		pxe_ctl_note(ctl,
			     "note: one name for all needs a pxe-dhcpd "
			     "with mode = \"external\", but mode is "
			     "\"%s\"",
			     pxe_conf_mode_name(conf->mode));
	if (conf->n_loaders == 0)
		pxe_ctl_note(ctl, "note: boot.conf has no loader: nothing can "
				  "boot yet");
	if (conf->tftp_port != FIRMWARE_TFTP_PORT)
		pxe_ctl_note(ctl,
			     "note: tftp-port is %u, but firmware asks "
			     "port 69 only",
			     conf->tftp_port);
	if (conf->ipxe == PXE_IPXE_GETS_LOADER)
		pxe_ctl_note(ctl, "note: ipxe is \"loader\", but another "
				  "server cannot see what an iPXE can do: "
				  "each gets the script");
}

/* --- output --- */

static const struct pxe_table_column kind_columns[] = {
	{ "KIND", false, 0 },
	{ "FOR", false, 0 },
};

static int print_kinds(const struct pxe_ctl *ctl)
{
	struct pxe_table *table;
	json_t *all = ctl->json ? json_array() : NULL;
	int r = 0;

	table = pxe_table_new(kind_columns, PXE_LEN(kind_columns),
			      ctl->style.utf8);
	for (int i = 0; table != NULL && r == 0 && i < PXE_N_SNIPPETS; i++) {
		enum pxe_snippet_kind kind = (enum pxe_snippet_kind)i;
		const char *name = pxe_snippet_kind_name(kind);
		const char *text = pxe_snippet_kind_text(kind);

		r = all == NULL ? pxe_table_add(table,
						(const char *[]) { name, text })
				: json_array_append_new(all,
							json_pack("{s:s, s:s}",
								  "kind", name,
								  "for", text));
	}
	if (table == NULL || r < 0)
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
	else if (all != NULL)
		pxe_ctl_print_json(all, false);
	else
		pxe_table_print(table, &ctl->style, stdout);
	r = table == NULL || r < 0 ? PXE_CTL_FAILED : PXE_CTL_OK;
	pxe_table_free(table);
	json_decref(all);
	return r;
}

/* Line by line: a reader may have had enough (`| head`). */
static void print_text(const char *text)
{
	while (*text != '\0') {
		const char *end = strchr(text, '\n');
		size_t n =
			end != NULL ? (size_t)(end - text) + 1 : strlen(text);

		fwrite(text, 1, n, stdout);
		text += n;
	}
}

static json_t *class_record(const struct pxe_snippet_class *class)
{
	json_t *archs = json_array();

	for (size_t i = 0; i < class->n_archs; i++)
		if (json_array_append_new(archs,
					  json_integer(class->archs[i])) < 0)
			break;
	return json_pack("{s:s, s:b, s:o, s:s}", "family",
			 class->family == PXE_FAMILY_NONE
				 ? "any"
				 : pxe_family_name(class->family),
			 "http", class->is_http, "archs", archs, "file",
			 class->file);
}

static void print_record(const struct pxe_snippet *s,
			 enum pxe_snippet_kind kind, const char *text)
{
	json_t *classes = json_array(), *all;

	for (size_t i = 0; i < s->n_classes; i++)
		if (json_array_append_new(classes,
					  class_record(&s->classes[i])) < 0)
			break;
	all = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "kind",
			pxe_snippet_kind_name(kind), "mode",
			pxe_snippet_naming_name(s->naming), "server", s->server,
			"script", s->script, "classes", classes, "text", text);
	pxe_ctl_print_json(all, false);
	json_decref(all);
}

int pxe_ctl_snippet(struct pxe_ctl *ctl, int argc, char **argv)
{
	static char text[SNIPPET_BYTES];
	static struct pxe_snippet snippet;
	enum pxe_snippet_naming naming;
	struct pxe_str out;
	uint32_t address;
	int kind, status;

	if (argc == 0)
		return print_kinds(ctl);
	kind = pxe_snippet_kind_from_name(argv[0]);
	if (kind < 0) {
		pxe_ctl_error(ctl,
			      "there is no snippet for '%s': pxectl "
			      "snippet lists the kinds",
			      argv[0]);
		return PXE_CTL_USAGE;
	}
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
				       PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS))
		return PXE_CTL_FAILED;
	if (ctl->conf->n_loader_names == 0) {
		pxe_ctl_error(ctl, "loader-names in boot.conf is empty: there "
				   "is no name that works for every machine");
		return PXE_CTL_FAILED;
	}
	if (!find_naming(ctl, &naming))
		return PXE_CTL_USAGE;
	status = pxe_ctl_own_address(ctl, &address);
	if (status != PXE_CTL_OK)
		return (int)status;
	pxe_str_init(&out, text, sizeof(text));
	if (pxe_snippet_make(ctl->conf, address, naming, &snippet) < 0) {
		pxe_ctl_error(ctl, "the first prefix of loader-names is too "
				   "long for a DHCP reply");
		return PXE_CTL_FAILED;
	}
	pxe_snippet_put(&snippet, (enum pxe_snippet_kind)kind, &out);
	tell_notes(ctl, naming);
	if (ctl->json)
		print_record(&snippet, (enum pxe_snippet_kind)kind, text);
	else
		print_text(text);
	return PXE_CTL_OK;
}
