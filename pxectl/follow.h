/* SPDX-License-Identifier: ISC */
/*
 * Copies of the client records that follow the Watch stream, for `pxectl
 * watch`.  Owns them.
 */
#ifndef PXECTL_FOLLOW_H
#define PXECTL_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/client.h"
#include "pxectl/meter.h"

struct pxe_followed {
	struct pxe_client client; /* its key is owned */
	int64_t boot_ms;    /* when this boot began, as exact as is known */
	int64_t asked_ms;   /* the last event that may begin a boot */
	struct pxe_meters meters; /* its transfers that run */
	enum pxe_step printed_step; /* of the last line; NONE: no line */
};

struct pxe_follow;

struct pxe_follow *pxe_follow_new(void) PXE_MUST_CHECK;
void pxe_follow_free(struct pxe_follow *follow);

/* Takes a record over.  NULL: no memory. */
struct pxe_followed *pxe_follow_put(struct pxe_follow *follow,
				    const struct pxe_client *client);

/* Forgets a client. */
void pxe_follow_remove(struct pxe_follow *follow, const char *key);

/* The client of that key, or NULL. */
struct pxe_followed *pxe_follow_find(const struct pxe_follow *follow,
				     const char *key);

/* The client of an event, which is noted; NULL: it names none, or there is no
 * memory. */
struct pxe_followed *pxe_follow_note(struct pxe_follow *follow,
				     const struct pxe_event *event,
				     int64_t now_ms);

/* Forgets transfers that were not heard of for long. */
void pxe_follow_age(struct pxe_follow *follow, int64_t now_ms);

/* How many transfers run, and their octets a second. */
size_t pxe_follow_sum(const struct pxe_follow *follow, uint64_t *rate);

/* How many of them are up. */
unsigned pxe_follow_count_up(const struct pxe_follow *follow);

/*
 * The clients whose boot began or that were heard of since `since_ms`, in the
 * order in which their boots began: at most `cap`, the latest.  Their number.
 */
size_t pxe_follow_list(const struct pxe_follow *follow, int64_t since_ms,
		       const struct pxe_followed **list, size_t cap);

#endif
