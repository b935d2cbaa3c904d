/* SPDX-License-Identifier: ISC */
/* Client records: what is reported, found, told and forgotten. */
#include "registry_env.h"

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
	c = pxe_registry_event(reg, &e, now, NULL);
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

/* The key of a lease may be a client-id, a UUID, the first MAC of a host. */
START_TEST(a_lease_finds_its_client_by_hardware_address)
{
	static const char mac[] = "52:54:00:00:00:01";
	struct pxe_lease l = { .address = A1,
			       .state = PXE_LEASE_ACTIVE,
			       .start_s = NOW,
			       .end_s = NOW + 60,
			       .hw = { 1, 6, { 0x52, 0x54, 0, 0, 0, 1 } },
			       .client = "id:ff01" };
	const struct pxe_client *c;
	const char *owner;

	setup();
	learn(mac, NOW);
	ck_assert_int_eq(pxe_registry_commit(reg, &l, 0, NOW, &owner), 0);
	pxe_registry_keep(reg);
	c = pxe_registry_find_client(reg, mac);
	ck_assert_uint_eq(c->address, A1);
	ck_assert_ptr_eq(pxe_registry_find_client(reg, "10.0.0.1"), c);
	ck_assert_ptr_eq(tell(PXE_EVENT_FILE_START, "", A1, NOW), c);
	ck_assert_ptr_null(pxe_registry_find_client(reg, "id:ff01"));
	/* a second lease: the address that it got last, or last spoke from */
	l.address = A2;
	ck_assert_int_eq(pxe_registry_commit(reg, &l, 0, NOW, &owner), 0);
	pxe_registry_keep(reg);
	ck_assert_uint_eq(c->address, A2);
	ck_assert_ptr_eq(tell(PXE_EVENT_FILE_START, "", A1, NOW), c);
	ck_assert_uint_eq(c->address, A1);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:ff01", NOW + 9, NOW),
			 0);
	pxe_registry_keep(reg);
	ck_assert_uint_eq(c->address, 0);
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

UNIT_MAIN("registry_client", events_find_their_client,
	  clients_get_the_address_of_their_lease,
	  a_lease_finds_its_client_by_hardware_address,
	  clients_are_found_in_any_spelling, news_are_told_once,
	  the_old_is_forgotten,
	  a_flood_of_strangers_does_not_drive_out_the_known)
