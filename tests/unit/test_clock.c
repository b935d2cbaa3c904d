/* SPDX-License-Identifier: ISC */
#include "core/clock.h"

#include <stdio.h>

#include "base/attr.h"
#include "base/str.h"
#include "unit.h"

#define S   ((int64_t)1000)
#define DAY ((int64_t)86400)
#define T0  ((int64_t)1700000000)

/* A virtual machine room: time passes, and somebody sets the clock. */
static struct {
	struct pxe_clock_time t;
	struct pxe_clock clock;
} w;

static void begin(void)
{
	w.t = (struct pxe_clock_time){ T0 * S, 500 * S };
	pxe_clock_init(&w.clock, w.t);
}

static void pass(int64_t ms)
{
	w.t.wall_ms += ms;
	w.t.up_ms += ms;
}

/* Sets the clock by `ms`; what is noticed. */
static int64_t set_clock(int64_t ms)
{
	int64_t by_s;

	w.t.wall_ms += ms;
	by_s = pxe_clock_find_step(&w.clock, w.t);
	pxe_clock_follow(&w.clock, by_s);
	return by_s;
}

START_TEST(test_time_that_passes_is_no_step)
{
	begin();
	for (int i = 0; i < 100; i++) {
		pass(i * 7919 * S);
		ck_assert_int_eq(pxe_clock_find_step(&w.clock, w.t), 0);
		ck_assert_int_eq(pxe_clock_scale_s(&w.clock, w.t),
				 w.t.wall_ms / S);
	}
}
END_TEST

