/* SPDX-License-Identifier: ISC */
/*
 * A client belongs to one of many small sets, by its hash; within it, the one
 * that was heard of last stays longest.
 */
#include "tftpd/habits.h"

#include <stdlib.h>
#include <string.h>

enum {
	SETS = 256, /* a power of two */
	WAYS = 8,   /* clients that share a set */
};

/*
 * From one size to the next lower one: few steps, since each may cost a boot
 * that fails.  What they fit, with the headers of IPv4 or IPv6 around them:
 */
static const uint16_t steps[] = {
	1448, /* Ethernet behind jumbo frames */
	1368, /* WireGuard, VXLAN and most tunnels: an MTU of 1400 or 1420 */
	1228, /* the least that IPv6 allows, 1280 */
	1024, /* UEFI of QEMU that takes a power of two only */
	512,  /* what everybody knows */
};

/* A step is at least so long: less would fail for the same cause. */
#define STEP_BYTES 40

struct habit {
	uint8_t client[PXE_HABITS_CLIENT_BYTES];
	uint64_t heard_us;    /* 0: empty */
	uint16_t max_blksize; /* 0: no limit */
	uint16_t passed;      /* the largest block that got through */
	bool is_doubted;      /* it once did not, since */
	uint8_t n_refusals;
	uint32_t refused; /* which options: a bit each */
};

struct pxe_habits {
	uint64_t seed;
	struct habit set[SETS][WAYS];
};

struct pxe_habits *pxe_habits_new(uint64_t seed)
{
	struct pxe_habits *habits = calloc(1, sizeof(*habits));

	if (habits != NULL)
		habits->seed = seed;
	return habits;
}

void pxe_habits_free(struct pxe_habits *habits)
{
	free(habits);
}

/* FNV-1a, keyed, and mixed once more. */
static struct habit *set_of(struct pxe_habits *habits, const uint8_t *client)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ habits->seed;

	for (int i = 0; i < PXE_HABITS_CLIENT_BYTES; i++)
		h = (h ^ client[i]) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return habits->set[(h >> 40) % SETS];
}

/* What is known of the client; NULL: nothing, or nothing any more. */
static struct habit *find(struct pxe_habits *habits, const uint8_t *client,
			  uint64_t now_us)
{
	struct habit *set = set_of(habits, client);

	for (int i = 0; i < WAYS; i++) {
		if (set[i].heard_us == 0 ||
		    memcmp(set[i].client, client, sizeof(set[i].client)) != 0)
			continue;
		if (now_us - set[i].heard_us < PXE_HABITS_KEPT_US)
			return &set[i];
		set[i].heard_us = 0;
	}
	return NULL;
}

/* The same, made if there is none, and heard of now. */
static struct habit *get(struct pxe_habits *habits, const uint8_t *client,
			 uint64_t now_us)
{
	struct habit *set = set_of(habits, client), *oldest = set;
	struct habit *habit = find(habits, client, now_us);

	if (habit == NULL) {
		for (int i = 1; i < WAYS; i++)
			if (set[i].heard_us < oldest->heard_us)
				oldest = &set[i];
		habit = oldest;
		memset(habit, 0, sizeof(*habit));
		memcpy(habit->client, client, sizeof(habit->client));
	}
	habit->heard_us = now_us > 0 ? now_us : 1;
	return habit;
}

/* The size to try where blocks of `blksize` are lost. */
static uint16_t next_step(uint16_t blksize)
{
	for (size_t i = 0; i < PXE_LEN(steps); i++)
		if (steps[i] + STEP_BYTES <= blksize)
			return steps[i];
	return steps[PXE_LEN(steps) - 1];
}

static bool is_limited_below(const struct habit *habit, uint16_t blksize)
{
	return habit->max_blksize > 0 && habit->max_blksize < blksize;
}

void pxe_habits_suspect(struct pxe_habits *habits, const uint8_t *client,
			uint16_t blksize, uint64_t now_us)
{
	struct habit *habit;

	if (blksize <= PXE_TFTP_BLKSIZE)
		return;
	habit = get(habits, client, now_us);
	if (is_limited_below(habit, blksize))
		return; /* another transfer, begun before that was known */
	if (blksize <= habit->passed && !habit->is_doubted) {
		habit->is_doubted = true;
		return;
	}
	habit->max_blksize = next_step(blksize);
	habit->passed = 0;
	habit->is_doubted = false;
}

void pxe_habits_mtu(struct pxe_habits *habits, const uint8_t *client,
		    uint32_t mtu_bytes, uint16_t head_bytes, uint64_t now_us)
{
	uint32_t most = mtu_bytes > head_bytes ? mtu_bytes - head_bytes : 0;
	struct habit *habit;

	if (most >= PXE_TFTP_BLKSIZE_MAX)
		return;
	if (most < PXE_TFTP_BLKSIZE)
		most = PXE_TFTP_BLKSIZE;
	habit = get(habits, client, now_us);
	if (is_limited_below(habit, (uint16_t)most))
		return;
	habit->max_blksize = (uint16_t)most;
	habit->passed = 0;
	habit->is_doubted = false;
}

void pxe_habits_succeeded(struct pxe_habits *habits, const uint8_t *client,
			  uint16_t blksize, uint64_t now_us)
{
	struct habit *habit = find(habits, client, now_us);

	if (habit == NULL)
		return;
	habit->heard_us = now_us;
	habit->is_doubted = false;
	if (habit->passed < blksize)
		habit->passed = blksize;
	/* it was slow, not deaf; or was asked for before the limit was set */
	if (is_limited_below(habit, blksize))
		habit->max_blksize = 0;
}

/* Which options there are: a bit each. */
static uint32_t options_of(const struct pxe_tftp_opts *asked)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < PXE_TFTP_N_OPTS; i++)
		if (asked->opt[i].is_set)
			bits |= UINT32_C(1) << i;
	return bits;
}

void pxe_habits_refuses_options(struct pxe_habits *habits,
				const uint8_t *client,
				const struct pxe_tftp_opts *asked,
				uint64_t now_us)
{
	struct habit *habit = get(habits, client, now_us);
	uint32_t options = options_of(asked);

	if (habit->refused != options)
		habit->n_refusals = 0;
	habit->refused = options;
	if (habit->n_refusals < PXE_HABITS_REFUSALS)
		habit->n_refusals++;
}

void pxe_habits_find(struct pxe_habits *habits, const uint8_t *client,
		     const struct pxe_tftp_opts *asked, uint64_t now_us,
		     struct pxe_habits_limits *limits)
{
	const struct habit *habit = find(habits, client, now_us);

	limits->max_blksize = habit != NULL && habit->max_blksize > 0
				      ? habit->max_blksize
				      : PXE_TFTP_BLKSIZE_MAX;
	limits->no_options = habit != NULL &&
			     habit->n_refusals >= PXE_HABITS_REFUSALS &&
			     habit->refused == options_of(asked);
}
