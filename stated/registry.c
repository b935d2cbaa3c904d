/* SPDX-License-Identifier: ISC */
/* Leases: who may have what, and taking it back. */
#include "stated/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "stated/registry_priv.h"

int pxe_registry_grow(void **items, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap > 0 ? *cap * 2 : 64;
	void *p;

	if (n < *cap)
		return 0;
	p = realloc(*items, more * size);
	if (p == NULL)
		return -ENOMEM;
	*items = p;
	*cap = more;
	return 0;
}

struct pxe_registry *pxe_registry_new(void)
{
	struct pxe_registry *registry = calloc(1, sizeof(*registry));

	if (registry == NULL)
		return NULL;
	registry->leases = pxe_lease_table_new();
	registry->clients = pxe_client_table_new();
	if (registry->leases == NULL || registry->clients == NULL) {
		pxe_registry_free(registry);
		return NULL;
	}
	return registry;
}

static void drop_notes(struct pxe_registry *registry)
{
	while (registry->n_notes > 0)
		free((char *)registry->notes[--registry->n_notes]
			     .before.client);
}

void pxe_registry_free(struct pxe_registry *registry)
{
	if (registry == NULL)
		return;
	drop_notes(registry);
	pxe_registry_forgotten(registry);
	free(registry->notes);
	free(registry->gone);
	for (int i = 0; i < PXE_N_NEWS; i++)
		free(registry->news[i].at);
	pxe_lease_table_free(registry->leases);
	pxe_client_table_free(registry->clients);
	free(registry);
}

const struct pxe_lease_table *pxe_registry_leases(
	const struct pxe_registry *registry)
{
	return registry->leases;
}

int pxe_registry_load_lease(struct pxe_registry *registry,
			    const struct pxe_lease *lease)
{
	if (pxe_lease_table_find(registry->leases, lease->address) != NULL)
		return -EEXIST;
	return pxe_lease_table_set(registry->leases, lease);
}

/* --- changes ------------------------------------------------------------- */

void pxe_registry_set_author(struct pxe_registry *registry, uint64_t author)
{
	registry->author = author;
}

int pxe_registry_note(struct pxe_registry *registry, uint32_t address)
{
	const struct pxe_lease *lease =
		pxe_lease_table_find(registry->leases, address);
	struct pxe_registry_note *note;
	char *key = NULL;

	if (pxe_registry_grow((void **)&registry->notes, &registry->notes_cap,
			      registry->n_notes, sizeof(*registry->notes)) < 0)
		return -ENOMEM;
	note = &registry->notes[registry->n_notes];
	*note = (struct pxe_registry_note) { .address = address,
					     .author = registry->author };
	if (lease != NULL) {
		size_t size = strlen(lease->client) + 1;

		key = malloc(size);
		if (key == NULL)
			return -ENOMEM;
		memcpy(key, lease->client, size);
		note->had = true;
		note->before = *lease;
		note->before.client = key;
	}
	registry->n_notes++;
	return 0;
}

/* Takes the changes back that came after the first `n`.  0, -ENOMEM. */
static int undo_to(struct pxe_registry *registry, size_t n)
{
	int r = 0;

	while (registry->n_notes > n) {
		struct pxe_registry_note *note =
			&registry->notes[--registry->n_notes];

		if (!note->had)
			(void)pxe_lease_table_remove(registry->leases,
						     note->address);
		else if (pxe_lease_table_set(registry->leases, &note->before) <
			 0)
			r = -ENOMEM;
		free((char *)note->before.client);
	}
	return r;
}

/* Puts `lease` in and notes what was there before.  0, -ENOMEM. */
static int set_lease(struct pxe_registry *registry,
		     const struct pxe_lease *lease)
{
	if (pxe_registry_note(registry, lease->address) < 0)
		return -ENOMEM;
	if (pxe_lease_table_set(registry->leases, lease) == 0)
		return 0;
	/* the table is as it was: only the note goes */
	free((char *)registry->notes[--registry->n_notes].before.client);
	return -ENOMEM;
}

