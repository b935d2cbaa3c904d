/* SPDX-License-Identifier: ISC */
/* How often transfers are told of: within the bound, and each in its turn. */
#include "core/telling.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "unit.h"

#define SECOND ((uint64_t)1000000)
#define MOST   1000

static struct pxe_telling telling;
static uint64_t told_us[MOST], longest_us[MOST];
static unsigned n_told[MOST];

/* Those with a packet now and then do not have it at the same moment, unless
 * they all go in step. */
static uint64_t phase_us(unsigned i, uint64_t packet_us)
{
	return packet_us == 200000 ? 0 : (uint64_t)i * 10000;
}

/*
 * `n` transfers run from 5 s on for `seconds`; number i has a packet every
 * `packet_us(i)`.  How many were told in the worst second.
 */
static unsigned run(unsigned n, unsigned seconds,
		    uint64_t (*packet_us)(unsigned i))
{
	uint64_t begin = 5 * SECOND, end = begin + seconds * SECOND;
	unsigned in_second = 0, worst = 0;

	memset(&telling, 0, sizeof(telling));
	memset(n_told, 0, sizeof(n_told));
	memset(longest_us, 0, sizeof(longest_us));
	for (unsigned i = 0; i < n; i++)
		pxe_telling_begin(&telling, &told_us[i], begin);
	for (uint64_t now = begin; now < end; now += 10000) {
		if (now % SECOND == 0)
			in_second = 0;
		for (unsigned i = 0; i < n; i++) {
			uint64_t before = told_us[i];

			if ((now + phase_us(i, packet_us(i))) % packet_us(i) !=
				    0 ||
			    !pxe_telling_is_due(&telling, &told_us[i], now))
				continue;
			n_told[i]++;
			if (now - before > longest_us[i])
				longest_us[i] = now - before;
			if (++in_second > worst)
				worst = in_second;
		}
	}
	for (unsigned i = 0; i < n; i++)
		pxe_telling_end(&telling);
	ck_assert_uint_eq(telling.n_running, 0);
	return worst;
}

static uint64_t often(unsigned i)
{
	(void)i;
	return 10000;
}

static uint64_t mixed(unsigned i)
{
	return (uint64_t)(i % 10 == 0 ? 500 : 10) * 1000;
}

START_TEST(few_are_told_once_a_second)
{
	static const unsigned counts[] = { 1, 10, 40 };

	for (size_t k = 0; k < PXE_LEN(counts); k++) {
		unsigned n = counts[k];

		ck_assert_uint_le(run(n, 20, often), n + 1);
		for (unsigned i = 0; i < n; i++) {
			ck_assert_uint_ge(n_told[i], 17);
			ck_assert_uint_le(n_told[i], 20);
		}
	}
}
END_TEST

START_TEST(many_are_told_within_the_bound)
{
	static const unsigned counts[] = { 51, 200, MOST };

	for (size_t k = 0; k < PXE_LEN(counts); k++) {
		unsigned n = counts[k], sum = 0, seconds = 100;
		unsigned worst = run(n, seconds, often);

		ck_assert_uint_le(worst,
				  PXE_TELLING_PROGRESS + PXE_TELLING_BURST);
		for (unsigned i = 0; i < n; i++)
			sum += n_told[i];
		/* and the budget is used from the first second on */
		ck_assert_uint_le(sum, seconds * PXE_TELLING_PROGRESS +
					       PXE_TELLING_BURST);
		ck_assert_uint_ge(sum, (seconds - 2) * 40);
	}
}
END_TEST

/* All of them at the same moments, and in the same order. */
static uint64_t in_step(unsigned i)
{
	(void)i;
	return 200000;
}

