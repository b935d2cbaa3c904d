/* SPDX-License-Identifier: ISC */
/*
 * For a subnet in which every address was leased once: those whose leases
 * ended longest ago.  One search through all leases fills it for many
 * clients; a search that finds nothing is not repeated before something can
 * have changed, and never more than a few times a second: a flood of clients
 * for whom nothing is left costs next to nothing.  Pure.
 */
#ifndef PXE_DHCPD_REUSE_H
#define PXE_DHCPD_REUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PXE_REUSE_MAX = 64,
	PXE_REUSE_VAIN = 8, /* searches in vain in one second */
};

struct pxe_reuse {
	struct {
		uint32_t address;
		int64_t end_s;
	} row[PXE_REUSE_MAX]; /* the lease that ended last comes first */
	size_t n;
	size_t n_ended; /* all that the last search found, less those dropped */
	int64_t none_until_s; /* a search before then finds no more of them,
				 unless something changes */
	bool is_stale; /* something changed */
	bool had_rows; /* when the last search began */
	int64_t vain_s; /* the second of the last search in vain */
	unsigned n_vain; /* in that second */
};

/* Is it worth while to search?  If so, the rows are empty afterwards. */
bool pxe_reuse_begin(struct pxe_reuse *reuse, int64_t now_s);

/* The search is over; the next lease ends at `next_s`. */
void pxe_reuse_end(struct pxe_reuse *reuse, int64_t next_s);

/* A lease that ended at `end_s`: kept if it is among the oldest. */
void pxe_reuse_add(struct pxe_reuse *reuse, uint32_t address, int64_t end_s);

/* The address whose lease ended longest ago; false: none is left.  It stays
 * until it is dropped: who asks may let it be. */
bool pxe_reuse_get(const struct pxe_reuse *reuse, uint32_t *address);

/* Takes out what pxe_reuse_get() gave: it cannot be given any more. */
void pxe_reuse_drop(struct pxe_reuse *reuse);

#endif