START_TEST(test_steps)
{
	static const struct {
		const char *name;
		int64_t ms, by_s;
	} rows[] = {
		{ "30 days on", 30 * DAY * S, 30 * DAY },
		{ "30 days back", -30 * DAY * S, -30 * DAY },
		{ "an hour", 3600 * S, 3600 },
		{ "back to 1970", -T0 * S, -T0 },
		{ "two seconds are none", 2000, 0 },
		{ "nor back", -2000, 0 },
		{ "a little more is one", 2001, 2 },
		{ "rounded", 2600, 3 },
		{ "rounded, back", -2600, -3 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		begin();
		pass(77 * S);
		ck_assert_msg(set_clock(rows[i].ms) == rows[i].by_s, "%s",
			      rows[i].name);
		/* said once */
		ck_assert_int_eq(pxe_clock_find_step(&w.clock, w.t), 0);
	}
}
END_TEST

START_TEST(test_small_steps_add_up)
{
	int64_t sum_s = 0;

	begin();
	for (int i = 0; i < 1000; i++)
		sum_s += set_clock(700);
	/* what is left over is less than a step */
	ck_assert_int_ge(sum_s, 698);
	ck_assert_int_le(sum_s, 702);
}
END_TEST

START_TEST(test_scale_until_followed)
{
	begin();
	w.t.wall_ms += 30 * DAY * S;
	pass(5 * S);
	/* the leases are still those of the old time */
	ck_assert_int_eq(pxe_clock_scale_s(&w.clock, w.t), T0 + 5);
	pxe_clock_follow(&w.clock, 30 * DAY);
	ck_assert_int_eq(pxe_clock_scale_s(&w.clock, w.t), T0 + 30 * DAY + 5);
}
END_TEST

/* --- over a restart ------------------------------------------------------ */

static struct pxe_clock_mark mark(const char *boot, int64_t wall_s,
				  int64_t up_s)
{
	struct pxe_clock_mark m = { .time = { wall_s * S, up_s * S } };

	pxe_str_copy(m.boot_id, sizeof(m.boot_id), boot);
	return m;
}

START_TEST(test_judge)
{
	static const struct {
		const char *name, *boot;
		int64_t wall_s, up_s;	/* the record is of T0, 500 */
		int64_t by_s, ahead_s;	/* expected */
	} rows[] = {
		{ "at once", "a", T0, 500, 0, 0 },
		{ "an hour later", "a", T0 + 3600, 4100, 0, 0 },
		{ "set on meanwhile", "a", T0 + 3600 + 30 * DAY, 4100,
		  30 * DAY, 0 },
		{ "set back meanwhile", "a", T0 + 3600 - 30 * DAY, 4100,
		  -30 * DAY, 0 },
		{ "another boot, later", "b", T0 + 600, 30, 0, 600 },
		{ "another boot, a moment later", "b", T0 + 1, 30, 0, 0 },
		{ "another boot, no battery", "b", 100, 30, 100 - T0, 0 },
		{ "another boot, a second behind", "b", T0 - 1, 30, 0, 0 },
		{ "boot not known, later", "", T0 + 600, 1100, 0, 600 },
		{ "boot not known, set back", "", T0 - 600, 1100, -600, 0 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_clock_mark saved = mark("a", T0, 500);
		struct pxe_clock_mark now =
			mark(rows[i].boot, rows[i].wall_s, rows[i].up_s);
		struct pxe_clock_shift shift = pxe_clock_judge(&saved, &now);

		ck_assert_msg(shift.by_s == rows[i].by_s, "%s: %lld",
			      rows[i].name, (long long)shift.by_s);
		ck_assert_msg(now.ahead_s == rows[i].ahead_s, "%s",
			      rows[i].name);
		ck_assert_msg(shift.since_s == INT64_MIN, "%s", rows[i].name);
	}
}
END_TEST

START_TEST(test_two_boots_nobody_can_tell)
{
	struct pxe_clock_mark saved = mark("", T0, 500);
	struct pxe_clock_mark now = mark("", T0 + 3600, 30);

	/* two names that are not known are not the same boot */
	ck_assert_int_eq(pxe_clock_judge(&saved, &now).by_s, 0);
	ck_assert_int_eq(now.ahead_s, 3600);
}
END_TEST

/* A bad battery: 30 days ahead when the machine boots, put right later. */
START_TEST(test_ahead_at_boot)
{
	struct pxe_clock_mark saved = mark("a", T0, 500);
	struct pxe_clock_mark now = mark("b", T0 + 30 * DAY, 30);
	struct pxe_clock_mark again = mark("b", T0 + 30 * DAY + 60, 90);
	struct pxe_clock_shift shift = pxe_clock_judge(&saved, &now);

	ck_assert_int_eq(shift.by_s, 0);
	/* pxe-stated may start again before */
	shift = pxe_clock_judge(&now, &again);
	ck_assert_int_eq(shift.by_s, 0);
	ck_assert_int_eq(again.ahead_s, 30 * DAY);
	shift = pxe_clock_step(&again, -(30 * DAY - 20));
	ck_assert_int_eq(shift.by_s, -(30 * DAY - 20));
	/* leases from before that boot stay as they are */
	ck_assert_int_eq(shift.since_s, T0 + 30 * DAY);
	ck_assert_int_eq(again.first_s, T0 + 20);
	/* the next step moves all */
	ck_assert(pxe_clock_step(&again, -10).since_s == INT64_MIN);
}
END_TEST

START_TEST(test_ahead_but_set_back_further)
{
	struct pxe_clock_mark saved = mark("a", T0, 500);
	struct pxe_clock_mark now = mark("b", T0 + 3600, 30);

	(void)pxe_clock_judge(&saved, &now);
	/* before the record was made: the clock is wrong now */
	ck_assert(pxe_clock_step(&now, -7200).since_s == INT64_MIN);
}
END_TEST

START_TEST(test_step_while_away_after_a_boot_ahead)
{
	struct pxe_clock_mark first = mark("a", T0, 500);
	struct pxe_clock_mark saved = mark("b", T0 + 30 * DAY, 30);
	struct pxe_clock_mark now = mark("b", T0 + 100, 130);
	struct pxe_clock_shift shift;

	(void)pxe_clock_judge(&first, &saved);
	shift = pxe_clock_judge(&saved, &now);
	ck_assert_int_eq(shift.by_s, -30 * DAY);
	ck_assert_int_eq(shift.since_s, T0 + 30 * DAY);
	ck_assert_int_eq(now.ahead_s, 0);
}
END_TEST

START_TEST(test_move)
{
	static const struct {
		const char *name;
		int64_t time_s, by_s, expected_s;
	} rows[] = {
		{ "on", 100, 50, 150 },
		{ "back", 100, -50, 50 },
		{ "not before 1970", 100, -500, 0 },
		{ "for ever stays", 1000, -500, 1000 },
		{ "later than that, too", 1001, 500, 1001 },
		{ "nothing becomes for ever", 900, 500, 999 },
		{ "before 1970", -100, 50, 50 },
		{ "as far as can be", 900, INT64_MAX, 999 },
		{ "as far back", INT64_MIN, INT64_MIN, 0 },
		{ "late and later", INT64_MAX, INT64_MAX, INT64_MAX },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_msg(pxe_clock_move(rows[i].time_s, rows[i].by_s,
					     1000) == rows[i].expected_s,
			      "%s", rows[i].name);
}
END_TEST

UNIT_MAIN("clock", test_time_that_passes_is_no_step, test_steps,
	  test_small_steps_add_up, test_scale_until_followed, test_judge,
	  test_two_boots_nobody_can_tell, test_ahead_at_boot,
	  test_ahead_but_set_back_further,
	  test_step_while_away_after_a_boot_ahead, test_move)
