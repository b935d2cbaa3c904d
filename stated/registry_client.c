/* SPDX-License-Identifier: ISC */
/* Client records: what daemons report, who is told, what is forgotten. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hwaddr.h"
#include "base/ip4.h"
#include "base/str.h"
#include "stated/registry_priv.h"

/* Marks of client records. */
enum {
	IS_NEWS = 1,                /* << enum pxe_registry_news */
	IS_GOING = 1 << PXE_N_NEWS, /* to be forgotten */
};

const struct pxe_client_table *pxe_registry_clients(
	const struct pxe_registry *registry)
{
	return registry->clients;
}

const uint64_t *pxe_registry_reasons(const struct pxe_registry *registry)
{
	return registry->reasons;
}

int pxe_registry_load_client(struct pxe_registry *registry,
			     const struct pxe_client *client)
{
	return pxe_client_table_set(registry->clients, client) != NULL
		       ? 0
		       : -ENOMEM;
}

/* --- news ---------------------------------------------------------------- */

void pxe_registry_touch(struct pxe_registry *registry,
			struct pxe_client *client)
{
	for (unsigned i = 0; i < PXE_N_NEWS; i++) {
		if ((client->marks & (unsigned)IS_NEWS << i) != 0 ||
		    (i == PXE_NEWS_STORE &&
		     pxe_registry_is_in_lease(registry, client)))
			continue;
		/* without memory: told when it changes again */
		if (pxe_registry_grow((void **)&registry->news[i].at,
				      &registry->news[i].cap,
				      registry->news[i].n, sizeof(client)) < 0)
			continue;
		registry->news[i].at[registry->news[i].n++] = client;
		client->marks |= (unsigned)IS_NEWS << i;
	}
}

size_t pxe_registry_n_news(const struct pxe_registry *registry,
			   enum pxe_registry_news news)
{
	return registry->news[news].n;
}

const struct pxe_client *pxe_registry_news(const struct pxe_registry *registry,
					   enum pxe_registry_news news,
					   size_t i)
{
	return registry->news[news].at[i];
}

void pxe_registry_told(struct pxe_registry *registry,
		       enum pxe_registry_news news, size_t n)
{
	struct pxe_client **at = registry->news[news].at;

	for (size_t i = 0; i < n; i++)
		at[i]->marks &= ~((unsigned)IS_NEWS << news);
	registry->news[news].n -= n;
	if (n > 0 && registry->news[news].n > 0)
		memmove(at, at + n, registry->news[news].n * sizeof(*at));
}

void pxe_registry_give_address(struct pxe_registry *registry,
			       struct pxe_client *client, uint32_t address)
{
	struct pxe_client *old =
		pxe_client_table_find_address(registry->clients, address);

	if (client->address == address)
		return;
	if (old != NULL)
		pxe_registry_touch(registry, old);
	pxe_client_table_set_address(registry->clients, client, address);
	pxe_registry_touch(registry, client);
}

/* --- reports ------------------------------------------------------------- */

/* The active lease of a client that began last, or NULL. */
static const struct pxe_lease *find_active(const struct pxe_registry *registry,
					   const char *key)
{
	const struct pxe_lease *lease, *best = NULL;
	char text[PXE_HWADDR_TEXT];

	for (lease = pxe_lease_table_find_client(registry->leases, key);
	     lease != NULL; lease = pxe_lease_table_next_client(lease))
		if (lease->state == PXE_LEASE_ACTIVE &&
		    strcmp(pxe_lease_record_key(lease, text), key) == 0 &&
		    (best == NULL || lease->start_s > best->start_s))
			best = lease;
	return best;
}

int pxe_registry_get_client(struct pxe_registry *registry, const char *key,
			    bool is_plain, struct pxe_client **client)
{
	const struct pxe_lease *lease;
	struct pxe_client *c = pxe_client_table_find(registry->clients, key);

	if (c == NULL) {
		if (pxe_client_table_count(registry->clients) >=
		    (is_plain ? PXE_REGISTRY_MAX_PLAIN
			      : PXE_REGISTRY_MAX_CLIENTS))
			return -ENOSPC;
		c = pxe_client_table_get(registry->clients, key);
		if (c == NULL)
			return -ENOMEM;
		/* "" or a hardware address: then it says what it is */
		if (pxe_hwaddr_parse(key, &c->facts.hw) == 0)
			pxe_str_copy(c->facts.key, sizeof(c->facts.key), key);
		lease = find_active(registry, key);
		if (lease != NULL)
			pxe_registry_give_address(registry, c, lease->address);
	}
	*client = c;
	return 0;
}

