/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "stated/registry.h"
#include "unit.h"

#define DAY 86400
#define A1  0x0a000001u
#define A2  0x0a000002u
#define A3  0x0a000003u
#define NOW ((int64_t)1700000000)

static struct pxe_registry *reg;

static void setup(void)
{
	reg = pxe_registry_new();
	ck_assert_ptr_nonnull(reg);
}

static void teardown(void)
{
	pxe_registry_free(reg);
	reg = NULL;
}

static int commit(uint32_t address, const char *client, int64_t now)
{
	struct pxe_lease lease = { .address = address,
				   .state = PXE_LEASE_ACTIVE,
				   .start_s = now,
				   .end_s = now + 3600,
				   .client = client };
	const char *owner = NULL;
	int r = pxe_registry_commit(reg, &lease, now, &owner);

	ck_assert((r == -EEXIST) == (owner != NULL));
	return r;
}

/* Commits and keeps. */
static void have(uint32_t address, const char *client, int64_t now)
{
	ck_assert_int_eq(commit(address, client, now), 0);
	pxe_registry_keep(reg);
}

static const struct pxe_lease *lease_of(uint32_t address)
{
	return pxe_lease_table_find(pxe_registry_leases(reg), address);
}

static void check_holder(uint32_t address, const char *client)
{
	const struct pxe_lease *l = lease_of(address);

	if (client == NULL) {
		ck_assert_ptr_null(l);
		return;
	}
	ck_assert_ptr_nonnull(l);
	ck_assert_str_eq(l->client, client);
}

START_TEST(an_address_belongs_to_one_client)
{
	setup();
	have(A1, "id:01", NOW);
	ck_assert_int_eq(commit(A1, "id:02", NOW + 1), -EEXIST);
	ck_assert_int_eq(commit(A1, "id:01", NOW + 1), 0); /* renews */
	pxe_registry_keep(reg);
	check_holder(A1, "id:01");
	/* its end has come: anybody may have it */
	ck_assert_int_eq(commit(A1, "id:02", NOW + 3600), -EEXIST);
	have(A1, "id:02", NOW + 3601);
	check_holder(A1, "id:02");
	teardown();
}
END_TEST

START_TEST(a_client_has_one_address)
{
	setup();
	have(A1, "id:01", NOW);
	ck_assert_int_eq(commit(A2, "id:01", NOW), 0);
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 2);
	pxe_registry_keep(reg);
	check_holder(A1, NULL);
	check_holder(A2, "id:01");
	teardown();
}
END_TEST

START_TEST(what_is_no_lease_is_invalid)
{
	struct pxe_lease l = { .address = A1,
			       .state = PXE_LEASE_OFFERED,
			       .start_s = 1,
			       .end_s = 2,
			       .client = "id:01" };
	static const uint32_t bad[] = { 0, 0x7f000001, 0xe0000001, 0xffffffff,
					0x00000001 };
	const char *owner;

	setup();
	ck_assert_int_eq(pxe_registry_commit(reg, &l, 1, &owner), -EINVAL);
	l.state = PXE_LEASE_ACTIVE;
	l.end_s = 0;
	ck_assert_int_eq(pxe_registry_commit(reg, &l, 1, &owner), -EINVAL);
	for (size_t i = 0; i < PXE_LEN(bad); i++)
		ck_assert_int_eq(commit(bad[i], "id:01", NOW), -EINVAL);
	ck_assert_int_eq(commit(A1, "", NOW), -EINVAL);
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 0);
	teardown();
}
END_TEST

START_TEST(release_and_decline_need_the_lease)
{
	setup();
	have(A1, "id:01", NOW);
	ck_assert_int_eq(pxe_registry_release(reg, A1, "id:02", NOW), -ENOENT);
	ck_assert_int_eq(pxe_registry_release(reg, A2, "id:01", NOW), -ENOENT);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:02", NOW + 9, NOW),
			 -ENOENT);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:01", NOW, NOW),
			 -EINVAL);
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 0);

	ck_assert_int_eq(pxe_registry_release(reg, A1, "id:01", NOW + 5), 0);
	pxe_registry_keep(reg);
	ck_assert_int_eq(lease_of(A1)->state, PXE_LEASE_RELEASED);
	ck_assert_int_eq(lease_of(A1)->end_s, NOW + 5);
	ck_assert_int_eq(pxe_registry_release(reg, A1, "id:01", NOW + 6),
			 -ENOENT);
	have(A1, "id:02", NOW + 6); /* free at once */
	teardown();
}
END_TEST

