/* SPDX-License-Identifier: ISC */
/* Leases; client records are in test_registry_client.c. */
#include "registry_env.h"

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

START_TEST(a_client_has_several_addresses)
{
	setup();
	have(A1, "id:01", NOW);
	have(A2, "id:01", NOW);
	check_holder(A1, "id:01");
	check_holder(A2, "id:01");
	teardown();
}
END_TEST

START_TEST(a_lease_replaces_one_of_its_client)
{
	setup();
	have(A1, "id:01", NOW);
	have(A2, "id:01", NOW);
	ck_assert_int_eq(move(A3, "id:01", A2, NOW), 0);
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 2);
	pxe_registry_keep(reg);
	check_holder(A1, "id:01");
	check_holder(A2, NULL);
	check_holder(A3, "id:01");
	/* itself, none, another's, one in quarantine: nothing else goes */
	ck_assert_int_eq(move(A3, "id:01", A3, NOW), 0);
	ck_assert_int_eq(move(A3, "id:01", A2, NOW), 0);
	ck_assert_int_eq(move(A2, "id:02", A3, NOW), 0);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:01", NOW + 60, NOW),
			 0);
	ck_assert_int_eq(move(A3, "id:01", A1, NOW), 0);
	pxe_registry_keep(reg);
	check_holder(A1, "id:01");
	check_holder(A2, "id:02");
	check_holder(A3, "id:01");
	/* a commit that is refused takes nothing */
	ck_assert_int_eq(move(A2, "id:01", A3, NOW), -EEXIST);
	check_holder(A3, "id:01");
	ck_assert_uint_eq(pxe_registry_n_changes(reg), 0);
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
	ck_assert_int_eq(pxe_registry_commit(reg, &l, 0, 1, &owner), -EINVAL);
	l.state = PXE_LEASE_ACTIVE;
	l.end_s = 0;
	ck_assert_int_eq(pxe_registry_commit(reg, &l, 0, 1, &owner), -EINVAL);
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
	ck_assert_int_eq(pxe_registry_decline(reg, 0, "id:01", NOW + 9, NOW),
			 -EINVAL);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:01",
					      PXE_LEASE_FOREVER_S, NOW),
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

/* It was offered only, or its lease is over. */
START_TEST(what_is_nobodys_can_be_declined)
{
	setup();
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:01", NOW + 9, NOW),
			 0);
	pxe_registry_keep(reg);
	ck_assert_int_eq(lease_of(A1)->state, PXE_LEASE_DECLINED);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:02", NOW + 9, NOW),
			 -ENOENT);
	have(A2, "id:01", NOW - 9999);
	ck_assert_int_eq(pxe_registry_decline(reg, A2, "id:02", NOW + 9, NOW),
			 0);
	check_holder(A2, "id:02");
	teardown();
}
END_TEST

START_TEST(undo_brings_back_what_was)
{
	char before[512], after[512];

	setup();
	have(A1, "id:01", NOW);
	have(A2, "id:02", NOW - 7200);
	dump(before, sizeof(before));
	/* moves, takes, releases, declines: one on top of the other */
	ck_assert_int_eq(move(A2, "id:01", A1, NOW), 0);
	ck_assert_int_eq(move(A1, "id:02", A2, NOW), 0);
	ck_assert_int_eq(move(A3, "id:01", A2, NOW), 0);
	ck_assert_int_eq(pxe_registry_release(reg, A3, "id:01", NOW), 0);
	ck_assert_int_eq(commit(A3, "id:03", NOW), 0);
	ck_assert_int_eq(pxe_registry_decline(reg, A1, "id:02", NOW + 60, NOW),
			 0);
	ck_assert_int_eq(move(A2, "id:02", A1, NOW), 0);
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
	ck_assert_int_eq(move(A2, "id:01", A1, NOW), 0);
	c = pxe_registry_change(reg, 1);
	ck_assert_uint_eq(c.address, A1);
	ck_assert_str_eq(c.before->client, "id:01");
	ck_assert_ptr_null(c.after);
	c = pxe_registry_change(reg, 0);
	ck_assert_uint_eq(c.address, A2);
	ck_assert_ptr_null(c.before);
	ck_assert_str_eq(c.after->client, "id:01");
	pxe_registry_keep(reg);
	teardown();
}
END_TEST

static int import(uint32_t address, const char *client,
		  enum pxe_lease_state state, int64_t end, bool replace)
{
	struct pxe_lease lease = { .address = address,
				   .state = state,
				   .start_s = NOW - 2 * DAY,
				   .end_s = end,
				   .client = client };
	const char *owner = NULL;
	int r = pxe_registry_import(reg, &lease, replace, NOW, &owner);