int pxe_registry_learn(struct pxe_registry *registry, const char *client,
		       const struct pxe_facts *facts, const char *name,
		       int64_t now_s)
{
	const bool is_plain =
		facts->stage == PXE_STAGE_OS && (name == NULL || name[0] == 0);
	struct pxe_client *c;
	int r = pxe_registry_get_client(registry, client, is_plain, &c);

	if (r < 0)
		return r;
	pxe_client_learn(c, facts, now_s);
	if (name != NULL)
		pxe_str_copy(c->name, sizeof(c->name), name);
	pxe_registry_touch(registry, c);
	return 0;
}

/* The client of an event that names only an address, or NULL. */
static struct pxe_client *find_holder(struct pxe_registry *registry,
				      uint32_t address, int64_t now_s)
{
	const struct pxe_lease *lease =
		pxe_lease_table_find(registry->leases, address);
	char text[PXE_HWADDR_TEXT];
	struct pxe_client *client;

	if (lease == NULL || !pxe_lease_is_active(lease, now_s))
		return pxe_client_table_find_address(registry->clients,
						     address);
	if (pxe_registry_get_client(registry, pxe_lease_record_key(lease, text),
				    false, &client) < 0)
		return NULL;
	pxe_registry_give_address(registry, client, address);
	return client;
}

static bool gives_address(enum pxe_event_kind kind)
{
	return kind == PXE_EVENT_DHCP_ACK || kind == PXE_EVENT_DHCP_REQUEST ||
	       kind == PXE_EVENT_DHCP_IPXE ||
	       kind == PXE_EVENT_DHCP_OS;
}

const struct pxe_client *pxe_registry_event(struct pxe_registry *registry,
					    struct pxe_event *event,
					    int64_t now_s,
					    enum pxe_loop_change *change)
{
	enum pxe_loop_change unused;
	struct pxe_client *client = NULL;

	if (change == NULL)
		change = &unused;
	*change = PXE_LOOP_SAME;
	registry->reasons[event->reason]++;
	if (event->client[0] == '\0')
		client = find_holder(registry, event->address, now_s);
	else if (pxe_registry_get_client(registry, event->client,
					 event->kind == PXE_EVENT_DHCP_OS,
					 &client) < 0)
		client = NULL;
	if (client == NULL)
		return NULL;
	pxe_str_copy(event->client, sizeof(event->client), client->key);
	pxe_client_apply(client, event, now_s);
	*change = pxe_loop_step(client, event, &registry->loop, now_s);
	if (event->address != 0 && gives_address(event->kind))
		pxe_registry_give_address(registry, client, event->address);
	else if (event->kind == PXE_EVENT_DHCP_NAK)
		pxe_registry_give_address(registry, client, 0);
	pxe_registry_touch(registry, client);
	return client;
}

const struct pxe_client *pxe_registry_find_client(
	const struct pxe_registry *registry, const char *text)
{
	const struct pxe_client *client =
		pxe_client_table_find(registry->clients, text);
	char key[PXE_HWADDR_TEXT];
	struct pxe_hwaddr hw;
	uint32_t address;
	size_t at = 0;

	if (client == NULL && pxe_ip4_parse(text, &address) == 0)
		client = pxe_client_table_find_address(registry->clients,
						       address);
	if (client == NULL && pxe_hwaddr_parse(text, &hw) == 0) {
		pxe_hwaddr_format(&hw, key, sizeof(key));
		client = pxe_client_table_find(registry->clients, key);
	}
	if (client != NULL || text[0] == '\0')
		return client;
	while ((client = pxe_client_table_next(registry->clients, &at)) != NULL)
		if (strcmp(client->name, text) == 0 ||
		    strcmp(client->facts.host_name, text) == 0)
			return client;
	return NULL;
}

/* --- growing old --------------------------------------------------------- */

/* Forgets leases that ended long ago, at most `max`.  0, -ENOMEM. */
static int age_leases(struct pxe_registry *registry, int64_t now_s, size_t max)
{
	const struct pxe_lease *lease;
	size_t at = 0, n = 0, first = registry->n_notes;

	registry->author = 0;
	while (n < max &&
	       (lease = pxe_lease_table_next(registry->leases, &at)) != NULL) {
		if (lease->end_s >= now_s - PXE_REGISTRY_LEASE_S)
			continue;
		if (pxe_registry_note(registry, lease->address) < 0)
			return -ENOMEM;
		n++;
	}
	/* the table must not change while it is walked over */
	for (size_t i = first; i < registry->n_notes; i++)
		if (pxe_lease_table_remove(registry->leases,
					   registry->notes[i].address) < 0)
			return -ENOMEM;
	return 0;
}

