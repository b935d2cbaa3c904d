/* SPDX-License-Identifier: ISC */
/*
 * Boots that go round in circles: a machine that fetches the same loader, or
 * its boot script, again and again and gets no further.
 *
 * What is counted are loaders that were sent in full and boot scripts, one
 * after another without progress between them.  A client with too many of
 * them is held for a while: files that would only be fetched for another
 * round are refused (core/policy.c).  What a client is counted by stands in
 * its record, so a restart of pxe-stated forgets nothing.
 */
#ifndef PXE_CORE_LOOP_H
#define PXE_CORE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct pxe_client;
struct pxe_event;

enum {
	/* Who takes longer from one loader to the next starts anew: servers
	 * take minutes to start, people boot again for other reasons. */
	PXE_LOOP_LOADER_S = 600,
	/* The same for scripts.  Those of core/script.c that wait and ask
	 * again do so after 15 seconds at least. */
	PXE_LOOP_SCRIPT_S = 14,
};

/* The part of a client's record; all 0: nothing was counted. */
struct pxe_loop {
	uint32_t n_loaders, n_scripts; /* since there was progress */
	int64_t loader_s, script_s;    /* when the last of them was */
	int64_t held_s, held_until_s;  /* 0: it was not held */
};

/* `limit` loaders are too many, or twice as many scripts; 0: nobody is ever
 * held. */
struct pxe_loop_rules {
	uint32_t limit;
	uint32_t hold_s;
};

enum pxe_loop_change {
	PXE_LOOP_SAME,
	PXE_LOOP_HELD,	   /* the client is held from now on */
	PXE_LOOP_RELEASED, /* it was held, and got further by itself */
};

/* Counts what happened to a client, after pxe_client_apply(). */
enum pxe_loop_change pxe_loop_step(struct pxe_client *client,
				   const struct pxe_event *event,
				   const struct pxe_loop_rules *rules,
				   int64_t now_s);

/* Is it held at `now_s`? */
bool pxe_loop_is_held(const struct pxe_loop *loop, int64_t now_s);

/* How often it fetched the same before it was held, and what. */
uint32_t pxe_loop_count(const struct pxe_loop *loop);
const char *pxe_loop_what(const struct pxe_loop *loop);

#endif
