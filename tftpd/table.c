/* SPDX-License-Identifier: ISC */
#include "tftpd/server.h"

/* By address alone: the transfers of one machine stand in one chain. */
static size_t bucket_of(const union pxe_tftpd_addr *peer)
{
	uint32_t key = pxe_tftpd_addr_ip4(peer);

	if (peer->sa.sa_family == AF_INET6)
		for (size_t i = 0; i < 16; i++)
			key = key * 31 + peer->in6.sin6_addr.s6_addr[i];
	return (key * 2654435761u >> 16) & (PXE_TFTPD_BUCKETS - 1);
}

void pxe_tftpd_table_add(struct pxe_tftpd *server, struct pxe_transfer *t)
{
	struct pxe_transfer **bucket = &server->bucket[bucket_of(&t->peer)];

	t->chain = *bucket;
	*bucket = t;
	server->n_transfers++;
}

void pxe_tftpd_table_remove(struct pxe_tftpd *server, struct pxe_transfer *t)
{
	struct pxe_transfer **at = &server->bucket[bucket_of(&t->peer)];

	while (*at != NULL && *at != t)
		at = &(*at)->chain;
	if (*at == NULL)
		return;
	*at = t->chain;
	server->n_transfers--;
}

struct pxe_transfer *pxe_tftpd_table_find(const struct pxe_tftpd *server,
					  const union pxe_tftpd_addr *peer,
					  size_t *n_same)
{
	struct pxe_transfer *found = NULL;

	*n_same = 0;
	for (struct pxe_transfer *t = server->bucket[bucket_of(peer)];
	     t != NULL; t = t->chain) {
		if (!pxe_tftpd_addr_is_equal(&t->peer, peer))
			continue;
		++*n_same;
		if (pxe_tftpd_peer_is_equal(&t->peer, peer))
			found = t;
	}
	return found;
}
