/* SPDX-License-Identifier: ISC */
/* Who declined how many addresses lately.  Part of the address book; pure. */
#ifndef PXE_DHCPD_DECLINES_H
#define PXE_DHCPD_DECLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PXE_DECLINES_ROWS 256 /* remembered */

/* A ring; zeroed: empty. */
struct pxe_declines {
	struct {
		uint64_t client; /* a hash of its key */
		int64_t until_s;
	} row[PXE_DECLINES_ROWS];
	size_t next;
};

/* Counts one more for `client` that is remembered until `until_s`, unless
 * there are `max` already: then false. */
bool pxe_declines_count(struct pxe_declines *declines, const char *client,
			int max, int64_t until_s, int64_t now_s);

/* The clock was set by `by_s`. */
void pxe_declines_move(struct pxe_declines *declines, int64_t by_s);

#endif
