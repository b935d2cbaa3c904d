/* SPDX-License-Identifier: ISC */
#include "httpd/pace.h"

void pxe_pace_begin(struct pxe_pace *pace, int64_t now_ms, uint64_t bytes)
{
	pace->since_ms = now_ms;
	pace->bytes = bytes;
}

bool pxe_pace_is_due(const struct pxe_pace *pace,
		     const struct pxe_pace_limits *limits, int64_t now_ms)
{
	return limits->min_rate > 0 &&
	       now_ms - pace->since_ms >= limits->window_ms;
}

/* What waited from the answer before may not even be taken: then `bytes` is
 * less than it was. */
bool pxe_pace_is_slow(struct pxe_pace *pace,
		      const struct pxe_pace_limits *limits, int64_t now_ms,
		      uint64_t bytes)
{
	uint64_t took_ms = (uint64_t)(now_ms - pace->since_ms);

	if (bytes < pace->bytes ||
	    (bytes - pace->bytes) * 1000 < took_ms * limits->min_rate)
		return true;
	pxe_pace_begin(pace, now_ms, bytes);
	return false;
}
