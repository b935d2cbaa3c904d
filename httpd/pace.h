/* SPDX-License-Identifier: ISC */
/* How fast a client takes an answer, and whether that is too slow.  Pure. */
#ifndef PXE_HTTPD_PACE_H
#define PXE_HTTPD_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pxe_pace_limits {
	uint32_t min_rate; /* octets a second; 0: any */
	uint32_t window_ms;
};

struct pxe_pace {
	int64_t since_ms; /* the present window */
	uint64_t bytes;   /* what it had taken then, of all answers */
};

/* A window begins at `now_ms`, before which `bytes` were taken. */
void pxe_pace_begin(struct pxe_pace *pace, int64_t now_ms, uint64_t bytes);

/* Is a window over, so that it is to be asked whether that was too slow? */
bool pxe_pace_is_due(const struct pxe_pace *pace,
		     const struct pxe_pace_limits *limits, int64_t now_ms);

/* Has it taken too little in a window that is due, up to now `bytes` in all?
 * If not, the next one begins. */
bool pxe_pace_is_slow(struct pxe_pace *pace,
		      const struct pxe_pace_limits *limits, int64_t now_ms,
		      uint64_t bytes);

#endif
