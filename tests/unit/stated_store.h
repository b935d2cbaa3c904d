/* SPDX-License-Identifier: ISC */
/* A store that counts what it is told, and can be told to fail. */
#ifndef PXE_TESTS_STATED_STORE_H
#define PXE_TESTS_STATED_STORE_H

#include <errno.h>

#include "base/str.h"
#include "stated/store.h"

static struct {
	bool fails;
	int n_commits, n_leases, n_clients, n_removed;
	int64_t moved_s;
	struct pxe_clock_mark mark;
} store_did;

static int fake_begin(struct pxe_store *s)
{
	(void)s;
	return 0;
}

static int fake_put_lease(struct pxe_store *s, const struct pxe_lease *lease)
{
	(void)s;
	(void)lease;
	store_did.n_leases++;
	return 0;
}

static int fake_remove_lease(struct pxe_store *s, uint32_t address)
{
	(void)s;
	(void)address;
	store_did.n_removed++;
	return 0;
}

static int fake_put_client(struct pxe_store *s, const struct pxe_client *c)
{
	(void)s;
	(void)c;
	store_did.n_clients++;
	return 0;
}

static int fake_remove_client(struct pxe_store *s, const char *key)
{
	(void)s;
	(void)key;
	return 0;
}

static int fake_put_row(struct pxe_store *s, int kind, const char *key,
			const char *text)
{
	(void)s;
	(void)kind;
	(void)key;
	(void)text;
	return 0;
}

static int fake_remove_row(struct pxe_store *s, int kind, const char *key)
{
	(void)s;
	(void)kind;
	(void)key;
	return 0;
}

static int fake_commit(struct pxe_store *s)
{
	if (store_did.fails) {
		pxe_str_copy(s->error, sizeof(s->error), "the disk is full");
		return -ENOSPC;
	}
	store_did.n_commits++;
	return 0;
}

static void fake_rollback(struct pxe_store *s)
{
	(void)s;
}

static int fake_move_leases(struct pxe_store *s, struct pxe_clock_shift shift)
{
	(void)s;
	store_did.moved_s += shift.by_s;
	return 0;
}

static int fake_put_clock(struct pxe_store *s,
			  const struct pxe_clock_mark *mark)
{
	(void)s;
	store_did.mark = *mark;
	return 0;
}

static int fake_get_clock(struct pxe_store *s, struct pxe_clock_mark *mark)
{
	(void)s;
	(void)mark;
	return -ENOENT;
}

static const struct pxe_store_ops fake_ops = {
	.begin = fake_begin,
	.put_lease = fake_put_lease,
	.remove_lease = fake_remove_lease,
	.put_client = fake_put_client,
	.remove_client = fake_remove_client,
	.put_row = fake_put_row,
	.remove_row = fake_remove_row,
	.move_leases = fake_move_leases,
	.put_clock = fake_put_clock,
	.get_clock = fake_get_clock,
	.commit = fake_commit,
	.rollback = fake_rollback,
};

#endif
