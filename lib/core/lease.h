/* SPDX-License-Identifier: ISC */
/*
 * Leases, and a table of them found by address and by client.  pxe-stated
 * keeps the truth in such a table, pxe-dhcpd a working copy.
 *
 * The table owns its leases (malloc); pointers stay valid until that lease is
 * removed or set anew.  An address has at most one lease; a client may have
 * several, one in each network that it is on.  A DECLINED lease is nobody's:
 * it keeps the key of who declined it, but it is found by its address only.
 * Find, set and remove cost the same however many there are.
 */
#ifndef PXE_CORE_LEASE_H
#define PXE_CORE_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/hwaddr.h"
#include "core/clock.h"
#include "core/facts.h"

/* Rows: enumerator, word. */
#define PXE_LEASE_STATES(X)                                             \
	X(OFFERED, "offered")	/* held for an OFFER; only in dhcpd */  \
	X(ACTIVE, "active")	/* acknowledged until end_s */          \
	X(RELEASED, "released") /* given back; remembered for reuse */  \
	X(DECLINED, "declined") /* in use by a stranger until end_s */

enum pxe_lease_state {
#define X(id, name) PXE_LEASE_##id,
	PXE_LEASE_STATES(X)
#undef X
	PXE_N_LEASE_STATES
};

/* The end of a lease that has none: 9999-12-31T23:59:59Z. */
#define PXE_LEASE_FOREVER_S ((int64_t)253402300799)

struct pxe_lease {
	uint32_t address;
	enum pxe_lease_state state;
	int64_t start_s, end_s; /* seconds since 1970-01-01 UTC */
	/* where it was asked for: a hash of relay and circuit, 0 (none) to
	 * INT64_MAX */
	uint64_t circuit;
	char host_name[PXE_HOST_NAME_TEXT]; /* "" if it said none */
	struct pxe_hwaddr hw; /* of who holds it; hlen 0: it has none */
	bool is_boot; /* was given to a machine that booted */
	/* the key of the lease, NUL-terminated; in the table: owned.  Not
	 * always that of the client's record, which pxe_lease_record_key()
	 * gives */
	const char *client;
};

struct pxe_lease_table;

/* An empty table, or NULL (no memory). */
struct pxe_lease_table *pxe_lease_table_new(void) PXE_MUST_CHECK;
void pxe_lease_table_free(struct pxe_lease_table *table);

size_t pxe_lease_table_count(const struct pxe_lease_table *table);

/* The lease of an address, or NULL. */
const struct pxe_lease *
pxe_lease_table_find(const struct pxe_lease_table *table, uint32_t address);

/*
 * A lease of a client (not DECLINED), and the next after one of the table;
 * NULL: there is none, or no more.  In no order.
 */
const struct pxe_lease *
pxe_lease_table_find_client(const struct pxe_lease_table *table,
			    const char *client);
const struct pxe_lease *
pxe_lease_table_next_client(const struct pxe_lease *lease);

/*
 * Puts a copy of `lease` in, replacing the lease of that address.  Who may
 * replace whom is the caller's question: see pxe_lease_is_free().  0, -ENOMEM
 * (the table is as before).
 */
int pxe_lease_table_set(struct pxe_lease_table *table,
			const struct pxe_lease *lease) PXE_MUST_CHECK;

/* Takes the lease of an address out.  -ENOENT if there is none. */
int pxe_lease_table_remove(struct pxe_lease_table *table, uint32_t address);

/*
 * Walks over all leases in no order: start with *at = 0; NULL at the end.
 * The table must not change meanwhile.
 */
const struct pxe_lease *
pxe_lease_table_next(const struct pxe_lease_table *table, size_t *at);

/* The times of a lease move by `by_s`.  Those of a permanent lease do not, and
 * none becomes permanent. */
void pxe_lease_move(struct pxe_lease *lease, int64_t by_s);

/* So do those of all that began at shift.since_s or later. */
void pxe_lease_table_move(struct pxe_lease_table *table,
			  struct pxe_clock_shift shift);

/*
 * May `client` have the address of `lease` at `now_s`?  Yes if it is the
 * client's own and not declined, or if it has ended or was released.
 */
bool pxe_lease_is_free(const struct pxe_lease *lease, const char *client,
		       int64_t now_s);

/* Active and not ended? */
bool pxe_lease_is_active(const struct pxe_lease *lease, int64_t now_s);

/*
 * The key of the client record of who holds the lease (core/client.h): its
 * hardware address, written to `text`, or lease->client where it has none.
 */
const char *pxe_lease_record_key(const struct pxe_lease *lease,
				 char text[static PXE_HWADDR_TEXT]);

/* The word of a state, and back (-ENOENT). */
const char *pxe_lease_state_name(enum pxe_lease_state state);
int pxe_lease_state_from_name(const char *name) PXE_MUST_CHECK;

#endif