START_TEST(a_declined_address_is_nobodys)
{
	setup();
	have(A1, "id:01", NOW);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:01", NOW + 600, NOW),
			 0);
	pxe_registry_keep(reg);
	ck_assert_int_eq(commit(A1, "id:01", NOW + 1), -EEXIST);
	ck_assert_int_eq(commit(A1, "id:02", NOW + 1), -EEXIST);
	/* who declined has another one, and the quarantine stays */
	have(A2, "id:01", NOW + 1);
	ck_assert_int_eq(lease_of(A1)->state, PXE_LEASE_DECLINED);
	have(A1, "id:02", NOW + 601);
	check_holder(A2, "id:01");
	teardown();
}
END_TEST

/* What is in the leases as text: to compare before and after. */
static void dump(char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	for (uint32_t a = A1; a <= A3; a++) {
		const struct pxe_lease *l = lease_of(a);

		if (l != NULL)
			pxe_str_putf(&s, "%x %s %s %lld-%lld;", a, l->client,
				     pxe_lease_state_name(l->state),
				     (long long)l->start_s,
				     (long long)l->end_s);
	}
}

START_TEST(undo_brings_back_what_was)
{
	char before[512], after[512];

	setup();
	have(A1, "id:01", NOW);
	have(A2, "id:02", NOW - 7200);
	dump(before, sizeof(before));
	/* moves, takes, releases, declines: one on top of the other */
	ck_assert_int_eq(commit(A2, "id:01", NOW), 0);
	ck_assert_int_eq(commit(A1, "id:02", NOW), 0);
	ck_assert_int_eq(commit(A3, "id:01", NOW), 0);
	ck_assert_int_eq(pxe_registry_release(reg, A3, "id:01", NOW), 0);
	ck_assert_int_eq(commit(A3, "id:03", NOW), 0);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:02", NOW + 60, NOW),
			 0);
	ck_assert_int_eq(commit(A2, "id:02", NOW), 0);
	dump(after, sizeof(after));
	ck_assert_str_ne(before, after);
	ck_assert_int_eq(pxe_registry_undo(reg), 0);
	dump(after, sizeof(after));
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 0);
	ck_assert_uint_eq(pxe_lease_table_count(pxe_registry_leases(reg)), 2);
	teardown();
}
END_TEST

START_TEST(changes_say_before_and_after)
{
	struct pxe_registry_change c;

	setup();
	have(A1, "id:01", NOW);
	ck_assert_int_eq(commit(A2, "id:01", NOW), 0);
	c = pxe_registry_change(reg, 0);
	ck_assert_uint_eq(c.address, A1);
	ck_assert_str_eq(c.before->client, "id:01");
	ck_assert_ptr_null(c.after);
	c = pxe_registry_change(reg, 1);
	ck_assert_uint_eq(c.address, A2);
	ck_assert_ptr_null(c.before);
	ck_assert_str_eq(c.after->client, "id:01");
	pxe_registry_keep(reg);
	teardown();
}
END_TEST

static void learn(const char *key, int64_t now)
{
	struct pxe_facts f = { .stage = PXE_STAGE_ROM, .arch = 7 };

	pxe_str_copy(f.key, sizeof(f.key), key);
	ck_assert_int_eq(pxe_registry_learn(reg, key, &f, NULL, now), 0);
}

static const struct pxe_client *tell(enum pxe_event_kind kind,
				     const char *client, uint32_t address,
				     int64_t now)
{
	struct pxe_event e = { .kind = kind, .address = address };
	const struct pxe_client *c;

	pxe_str_copy(e.client, sizeof(e.client), client);
	c = pxe_registry_event(reg, &e, now);
	ck_assert_str_eq(e.client, c != NULL ? c->key : "");
	return c;
}

