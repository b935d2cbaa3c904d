/* SPDX-License-Identifier: ISC */
#include "core/telling.h"

#include <string.h>

#define SECOND_US ((uint64_t)1000000)
#define PRICE_US  (SECOND_US / PXE_TELLING_PROGRESS)
#define CREDIT_US (PRICE_US * PXE_TELLING_BURST / 2) /* saved, and borrowed */

void pxe_telling_begin(struct pxe_telling *telling, uint64_t *told_us,
		       uint64_t now_us)
{
	telling->n_running++;
	*told_us = now_us;
}

void pxe_telling_end(struct pxe_telling *telling)
{
	if (telling->n_running > 0)
		telling->n_running--;
}

/*
 * While nobody of that age comes to be told though the budget lies idle,
 * younger ones may be: the age goes down by an eighth with every quarter of a
 * price.
 */
static void lower_age(struct pxe_telling *telling, uint64_t now_us)
{
	uint64_t since_us = telling->free_us + CREDIT_US;

	if (since_us < telling->aged_us)
		since_us = telling->aged_us;
	while (telling->age_us > SECOND_US && since_us + PRICE_US <= now_us) {
		telling->age_us -= telling->age_us / 16;
		since_us += PRICE_US;
		telling->aged_us = since_us;
	}
	if (telling->age_us < SECOND_US)
		telling->age_us = SECOND_US;
}

/* Were there more of that age than could be told?  Then only older ones. */
static void raise_age(struct pxe_telling *telling)
{
	uint64_t most_us = 2 * telling->n_running * PRICE_US;

	if (telling->is_short && telling->age_us < most_us)
		telling->age_us += telling->age_us / 16;
	telling->is_short = false;
}

bool pxe_telling_is_due(struct pxe_telling *telling, uint64_t *told_us,
			uint64_t now_us)
{
	uint64_t age_us = now_us - *told_us, credit_us;

	if (now_us < *told_us || age_us < SECOND_US)
		return false;
	lower_age(telling, now_us);
	if (age_us < telling->age_us)
		return false;
	/* who is older still may borrow: it may have packets but rarely */
	credit_us = (age_us - telling->age_us) / 4;
	if (credit_us > CREDIT_US)
		credit_us = CREDIT_US;
	if (telling->free_us > now_us + credit_us) {
		telling->is_short = true;
		return false;
	}
	raise_age(telling);
	if (telling->free_us + CREDIT_US < now_us)
		telling->free_us = now_us - CREDIT_US;
	telling->free_us += PRICE_US;
	*told_us = now_us;
	return true;
}

/* The counts are of one second. */
static void turn_page(struct pxe_telling *telling, uint64_t now_us)
{
	if (now_us / SECOND_US == telling->second)
		return;
	telling->second = now_us / SECOND_US;
	telling->n_other = 0;
	memset(telling->n_one, 0, sizeof(telling->n_one));
}

/* The slot of a machine.  Who shares it with a flood may be left out with it,
 * one machine in PXE_TELLING_SLOTS. */
static uint16_t *slot_of(struct pxe_telling *telling, const char *key,
			 uint32_t address)
{
	uint32_t hash = address * 2654435761u;

	if (key[0] != '\0')
		for (hash = 2166136261u; *key != '\0'; key++) /* FNV-1a */
			hash = (hash ^ (uint8_t)*key) * 16777619u;
	return &telling->n_one[(hash >> 16) & (PXE_TELLING_SLOTS - 1)];
}

bool pxe_telling_take(struct pxe_telling *telling, const char *key,
		      uint32_t address, uint64_t now_us)
{
	uint16_t *n_one = slot_of(telling, key, address);

	turn_page(telling, now_us);
	if (*n_one >= PXE_TELLING_ONE ||
	    telling->n_other >= PXE_TELLING_OTHER) {
		telling->n_left_out++;
		return false;
	}
	++*n_one;
	telling->n_other++;
	return true;
}

uint32_t pxe_telling_left_out(struct pxe_telling *telling, uint64_t now_us)
{
	uint32_t n = telling->n_left_out;

	if (n == 0 || now_us / SECOND_US == telling->second)
		return 0;
	telling->n_left_out = 0;
	return n;
}
