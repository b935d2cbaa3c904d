/* SPDX-License-Identifier: ISC */
/*
 * How often one machine may ask: a bucket of tokens for each sender, in a
 * table of fixed size.  A sender that is not in the table has a full bucket,
 * and the fullest is the one that makes room: nobody is limited by what
 * another does, and a flood of invented addresses costs no memory.  Pure.
 */
#ifndef PXE_DHCPD_RATE_H
#define PXE_DHCPD_RATE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/hwaddr.h"

enum pxe_rate_answer {
	PXE_RATE_OK,
	PXE_RATE_BEGINS, /* too often, the first time after a while */
	PXE_RATE_GOES_ON,
};

struct pxe_rate;

/* An empty table, or NULL (no memory).  `seed`: nobody else's to know. */
struct pxe_rate *pxe_rate_new(uint64_t seed) PXE_MUST_CHECK;
void pxe_rate_free(struct pxe_rate *rate);

/*
 * `hw` sends one more message at `now_ms`, of a clock that is never set back.
 * It may send `per_s` a second (1..1000; 0: any number), and of what it did
 * not use of that, two seconds' worth at once.
 */
enum pxe_rate_answer pxe_rate_take(struct pxe_rate *rate,
				   const struct pxe_hwaddr *hw,
				   uint32_t per_s, int64_t now_ms);

#endif
