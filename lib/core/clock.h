/* SPDX-License-Identifier: ISC */
/*
 * Has somebody set the clock?  Pure: run/clock.h reads the clocks.
 *
 * Leases end at a time of the wall clock, since that goes on over a restart.
 * Wall time minus the time since the machine booted (suspend included) is
 * the same until the wall clock is set; adjtime() moves both.  When it has
 * changed, the times of all leases are moved with it, so that each is as long
 * as its client was told.
 */
#ifndef PXE_CORE_CLOCK_H
#define PXE_CORE_CLOCK_H

#include <stdint.h>

#include "base/attr.h"

enum {
	PXE_CLOCK_BOOT_ID_TEXT = 37, /* a UUID and NUL */
	PXE_CLOCK_STEP_MS = 2000,    /* less than that is no step */
};

/* The clocks at one moment. */
struct pxe_clock_time {
	int64_t wall_ms; /* since 1970 */
	int64_t up_ms;	 /* since the machine booted */
};

/* What a record of the clocks says, in a store or now. */
struct pxe_clock_mark {
	char boot_id[PXE_CLOCK_BOOT_ID_TEXT]; /* "": not known */
	struct pxe_clock_time time;
	/*
	 * When this boot's first record was made, and how much later than the
	 * last record of the boot before.  Nobody can tell how much of that
	 * was the clock's fault.
	 */
	int64_t first_s, ahead_s;
};

/* How the times of leases are to be moved. */
struct pxe_clock_shift {
	int64_t by_s;	 /* 0: not at all */
	int64_t since_s; /* only of leases that began then or later */
};

/* Follows the clocks of one boot. */
struct pxe_clock {
	int64_t offset_ms; /* wall minus up, to which all times belong */
};

void pxe_clock_init(struct pxe_clock *clock, struct pxe_clock_time now);

/* By how many seconds the wall clock was set since `clock` last followed;
 * 0: by nothing, or so little that it is left until it is more. */
int64_t pxe_clock_find_step(const struct pxe_clock *clock,
			    struct pxe_clock_time now);

/* Times are moved by `by_s` from now on. */
void pxe_clock_follow(struct pxe_clock *clock, int64_t by_s);

/* The time in seconds since 1970 on the scale to which all times belong: the
 * wall clock's, but for a step that was not followed yet. */
int64_t pxe_clock_scale_s(const struct pxe_clock *clock,
			  struct pxe_clock_time now);

/*
 * What happened between the record `saved` and `now`, of which only boot_id
 * and time are set; completes it.  In the same boot a step is known exactly.
 * In another boot a clock that is behind the record was set back: leases then
 * go on as if no time had passed.  One that is ahead says how long it took.
 */
struct pxe_clock_shift pxe_clock_judge(const struct pxe_clock_mark *saved,
				       struct pxe_clock_mark *now);

/*
 * How leases are to be moved for a step of `by_s` in the boot of `mark`, and
 * what `mark` says afterwards.  Where the clock was ahead when the machine
 * booted, and the first step sets it back by no more than that, it was wrong
 * then: leases from before were never moved, and stay.
 */
struct pxe_clock_shift pxe_clock_step(struct pxe_clock_mark *mark,
				      int64_t by_s);

/*
 * A time moved by `by_s`, within what can be written down: 0 to `max_s`
 * (excluded; which is for ever, and as what is later stays).
 */
int64_t pxe_clock_move(int64_t time_s, int64_t by_s, int64_t max_s);

#endif