START_TEST(each_has_its_turn)
{
	static uint64_t (*const ways[])(unsigned) = { often, mixed, in_step };
	unsigned n = 1000;

	/* all began at once; 50 a second are one in 20 seconds of each */
	for (size_t k = 0; k < PXE_LEN(ways); k++) {
		run(n, 120, ways[k]);
		for (unsigned i = 0; i < n; i++) {
			ck_assert_msg(n_told[i] >= 3 && n_told[i] <= 12,
				      "%zu: %u: %u", k, i, n_told[i]);
			ck_assert_msg(longest_us[i] <= 40 * SECOND,
				      "%zu: %u: %llu", k, i,
				      (unsigned long long)longest_us[i]);
		}
	}
}
END_TEST

START_TEST(who_waited_longest_goes_first)
{
	uint64_t now = 100 * SECOND, old = now - 3 * SECOND,
		 young = now - SECOND, other;

	memset(&telling, 0, sizeof(telling));
	/* what was saved is taken by others */
	do
		other = now - SECOND;
	while (pxe_telling_is_due(&telling, &other, now));
	ck_assert(!pxe_telling_is_due(&telling, &young, now));
	ck_assert(pxe_telling_is_due(&telling, &old, now));
	/* and it is not told twice */
	ck_assert(!pxe_telling_is_due(&telling, &old, now + SECOND - 1));
	ck_assert(pxe_telling_is_due(&telling, &old, now + SECOND));
}
END_TEST

START_TEST(a_clock_may_start_at_nothing)
{
	uint64_t told;

	memset(&telling, 0, sizeof(telling));
	pxe_telling_end(&telling); /* one too many does no harm */
	ck_assert_uint_eq(telling.n_running, 0);
	pxe_telling_begin(&telling, &told, 0);
	ck_assert(!pxe_telling_is_due(&telling, &told, 0));
	ck_assert(pxe_telling_is_due(&telling, &told, SECOND));
	told = 9 * SECOND; /* later than now */
	ck_assert(!pxe_telling_is_due(&telling, &told, 2 * SECOND));
}
END_TEST

START_TEST(one_machine_does_not_speak_for_all)
{
	unsigned n = 0, n_others = 0;
	char key[32];

	memset(&telling, 0, sizeof(telling));
	for (int i = 0; i < 100000; i++)
		n += pxe_telling_take(&telling, "52:54:00:00:00:01", 0,
				      SECOND + 1);
	ck_assert_uint_eq(n, PXE_TELLING_ONE);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "52:54:00:00:%02x:%02x", i >> 8,
			 i & 0xff);
		n_others += pxe_telling_take(&telling, key, 0, SECOND + 2);
	}
	/* but for those of its slot */
	ck_assert_uint_ge(n_others, 950);
	/* the flood is over */
	ck_assert(
		pxe_telling_take(&telling, "52:54:00:00:00:01", 0, 2 * SECOND));
}
END_TEST

START_TEST(all_together_are_bounded)
{
	unsigned n = 0;

	memset(&telling, 0, sizeof(telling));
	for (uint32_t address = 1; address <= 100000; address++)
		n += pxe_telling_take(&telling, "", address, SECOND);
	ck_assert_uint_eq(n, PXE_TELLING_OTHER);
	ck_assert(pxe_telling_take(&telling, "", 1, 2 * SECOND));
}
END_TEST

START_TEST(what_was_left_out_is_said_once)
{
	memset(&telling, 0, sizeof(telling));
	ck_assert_uint_eq(pxe_telling_left_out(&telling, SECOND), 0);
	for (int i = 0; i < PXE_TELLING_ONE + 7; i++)
		(void)pxe_telling_take(&telling, "a", 0, SECOND);
	ck_assert_uint_eq(pxe_telling_left_out(&telling, SECOND + 9), 0);
	ck_assert_uint_eq(pxe_telling_left_out(&telling, 2 * SECOND), 7);
	ck_assert_uint_eq(pxe_telling_left_out(&telling, 2 * SECOND), 0);
}
END_TEST

UNIT_MAIN("telling", few_are_told_once_a_second, many_are_told_within_the_bound,
	  each_has_its_turn, who_waited_longest_goes_first,
	  a_clock_may_start_at_nothing, one_machine_does_not_speak_for_all,
	  all_together_are_bounded, what_was_left_out_is_said_once)