size_t pxe_registry_n_changes(const struct pxe_registry *registry)
{
	return registry->n_notes;
}

struct pxe_registry_change pxe_registry_change(
	const struct pxe_registry *registry, size_t i)
{
	const struct pxe_registry_note *note = &registry->notes[i];

	return (struct pxe_registry_change) {
		.address = note->address,
		.author = note->author,
		.before = note->had ? &note->before : NULL,
		.after = pxe_lease_table_find(registry->leases, note->address),
	};
}

/* The client of a lease on disk has that address; a declined one has not. */
static void set_address(struct pxe_registry *registry,
			const struct pxe_lease *lease)
{
	char text[PXE_HWADDR_TEXT];
	struct pxe_client *client =
		pxe_client_table_find(registry->clients,
				      pxe_lease_record_key(lease, text));

	if (client == NULL || lease->state == PXE_LEASE_RELEASED)
		return;
	if (lease->state != PXE_LEASE_DECLINED)
		pxe_registry_give_address(registry, client, lease->address);
	else if (client->address == lease->address)
		pxe_registry_give_address(registry, client, 0);
}

void pxe_registry_keep(struct pxe_registry *registry)
{
	for (size_t i = 0; i < registry->n_notes; i++) {
		const struct pxe_lease *lease =
			pxe_lease_table_find(registry->leases,
					     registry->notes[i].address);

		if (lease != NULL && !registry->notes[i].is_past)
			set_address(registry, lease);
	}
	drop_notes(registry);
}

int pxe_registry_undo(struct pxe_registry *registry)
{
	return undo_to(registry, 0);
}

/* --- verbs --------------------------------------------------------------- */

/* RFC 1122 section 3.2.1.3: not 0/8, 127/8, multicast, reserved, broadcast. */
static bool is_unicast(uint32_t address)
{
	uint32_t first = address >> 24;

	return first != 0 && first != 127 && first < 224;
}

static bool is_full(const struct pxe_registry *registry)
{
	return pxe_lease_table_count(registry->leases) >=
	       PXE_REGISTRY_MAX_LEASES;
}

/* Takes out the lease that another one of its client takes over.  One that
 * is another's by now, or in quarantine, stays.  0, -ENOMEM. */
static int remove_replaced(struct pxe_registry *registry,
			   const struct pxe_lease *lease, uint32_t replaces)
{
	const struct pxe_lease *old =
		pxe_lease_table_find(registry->leases, replaces);

	if (old == NULL || replaces == lease->address ||
	    old->state == PXE_LEASE_DECLINED ||
	    strcmp(old->client, lease->client) != 0)
		return 0;
	if (pxe_registry_note(registry, replaces) < 0)
		return -ENOMEM;
	return pxe_lease_table_remove(registry->leases, replaces);
}

int pxe_registry_commit(struct pxe_registry *registry,
			const struct pxe_lease *lease, uint32_t replaces,
			int64_t now_s, const char **owner)
{
	const struct pxe_lease *old =
		pxe_lease_table_find(registry->leases, lease->address);
	size_t n = registry->n_notes;
	int r;

	if (lease->state != PXE_LEASE_ACTIVE || !is_unicast(lease->address) ||
	    lease->client[0] == '\0' || lease->end_s < lease->start_s)
		return -EINVAL;
	if (old != NULL && !pxe_lease_is_free(old, lease->client, now_s)) {
		*owner = old->client;
		return -EEXIST;
	}
	if (old == NULL && is_full(registry))
		return -ENOSPC;
	r = set_lease(registry, lease);
	if (r == 0)
		r = remove_replaced(registry, lease, replaces);
	return r < 0 && undo_to(registry, n) < 0 ? -ENOMEM : r;
}

