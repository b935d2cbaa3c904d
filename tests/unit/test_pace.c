/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "httpd/pace.h"
#include "unit.h"

#define AT 5000 /* ms, when the window begins */

/* clang-format off */
static const struct {
	const char *name;
	uint32_t min_rate;
	int64_t after_ms;
	uint64_t before, bytes; /* taken until the window, and now */
	bool is_due, is_slow;
} rows[] = {
	{ "any rate", 0, 1000000, 0, 0, false, false },
	{ "too early", 1024, 59999, 0, 0, false, false },
	{ "nothing", 1024, 60000, 0, 0, true, true },
	{ "an octet too few", 1024, 60000, 0, 61439, true, true },
	{ "just enough", 1024, 60000, 0, 61440, true, false },
	{ "of this window only", 1024, 60000, 100000, 161439, true, true },
	{ "just enough of it", 1024, 60000, 100000, 161440, true, false },
	{ "asked late: no longer enough", 1024, 61000, 0, 61440, true, true },
	{ "asked late: enough", 1024, 61000, 0, 62464, true, false },
	{ "what was before is not taken", 1, 60000, 100000, 99999, true, true },
	{ "one octet a second", 1, 60000, 0, 60, true, false },
	{ "the highest", 1073741824, 60000, 0, 60ull * 1073741824, true, false },
	{ "not quite", 1073741824, 60000, 0, 60ull * 1073741824 - 1, true, true },
};
/* clang-format on */

START_TEST(who_is_slow)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct pxe_pace_limits limits = {
			.min_rate = rows[i].min_rate,
			.window_ms = 60000,
		};
		const int64_t now_ms = AT + rows[i].after_ms;
		struct pxe_pace pace;

		pxe_pace_begin(&pace, AT, rows[i].before);
		ck_assert_msg(pxe_pace_is_due(&pace, &limits, now_ms) ==
				      rows[i].is_due,
			      "%s", rows[i].name);
		if (!rows[i].is_due)
			continue;
		ck_assert_msg(pxe_pace_is_slow(&pace, &limits, now_ms,
					       rows[i].bytes) ==
				      rows[i].is_slow,
			      "%s", rows[i].name);
		/* the next window, or still that one */
		ck_assert_msg(pxe_pace_is_due(&pace, &limits, now_ms) ==
				      rows[i].is_slow,
			      "%s", rows[i].name);
		ck_assert_uint_eq(pace.bytes, rows[i].is_slow ? rows[i].before
							      : rows[i].bytes);
	}
}
END_TEST

UNIT_MAIN("pace", who_is_slow)
