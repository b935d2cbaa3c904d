/* SPDX-License-Identifier: ISC */
/* pxectl/meter: how far transfers are, by their events. */
#include "pxectl/screen.h"

#include <string.h>

#include "unit.h"

#define MB ((uint64_t)1000000)

static struct pxe_meters meters;

static void take(enum pxe_event_kind kind, const char *file, uint64_t bytes,
		 uint32_t duration_ms, int64_t now_ms)
{
	struct pxe_event e = { .kind = kind,
			       .bytes = bytes,
			       .total_bytes = 100 * MB,
			       .duration_ms = duration_ms,
			       .by = "tftpd" };

	pxe_str_copy(e.file, sizeof(e.file), file);
	ck_assert_int_eq(pxe_meters_take(&meters, &e, now_ms), 0);
}

static const char *show(size_t i, int64_t now_ms, bool is_short)
{
	static char text[160];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_screen_put_meter(&s, &meters.row[i], now_ms, 10, is_short, false);
	return text;
}

START_TEST(rate_and_time_left_are_those_of_late)
{
	take(PXE_EVENT_FILE_START, "a", 0, 1, 1000);
	ck_assert_str_eq(show(0, 1000, false), "..........   0% of 100.0 MB");
	ck_assert_int_eq(pxe_meter_left_s(&meters.row[0], 1000), -1);
	take(PXE_EVENT_FILE_PROGRESS, "a", 20 * MB, 1001, 2000);
	ck_assert_uint_eq(meters.row[0].rate, 20 * MB);
	ck_assert_str_eq(show(0, 2000, false),
			 "##........  20% of 100.0 MB, 20.0 MB/s, 5s left");
	/* time goes on, though nothing is told */
	ck_assert_str_eq(show(0, 4000, true), "##........  20%, 3s, 20.0 MB/s");
	/* slower: half of the rate is the last second's */
	take(PXE_EVENT_FILE_PROGRESS, "a", 30 * MB, 2001, 3000);
	ck_assert_uint_eq(meters.row[0].rate, 15 * MB);
	ck_assert_int_eq(pxe_meter_left_s(&meters.row[0], 3000), 5);
	ck_assert_int_eq(pxe_meter_left_s(&meters.row[0], 60000), 0);
	/* it stands: no time is right */
	for (uint32_t i = 1; i <= 60; i++)
		take(PXE_EVENT_FILE_PROGRESS, "a", 30 * MB, 2001 + i * 1000,
		     3000 + i * 1000);
	ck_assert_str_eq(show(0, 70000, false), "###.......  30% of 100.0 MB");
	pxe_meters_done(&meters);
}
END_TEST

START_TEST(a_daemon_may_not_tell_the_time)
{
	take(PXE_EVENT_FILE_START, "a", 0, 0, 1000);
	take(PXE_EVENT_FILE_PROGRESS, "a", 10 * MB, 0, 3000);
	ck_assert_uint_eq(meters.row[0].rate, 5 * MB);
	/* two events at once say nothing */
	take(PXE_EVENT_FILE_PROGRESS, "a", 20 * MB, 0, 3000);
	ck_assert_uint_eq(meters.row[0].rate, 5 * MB);
	/* our clock was set back */
	take(PXE_EVENT_FILE_PROGRESS, "a", 30 * MB, 0, 1000);
	ck_assert_uint_eq(meters.row[0].bytes, 30 * MB);
	pxe_meters_done(&meters);
}
END_TEST

START_TEST(an_unknown_size_is_no_bar)
{
	take(PXE_EVENT_FILE_START, "a", 5 * MB, 1000, 0);
	meters.row[0].total_bytes = 0;
	ck_assert_str_eq(show(0, 0, false), "5.0 MB, 5.0 MB/s");
	pxe_meters_done(&meters);
}
END_TEST

