/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <time.h>

#include "dhcpd/server.h"
#include "run/clock.h"
#include "run/log.h"

static void set_times(struct pxe_server *s, struct pxe_clock_time now)
{
	struct timespec ts = { 0 };

	s->now_s = now.wall_ms / 1000;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	s->mono_s = ts.tv_sec;
	s->mono_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void pxe_server_start_clocks(struct pxe_server *s)
{
	struct pxe_clock_time now = pxe_clock_read();

	pxe_clock_init(&s->clock, now);
	set_times(s, now);
}

void pxe_server_read_clocks(struct pxe_server *s)
{
	struct pxe_clock_time now = pxe_clock_read();
	int64_t by_s = pxe_clock_find_step(&s->clock, now);

	set_times(s, now);
	if (by_s == 0)
		return;
	pxe_log(PXE_LOG_NOTICE,
		"the clock was set %s by %" PRId64 " s: all leases are moved "
		"with it",
		by_s < 0 ? "back" : "forward", by_s < 0 ? -by_s : by_s);
	pxe_clock_follow(&s->clock, by_s);
	pxe_book_move(s->book, by_s);
	pxe_tell_clock_was_set(s, by_s);
	pxe_resync_clock_was_set(s);
}