	ck_assert((r == -EEXIST) == (owner != NULL));
	return r;
}

START_TEST(leases_of_another_server_are_taken_over)
{
	static const struct {
		uint32_t address;
		const char *client;
		enum pxe_lease_state state;
		int64_t end;
		bool replace;
		int result;
	} rows[] = {
		/* A1 is active for id:01, A2 over, A3 in quarantine */
		{ A1, "id:02", PXE_LEASE_ACTIVE, NOW + DAY, false, -EEXIST },
		{ A1, "id:02", PXE_LEASE_RELEASED, NOW - 9, false, -EEXIST },
		{ A1, "id:01", PXE_LEASE_ACTIVE, NOW + 9, false, -EALREADY },
		{ A1, "id:01", PXE_LEASE_ACTIVE, NOW + DAY, false, 0 },
		{ A1, "id:02", PXE_LEASE_ACTIVE, NOW + DAY, true, 0 },
		{ A2, "id:02", PXE_LEASE_ACTIVE, NOW - 9, false, 0 },
		{ A2, "id:03", PXE_LEASE_RELEASED, NOW - 8, false, 0 },
		{ A2, "id:03", PXE_LEASE_DECLINED, NOW + 8, false, 0 },
		{ A3, "id:03", PXE_LEASE_ACTIVE, NOW + DAY, false, -EEXIST },
		{ A3, "id:03", PXE_LEASE_ACTIVE, NOW + DAY, true, 0 },
		{ 0, "id:03", PXE_LEASE_ACTIVE, NOW + DAY, true, -EINVAL },
		{ A1, "", PXE_LEASE_ACTIVE, NOW + DAY, true, -EINVAL },
		{ A1, "id:03", PXE_LEASE_OFFERED, NOW + DAY, true, -EINVAL },
		{ A1, "id:03", PXE_LEASE_ACTIVE, NOW - 3 * DAY, true, -EINVAL },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		int r;

		setup();
		have(A1, "id:01", NOW);
		have(A2, "id:02", NOW - DAY);
		ck_assert_int_eq(pxe_registry_decline(reg, A3, "id:03",
						      NOW + 60, NOW),
				 0);
		pxe_registry_keep(reg);
		r = import(rows[i].address, rows[i].client, rows[i].state,
			   rows[i].end, rows[i].replace);
		ck_assert_msg(r == rows[i].result, "row %zu: %d", i, r);
		ck_assert_uint_eq(pxe_registry_n_changes(reg), r == 0);
		if (r == 0)
			check_holder(rows[i].address, rows[i].client);
		teardown();
	}
}
END_TEST

START_TEST(an_import_is_bounded_and_knows_its_machines)
{
	static const char mac[] = "52:54:00:00:00:01";
	uint32_t address = A1;
	const struct pxe_client *c;
	struct pxe_facts f = { .stage = PXE_STAGE_ROM };
	int r;

	setup();
	ck_assert_int_eq(pxe_registry_learn(reg, mac, &f, NULL, NOW), 0);
	c = pxe_registry_find_client(reg, mac);
	ck_assert_int_eq(import(A1, mac, PXE_LEASE_ACTIVE, INT64_MAX, false),
			 0);
	pxe_registry_keep(reg);
	ck_assert_uint_eq(lease_of(A1)->hw.hlen, 6);
	ck_assert_int_eq(lease_of(A1)->end_s, PXE_LEASE_FOREVER_S);
	ck_assert_uint_eq(c->address, A1);
	/* where it was once is not where it is */
	ck_assert_int_eq(import(A2, mac, PXE_LEASE_ACTIVE, NOW - 9, false), 0);
	pxe_registry_keep(reg);
	ck_assert_uint_eq(c->address, A1);
	do
		r = import(address++, "id:01", PXE_LEASE_ACTIVE, NOW + 9, true);
	while (r == 0);
	ck_assert_int_eq(r, -EDQUOT);
	ck_assert_uint_eq(address - A1 - 1, PXE_REGISTRY_CLIENT_LEASES);
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
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), 0);
	l.address = A3;
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
	  a_client_has_several_addresses, a_lease_replaces_one_of_its_client,
	  what_is_no_lease_is_invalid, release_and_decline_need_the_lease,
	  a_declined_address_is_nobodys, what_is_nobodys_can_be_declined,
	  undo_brings_back_what_was, changes_say_before_and_after,
	  leases_of_another_server_are_taken_over,
	  an_import_is_bounded_and_knows_its_machines,
	  loading_refuses_what_cannot_be)
