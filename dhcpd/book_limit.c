/* SPDX-License-Identifier: ISC */
/*
 * What keeps one machine, or what is behind one port of a switch, from taking
 * all addresses of a subnet: limits and the reserve.
 */
#include "dhcpd/book_priv.h"

#include <errno.h>
#include <string.h>

/* The group of all names that one hardware address goes by; 0: it goes by
 * its own. */
static uint64_t group_of_names(const struct pxe_hwaddr *hw, const char *client)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	if (hw->hlen == 0 || strncmp(client, "id:", 3) != 0)
		return 0;
	for (uint8_t i = 0; i < hw->hlen; i++)
		h = (h ^ hw->addr[i]) * UINT64_C(0x100000001b3);
	return h | 1;
}

static uint64_t group_of_circuit(const struct pxe_lease *l)
{
	return l->circuit;
}

static uint64_t group_of_lease(const struct pxe_lease *l)
{
	return group_of_names(&l->hw, l->client);
}

/* Is the address leased, offered or pending to somebody of the group? */
static bool holds(const struct pxe_book *book, uint64_t group,
		  uint32_t address,
		  uint64_t (*group_of)(const struct pxe_lease *l))
{
	const struct pxe_lease *lease =
		pxe_lease_table_find(book->leases, address);
	const struct pxe_lease *offer =
		pxe_lease_table_find(book->offers, address);
	const struct pxe_lease *pending =
		pxe_lease_table_find(book->pending, address);

	return (lease != NULL && pxe_lease_is_active(lease, book->now_s) &&
		group_of(lease) == group) ||
	       (offer != NULL && group_of(offer) == group) ||
	       (pending != NULL && group_of(pending) == group);
}

static bool circuit_holds(uint64_t group, uint32_t address, void *arg)
{
	return holds(arg, group, address, group_of_circuit);
}

static bool names_hold(uint64_t group, uint32_t address, void *arg)
{
	return holds(arg, group, address, group_of_lease);
}

int pxe_book_limit_init(struct pxe_book *book)
{
	book->circuits = pxe_quota_new(circuit_holds, book);
	book->names = pxe_quota_new(names_hold, book);
	return book->circuits != NULL && book->names != NULL ? 0 : -ENOMEM;
}

void pxe_book_limit_done(struct pxe_book *book)
{
	pxe_quota_free(book->circuits);
	pxe_quota_free(book->names);
}

int pxe_book_limit_note(struct pxe_book *book, const struct pxe_lease *lease)
{
	const struct pxe_conf_subnet *subnet =
		pxe_conf_find_subnet(book->conf, lease->address);
	int r = 0;

	if (subnet == NULL)
		return 0;
	if (subnet->access.circuit_limit > 0)
		r = pxe_quota_note(book->circuits, lease->circuit,
				   lease->address);
	if (r == 0 && subnet->access.client_id_limit > 0)
		r = pxe_quota_note(book->names, group_of_lease(lease),
				   lease->address);
	return r;
}

/* An address that is not noted for lack of memory does not count. */
void pxe_book_limit_note_all(struct pxe_book *book)
{
	const struct pxe_lease_table *tables[] = { book->leases, book->offers,
						   book->pending };

	for (size_t t = 0; t < PXE_LEN(tables); t++) {
		const struct pxe_lease *l;
		size_t at = 0;

		while ((l = pxe_lease_table_next(tables[t], &at)) != NULL)
			(void)!pxe_book_limit_note(book, l);
	}
}

static bool is_full(struct pxe_quota *quota, uint64_t group, uint32_t limit)
{
	return limit > 0 && group != 0 &&
	       pxe_quota_count(quota, group) >= limit;
}

int pxe_book_limit_check(struct pxe_book *book, const struct pxe_book_ask *ask)
{
	const struct pxe_conf_access *access = &ask->subnet->access;

	if (is_full(book->circuits, ask->circuit, access->circuit_limit))
		return -EDQUOT;
	if (ask->hw != NULL &&
	    is_full(book->names, group_of_names(ask->hw, ask->client),
		    access->client_id_limit))
		return -EUSERS;
	return 0;
}

bool pxe_book_is_known(const struct pxe_book *book, const char *client,
		       const struct pxe_conf_host *host)
{
	return host != NULL ||
	       pxe_lease_table_find_client(book->leases, client) != NULL;
}
