/* SPDX-License-Identifier: ISC */
/* A store in a directory of its own, and what was in it as text. */
#ifndef PXE_TESTS_STORE_ENV_H
#define PXE_TESTS_STORE_ENV_H

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "stated/store.h"
#include "unit.h"

static char dir[64];
static char error[PXE_STORE_ERROR_TEXT];

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/pxe-test-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_dir(void)
{
	static const char *const names[] = { "state.db", "state.db-wal",
					     "state.db-shm",
					     "state.db-journal",
					     "state.db-mark" };
	char path[128];

	for (size_t i = 0; i < PXE_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

static struct pxe_store *must_open(void)
{
	struct pxe_store *store = NULL;
	int r = pxe_store_open_sqlite(dir, &store, error);

	ck_assert_msg(r == 0, "%d %s", r, error);
	return store;
}

static struct pxe_lease lease(uint32_t address, const char *client)
{
	return (struct pxe_lease) { .address = address,
				    .state = PXE_LEASE_ACTIVE,
				    .start_s = 10,
				    .end_s = 20,
				    .host_name = "h",
				    .hw = { 1, 6, { 2, 0, 0, 0, 0, 1 } },
				    .is_boot = true,
				    .circuit = INT64_MAX,
				    .client = client };
}

static int put(struct pxe_store *s, uint32_t address, const char *client)
{
	struct pxe_lease l = lease(address, client);

	return s->ops->put_lease(s, &l);
}

/* What was loaded, as text. */
struct seen {
	char text[4096], more_text[4096];
	struct pxe_str s, more; /* of leases: hardware address and on */
	int stop_at, n;
};

static int see_lease(const struct pxe_lease *l, void *arg)
{
	struct seen *seen = arg;

	char hw[PXE_HWADDR_TEXT];

	pxe_str_putf(&seen->s, "%x %s %s %lld-%lld %s;", l->address, l->client,
		     pxe_lease_state_name(l->state), (long long)l->start_s,
		     (long long)l->end_s, l->host_name);
	pxe_hwaddr_format(&l->hw, hw, sizeof(hw));
	pxe_str_putf(&seen->more, "%s %d %llx;", hw, l->is_boot,
		     (unsigned long long)l->circuit);
	return ++seen->n == seen->stop_at ? -EEXIST : 0;
}

static int see_client(const struct pxe_client *c, void *arg)
{
	struct seen *seen = arg;

	pxe_str_putf(&seen->s, "%s %s %s;", c->key, c->name,
		     pxe_step_name(c->step));
	return 0;
}

static void see_unreadable(const char *key, void *arg)
{
	struct seen *seen = arg;

	pxe_str_putf(&seen->s, "unreadable %s;", key);
}

static const struct pxe_store_sink sink = { see_lease, see_client,
					    see_unreadable, NULL };

static void init_seen(struct seen *seen)
{
	*seen = (struct seen) { .n = 0 };
	pxe_str_init(&seen->s, seen->text, sizeof(seen->text));
	pxe_str_init(&seen->more, seen->more_text, sizeof(seen->more_text));
}

static void check_store(struct pxe_store *s, const char *expected)
{
	struct seen seen;

	init_seen(&seen);
	ck_assert_int_eq(s->ops->load(s, &sink, &seen), 0);
	ck_assert_str_eq(seen.text, expected);
}

static void check_more(struct pxe_store *s, const char *expected)
{
	struct seen seen;

	init_seen(&seen);
	ck_assert_int_eq(s->ops->load(s, &sink, &seen), 0);
	ck_assert_str_eq(seen.more_text, expected);
}

static void run_sql(const char *text)
{
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/state.db", dir);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void check_refusal(int expected, const char *words)
{
	struct pxe_store *s = NULL;

	ck_assert_int_eq(pxe_store_open_sqlite(dir, &s, error), expected);
	ck_assert_msg(strstr(error, words) != NULL, "%s", error);
	ck_assert_ptr_null(s);
}

#endif
