/* SPDX-License-Identifier: ISC */
/*
 * What pxe-stated knows, in memory: leases and client records, and the rules
 * who may have what.  Pure: the caller writes the changes to the store.
 *
 * Lease verbs change the leases at once and note what was there before.  The
 * caller writes the noted changes to the store and then says whether that
 * worked: pxe_registry_keep(), or pxe_registry_undo() which brings back what
 * is on disk.
 */
#ifndef PXE_STATED_REGISTRY_H
#define PXE_STATED_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/client.h"
#include "core/clock.h"
#include "core/lease.h"

/* How much is kept at most. */
#define PXE_REGISTRY_MAX_LEASES  ((size_t)1 << 20)
#define PXE_REGISTRY_MAX_CLIENTS ((size_t)1 << 16)
/* Ordinary clients get no record beside their lease where there are so many
 * clients: they would push out those that boot. */
#define PXE_REGISTRY_MAX_PLAIN ((size_t)1 << 13)
/* Leases of one client that are imported: more are a mistake. */
#define PXE_REGISTRY_CLIENT_LEASES 256
/* Leases are remembered after their end, clients after they were seen. */
#define PXE_REGISTRY_LEASE_S  (30 * 86400)
#define PXE_REGISTRY_CLIENT_S (90 * 86400)

struct pxe_registry;

/* An empty registry, or NULL (no memory). */
struct pxe_registry *pxe_registry_new(void) PXE_MUST_CHECK;
void pxe_registry_free(struct pxe_registry *registry);

const struct pxe_lease_table *pxe_registry_leases(
	const struct pxe_registry *registry);
const struct pxe_client_table *pxe_registry_clients(
	const struct pxe_registry *registry);

/* Puts in what the store has.  0, -EEXIST (it was there), -ENOMEM. */
int pxe_registry_load_lease(struct pxe_registry *registry,
			    const struct pxe_lease *lease) PXE_MUST_CHECK;
int pxe_registry_load_client(struct pxe_registry *registry,
			     const struct pxe_client *client) PXE_MUST_CHECK;

/* --- leases -------------------------------------------------------------- */

/*
 * Who makes the changes from here on: a number that each change remembers
 * (the process that asked for it), 0: nobody in particular.
 */
void pxe_registry_set_author(struct pxe_registry *registry, uint64_t author);

/*
 * Gives lease->address to lease->client until lease->end_s.  `replaces` (0:
 * none): the address of another lease of this client, which goes.
 * 0; -EINVAL (not an active lease of a unicast address); -EEXIST: the address
 * belongs to another client or is declined, `owner` gets that key, valid
 * until the registry changes; -ENOSPC (too many leases); -ENOMEM.
 */
int pxe_registry_commit(struct pxe_registry *registry,
			const struct pxe_lease *lease, uint32_t replaces,
			int64_t now_s, const char **owner) PXE_MUST_CHECK;

/*
 * The client gives its address back, or (decline) found it in use: nobody
 * gets it before `until_s`.  An address that is nobody's may be declined, too:
 * it was only offered.  0, -ENOENT (not an active lease of that client),
 * -EINVAL (until_s has passed, or not a unicast address), -ENOSPC (too many
 * leases), -ENOMEM.
 */
int pxe_registry_release(struct pxe_registry *registry, uint32_t address,
			 const char *client, int64_t now_s) PXE_MUST_CHECK;
int pxe_registry_decline(struct pxe_registry *registry, uint32_t address,
			 const char *client, int64_t until_s,
			 int64_t now_s) PXE_MUST_CHECK;

/*
 * Takes over a lease that another server gave (ACTIVE, also one that has
 * ended, RELEASED or DECLINED).  `replace`: also where another client's lease
 * runs, or a longer one of this client.
 * 0; -EINVAL (no lease), -EEXIST (`owner` has the address, as above),
 * -EALREADY (its client has it for longer), -EDQUOT (its client has
 * PXE_REGISTRY_CLIENT_LEASES), -ENOSPC, -ENOMEM.
 */
int pxe_registry_import(struct pxe_registry *registry,
			const struct pxe_lease *lease, bool replace,
			int64_t now_s, const char **owner) PXE_MUST_CHECK;

