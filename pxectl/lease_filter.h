/* SPDX-License-Identifier: ISC */
/*
 * Which leases are meant: the options --active, --client, --state, --subnet
 * and the operand of `lease show`, and the words for a lease in tables.
 */
#ifndef PXECTL_LEASE_FILTER_H
#define PXECTL_LEASE_FILTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/ip4.h"
#include "core/lease.h"
#include "pxectl/ctl.h"

struct pxe_lease_filter {
	int64_t now_s;
	bool (*has_state)(const struct pxe_lease *lease, int64_t now_s);
	struct pxe_ip4_net net;            /* 0.0.0.0/0: any */
	uint32_t address;                  /* 0: any */
	const char *client;                /* NULL: any */
	char (*keys)[PXE_CLIENT_KEY_TEXT]; /* of that client; owned */
	size_t n_keys;
};

/* A lease and its record, which it borrows from. */
struct pxe_lease_row {
	struct pxe_lease lease;
	json_t *json;
};

struct pxe_lease_rows {
	json_t *all; /* the records, owned */
	struct pxe_lease_row *rows;
	size_t n;
};

/*
 * Reads the options of the command and loads what configuration they need.
 * PXE_CTL_OK, or the exit status: told why.
 */
int pxe_lease_filter_read(struct pxe_ctl *ctl,
			  struct pxe_lease_filter *filter) PXE_MUST_CHECK;

/*
 * Adds a client, which is borrowed, by whatever it is called: hardware
 * address, key, UUID, host section, name that it said; after pxe_ctl_load()
 * of the hosts.  False: told why.
 */
bool pxe_lease_filter_client(struct pxe_ctl *ctl, const char *who,
			     struct pxe_lease_filter *filter) PXE_MUST_CHECK;

void pxe_lease_filter_done(struct pxe_lease_filter *filter);

/* Fetches the leases that are meant, in the order of addresses.  False: told
 * why.  The rows are to be dropped in any case. */
bool pxe_lease_rows_fetch(struct pxe_ctl *ctl,
			  const struct pxe_lease_filter *filter,
			  struct pxe_lease_rows *rows) PXE_MUST_CHECK;
void pxe_lease_rows_drop(struct pxe_lease_rows *rows);

/* "active", "expired", ...: how it stands now. */
const char *pxe_lease_word(const struct pxe_lease *lease, int64_t now_s);

/* The end for people: local time, or "never". */
void pxe_lease_put_end(const struct pxe_lease *lease, char *text, size_t cap);

/* The time that is left; "" where nobody has to wait for it. */
void pxe_lease_put_left(const struct pxe_lease *lease, int64_t now_s,
			char *text, size_t cap);

#endif
