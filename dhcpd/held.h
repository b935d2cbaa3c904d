/* SPDX-License-Identifier: ISC */
/*
 * When offers end: a queue of addresses in the order of their ends.  A row
 * may be outdated (the offer was renewed or is gone): its reader checks.
 * Part of the address book.
 */
#ifndef PXE_DHCPD_HELD_H
#define PXE_DHCPD_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* A ring of `cap` rows, a power of two; zeroed: empty. */
struct pxe_held {
	struct {
		uint32_t address;
		int64_t end_s;
	} * row;
	size_t cap, first, n;
};

void pxe_held_done(struct pxe_held *held);

/* Makes room for one more row.  0, -ENOMEM. */
int pxe_held_grow(struct pxe_held *held) PXE_MUST_CHECK;
/* Appends a row, for which there is room. */
void pxe_held_add(struct pxe_held *held, uint32_t address, int64_t end_s);
/* Takes the first row out if its time has come. */
bool pxe_held_take(struct pxe_held *held, int64_t now_s, uint32_t *address);
/* Row number `i` after the first, which stays; false: there is none. */
bool pxe_held_get(const struct pxe_held *held, size_t i, uint32_t *address,
		  int64_t *end_s);
/* All ends move by `by_s`. */
void pxe_held_move(struct pxe_held *held, int64_t by_s);

#endif
