/* SPDX-License-Identifier: ISC */
#include "pxectl/meter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum {
	/* where thousands run, minutes pass between two events of one */
	MISSED_MS = 300000,
	STEADY_MS = 200, /* a shorter time says nothing of a rate */
};

static uint64_t rate_of(uint64_t bytes, uint64_t ms)
{
	return bytes <= UINT64_MAX / 1000 ? bytes * 1000 / ms
					  : bytes / ms * 1000;
}

void pxe_meters_done(struct pxe_meters *meters)
{
	free(meters->row);
	*meters = (struct pxe_meters) { .row = NULL };
}

static void drop(struct pxe_meters *meters, struct pxe_meter *meter)
{
	size_t at = (size_t)(meter - meters->row);

	meters->n--;
	memmove(meter, meter + 1, (meters->n - at) * sizeof(*meter));
}

struct pxe_meter *pxe_meters_find(const struct pxe_meters *meters,
				  const struct pxe_event *event)
{
	for (size_t i = 0; i < meters->n; i++)
		if (strcmp(meters->row[i].by, event->by) == 0 &&
		    strcmp(meters->row[i].file, event->file) == 0)
			return &meters->row[i];
	return NULL;
}

/* A row for a transfer that is not known yet; the oldest makes room. */
static struct pxe_meter *add(struct pxe_meters *meters)
{
	if (meters->row == NULL)
		meters->row = calloc(PXE_METERS_MAX, sizeof(*meters->row));
	if (meters->row == NULL)
		return NULL;
	if (meters->n == PXE_METERS_MAX)
		drop(meters, meters->row);
	return &meters->row[meters->n++];
}

static void begin(struct pxe_meter *meter, const struct pxe_event *event,
		  int64_t now_ms)
{
	*meter = (struct pxe_meter) {
		.bytes = event->bytes,
		.total_bytes = event->total_bytes,
		.took_ms = event->duration_ms,
		.seen_ms = now_ms,
	};
	pxe_str_copy(meter->by, sizeof(meter->by), event->by);
	pxe_str_copy(meter->file, sizeof(meter->file), event->file);
	if (event->duration_ms >= STEADY_MS)
		meter->rate = rate_of(event->bytes, event->duration_ms);
}

/* The rate of late: of the time since the last event, smoothed. */
static void go_on(struct pxe_meter *meter, const struct pxe_event *event,
		  int64_t now_ms)
{
	uint64_t rate, ms = event->duration_ms > 0
				    ? event->duration_ms - meter->took_ms
				    : (uint64_t)(now_ms - meter->seen_ms);

	if (ms >= STEADY_MS) {
		rate = rate_of(event->bytes - meter->bytes, ms);
		meter->rate =
			meter->rate > 0 ? meter->rate / 2 + rate / 2 : rate;
		meter->bytes = event->bytes;
		meter->took_ms = event->duration_ms;
		meter->seen_ms = now_ms;
	}
	meter->total_bytes = event->total_bytes;
}

/* Does the event tell of a later moment of the same transfer? */
static bool is_later(const struct pxe_meter *meter,
		     const struct pxe_event *event, int64_t now_ms)
{
	return event->kind == PXE_EVENT_FILE_PROGRESS &&
	       event->bytes >= meter->bytes && now_ms >= meter->seen_ms &&
	       (event->duration_ms == 0 ||
		event->duration_ms >= meter->took_ms);
}

int pxe_meters_take(struct pxe_meters *meters, const struct pxe_event *event,
		    int64_t now_ms)
{
	struct pxe_meter *meter = pxe_meters_find(meters, event);

	switch (event->kind) {
	case PXE_EVENT_LOADER_START:
	case PXE_EVENT_FILE_START:
	case PXE_EVENT_FILE_PROGRESS:
		if (meter != NULL && is_later(meter, event, now_ms)) {
			go_on(meter, event, now_ms);
			return 0;
		}
		if (meter == NULL)
			meter = add(meters);
		if (meter == NULL)
			return -ENOMEM;
		begin(meter, event, now_ms);
		break;
	case PXE_EVENT_LOADER_DONE:
	case PXE_EVENT_SCRIPT:
	case PXE_EVENT_FILE_DONE:
	case PXE_EVENT_FILE_FAILED:
		if (meter != NULL)
			drop(meters, meter);
		break;
	case PXE_EVENT_UP:
	case PXE_EVENT_INSTALLED:
	case PXE_EVENT_INSTALL_FAILED:
		meters->n = 0;
		break;
	default:
		break;
	}
	return 0;
}

void pxe_meters_age(struct pxe_meters *meters, int64_t now_ms)
{
	for (size_t i = meters->n; i-- > 0;)
		if (now_ms - meters->row[i].seen_ms > MISSED_MS)
			drop(meters, &meters->row[i]);
}

int64_t pxe_meter_left_s(const struct pxe_meter *meter, int64_t now_ms)
{
	uint64_t left_s;
	int64_t since_s = (now_ms - meter->seen_ms) / 1000;

	if (meter->rate == 0 || meter->total_bytes < meter->bytes ||
	    meter->total_bytes == 0)
		return -1;
	left_s = (meter->total_bytes - meter->bytes) / meter->rate + 1;
	if (left_s > 86400 * 30) /* it stands */
		return -1;
	return since_s < (int64_t)left_s ? (int64_t)left_s - since_s : 0;
}
