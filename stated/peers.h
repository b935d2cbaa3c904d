/* SPDX-License-Identifier: ISC */
/* The daemons that said Hello: who is there, since when. */
#ifndef PXE_STATED_PEERS_H
#define PXE_STATED_PEERS_H

#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "run/state_counts.h"

struct pxe_peers;

struct pxe_peers *pxe_peers_new(void) PXE_MUST_CHECK;
void pxe_peers_free(struct pxe_peers *peers);

/*
 * Process `pid` says over `connection` that it is `name` (1 to 31 letters,
 * digits, '-').  A process may have several connections.
 * 0, -EINVAL (not a name), -ENOSPC (too many are connected).
 */
int pxe_peers_hello(struct pxe_peers *peers, const char *name, pid_t pid,
		    uint64_t connection, int64_t now_s) PXE_MUST_CHECK;
/* What a peer counted, said over its connection; of nobody else it is not
 * kept. */
void pxe_peers_count(struct pxe_peers *peers, uint64_t connection,
		     const struct pxe_counts *counts);
/* A connection ended, of a peer or not. */
void pxe_peers_gone(struct pxe_peers *peers, uint64_t connection,
		    int64_t now_s);

/* All times move by `by_s`: the clock was set. */
void pxe_peers_move(struct pxe_peers *peers, int64_t by_s);

/* A list of Peer, or NULL (no memory). */
json_t *pxe_peers_to_json(const struct pxe_peers *peers) PXE_MUST_CHECK;

#endif
