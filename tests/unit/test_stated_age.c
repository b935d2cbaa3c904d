/* SPDX-License-Identifier: ISC */
/* Years of clients that come once: what is kept, on disk too, is bounded. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "stated/batch.h"
#include "stated/clock.h"
#include "stated/peers.h"
#include "stated/watch.h"
#include "unit.h"

#define DAY ((int64_t)86400)

enum { A_DAY = 40, DAYS = 400, ROOM = 150 };

static int64_t now_s;

static struct pxe_clock_time fake_clock(void)
{
	return (struct pxe_clock_time) { now_s * 1000, now_s * 1000 };
}

static struct pxe_stated st;
static char dir[64];

static int take_lease(const struct pxe_lease *lease, void *arg)
{
	(void)arg;
	return pxe_registry_load_lease(st.registry, lease);
}

static int take_client(const struct pxe_client *client, void *arg)
{
	(void)arg;
	return pxe_registry_load_client(st.registry, client);
}

static const struct pxe_store_sink sink = { take_lease, take_client, NULL,
						    NULL };

static void start(void)
{
	char error[PXE_STORE_ERROR_TEXT];

	st = (struct pxe_stated) { .base = event_base_new(),
				   .registry = pxe_registry_new(),
				   .orders = pxe_orders_new(),
				   .peers = pxe_peers_new(),
				   .read_clock = fake_clock };
	ck_assert_int_eq(pxe_store_open_sqlite(dir, &st.store, error), 0);
	ck_assert_int_eq(pxe_stated_clock_start(&st, "a boot"), 0);
	ck_assert_int_eq(st.store->ops->load(st.store, &sink, NULL), 0);
	st.watchers = pxe_watchers_new(&st);
	st.batch = pxe_batch_new(&st);
	ck_assert_ptr_nonnull(st.batch);
}

static void stop(void)
{
	pxe_batch_free(st.batch);
	pxe_watchers_free(st.watchers);
	pxe_peers_free(st.peers);
	st.store->ops->close(st.store);
	pxe_registry_free(st.registry);
	pxe_orders_free(st.orders);
	event_base_free(st.base);
}

/* A machine that nobody saw before gets a short lease of any address. */
static void serve_one(void)
{
	char key[32];
	struct pxe_facts facts = { .stage = PXE_STAGE_ROM, .arch = 7 };
	struct pxe_lease lease = { .address = 0x0a000000 |
					      ((uint32_t)rand() & 0xffffff),
				   .state = PXE_LEASE_ACTIVE,
				   .start_s = now_s,
				   .end_s = now_s + 600,
				   .client = key };
	const char *owner;
	static unsigned n;

	snprintf(key, sizeof(key), "id:%08x", n++);
	pxe_str_copy(facts.key, sizeof(facts.key), key);
	ck_assert_int_eq(pxe_registry_commit(st.registry, &lease, 0, now_s,
					     &owner),
			 0);
	ck_assert_int_eq(pxe_registry_learn(st.registry, key, &facts, NULL,
					    now_s),
			 0);
}

static void pass_a_day(void)
{
	for (int i = 0; i < A_DAY; i++)
		serve_one();
	pxe_batch_finish(st.batch);
	now_s += DAY;
	ck_assert_int_eq(pxe_registry_age(st.registry, now_s, 4096), 0);
	pxe_batch_finish(st.batch);
}

static off_t size_of(const char *name)
{
	char path[128];
	struct stat s;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_int_eq(stat(path, &s), 0);
	return s.st_size;
}

static void remove_files(void)
{
	static const char *const names[] = { "state.db", "state.db-wal",
					     "state.db-mark" };
	char path[128];

	for (size_t i = 0; i < PXE_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		ck_assert_int_eq(unlink(path), 0);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

static size_t leases(void)
{
	return pxe_lease_table_count(pxe_registry_leases(st.registry));
}

static size_t clients(void)
{
	return pxe_client_table_count(pxe_registry_clients(st.registry));
}

START_TEST(what_is_kept_is_bounded)
{
	off_t full = 0, log;

	snprintf(dir, sizeof(dir), "/tmp/pxe-test-age-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	srand(1);
	now_s = 1700000000;
	start();
	log = size_of("state.db-wal");
	for (int day = 0; day < DAYS; day++) {
		pass_a_day();
		/* remembered for 30 and for 90 days */
		ck_assert_uint_le(leases(), 32 * A_DAY);
		ck_assert_uint_le(clients(), 92 * A_DAY);
		if (day == ROOM) {
			stop(); /* which brings the log into the file */
			full = size_of("state.db");
			start();
		}
	}
	ck_assert_uint_ge(leases(), 28 * A_DAY);
	stop();
	/* a file does not shrink, and does not grow: room is used again */
	ck_assert_int_le(size_of("state.db"), full + full / 8);
	ck_assert_int_le(size_of("state.db"), 92 * A_DAY * 700);
	ck_assert_int_le(size_of("state.db-wal"), log + log / 4);
	start();
	ck_assert_uint_ge(leases(), 28 * A_DAY);
	ck_assert_uint_le(leases(), 32 * A_DAY);
	stop();
	remove_files();
}
END_TEST

UNIT_MAIN("stated_age", what_is_kept_is_bounded)
