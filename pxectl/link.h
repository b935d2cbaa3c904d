/* SPDX-License-Identifier: ISC */
/*
 * The connection to pxe-stated: calls that wait, with a deadline, over the
 * asynchronous client of libpxe.
 */
#ifndef PXECTL_LINK_H
#define PXECTL_LINK_H

#include <jansson.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "run/state_client.h"

#define PXE_LINK_DEADLINE_S 5  /* for each answer */
#define PXE_LINK_TOTAL_S    60 /* for all answers to a call */

struct pxe_link;

/*
 * Connects to the socket at `path`, which is borrowed.
 * 0; -errno: `why` got one sentence with what to do.
 */
int pxe_link_open(const char *path, struct pxe_link **link,
		  struct pxe_str *why) PXE_MUST_CHECK;
void pxe_link_close(struct pxe_link *link);

/*
 * Says why nobody answers at `path`: connects once and looks.
 * 0: somebody takes connections; -errno and a sentence in `why`.
 */
int pxe_link_probe(const char *path, struct pxe_str *why) PXE_MUST_CHECK;

/*
 * Told of each answer to a call; `params` is borrowed.  Returns 0, or -errno
 * to have pxe_link_call() end with it.
 */
typedef int pxe_link_take(const json_t *params, void *arg);

/*
 * Calls a method and waits until it was answered for the last time; each
 * answer must come within the deadline.  `params` is stolen; `more` allows
 * several answers.
 * 0; -ENOENT: what was asked for is not there; -EREMOTE: stated refused;
 * `why` says so; else -errno and a sentence in
 * `why` (an error of `take` leaves `why` empty).
 */
int pxe_link_call(struct pxe_link *link, const char *method, json_t *params,
		  bool more, pxe_link_take *take, void *arg,
		  struct pxe_str *why) PXE_MUST_CHECK;

#endif
