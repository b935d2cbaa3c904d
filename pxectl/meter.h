/* SPDX-License-Identifier: ISC */
/*
 * The transfers of one machine that run now, as their events tell: how far,
 * how fast, how long still.  Pure; owns its memory.
 */
#ifndef PXECTL_METER_H
#define PXECTL_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/client.h"

enum { PXE_METERS_MAX = 8 }; /* of one machine; more are not shown */

struct pxe_meter {
	char by[16], file[PXE_CLIENT_FILE_TEXT]; /* which transfer */
	uint64_t bytes, total_bytes;             /* total 0: not known */
	uint64_t rate;    /* octets a second, of late; 0: not known */
	uint32_t took_ms; /* the daemon's time; 0: it did not say */
	int64_t seen_ms;  /* our time of its last event */

	/* the last line about it, see pxectl/watch.c */
	int printed_percent;
	int64_t printed_ms;
};

/* Starts as zeroes. */
struct pxe_meters {
	struct pxe_meter *row; /* those that began first go first */
	size_t n;
};

void pxe_meters_done(struct pxe_meters *meters);

/* An event that came at `now_ms`, of a transfer or not.  0, -ENOMEM. */
int pxe_meters_take(struct pxe_meters *meters, const struct pxe_event *event,
		    int64_t now_ms) PXE_MUST_CHECK;

/* Drops those that were not heard of for so long that their end was missed. */
void pxe_meters_age(struct pxe_meters *meters, int64_t now_ms);

/* The one that an event is about, or NULL. */
struct pxe_meter *pxe_meters_find(const struct pxe_meters *meters,
				  const struct pxe_event *event);

/* Seconds until it has all, rounded up; -1: not known. */
int64_t pxe_meter_left_s(const struct pxe_meter *meter, int64_t now_ms);

#endif
