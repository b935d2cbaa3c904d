/* SPDX-License-Identifier: ISC */
#include "tftpd/plane.h"
#include "tftpd/transfer.h"

enum { BY_PEER, BY_ADDRESS };

static uint32_t hash_address(const struct pxe_plane *plane,
			     const union pxe_tftpd_addr *a)
{
	const struct pxe_hash *table = &plane->transfers;
	uint32_t hash = pxe_tftpd_addr_ip4(a);

	if (a->sa.sa_family == AF_INET6)
		for (size_t i = 0; i < 4; i++)
			hash = pxe_hash_number(
				table, hash ^ a->in6.sin6_addr.s6_addr32[i]);
	return pxe_hash_number(table, hash);
}

static uint32_t hash_peer(const struct pxe_plane *plane,
			  const union pxe_tftpd_addr *peer)
{
	return pxe_hash_number(&plane->transfers,
			       hash_address(plane, peer) ^
				       pxe_tftpd_addr_port(peer));
}

int pxe_plane_table_add(struct pxe_plane *plane, struct pxe_transfer *t)
{
	int r = pxe_hash_add(&plane->transfers, &t->node);

	if (r < 0)
		return r;
	pxe_hash_link(&plane->transfers, &t->node, BY_PEER,
		      hash_peer(plane, &t->peer));
	pxe_hash_link(&plane->transfers, &t->node, BY_ADDRESS,
		      hash_address(plane, &t->peer));
	return 0;
}

void pxe_plane_table_remove(struct pxe_plane *plane, struct pxe_transfer *t)
{
	pxe_hash_remove(&plane->transfers, &t->node);
}

struct pxe_transfer *pxe_plane_table_find(const struct pxe_plane *plane,
					  const struct pxe_plane_socket *socket,
					  const union pxe_tftpd_addr *peer)
{
	struct pxe_hash_node *node = pxe_hash_first(&plane->transfers, BY_PEER,
						    hash_peer(plane, peer));

	for (; node != NULL; node = pxe_hash_next(node, BY_PEER)) {
		struct pxe_transfer *t = (struct pxe_transfer *)node;

		if (t->socket == socket &&
		    pxe_tftpd_peer_is_equal(&t->peer, peer))
			return t;
	}
	return NULL;
}

struct pxe_transfer *pxe_plane_table_find_peer(const struct pxe_plane *plane,
					       const union pxe_tftpd_addr *peer,
					       size_t *n_same)
{
	struct pxe_hash_node *node =
		pxe_hash_first(&plane->transfers, BY_ADDRESS,
			       hash_address(plane, peer));
	struct pxe_transfer *found = NULL;

	*n_same = 0;
	for (; node != NULL; node = pxe_hash_next(node, BY_ADDRESS)) {
		struct pxe_transfer *t = (struct pxe_transfer *)node;

		if (!pxe_tftpd_addr_is_equal(&t->peer, peer))
			continue;
		++*n_same;
		if (found == NULL && pxe_tftpd_peer_is_equal(&t->peer, peer))
			found = t;
	}
	return found;
}