START_TEST(events_find_their_client)
{
	const struct pxe_client *c;

	setup();
	learn("52:54:00:00:00:01", NOW);
	learn("52:54:00:00:00:02", NOW);
	/* by key */
	c = tell(PXE_EVENT_LOADER_START, "52:54:00:00:00:01", 0, NOW);
	ck_assert_int_eq(c->step, PXE_STEP_LOADER);
	/* by an address that nobody has */
	ck_assert_ptr_null(tell(PXE_EVENT_FILE_START, "", A1, NOW));
	ck_assert_ptr_null(tell(PXE_EVENT_FILE_START, "", 0, NOW));
	/* by the address that another server gave */
	tell(PXE_EVENT_DHCP_ACK, "52:54:00:00:00:02", A1, NOW);
	c = tell(PXE_EVENT_FILE_START, "", A1, NOW);
	ck_assert_str_eq(c->key, "52:54:00:00:00:02");
	/* a lease says more than the last address */
	have(A1, "52:54:00:00:00:01", NOW);
	c = tell(PXE_EVENT_FILE_START, "", A1, NOW);
	ck_assert_str_eq(c->key, "52:54:00:00:00:01");
	/* the lease is over; who had the address last still had it */
	c = tell(PXE_EVENT_FILE_START, "", A1, NOW + 4000);
	ck_assert_str_eq(c->key, "52:54:00:00:00:01");
	/* a lease of a client nobody reported */
	have(A2, "52:54:00:00:00:03", NOW);
	c = tell(PXE_EVENT_FILE_START, "", A2, NOW);
	ck_assert_str_eq(c->key, "52:54:00:00:00:03");
	ck_assert_uint_eq(c->address, A2);
	ck_assert_uint_eq(pxe_registry_reasons(reg)[PXE_REASON_OK], 8);
	teardown();
}
END_TEST

START_TEST(clients_get_the_address_of_their_lease)
{
	const struct pxe_client *c;

	setup();
	learn("id:01", NOW);
	learn("id:02", NOW);
	c = pxe_registry_find_client(reg, "id:01");
	ck_assert_int_eq(commit(A1, "id:01", NOW), 0);
	ck_assert_uint_eq(c->address, 0); /* not on disk yet */
	pxe_registry_keep(reg);
	ck_assert_uint_eq(c->address, A1);
	have(A1, "id:02", NOW + 4000);
	ck_assert_uint_eq(c->address, 0);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:02", NOW + 9999,
					      NOW + 4001),
			 0);
	pxe_registry_keep(reg);
	ck_assert_uint_eq(pxe_registry_find_client(reg, "id:02")->address, 0);
	teardown();
}
END_TEST

START_TEST(clients_are_found_in_any_spelling)
{
	struct pxe_facts f = { .stage = PXE_STAGE_ROM };

	setup();
	ck_assert_int_eq(pxe_registry_learn(reg, "52:54:00:ab:cd:ef", &f,
					    "web1", NOW),
			 0);
	have(A1, "52:54:00:ab:cd:ef", NOW);
	ck_assert_ptr_nonnull(
		pxe_registry_find_client(reg, "52:54:00:ab:cd:ef"));
	ck_assert_ptr_nonnull(
		pxe_registry_find_client(reg, "52-54-00-AB-CD-EF"));
	ck_assert_ptr_nonnull(pxe_registry_find_client(reg, "525400abcdef"));
	ck_assert_ptr_nonnull(pxe_registry_find_client(reg, "10.0.0.1"));
	ck_assert_ptr_nonnull(pxe_registry_find_client(reg, "web1"));
	ck_assert_ptr_null(pxe_registry_find_client(reg, "web2"));
	ck_assert_ptr_null(pxe_registry_find_client(reg, ""));
	ck_assert_ptr_null(pxe_registry_find_client(reg, "10.0.0.9"));
	teardown();
}
END_TEST

START_TEST(news_are_told_once)
{
	setup();
	learn("id:01", NOW);
	learn("id:01", NOW + 1);
	learn("id:02", NOW + 1);
	for (int i = 0; i < PXE_N_NEWS; i++)
		ck_assert_uint_eq(
			pxe_registry_n_news(reg, (enum pxe_registry_news)i), 2);
	pxe_registry_told(reg, PXE_NEWS_STORE, 1);
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_STORE), 1);
	ck_assert_str_eq(pxe_registry_news(reg, PXE_NEWS_STORE, 0)->key,
			 "id:02");
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_WATCH), 2);
	learn("id:01", NOW + 2);
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_STORE), 2);
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_WATCH), 2);
	teardown();
}
END_TEST

