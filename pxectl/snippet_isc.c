/* SPDX-License-Identifier: ISC */
/*
 * ISC dhcpd: one class of all that boot, and in it a chain by architecture.
 *
 * A class counts before its subnet, so what a subnet names is overruled.  The
 * name goes into the header only: dhcpd ends option 67 without NUL, which old
 * ROMs need.  No option 60 for PXE: without option 43 it would send EDK2 to
 * port 4011.
 */
#include "pxectl/snippet.h"

#define OPT60 "option vendor-class-identifier"

static void put_string(const char *text, struct pxe_str *out)
{
	pxe_str_putc(out, '"');
	pxe_snippet_put_quoted(text, "\"\\", '\\', out);
	pxe_str_putc(out, '"');
}

/* "if substring (option arch, 0, 2) = 00:07 or ... {"; `else` where nothing
 * is asked. */
static void put_test(const struct pxe_snippet_class *class, bool is_first,
		     struct pxe_str *out)
{
	if (class->n_archs == 0) {
		pxe_str_puts(out, is_first ? "if exists "
					     "vendor-class-identifier {"
					   : " else {");
		return;
	}
	pxe_str_puts(out, is_first ? "if " : " elsif ");
	for (size_t i = 0; i < class->n_archs; i++)
		pxe_str_putf(out, "%ssubstring (option arch, 0, 2) = %02x:%02x",
			     i > 0 ? "\n\t    or " : "", class->archs[i] >> 8,
			     class->archs[i] & 0xffU);
	pxe_str_puts(out, " {");
}

/* A branch of the chain. */
static void put_class(const struct pxe_snippet *s,
		      const struct pxe_snippet_class *class,
		      struct pxe_str *out)
{
	pxe_str_puts(out, "\n\t\t# ");
	pxe_snippet_put_title(class, out);
	pxe_str_putf(out, "\n\t\tnext-server %s;\n\t\tfilename ", s->server);
	put_string(class->file, out);
	pxe_str_puts(out, ";\n");
	if (class->is_http) {
		pxe_str_puts(out, "\t\t" OPT60 " \"HTTPClient\";\n"
				  "\t\toption bootfile-name ");
		put_string(class->file, out);
		pxe_str_puts(out, ";\n");
	}
	pxe_str_puts(out, "\t}");
}

/* The chain of those who boot by HTTP, or of the others. */
static void put_chain(const struct pxe_snippet *s, bool is_http,
		      struct pxe_str *out)
{
	bool is_first = is_http;

	for (size_t i = 0; i < s->n_classes; i++) {
		if (s->classes[i].is_http != is_http)
			continue;
		put_test(&s->classes[i], is_first, out);
		put_class(s, &s->classes[i], out);
		is_first = false;
	}
}

void pxe_snippet_put_isc(const struct pxe_snippet *s, struct pxe_str *out)
{
	pxe_snippet_put_comment(
		"Put it into dhcpd.conf outside of every subnet, or include it "
		"from there; then\n`dhcpd -t` and restart.  To undo, take it "
		"out.  A `filename` or `next-server` of\na host statement or "
		"of "
		"another class goes before it; take those out that are\nfor "
		"booting.  Where option 93 has another name already, leave "
		"that "
		"definition\nand use its name here.\n",
		out);
	pxe_str_putc(out, '\n');
	pxe_str_puts(
		out,
		"option arch code 93 = unsigned integer 16;\n\n"
		"class \"pxe-suite\" {\n"
		"\tmatch if substring (" OPT60 ", 0, 9) = \"PXEClient\"\n"
		"\t      or substring (" OPT60 ", 0, 10) = \"HTTPClient\"\n"
		"\t      or substring (" OPT60 ", 0, 6) = \"U-Boot\"\n"
		"\t      or exists unknown-175;\n"
		"\tif exists unknown-175\n"
		"\t    or substring (option user-class, 0, 4) = \"iPXE\"\n"
		"\t    or substring (option user-class, 1, 4) = \"iPXE\" {\n"
		"\t\t# iPXE: its script, not the loader once more\n");
	pxe_str_putf(out, "\t\tnext-server %s;\n\t\tfilename ", s->server);
	put_string(s->script, out);
	pxe_str_puts(out, ";\n\t} elsif substring (" OPT60
			  ", 0, 10) = \"HTTPClient\" {\n\t");
	put_chain(s, true, out);
	pxe_str_puts(out, "\n\t}");
	put_chain(s, false, out);
	pxe_str_puts(out, "\n}\n");
}
