/* SPDX-License-Identifier: ISC */
/*
 * How often a file server tells pxe-stated of its transfers.  Everything that
 * is told goes to all who watch, so the sum is bounded, however many transfers
 * run: progress to PXE_TELLING_PROGRESS a second, shared out among all; what
 * begins or ends to PXE_TELLING_OTHER a second, of one machine to
 * PXE_TELLING_ONE.  Those bounds are for floods: no boot comes near them.
 * Pure; times are of a monotonic clock.
 */
#ifndef PXE_CORE_TELLING_H
#define PXE_CORE_TELLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PXE_TELLING_PROGRESS = 50,
	PXE_TELLING_BURST = 20, /* of progress, at once */
	PXE_TELLING_OTHER = 2000,
	PXE_TELLING_ONE = 200,
	PXE_TELLING_SLOTS = 256, /* machines fall into; a power of two */
};

/* Starts as zeroes. */
struct pxe_telling {
	size_t n_running; /* transfers whose progress is told */
	uint64_t free_us; /* when all progress so far is paid for */
	uint64_t age_us;  /* whose last time was that long ago may be told */
	uint64_t aged_us; /* when that was last lowered */
	bool is_short;    /* one of them could not, since the last was */
	uint64_t second;  /* the one of the counts below */
	uint32_t n_other; /* told in it */
	uint16_t n_one[PXE_TELLING_SLOTS]; /* the same, of some machines */
	uint32_t n_left_out;               /* not told, and not yet asked for */
};

/*
 * A transfer whose progress is to be told begins (that much is told), or
 * ends.  `told_us` is kept with the transfer.
 */
void pxe_telling_begin(struct pxe_telling *telling, uint64_t *told_us,
		       uint64_t now_us);
void pxe_telling_end(struct pxe_telling *telling);

/*
 * A transfer went on: is that told?  Called for each packet.  Once a second
 * for each transfer while they are few, else those first that were not told of
 * for the longest time: a turn of n takes n / PXE_TELLING_PROGRESS seconds.
 */
bool pxe_telling_is_due(struct pxe_telling *telling, uint64_t *told_us,
			uint64_t now_us);

/* A transfer of the machine `key` ("": that of `address`) begins or ends: is
 * that told? */
bool pxe_telling_take(struct pxe_telling *telling, const char *key,
		      uint32_t address, uint64_t now_us);

/* How many were left out up to the second before this one; each is said
 * once. */
uint32_t pxe_telling_left_out(struct pxe_telling *telling, uint64_t now_us);

#endif
