/* SPDX-License-Identifier: ISC */
/*
 * What to paste into a DHCP server that is not ours, so that machines boot
 * from us: a model made from the configuration, and a writer a kind of server.
 *
 * All of it is pure; pxectl/snippet_cmd.c is the command.
 */
#ifndef PXECTL_SNIPPET_H
#define PXECTL_SNIPPET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/ip4.h"
#include "base/str.h"
#include "core/conf.h"

/*
 * Kinds of servers.  Rows: enumerator, word, function, for which program and
 * version.
 */
/* clang-format off */
#define PXE_SNIPPET_KINDS(X) \
X(ISC,      "isc",      isc,      "ISC dhcpd 4.2 or newer") \
X(KEA,      "kea",      kea,      "Kea 1.6 or newer") \
X(DNSMASQ,  "dnsmasq",  dnsmasq,  "dnsmasq 2.76 or newer") \
X(WINDOWS,  "windows",  windows,  "Windows Server 2012 R2 or newer") \
X(MIKROTIK, "mikrotik", mikrotik, "MikroTik RouterOS 7.16 or newer") \
X(OPENWRT,  "openwrt",  openwrt,  "OpenWrt 19.07 or newer")

/*
 * Who tells architectures apart.  Rows: enumerator, word, meaning.
 */
#define PXE_SNIPPET_NAMINGS(X) \
X(EXTERNAL,    "external",    "one name for all, pxe-dhcpd listens") \
X(EXTERNALNET, "externalnet", "a name for each architecture")
/* clang-format on */

enum pxe_snippet_kind {
#define X(id, name, fn, text) PXE_SNIPPET_##id,
	PXE_SNIPPET_KINDS(X)
#undef X
		PXE_N_SNIPPETS
};

enum pxe_snippet_naming {
#define X(id, name, text) PXE_SNIPPET_NAMING_##id,
	PXE_SNIPPET_NAMINGS(X)
#undef X
		PXE_N_SNIPPET_NAMINGS
};

#define PXE_SNIPPET_ARCHS 8
#define PXE_SNIPPET_FILE_TEXT 128 /* what a DHCP header's `file` holds */

/* Machines that are told one file. */
struct pxe_snippet_class {
	enum pxe_family family; /* NONE: machines of all families */
	bool is_http;		/* HTTPClient: the file is a URL */
	char label[24];		/* "uefi", "uefi-http": for names of theirs */
	uint16_t archs[PXE_SNIPPET_ARCHS]; /* of option 93 */
	size_t n_archs;			   /* 0: whatever it says */
	char file[PXE_SNIPPET_FILE_TEXT];
};

struct pxe_snippet {
	enum pxe_snippet_naming naming;
	char server[PXE_IP4_TEXT];
	char script[PXE_SNIPPET_FILE_TEXT]; /* for iPXE: the script's URL */
	char common[PXE_SNIPPET_FILE_TEXT]; /* the one name for all */
	const struct pxe_conf *conf;
	struct pxe_snippet_class classes[2 * PXE_N_FAMILIES];
	size_t n_classes;
};

/*
 * Makes the model: where this server is (`address`, host order) and what it
 * names.  `conf` is borrowed and has a loader name.  0, -ENOSPC (the first of
 * loader-names is too long for a DHCP header).
 */
int pxe_snippet_make(const struct pxe_conf *conf, uint32_t address,
		     enum pxe_snippet_naming naming,
		     struct pxe_snippet *out) PXE_MUST_CHECK;

/* Appends the text for that kind of server. */
void pxe_snippet_put(const struct pxe_snippet *snippet,
		     enum pxe_snippet_kind kind, struct pxe_str *out);

const char *pxe_snippet_kind_name(enum pxe_snippet_kind kind);
const char *pxe_snippet_kind_text(enum pxe_snippet_kind kind);
const char *pxe_snippet_naming_name(enum pxe_snippet_naming naming);
const char *pxe_snippet_naming_text(enum pxe_snippet_naming naming);

/* The kind or naming of that word.  -ENOENT. */
int pxe_snippet_kind_from_name(const char *name) PXE_MUST_CHECK;
int pxe_snippet_naming_from_name(const char *name) PXE_MUST_CHECK;

/* --- for the writers --- */

/* In words: "x64 UEFI", "x64 UEFI, HTTP Boot". */
void pxe_snippet_put_title(const struct pxe_snippet_class *class,
			   struct pxe_str *out);

/* "# " before each line of `text`. */
void pxe_snippet_put_comment(const char *text, struct pxe_str *out);

/* `text` with `escape` before each character of `special`. */
void pxe_snippet_put_quoted(const char *text, const char *special, char escape,
			    struct pxe_str *out);

typedef void pxe_snippet_write(const struct pxe_snippet *snippet,
			       struct pxe_str *out);

#define X(id, name, fn, text) pxe_snippet_write pxe_snippet_put_##fn;
PXE_SNIPPET_KINDS(X)
#undef X

#endif
