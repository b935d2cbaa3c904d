/* SPDX-License-Identifier: ISC */
/*
 * What pxe-dhcpd and pxe-stated tell each other:
 *
 *	commit.c  commits under way
 *	resync.c  reading its leases, following what others change
 *	tell.c    leases given back, until it knows of them
 *	alarms.h  what an administrator has to act upon
 */
#ifndef PXE_DHCPD_TALK_H
#define PXE_DHCPD_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/lease.h"

struct pxe_server;
struct pxe_state_client;
struct pxe_waiting;

/* commit.c */
int pxe_commit_init(struct pxe_server *s) PXE_MUST_CHECK;
void pxe_commit_done(struct pxe_server *s);
/* Connects to the pxe-stated of s->conf.  0, -ENOMEM. */
int pxe_commit_connect(struct pxe_server *s) PXE_MUST_CHECK;
/* A slot for a reply, or NULL. */
struct pxe_waiting *pxe_commit_get(struct pxe_server *s);
void pxe_commit_put_back(struct pxe_waiting *w);
/* Asks for the commit; the reply is sent after it.  Owns the slot. */
void pxe_commit_start(struct pxe_waiting *w, const struct pxe_lease *lease);
/* Does pxe-stated leave commits unanswered? */
bool pxe_commit_is_stuck(const struct pxe_server *s);
/* Every second. */
void pxe_commit_tick(struct pxe_server *s);

/* resync.c: the connection that follows what others change; NULL: no
 * memory. */
struct pxe_state_client *pxe_resync_connect(struct pxe_server *s,
					    const char *path) PXE_MUST_CHECK;
/* Reads all leases, if that is wanted and possible now. */
void pxe_resync_try(struct pxe_server *s);
void pxe_resync_stop(struct pxe_server *s);
/* The book was moved: what is read now is read anew. */
void pxe_resync_clock_was_set(struct pxe_server *s);
/* Asks for the lease of an address, which the book then has. */
void pxe_resync_ask(struct pxe_server *s, uint32_t address);

/* tell.c */
int pxe_tell_init(struct pxe_server *s) PXE_MUST_CHECK;
void pxe_tell_done(struct pxe_server *s);
/* Tells pxe-stated that a lease was released or declined: now, or when it is
 * there. */
void pxe_tell_lease(struct pxe_server *s, const struct pxe_lease *lease);
/* May one more be kept? */
bool pxe_tell_has_room(const struct pxe_server *s);
/* What is to be told of an address, or NULL. */
const struct pxe_lease *pxe_tell_find(const struct pxe_server *s,
				      uint32_t address);
void pxe_tell_forget(struct pxe_server *s, uint32_t address);
/* Tells all that is not told. */
void pxe_tell_all(struct pxe_server *s);
/* Puts it into the book.  0, -ENOMEM. */
int pxe_tell_apply(struct pxe_server *s) PXE_MUST_CHECK;
void pxe_tell_clock_was_set(struct pxe_server *s, int64_t by_s);

#endif
