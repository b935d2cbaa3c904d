/* SPDX-License-Identifier: ISC */
/*
 * Where pxe-stated keeps what must not be lost.  A backend is one file that
 * fills a struct pxe_store_ops; stated/store_sqlite.c is the first.
 *
 * All verbs return 0 or -errno; pxe_store_error() then says in a sentence
 * what was wrong.  What was put since begin() is on disk when commit() has
 * returned 0, and not there at all when it failed.
 */
#ifndef PXE_STATED_STORE_H
#define PXE_STATED_STORE_H

#include "base/attr.h"
#include "core/client.h"
#include "core/clock.h"
#include "core/lease.h"

#define PXE_STORE_ERROR_TEXT 400

/* A backend's own; begins with this. */
struct pxe_store {
	const struct pxe_store_ops *ops;
	char error[PXE_STORE_ERROR_TEXT]; /* of the last failure */
};

/* Takes one record while a store is loaded.  0, or -errno to stop. */
struct pxe_store_sink {
	int (*lease)(const struct pxe_lease *lease, void *arg);
	int (*client)(const struct pxe_client *client, void *arg);
	/* A client record that cannot be read: left out. */
	void (*unreadable)(const char *key, void *arg);
	/* A row of the order book; NULL: they are not wanted. */
	int (*row)(int kind, const char *key, const char *text, void *arg);
};

struct pxe_store_ops {
	int (*load)(struct pxe_store *store, const struct pxe_store_sink *sink,
		    void *arg);
	int (*begin)(struct pxe_store *store);
	int (*put_lease)(struct pxe_store *store,
			 const struct pxe_lease *lease);
	int (*remove_lease)(struct pxe_store *store, uint32_t address);
	int (*put_client)(struct pxe_store *store,
			  const struct pxe_client *client);
	int (*remove_client)(struct pxe_store *store, const char *key);
	/* Rows of the order book (stated/order_rows.h): of a kind, by key. */
	int (*put_row)(struct pxe_store *store, int kind, const char *key,
		       const char *text);
	int (*remove_row)(struct pxe_store *store, int kind, const char *key);
	/* All leases, as pxe_lease_table_move() does. */
	int (*move_leases)(struct pxe_store *store,
			   struct pxe_clock_shift shift);
	/* The record of the clocks; get: -ENOENT if there is none. */
	int (*put_clock)(struct pxe_store *store,
			 const struct pxe_clock_mark *mark);
	int (*get_clock)(struct pxe_store *store, struct pxe_clock_mark *mark);
	int (*commit)(struct pxe_store *store);
	/* Are its files those that it was opened with?  0; -ESTALE: they were
	 * removed; -EEXIST: another's are there.  begin() then fails until it
	 * is well again.  To be called often; NULL: it has no files. */
	int (*check)(struct pxe_store *store);
	/* After -ESTALE: makes them anew, perhaps empty.  -errno: check()
	 * says so again. */
	int (*remake)(struct pxe_store *store);
	void (*rollback)(struct pxe_store *store);
	void (*close)(struct pxe_store *store); /* frees it */
};

/*
 * Opens the SQLite store in the directory `dir`, which must be there, and
 * makes it if it is not there.  -errno: `error` (of PXE_STORE_ERROR_TEXT
 * octets) gets the sentence.
 */
int pxe_store_open_sqlite(const char *dir, struct pxe_store **store,
			  char *error) PXE_MUST_CHECK;

#endif
