/* SPDX-License-Identifier: ISC */
/*
 * The schema of the configuration: one row for each section and each key.
 * Parsing, checking, defaults, manual pages and samples go by these rows
 * (tests compare the last two with them).  The DHCP options by their names are
 * not here: they are the rows of wire/dhcp_opt.h.
 */
#ifndef PXE_RUN_CONF_SCHEMA_H
#define PXE_RUN_CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "run/conf_load.h"

#define PXE_CONF_N_FILES 7

enum pxe_conf_section_kind {
	PXE_CONF_ROOT, /* outside of all sections */
	PXE_CONF_SUBNET,
	PXE_CONF_LOADER,
	PXE_CONF_TARGET,
	PXE_CONF_ANSWER,
	PXE_CONF_MENU,
	PXE_CONF_SUBMENU,
	PXE_CONF_HOST,
	PXE_CONF_PXE_MENU,
	PXE_CONF_PXE_ITEM,
	PXE_CONF_TFTP_NET,
	PXE_CONF_N_SECTIONS
};

struct pxe_conf_section_row {
	const char *name;
	unsigned files;      /* where it may stand */
	const char *title;   /* what its title is, for people; NULL: none */
	const char *example; /* how it is written */
};

/* What a value is; what limits mean and what the field holds. */
enum pxe_conf_type {
	PXE_CONF_BOOL,    /* bool */
	PXE_CONF_U16,     /* uint16_t, min..max */
	PXE_CONF_U32,     /* uint32_t, min..max */
	PXE_CONF_WORD,    /* an enum, one of `words` */
	PXE_CONF_TEXT,    /* const char *, of min..max octets */
	PXE_CONF_PATH,    /* const char *, absolute, of min..max octets; "" if
			     min is 0 */
	PXE_CONF_FILE,    /* const char *, below the boot root; of an answer:
			     below answer-dir */
	PXE_CONF_SOURCE,  /* const char *, a FILE or a URL */
	PXE_CONF_NAME,    /* const char *, a name of min..max octets */
	PXE_CONF_IFACE,   /* const char *, a network interface */
	PXE_CONF_LISTEN,  /* const char *, an IPv4 or IPv6 address */
	PXE_CONF_ADDRESS, /* uint32_t; "auto" is 0 where it is the default */
	PXE_CONF_RANGE,   /* struct pxe_ip4_range */
	PXE_CONF_MAC,     /* struct pxe_hwaddr */
	PXE_CONF_UUID,    /* struct pxe_uuid */
	PXE_CONF_MAC_START, /* struct pxe_hwaddr, the whole or "00:e0:4c:*" */
	PXE_CONF_ID,      /* struct pxe_conf_id, a client-id */
	PXE_CONF_MATCHER, /* struct pxe_conf_matcher */
	PXE_CONF_OPTION,  /* struct pxe_conf_opt, a DHCP option */
	PXE_CONF_FAMILY,  /* enum pxe_family */
	PXE_CONF_MEDIA,   /* struct pxe_conf_media */
	PXE_CONF_REF,     /* const struct pxe_conf_target *, by its name */
	PXE_CONF_REF_ANSWER, /* const struct pxe_conf_answer *, the same */
	PXE_CONF_REF_SUBMENU, /* const struct pxe_conf_submenu *, the same */
	PXE_CONF_VAR,        /* struct pxe_conf_var, "key=value" */
	PXE_CONF_N_TYPES
};

/* Is a value for everybody's eyes? */
enum pxe_conf_secrecy {
	PXE_CONF_NO_SECRET,
	PXE_CONF_PASSWORD,         /* a template */
	PXE_CONF_PASSWORD_OR_HASH, /* of crypt(3), with '$' before it */
};

struct pxe_conf_row {
	unsigned files;
	enum pxe_conf_section_kind section;
	const char *key;
	enum pxe_conf_type type;
	bool is_list; /* the field points to an array, offset_n: size_t */
	uint32_t min, max;
	const char *dflt; /* as it would be written, a list with blanks between
			     its values; NULL or "": see `otherwise` */
	const char *otherwise;   /* the default in words */
	/* in the struct of the section; offset_n of what is no list: a bool,
	 * was it said; 0: nobody asks */
	size_t offset, offset_n;
	const struct pxe_name *words;
	size_t n_words;
	enum pxe_conf_secrecy secrecy;
};

/* All rows, grouped by section; `n` gets their number. */
const struct pxe_conf_row *pxe_conf_rows(size_t *n);

/* The row of a key in a section of a file (one bit), or NULL. */
const struct pxe_conf_row *pxe_conf_row_find(unsigned file,
					     enum pxe_conf_section_kind kind,
					     const char *key);

/* The row of a kind of section. */
const struct pxe_conf_section_row *pxe_conf_section_row(
	enum pxe_conf_section_kind kind);

/* The name of the `i`th file, whose bit is 1 << i: "pxe.conf". */
const char *pxe_conf_file_name(unsigned i);

/* The name of the first file of a set, and of its manual page (section 5). */
const char *pxe_conf_file_of(unsigned files);
const char *pxe_conf_page_of(unsigned files);

/*
 * May a configuration set the DHCP option `code`?  NULL if it may, else what
 * to write instead.
 */
const char *pxe_conf_option_refusal(uint8_t code);

#endif
