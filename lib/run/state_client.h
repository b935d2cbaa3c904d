/* SPDX-License-Identifier: ISC */
/*
 * The asynchronous client of pxe-stated: one connection, Varlink calls whose
 * answers come back in order, reconnection with back-off.  Main thread only.
 */
#ifndef PXE_RUN_STATE_CLIENT_H
#define PXE_RUN_STATE_CLIENT_H

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/attr.h"
#include "core/client.h"
#include "core/facts.h"
#include "core/lease.h"

struct pxe_state_client;

struct pxe_state_client_ops {
	/* The connection stands; calls may be made.  May be NULL. */
	void (*up)(void *arg);
	/* It is gone; all calls under way were answered with an error first.
	 * Comes again and again only after an `up`.  May be NULL. */
	void (*down)(void *arg);
	/* It could not be made to `path`: `error` is an errno (ENOENT, EACCES,
	 * ECONNREFUSED ...).  Comes at each try, for ever, so a log of it
	 * needs a limit.  May be NULL. */
	void (*failed)(const char *path, int error, void *arg);
	/* It takes reports again, and `n` of those that waited for that were
	 * lost, as they became too many.  Must not free the client.  May be
	 * NULL. */
	void (*lost)(unsigned long n, void *arg);
};

/*
 * Starts to connect to the socket at `path`, for ever.  NULL: no memory.
 * `ops` and `arg` are borrowed.
 */
struct pxe_state_client *
pxe_state_client_new(struct event_base *base, const char *path,
		     const struct pxe_state_client_ops *ops,
		     void *arg) PXE_MUST_CHECK;
/* Closes; calls under way are not answered any more.  NULL is allowed. */
void pxe_state_client_free(struct pxe_state_client *client);

bool pxe_state_client_is_up(const struct pxe_state_client *client);

/*
 * An answer.  `error` is NULL, or the name of a Varlink error (without the
 * interface's name for errors of io.pxesuite.State: "AddressTaken"), or
 * "Disconnected".  `params` is borrowed, never NULL.  `more`: another answer
 * to the same call follows.
 */
typedef void pxe_state_reply(const char *error, const json_t *params,
			     bool more, void *arg);

/*
 * Calls a method of io.pxesuite.State.  `params` is stolen (NULL: none).
 * 0: `reply` will be called, always later, never from inside this function.
 * -ENOTCONN, -EBUSY (too many calls under way), -ENOMEM: it will not.
 */
int pxe_state_call(struct pxe_state_client *client, const char *method,
		   json_t *params, pxe_state_reply *reply,
		   void *arg) PXE_MUST_CHECK;

/* The same for a call that is JSON text already: `text` is borrowed. */
int pxe_state_call_text(struct pxe_state_client *client, const char *text,
			size_t len, pxe_state_reply *reply,
			void *arg) PXE_MUST_CHECK;

/*
 * The same for a call with "more", which is answered by a long list.  `take`
 * (NULL: none) sees the whole text of each message first; true: it was one of
 * several answers, and it has read it.  What it leaves goes to `reply` as ever.
 */
typedef bool pxe_state_take(const char *text, size_t len, void *arg);
int pxe_state_call_list(struct pxe_state_client *client, const char *text,
			size_t len, pxe_state_take *take,
			pxe_state_reply *reply, void *arg) PXE_MUST_CHECK;

/* ListLeases with "more", so called. */
int pxe_state_list_leases(struct pxe_state_client *client,
			  pxe_state_take *take, pxe_state_reply *reply,
			  void *arg) PXE_MUST_CHECK;

/*
 * Calls with "more": a stream of answers, each but the last with `more` set.
 * For Watch (whose stream has no end, so that it needs a connection of its
 * own), ListClients and ListLeases (each answer holds some of the list).
 */
int pxe_state_call_more(struct pxe_state_client *client, const char *method,
			json_t *params, pxe_state_reply *reply,
			void *arg) PXE_MUST_CHECK;

/* A lease to be committed. */
struct pxe_state_commit {
	const struct pxe_lease *lease;
	uint32_t replaces; /* address of another one that goes; 0: none */
	int64_t now_s;	   /* the clock by which the lease's times were made */
	bool is_os; /* an operating system asked: says the event dhcp-os */
};

/*
 * lease->client must not be NULL.  A commit may take over another lease of
 * this client (address `replaces`; 0: none).  Release and decline need address
 * and client; decline sends end_s as the end of the quarantine.  `now_s` is
 * the time that the lease's times were made of: the clock may be set meanwhile.
 * Durable: answered after the commit.  Errors: AddressTaken, NoLease, Store.
 */
int pxe_state_commit_lease(struct pxe_state_client *client,
			   const struct pxe_state_commit *commit,
			   pxe_state_reply *reply, void *arg) PXE_MUST_CHECK;
int pxe_state_release_lease(struct pxe_state_client *client,
			    const struct pxe_lease *lease,
			    pxe_state_reply *reply, void *arg) PXE_MUST_CHECK;
int pxe_state_decline_lease(struct pxe_state_client *client,
			    const struct pxe_lease *lease, int64_t now_s,
			    pxe_state_reply *reply, void *arg) PXE_MUST_CHECK;
/*
 * Oneway, best effort: kept in a bounded queue while stated is away, the
 * oldest lost first.  `params` is stolen; `name` is that of the host section,
 * "" if there is none, or NULL: as it was.
 */
void pxe_state_report(struct pxe_state_client *client, const char *method,
		      json_t *params);
/* The same for JSON text, which says "oneway" itself; borrowed. */
void pxe_state_report_text(struct pxe_state_client *client, const char *text,
			   size_t len);
/* Could a report be sent at once? */
bool pxe_state_client_has_room(const struct pxe_state_client *client);
void pxe_state_report_facts(struct pxe_state_client *client,
			    const struct pxe_facts *facts, const char *name);
/* The progress of a transfer does not wait: when it could be sent it would be
 * old. */
void pxe_state_report_event(struct pxe_state_client *client,
			    const struct pxe_event *event);

#endif