/* Has the client as many leases as may be imported? */
static bool has_many(const struct pxe_registry *registry, const char *client)
{
	const struct pxe_lease *l =
		pxe_lease_table_find_client(registry->leases, client);
	size_t n = 0;

	for (; l != NULL && n < PXE_REGISTRY_CLIENT_LEASES; n++)
		l = pxe_lease_table_next_client(l);
	return n == PXE_REGISTRY_CLIENT_LEASES;
}

/* May an imported lease take the place of `old`?  0, -EEXIST, -EALREADY. */
static int judge_import(const struct pxe_lease *old,
			const struct pxe_lease *lease, int64_t now_s)
{
	if (!pxe_lease_is_free(old, lease->client, now_s))
		return -EEXIST;
	return pxe_lease_is_active(old, now_s) && lease->end_s < old->end_s
		       ? -EALREADY
		       : 0;
}

int pxe_registry_import(struct pxe_registry *registry,
			const struct pxe_lease *lease, bool replace,
			int64_t now_s, const char **owner)
{
	const struct pxe_lease *old =
		pxe_lease_table_find(registry->leases, lease->address);
	struct pxe_lease copy = *lease;
	int r = 0;

	if (lease->state == PXE_LEASE_OFFERED || !is_unicast(lease->address) ||
	    lease->client[0] == '\0' || lease->end_s < lease->start_s)
		return -EINVAL;
	if (old == NULL && is_full(registry))
		return -ENOSPC;
	if (has_many(registry, lease->client))
		return -EDQUOT;
	if (old != NULL && !replace)
		r = judge_import(old, lease, now_s);
	if (r == -EEXIST)
		*owner = old->client;
	if (r < 0)
		return r;
	if (copy.end_s > PXE_LEASE_FOREVER_S)
		copy.end_s = PXE_LEASE_FOREVER_S;
	/* who has a hardware address as key is known by it */
	if (copy.hw.hlen == 0 && pxe_hwaddr_parse(copy.client, &copy.hw) < 0)
		copy.hw.hlen = 0;
	r = set_lease(registry, &copy);
	if (r == 0 && copy.end_s <= now_s)
		registry->notes[registry->n_notes - 1].is_past = true;
	return r;
}

/* The lease of that client, if it is active; or NULL. */
static const struct pxe_lease *find_own(const struct pxe_registry *registry,
					uint32_t address, const char *client,
					int64_t now_s)
{
	const struct pxe_lease *lease =
		pxe_lease_table_find(registry->leases, address);

	return lease != NULL && strcmp(lease->client, client) == 0 &&
			       pxe_lease_is_active(lease, now_s)
		       ? lease
		       : NULL;
}

int pxe_registry_release(struct pxe_registry *registry, uint32_t address,
			 const char *client, int64_t now_s)
{
	const struct pxe_lease *own =
		find_own(registry, address, client, now_s);
	struct pxe_lease lease;

	if (own == NULL)
		return -ENOENT;
	lease = *own;
	lease.state = PXE_LEASE_RELEASED;
	lease.end_s = now_s;
	return set_lease(registry, &lease);
}

int pxe_registry_decline(struct pxe_registry *registry, uint32_t address,
			 const char *client, int64_t until_s, int64_t now_s)
{
	const struct pxe_lease *old =
		pxe_lease_table_find(registry->leases, address);
	struct pxe_lease lease = { .address = address, .client = client };

	if (until_s <= now_s || until_s >= PXE_LEASE_FOREVER_S ||
	    !is_unicast(address) || client[0] == '\0')
		return -EINVAL;
	if (old == NULL && is_full(registry))
		return -ENOSPC;
	if (find_own(registry, address, client, now_s) != NULL)
		lease = *old;
	else if (old != NULL && !pxe_lease_is_free(old, "", now_s))
		return -ENOENT;
	lease.state = PXE_LEASE_DECLINED;
	lease.start_s = now_s;
	lease.end_s = until_s;
	return set_lease(registry, &lease);
}
