/* SPDX-License-Identifier: ISC */
/* What registry.c (leases) and registry_client.c (clients) share. */
#ifndef PXE_STATED_REGISTRY_PRIV_H
#define PXE_STATED_REGISTRY_PRIV_H

#include "stated/registry.h"

/* What the lease of an address was. */
struct pxe_registry_note {
	uint32_t address;
	bool had;
	bool is_past; /* a lease that was over when it came */
	uint64_t author;
	struct pxe_lease before; /* before.client is ours (malloc) */
};

struct pxe_registry {
	struct pxe_lease_table *leases;
	struct pxe_client_table *clients;
	uint64_t reasons[PXE_N_REASONS];
	struct pxe_loop_rules loop;

	uint64_t author;
	struct pxe_registry_note *notes;
	size_t n_notes, notes_cap;

	struct {
		struct pxe_client **at;
		size_t n, cap;
	} news[PXE_N_NEWS];

	char **gone; /* keys */
	size_t n_gone, gone_cap;
};

/*
 * Makes the array at `*items` of `*cap` items of `size` octets take one more
 * than `n`.  0, -ENOMEM.
 */
int pxe_registry_grow(void **items, size_t *cap, size_t n,
		      size_t size) PXE_MUST_CHECK;

/* Notes what the lease of `address` is before it changes.  0, -ENOMEM. */
int pxe_registry_note(struct pxe_registry *registry,
		      uint32_t address) PXE_MUST_CHECK;

/* `client` has `address` now (0: none), and nobody else. */
void pxe_registry_give_address(struct pxe_registry *registry,
			       struct pxe_client *client, uint32_t address);

/* `client` changed: it is news to the store and to watchers. */
void pxe_registry_touch(struct pxe_registry *registry,
			struct pxe_client *client);

/*
 * The record of `key`, made if there is room; `is_plain`: for an ordinary
 * client.  0, -ENOSPC, -ENOMEM.
 */
int pxe_registry_get_client(struct pxe_registry *registry, const char *key,
			    bool is_plain,
			    struct pxe_client **client) PXE_MUST_CHECK;

/* Is all that a record says said by its client's lease, too? */
bool pxe_registry_is_in_lease(const struct pxe_registry *registry,
			      const struct pxe_client *client);

#endif
