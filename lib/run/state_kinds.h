/* SPDX-License-Identifier: ISC */
/*
 * The kinds of members that records on the state socket are made of: how each
 * is written as JSON and read again.  Only run/state_codec.c uses it.
 */
#ifndef PXE_RUN_STATE_KINDS_H
#define PXE_RUN_STATE_KINDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* The words of an enum. */
struct pxe_state_words {
	const char *(*name)(unsigned value);
	int (*value)(const char *name); /* -ENOENT */
};

enum pxe_state_need {
	PXE_STATE_MUST, /* a record without it is not one */
	PXE_STATE_MAY,  /* left out when it is zero or empty */
};

/* A value that was read: by jansson, or (run/state_read.c) from plain text. */
struct pxe_state_value {
	const char *text;   /* of a string; NULL: it is none */
	const int64_t *number; /* of an integer; NULL: it is none */
	const bool *flag;      /* of a boolean; NULL: it is none */
	const json_t *json;    /* NULL: it was not read by jansson */
};

struct pxe_state_kind;

/* A member of a record: where it is in the JSON, where in the struct. */
struct pxe_state_member {
	const char *name;
	const struct pxe_state_kind *kind;
	enum pxe_state_need need;
	size_t offset, size;
	const struct pxe_state_words *words; /* of an enum, else NULL */
};

/*
 * `at` is the member in the struct.  put: a new reference, NULL without
 * memory.  get: 0, -EBADMSG.  write: appends the text of what put() makes, in
 * a fraction of the time; without memory `out` is cut.
 */
struct pxe_state_kind {
	json_t *(*put)(const struct pxe_state_member *m, const void *at);
	int (*get)(const struct pxe_state_member *m,
		   const struct pxe_state_value *value, void *at);
	void (*write)(const struct pxe_state_member *m, const void *at,
		      struct pxe_str *out);
};

/* Text in a char array; what a terminal would act on is escaped. */
extern const struct pxe_state_kind pxe_state_a_text;
/* The key of a client: a pointer that borrows what was read, or a copy. */
extern const struct pxe_state_kind pxe_state_a_key, pxe_state_a_key_copy;
/* An enum, by its word. */
extern const struct pxe_state_kind pxe_state_a_word;
/* Not negative, of 32 or 64 bits, signed or not. */
extern const struct pxe_state_kind pxe_state_a_number;
extern const struct pxe_state_kind pxe_state_a_bool;
/* uint16_t; 0 is a value, PXE_ARCH_NONE is absence. */
extern const struct pxe_state_kind pxe_state_an_arch;
/* uint32_t, struct pxe_hwaddr, struct pxe_uuid. */
extern const struct pxe_state_kind pxe_state_an_address, pxe_state_a_hwaddr,
	pxe_state_a_uuid;

/* The members of a lease, and of what CommitLease has beside it. */
extern const struct pxe_state_member pxe_state_lease_members[];
extern const size_t pxe_state_n_lease_members;

#endif
