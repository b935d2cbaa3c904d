/* SPDX-License-Identifier: ISC */
/*
 * A bucket is one number: the time at which it will be full again.  A message
 * moves that time on by its share of a second; where it would lie further
 * ahead than the bucket is deep, the message is one too many (the algorithm
 * of ATM's traffic contracts, GCRA).
 */
#include "dhcpd/rate.h"

#include <stdlib.h>

enum {
	SETS = 2048, /* a power of two */
	WAYS = 4,    /* senders that share a set */
	DEPTH_US = 2000000,
	QUIET_US = 10000000, /* then it "begins" anew */
};

struct bucket {
	uint64_t sender; /* hash; 0: empty */
	int64_t full_us;
	int64_t refused_us; /* the last time */
};

struct pxe_rate {
	uint64_t seed;
	struct bucket set[SETS][WAYS];
};

struct pxe_rate *pxe_rate_new(uint64_t seed)
{
	struct pxe_rate *rate = calloc(1, sizeof(*rate));

	if (rate != NULL)
		rate->seed = seed;
	return rate;
}

void pxe_rate_free(struct pxe_rate *rate)
{
	free(rate);
}

/* FNV-1a, keyed, and mixed once more; never 0. */
static uint64_t hash(const struct pxe_rate *rate, const struct pxe_hwaddr *hw)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ rate->seed;

	for (uint8_t i = 0; i < hw->hlen && i < PXE_HWADDR_MAX; i++)
		h = (h ^ hw->addr[i]) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return (h ^ h >> 29) | 1;
}

/* The bucket of a sender: its own, or the fullest of its set. */
static struct bucket *find_bucket(struct pxe_rate *rate, uint64_t sender)
{
	struct bucket *set = rate->set[(sender >> 16) % SETS], *best = set;

	for (int i = 0; i < WAYS; i++) {
		if (set[i].sender == sender)
			return &set[i];
		if (set[i].full_us < best->full_us)
			best = &set[i];
	}
	*best = (struct bucket){ .sender = sender,
				 .refused_us = -QUIET_US };
	return best;
}

enum pxe_rate_answer pxe_rate_take(struct pxe_rate *rate,
				   const struct pxe_hwaddr *hw, uint32_t per_s,
				   int64_t now_ms)
{
	const int64_t now_us = now_ms * 1000;
	int64_t full_us, since_us;
	struct bucket *b;

	if (per_s == 0 || hw->hlen == 0)
		return PXE_RATE_OK;
	b = find_bucket(rate, hash(rate, hw));
	full_us = (b->full_us > now_us ? b->full_us : now_us) + 1000000 / per_s;
	if (full_us - now_us <= DEPTH_US) {
		b->full_us = full_us;
		return PXE_RATE_OK;
	}
	since_us = now_us - b->refused_us;
	b->refused_us = now_us;
	return since_us >= QUIET_US ? PXE_RATE_BEGINS : PXE_RATE_GOES_ON;
}
