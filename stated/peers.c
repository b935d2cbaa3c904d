/* SPDX-License-Identifier: ISC */
#include "stated/peers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { PEERS_MAX = 64, CONNECTIONS_MAX = 8, NAME_TEXT = 32 };

struct peer {
	char name[NAME_TEXT];
	pid_t pid;
	uint64_t connections[CONNECTIONS_MAX];
	size_t n; /* of them; 0: it is away */
	int64_t since_s;
	struct pxe_counts *counts; /* NULL: it said none */
};

struct pxe_peers {
	struct peer all[PEERS_MAX];
	size_t n;
};

struct pxe_peers *pxe_peers_new(void)
{
	return calloc(1, sizeof(struct pxe_peers));
}

static void drop_counts(struct peer *p)
{
	free(p->counts);
	p->counts = NULL;
}

void pxe_peers_free(struct pxe_peers *peers)
{
	if (peers == NULL)
		return;
	for (size_t i = 0; i < peers->n; i++)
		drop_counts(&peers->all[i]);
	free(peers);
}

static bool is_name(const char *name)
{
	size_t n = 0;

	for (; name[n] != '\0'; n++)
		if (!pxe_is_alnum(name[n]) && name[n] != '-')
			return false;
	return n > 0 && n < NAME_TEXT;
}

/*
 * The row of a peer: its own; else that of one of its name who is away (it
 * was started again); else a new one; else anybody's who is away.
 */
static struct peer *find_row(struct pxe_peers *peers, const char *name,
			     pid_t pid)
{
	struct peer *same = NULL, *away = NULL;

	for (size_t i = 0; i < peers->n; i++) {
		struct peer *p = &peers->all[i];
		bool is_same = strcmp(p->name, name) == 0;

		if (is_same && p->pid == pid && p->n > 0)
			return p;
		if (p->n == 0 && is_same)
			same = p;
		if (p->n == 0)
			away = p;
	}
	if (same != NULL)
		return same;
	return peers->n < PEERS_MAX ? &peers->all[peers->n++] : away;
}

int pxe_peers_hello(struct pxe_peers *peers, const char *name, pid_t pid,
		    uint64_t connection, int64_t now_s)
{
	struct peer *p;

	if (!is_name(name))
		return -EINVAL;
	pxe_peers_gone(peers, connection, now_s); /* said it before */
	p = find_row(peers, name, pid);
	if (p == NULL || p->n == CONNECTIONS_MAX)
		return -ENOSPC;
	if (p->n == 0) {
		pxe_str_copy(p->name, sizeof(p->name), name);
		p->pid = pid;
		p->since_s = now_s;
	}
	p->connections[p->n++] = connection;
	return 0;
}

static void drop_connection(struct peer *p, uint64_t connection, int64_t now_s)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->connections[i] != connection)
			continue;
		p->connections[i] = p->connections[--p->n];
		if (p->n == 0) {
			p->since_s = now_s;
			drop_counts(p); /* of a process that is no more */
		}
		return;
	}
}

static struct peer *find_connection(struct pxe_peers *peers,
				    uint64_t connection)
{
	for (size_t i = 0; i < peers->n; i++)
		for (size_t k = 0; k < peers->all[i].n; k++)
			if (peers->all[i].connections[k] == connection)
				return &peers->all[i];
	return NULL;
}

void pxe_peers_count(struct pxe_peers *peers, uint64_t connection,
		     const struct pxe_counts *counts)
{
	struct peer *p = find_connection(peers, connection);

	if (p == NULL)
		return;
	if (p->counts == NULL)
		p->counts = malloc(sizeof(*p->counts));
	if (p->counts != NULL) /* best effort */
		*p->counts = *counts;
}

void pxe_peers_gone(struct pxe_peers *peers, uint64_t connection, int64_t now_s)
{
	for (size_t i = 0; i < peers->n; i++)
		drop_connection(&peers->all[i], connection, now_s);
}

void pxe_peers_move(struct pxe_peers *peers, int64_t by_s)
{
	for (size_t i = 0; i < peers->n; i++)
		peers->all[i].since_s += by_s;
}

static json_t *peer_to_json(const struct peer *p)
{
	json_t *json = json_pack("{s:s, s:i, s:b, s:I}", "name", p->name, "pid",
				 (int)p->pid, "connected", p->n > 0, "since",
				 (json_int_t)p->since_s);

	if (json != NULL && p->counts != NULL &&
	    json_object_set_new(json, "counters",
				pxe_state_counts_to_json(p->counts)) < 0) {
		json_decref(json);
		return NULL;
	}
	return json;
}

json_t *pxe_peers_to_json(const struct pxe_peers *peers)
{
	json_t *list = json_array();

	for (size_t i = 0; i < peers->n; i++)
		if (json_array_append_new(list, peer_to_json(&peers->all[i])) <
		    0) {
			json_decref(list);
			return NULL;
		}
	return list;
}
