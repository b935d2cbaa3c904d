/* SPDX-License-Identifier: ISC */
#include "core/clock.h"

#include <string.h>

enum { SECOND_MS = 1000 };

static int64_t offset_of(struct pxe_clock_time t)
{
	return t.wall_ms - t.up_ms;
}

static int64_t to_seconds(int64_t ms)
{
	return (ms + (ms < 0 ? -SECOND_MS / 2 : SECOND_MS / 2)) / SECOND_MS;
}

/* In seconds; 0 if it is too little to be a step. */
static int64_t step_of(int64_t ms)
{
	return ms > PXE_CLOCK_STEP_MS || ms < -PXE_CLOCK_STEP_MS
		       ? to_seconds(ms)
		       : 0;
}

void pxe_clock_init(struct pxe_clock *clock, struct pxe_clock_time now)
{
	clock->offset_ms = offset_of(now);
}

int64_t pxe_clock_find_step(const struct pxe_clock *clock,
			    struct pxe_clock_time now)
{
	return step_of(offset_of(now) - clock->offset_ms);
}

void pxe_clock_follow(struct pxe_clock *clock, int64_t by_s)
{
	clock->offset_ms += by_s * SECOND_MS;
}

int64_t pxe_clock_scale_s(const struct pxe_clock *clock,
			  struct pxe_clock_time now)
{
	return now.wall_ms / SECOND_MS - pxe_clock_find_step(clock, now);
}

/* --- over a restart ------------------------------------------------------ */

static struct pxe_clock_shift move_all(int64_t by_s)
{
	return (struct pxe_clock_shift){ by_s, INT64_MIN };
}

/* Another boot, or nobody can tell: only the wall clocks can be compared. */
static struct pxe_clock_shift judge_boot(const struct pxe_clock_mark *saved,
					 struct pxe_clock_mark *now)
{
	int64_t ahead_s = step_of(now->time.wall_ms - saved->time.wall_ms);

	now->first_s = now->time.wall_ms / SECOND_MS;
	now->ahead_s = ahead_s > 0 ? ahead_s : 0;
	return move_all(ahead_s < 0 ? ahead_s : 0);
}

struct pxe_clock_shift pxe_clock_judge(const struct pxe_clock_mark *saved,
				       struct pxe_clock_mark *now)
{
	int64_t by_s;

	if (saved->boot_id[0] == '\0' ||
	    strcmp(saved->boot_id, now->boot_id) != 0)
		return judge_boot(saved, now);
	now->first_s = saved->first_s;
	now->ahead_s = saved->ahead_s;
	by_s = step_of(offset_of(now->time) - offset_of(saved->time));
	return by_s != 0 ? pxe_clock_step(now, by_s) : move_all(0);
}

struct pxe_clock_shift pxe_clock_step(struct pxe_clock_mark *mark, int64_t by_s)
{
	struct pxe_clock_shift shift = move_all(by_s);

	if (by_s < 0 && -by_s <= mark->ahead_s)
		shift.since_s = mark->first_s;
	mark->first_s += by_s;
	mark->ahead_s = 0; /* a clock is put right once */
	return shift;
}

int64_t pxe_clock_move(int64_t time_s, int64_t by_s, int64_t max_s)
{
	if (time_s >= max_s)
		return time_s;
	/* either may be what a sender made up */
	if (time_s < 0)
		time_s = 0;
	if (by_s >= max_s - time_s)
		return max_s - 1;
	return time_s + by_s > 0 ? time_s + by_s : 0;
}