struct candidate {
	struct pxe_client *client;
	bool is_known; /* it booted further than its first packets */
};

/* Who goes first: clients that never got far, then those longest unseen. */
static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->is_known != y->is_known)
		return x->is_known ? 1 : -1;
	return (x->client->last_seen_s > y->client->last_seen_s) -
	       (x->client->last_seen_s < y->client->last_seen_s);
}

/* Has the client a lease?  Its record has the address of the last one. */
static bool has_lease(const struct pxe_registry *registry,
		      const struct pxe_client *client)
{
	const struct pxe_lease *lease =
		pxe_lease_table_find(registry->leases, client->address);
	char text[PXE_HWADDR_TEXT];

	return (lease != NULL && strcmp(pxe_lease_record_key(lease, text),
					client->key) == 0) ||
	       pxe_lease_table_find_client(registry->leases, client->key) !=
		       NULL;
}

static bool is_known(const struct pxe_registry *registry,
		     const struct pxe_client *client)
{
	return client->step > PXE_STEP_ADDRESS || client->n_boots > 1 ||
	       client->name[0] != '\0' || has_lease(registry, client);
}

/* Marks what is too many.  0, -ENOMEM. */
static int mark_surplus(struct pxe_registry *registry)
{
	size_t n = pxe_client_table_count(registry->clients), at = 0, i = 0;
	size_t most = PXE_REGISTRY_MAX_CLIENTS / 8 * 7;
	struct candidate *all;
	struct pxe_client *c;

	if (n <= most)
		return 0;
	all = calloc(n, sizeof(*all));
	if (all == NULL)
		return -ENOMEM;
	while ((c = pxe_client_table_next(registry->clients, &at)) != NULL)
		all[i++] = (struct candidate) { c, is_known(registry, c) };
	qsort(all, n, sizeof(*all), compare_candidates);
	/* a little more, so that this does not happen for each new one */
	for (i = 0; i < n - most + most / 16; i++)
		all[i].client->marks |= IS_GOING;
	free(all);
	return 0;
}

/* Takes what goes out of the lists of news. */
static void drop_news(struct pxe_registry *registry)
{
	for (int i = 0; i < PXE_N_NEWS; i++) {
		struct pxe_client **at = registry->news[i].at;
		size_t n = 0;

		for (size_t j = 0; j < registry->news[i].n; j++)
			if ((at[j]->marks & IS_GOING) == 0)
				at[n++] = at[j];
		registry->news[i].n = n;
	}
}

static int remember_gone(struct pxe_registry *registry, const char *key)
{
	size_t size = strlen(key) + 1;
	char *copy;

	if (pxe_registry_grow((void **)&registry->gone, &registry->gone_cap,
			      registry->n_gone, sizeof(*registry->gone)) < 0)
		return -ENOMEM;
	copy = malloc(size);
	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, key, size);
	registry->gone[registry->n_gone++] = copy;
	return 0;
}

int pxe_registry_age(struct pxe_registry *registry, int64_t now_s, size_t max)
{
	struct pxe_client *c;
	size_t at = 0, left = max;
	int r = age_leases(registry, now_s, max);

	if (r < 0 || registry->n_gone > 0)
		return r; /* clients have to wait for the store */
	r = mark_surplus(registry);
	while ((c = pxe_client_table_next(registry->clients, &at)) != NULL) {
		if (c->last_seen_s < now_s - PXE_REGISTRY_CLIENT_S)
			c->marks |= IS_GOING;
		if ((c->marks & IS_GOING) == 0)
			continue;
		if (left == 0 || remember_gone(registry, c->key) < 0)
			c->marks &= ~(unsigned)IS_GOING; /* another time */
		else
			left--;
	}
	drop_news(registry);
	for (size_t i = 0; i < registry->n_gone; i++) {
		c = pxe_client_table_find(registry->clients, registry->gone[i]);
		pxe_client_table_remove(registry->clients, c);
	}
	return r;
}

size_t pxe_registry_n_gone(const struct pxe_registry *registry)
{
	return registry->n_gone;
}

const char *pxe_registry_gone(const struct pxe_registry *registry, size_t i)
{
	return registry->gone[i];
}

void pxe_registry_forgotten(struct pxe_registry *registry)
{
	while (registry->n_gone > 0)
		free(registry->gone[--registry->n_gone]);
}