START_TEST(the_old_is_forgotten)
{
	setup();
	have(A1, "id:01", NOW);
	have(A2, "id:02", NOW + 20 * DAY);
	learn("id:01", NOW);
	learn("id:02", NOW + 20 * DAY);
	pxe_registry_told(reg, PXE_NEWS_WATCH, 2);

	ck_assert_int_eq(pxe_registry_age(reg, NOW + 30 * DAY, 100), 0);
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 0);
	ck_assert_int_eq(pxe_registry_age(reg, NOW + 31 * DAY, 100), 0);
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 1);
	check_holder(A1, NULL);
	check_holder(A2, "id:02");
	/* the store failed: it is remembered again */
	ck_assert_int_eq(pxe_registry_undo(reg), 0);
	check_holder(A1, "id:01");

	ck_assert_int_eq(pxe_registry_age(reg, NOW + 91 * DAY, 100), 0);
	pxe_registry_keep(reg);
	ck_assert_uint_eq(pxe_lease_table_count(pxe_registry_leases(reg)), 0);
	ck_assert_uint_eq(pxe_registry_n_gone(reg), 1);
	ck_assert_str_eq(pxe_registry_gone(reg, 0), "id:01");
	ck_assert_ptr_null(pxe_registry_find_client(reg, "id:01"));
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_STORE), 1);
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_WATCH), 0);
	pxe_registry_forgotten(reg);
	ck_assert_uint_eq(pxe_registry_n_gone(reg), 0);
	teardown();
}
END_TEST

START_TEST(a_flood_of_strangers_does_not_drive_out_the_known)
{
	struct pxe_facts f = { .stage = PXE_STAGE_ROM };
	char key[32];
	unsigned i = 0;
	size_t n;

	setup();
	learn("52:54:00:00:00:01", NOW);
	tell(PXE_EVENT_UP, "52:54:00:00:00:01", 0, NOW);
	have(A1, "52:54:00:00:00:02", NOW);
	learn("52:54:00:00:00:02", NOW);
	do
		snprintf(key, sizeof(key), "id:%08x", i++);
	while (pxe_registry_learn(reg, key, &f, NULL, NOW + 5) == 0);
	n = pxe_client_table_count(pxe_registry_clients(reg));
	ck_assert_uint_eq(n, PXE_REGISTRY_MAX_CLIENTS);
	/* in steps of what one call may forget */
	for (int step = 0; step < 4; step++) {
		ck_assert_int_eq(pxe_registry_age(reg, 0, 4096), 0);
		ck_assert_uint_le(pxe_registry_n_gone(reg), 4096);
		pxe_registry_forgotten(reg);
	}
	n = pxe_client_table_count(pxe_registry_clients(reg));
	ck_assert_uint_le(n, PXE_REGISTRY_MAX_CLIENTS / 8 * 7);
	ck_assert_uint_ge(n, PXE_REGISTRY_MAX_CLIENTS / 4 * 3);
	ck_assert_ptr_nonnull(
		pxe_registry_find_client(reg, "52:54:00:00:00:01"));
	ck_assert_ptr_nonnull(
		pxe_registry_find_client(reg, "52:54:00:00:00:02"));
	ck_assert_int_eq(pxe_registry_learn(reg, "id:aa", &f, NULL, NOW), 0);
	teardown();
}
END_TEST

START_TEST(loading_refuses_what_cannot_be)
{
	struct pxe_lease l = { .address = A1,
			       .state = PXE_LEASE_ACTIVE,
			       .start_s = 1,
			       .end_s = 2,
			       .client = "id:01" };
	struct pxe_client c = { .key = "id:07", .address = A3 };

	setup();
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), 0);
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), -EEXIST);
	l.address = A2;
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), -EEXIST);
	l.state = PXE_LEASE_DECLINED;
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), 0);
	ck_assert_int_eq(pxe_registry_load_client(reg, &c), 0);
	ck_assert_ptr_nonnull(pxe_registry_find_client(reg, "10.0.0.3"));
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 0);
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_STORE), 0);
	teardown();
}
END_TEST

UNIT_MAIN("registry", an_address_belongs_to_one_client,
	  a_client_has_one_address, what_is_no_lease_is_invalid,
	  release_and_decline_need_the_lease, a_declined_address_is_nobodys,
	  undo_brings_back_what_was, changes_say_before_and_after,
	  events_find_their_client, clients_get_the_address_of_their_lease,
	  clients_are_found_in_any_spelling, news_are_told_once,
	  the_old_is_forgotten,
	  a_flood_of_strangers_does_not_drive_out_the_known,
	  loading_refuses_what_cannot_be)