START_TEST(several_run_at_once)
{
	char name[2] = "a";

	take(PXE_EVENT_LOADER_START, "a", 0, 1, 1);
	take(PXE_EVENT_FILE_PROGRESS, "b", 0, 1, 2); /* its start was missed */
	ck_assert_uint_eq(meters.n, 2);
	take(PXE_EVENT_FILE_PROBE, "a", 0, 1, 3);
	take(PXE_EVENT_DHCP_ACK, "", 0, 0, 3);
	take(PXE_EVENT_FILE_DONE, "c", 0, 1, 3); /* a small one */
	ck_assert_uint_eq(meters.n, 2);
	take(PXE_EVENT_LOADER_DONE, "a", 0, 1, 4);
	ck_assert_uint_eq(meters.n, 1);
	ck_assert_str_eq(meters.row[0].file, "b");
	take(PXE_EVENT_FILE_FAILED, "b", 0, 1, 5);
	ck_assert_uint_eq(meters.n, 0);
	for (; name[0] <= 'z'; name[0]++)
		take(PXE_EVENT_FILE_START, name, 0, 1, 6);
	ck_assert_uint_eq(meters.n, PXE_METERS_MAX);
	ck_assert_str_eq(meters.row[PXE_METERS_MAX - 1].file, "z");
	take(PXE_EVENT_UP, "", 0, 0, 7);
	ck_assert_uint_eq(meters.n, 0);
	pxe_meters_done(&meters);
}
END_TEST

START_TEST(the_same_file_again_begins_anew)
{
	take(PXE_EVENT_FILE_START, "a", 0, 1, 0);
	take(PXE_EVENT_FILE_PROGRESS, "a", 50 * MB, 1001, 1000);
	take(PXE_EVENT_FILE_START, "a", 0, 1, 2000);
	ck_assert_uint_eq(meters.n, 1);
	ck_assert_uint_eq(meters.row[0].bytes, 0);
	ck_assert_uint_eq(meters.row[0].rate, 0);
	take(PXE_EVENT_FILE_PROGRESS, "a", 50 * MB, 1001, 3000);
	/* less than before: another transfer, whose start was missed */
	take(PXE_EVENT_FILE_PROGRESS, "a", MB, 500, 3500);
	ck_assert_uint_eq(meters.row[0].bytes, MB);
	ck_assert_uint_eq(meters.row[0].rate, 2 * MB);
	pxe_meters_done(&meters);
}
END_TEST

START_TEST(one_whose_end_was_missed_goes)
{
	take(PXE_EVENT_FILE_START, "a", 0, 1, 0);
	take(PXE_EVENT_FILE_START, "b", 0, 1, 200000);
	pxe_meters_age(&meters, 300000);
	ck_assert_uint_eq(meters.n, 2);
	pxe_meters_age(&meters, 300001);
	ck_assert_uint_eq(meters.n, 1);
	ck_assert_str_eq(meters.row[0].file, "b");
	pxe_meters_done(&meters);
}
END_TEST

START_TEST(large_numbers_do_not_wrap)
{
	struct pxe_event e = { .kind = PXE_EVENT_FILE_START,
			       .bytes = UINT64_MAX / 2,
			       .total_bytes = UINT64_MAX / 2 + 1000,
			       .duration_ms = UINT32_MAX,
			       .file = "a",
			       .by = "tftpd" };

	ck_assert_int_eq(pxe_meters_take(&meters, &e, 0), 0);
	ck_assert_uint_ge(meters.row[0].rate, UINT64_MAX / 2 / UINT32_MAX);
	ck_assert_int_gt(pxe_meter_left_s(&meters.row[0], 0), 0);
	pxe_meters_done(&meters);
}
END_TEST

UNIT_MAIN("meter", rate_and_time_left_are_those_of_late,
	  a_daemon_may_not_tell_the_time, an_unknown_size_is_no_bar,
	  several_run_at_once, the_same_file_again_begins_anew,
	  one_whose_end_was_missed_goes, large_numbers_do_not_wrap)