/* A change that is not on disk yet. */
struct pxe_registry_change {
	uint32_t address;
	uint64_t author;
	const struct pxe_lease *before; /* NULL: none */
	const struct pxe_lease *after;  /* as it is now; NULL: none */
};

/* Changes noted, and the one at `i`; an address may come more than once. */
size_t pxe_registry_n_changes(const struct pxe_registry *registry);
struct pxe_registry_change pxe_registry_change(
	const struct pxe_registry *registry, size_t i);

/* The changes are on disk: clients get their addresses. */
void pxe_registry_keep(struct pxe_registry *registry);
/* They are not: takes them back.  0, -ENOMEM: the memory is not to be
 * trusted any more. */
int pxe_registry_undo(struct pxe_registry *registry) PXE_MUST_CHECK;

/* --- clients ------------------------------------------------------------- */

/*
 * A packet told something about a client.  `name` is that of its host section
 * or NULL.  0, -ENOSPC (too many clients), -ENOMEM.
 */
int pxe_registry_learn(struct pxe_registry *registry, const char *client,
		       const struct pxe_facts *facts, const char *name,
		       int64_t now_s) PXE_MUST_CHECK;

/*
 * Something happened.  An event without a client is given that of its
 * address: who has the lease, else who had the address last.  The client's
 * record, or NULL: it belongs to nobody who is known.  *change: is it held
 * because of that, or released (NULL: does not matter)?
 */
const struct pxe_client *pxe_registry_event(struct pxe_registry *registry,
					    struct pxe_event *event,
					    int64_t now_s,
					    enum pxe_loop_change *change);

/*
 * The lease of `address`, which is on disk, was asked for by an operating
 * system: makes the event dhcp-os of who holds it, and applies it to the
 * record, if there is to be one.  False: the lease has ended.
 */
bool pxe_registry_lease_os(struct pxe_registry *registry, uint32_t address,
			   int64_t now_s, struct pxe_event *event);

/* All leases and clients are loaded: ordinary clients get their records, which
 * the store does not keep, from their leases. */
void pxe_registry_loaded(struct pxe_registry *registry);

/* A client by key, by hardware address in any spelling, by address, by name;
 * or NULL. */
const struct pxe_client *pxe_registry_find_client(
	const struct pxe_registry *registry, const char *text);

/* How many events and facts ended with each reason, since the start. */
const uint64_t *pxe_registry_reasons(const struct pxe_registry *registry);

/*
 * Records that changed: those the store does not have yet, those watchers
 * were not told of.
 */
enum pxe_registry_news { PXE_NEWS_STORE, PXE_NEWS_WATCH, PXE_N_NEWS };

size_t pxe_registry_n_news(const struct pxe_registry *registry,
			   enum pxe_registry_news news);
const struct pxe_client *pxe_registry_news(const struct pxe_registry *registry,
					   enum pxe_registry_news news,
					   size_t i);
/* The first `n` of them are told. */
void pxe_registry_told(struct pxe_registry *registry,
		       enum pxe_registry_news news, size_t n);

/* --- a clock that was set ------------------------------------------------ */

/*
 * The times of all leases move (not those of permanent ones), of which no
 * change may be noted; those of all client records, which are news then.
 */
void pxe_registry_move_leases(struct pxe_registry *registry,
			      struct pxe_clock_shift shift);
void pxe_registry_move_clients(struct pxe_registry *registry, int64_t by_s);

/* --- growing old --------------------------------------------------------- */

/*
 * Forgets leases and clients that are too old, and clients beyond seven
 * eighths of the limit (those that never got far first, then the ones longest
 * not seen).  At most `max` of each in one go; the rest with the next call.
 * Leases become changes; of clients the keys are kept until
 * pxe_registry_forgotten().  0, -ENOMEM (some may be forgotten already).
 */
int pxe_registry_age(struct pxe_registry *registry, int64_t now_s,
		     size_t max) PXE_MUST_CHECK;

/* Keys of clients that were forgotten and are still in the store. */
size_t pxe_registry_n_gone(const struct pxe_registry *registry);
const char *pxe_registry_gone(const struct pxe_registry *registry, size_t i);
void pxe_registry_forgotten(struct pxe_registry *registry);

#endif
