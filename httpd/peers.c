/* SPDX-License-Identifier: ISC */
#include "httpd/peers.h"

#include <stdlib.h>
#include <string.h>

struct pxe_peer {
	struct pxe_peer *next;
	uint8_t address[16];
	uint32_t n;
};

/* FNV-1a.  Who can choose addresses at will can make a list long, and has a
 * connection open for each. */
static struct pxe_peer **find(struct pxe_peers *peers,
			      const uint8_t address[16])
{
	uint32_t hash = 2166136261u;
	struct pxe_peer **at;

	for (int i = 0; i < 16; i++)
		hash = (hash ^ address[i]) * 16777619u;
	at = &peers->buckets[(hash ^ hash >> 16) % PXE_PEERS_BUCKETS];
	while (*at != NULL && memcmp((*at)->address, address, 16) != 0)
		at = &(*at)->next;
	return at;
}

bool pxe_peers_enter(struct pxe_peers *peers, const uint8_t address[16],
		     uint32_t max)
{
	struct pxe_peer **at, *peer;
	bool fits;

	pthread_mutex_lock(&peers->lock);
	at = find(peers, address);
	peer = *at;
	if (peer == NULL && (peer = calloc(1, sizeof(*peer))) != NULL) {
		memcpy(peer->address, address, 16);
		*at = peer;
	}
	fits = peer != NULL && peer->n < max;
	if (fits)
		peer->n++;
	pthread_mutex_unlock(&peers->lock);
	return fits;
}

void pxe_peers_leave(struct pxe_peers *peers, const uint8_t address[16])
{
	struct pxe_peer **at, *peer;

	pthread_mutex_lock(&peers->lock);
	at = find(peers, address);
	peer = *at;
	if (peer != NULL && --peer->n == 0) {
		*at = peer->next;
		free(peer);
	}
	pthread_mutex_unlock(&peers->lock);
}
