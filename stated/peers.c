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
};

struct pxe_peers {
	struct peer all[PEERS_MAX];
	size_t n;
};

struct pxe_peers *pxe_peers_new(void)
{
	return calloc(1, sizeof(struct pxe_peers));
}

void pxe_peers_free(struct pxe_peers *peers)
{
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
		if (p->n == 0)
			p->since_s = now_s;
		return;
	}
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

json_t *pxe_peers_to_json(const struct pxe_peers *peers)
{
	json_t *list = json_array();

	for (size_t i = 0; i < peers->n; i++) {
		const struct peer *p = &peers->all[i];

		if (json_array_append_new(
			    list,
			    json_pack("{s:s, s:i, s:b, s:I}", "name", p->name,
				      "pid", (int)p->pid, "connected", p->n > 0,
				      "since", (json_int_t)p->since_s)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
