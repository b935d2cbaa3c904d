/* SPDX-License-Identifier: ISC */
/*
 * Ordinary clients, which never booted: there may be very many of them, and
 * nearly all that is to be known of them is in their leases.
 */
#include <string.h>

#include "base/str.h"
#include "stated/registry_priv.h"

/* A declined lease says nothing of who declined it. */
static bool is_remembered(const struct pxe_lease *lease)
{
	return lease->state == PXE_LEASE_ACTIVE ||
	       lease->state == PXE_LEASE_RELEASED;
}

bool pxe_registry_is_in_lease(const struct pxe_registry *registry,
			      const struct pxe_client *client)
{
	const struct pxe_lease *lease;
	char text[PXE_HWADDR_TEXT];

	if (!pxe_client_is_plain(client))
		return false;
	lease = pxe_lease_table_find(registry->leases, client->address);
	return lease != NULL && is_remembered(lease) &&
	       strcmp(pxe_lease_record_key(lease, text), client->key) == 0;
}

/* The event dhcp-os of a lease, applied to the record of who holds it. */
static void note_holder(struct pxe_registry *registry,
			const struct pxe_lease *lease, int64_t now_s,
			struct pxe_event *event)
{
	struct pxe_client *client;
	char text[PXE_HWADDR_TEXT];

	*event = (struct pxe_event) { .kind = PXE_EVENT_DHCP_OS,
				      .address = lease->address,
				      .by = "dhcpd" };
	pxe_str_copy(event->client, sizeof(event->client),
		     pxe_lease_record_key(lease, text));
	if (pxe_registry_get_client(registry, event->client, true, &client) < 0)
		return; /* there are too many: its lease says all */
	pxe_client_learn_os(client, lease->host_name, now_s);
	pxe_client_apply(client, event, now_s);
	(void)pxe_loop_step(client, event, &registry->loop, now_s);
	pxe_registry_give_address(registry, client, lease->address);
	pxe_registry_touch(registry, client);
}

bool pxe_registry_lease_os(struct pxe_registry *registry, uint32_t address,
			   int64_t now_s, struct pxe_event *event)
{
	const struct pxe_lease *lease =
		pxe_lease_table_find(registry->leases, address);

	if (lease == NULL || !pxe_lease_is_active(lease, now_s))
		return false;
	registry->reasons[PXE_REASON_OK]++;
	note_holder(registry, lease, now_s, event);
	return true;
}

/* Clients with a record of their own in the store are there already. */
void pxe_registry_loaded(struct pxe_registry *registry)
{
	const struct pxe_lease *lease;
	char text[PXE_HWADDR_TEXT];
	struct pxe_event event;
	size_t at = 0;

	while ((lease = pxe_lease_table_next(registry->leases, &at)) != NULL)
		if (is_remembered(lease) &&
		    pxe_client_table_find(registry->clients,
					  pxe_lease_record_key(lease, text)) ==
			    NULL)
			note_holder(registry, lease, lease->start_s, &event);
}
