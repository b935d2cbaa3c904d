/* SPDX-License-Identifier: ISC */
/*
 * Kea: an array of client classes, a whole JSON value, to be included or
 * pasted.
 *
 * The first class that names a file counts.  The name goes into the header
 * only: Kea ends option 67 without NUL, which old ROMs need.
 */
#include "pxectl/snippet.h"

#define IS_60(text, n) "substring(option[60].hex,0," n ") == '" text "'"

/* Classes that others are made of; no file.  Rows: name, test. */
static const struct {
	const char *name, *test;
} parts[] = {
	{ "pxe-rom", IS_60("PXEClient", "9") " or " IS_60("U-Boot", "6") },
	{ "pxe-http", IS_60("HTTPClient", "10") },
};

static void put_string(const char *text, struct pxe_str *out)
{
	pxe_str_putc(out, '"');
	pxe_snippet_put_quoted(text, "\"\\", '\\', out);
	pxe_str_putc(out, '"');
}

static void put_boot(const struct pxe_snippet *s, const char *file,
		     struct pxe_str *out)
{
	pxe_str_putf(out,
		     ",\n    \"next-server\": \"%s\",\n"
		     "    \"boot-file-name\": ",
		     s->server);
	put_string(file, out);
}

static void put_class(const struct pxe_snippet *s,
		      const struct pxe_snippet_class *class,
		      struct pxe_str *out)
{
	pxe_str_puts(out, ",\n  # ");
	pxe_snippet_put_title(class, out);
	pxe_str_putf(out,
		     "\n  { \"name\": \"pxe-boot-%s\",\n"
		     "    \"test\": \"member('%s') and not member('pxe-ipxe')",
		     class->label, parts[class->is_http].name);
	for (size_t i = 0; i < class->n_archs; i++)
		pxe_str_putf(out, "%ssubstring(option[93].hex,0,2) == 0x%04x",
			     i == 0 ? " and (" : " or ", class->archs[i]);
	pxe_str_puts(out, class->n_archs > 0 ? ")\"" : "\"");
	put_boot(s, class->file, out);
	if (class->is_http) {
		pxe_str_puts(out,
			     ",\n    \"option-data\": [\n"
			     "      { \"name\": \"vendor-class-identifier\", "
			     "\"always-send\": true,\n"
			     "        \"data\": \"HTTPClient\" },\n"
			     "      { \"name\": \"boot-file-name\", "
			     "\"always-send\": true,\n        \"data\": ");
		put_string(class->file, out);
		pxe_str_puts(out, " } ]");
	}
	pxe_str_puts(out, " }");
}

void pxe_snippet_put_kea(const struct pxe_snippet *s, struct pxe_str *out)
{
	pxe_snippet_put_comment(
		"Save it as /etc/kea/pxe-suite.json and write in \"Dhcp4\" of "
		"kea-dhcp4.conf:\n"
		"    \"client-classes\": <?include "
		"\"/etc/kea/pxe-suite.json\"?>,"
		"\n"
		"Where there are client-classes already, paste what is between "
		"[ and ] behind\nthem.  Then `kea-dhcp4 -t` and reload.  To "
		"undo, take it out.  Reservations with\na boot-file-name go "
		"before it, and so do classes above it.\n",
		out);
	pxe_str_puts(out, "[\n  # iPXE: its script, not the loader once more\n"
			  "  { \"name\": \"pxe-ipxe\",\n"
			  "    \"test\": \"option[175].exists or "
			  "substring(option[77].hex,0,4) == 'iPXE' or "
			  "substring(option[77].hex,1,4) == 'iPXE'\"");
	put_boot(s, s->script, out);
	pxe_str_puts(out, " },\n  # machines that boot by TFTP, and by HTTP");
	for (size_t i = 0; i < PXE_LEN(parts); i++)
		pxe_str_putf(out,
			     "%s\n  { \"name\": \"%s\",\n"
			     "    \"test\": \"%s\" }",
			     i > 0 ? "," : "", parts[i].name, parts[i].test);
	for (size_t i = 0; i < s->n_classes; i++)
		put_class(s, &s->classes[i], out);
	pxe_str_puts(out, "\n]\n");
}
