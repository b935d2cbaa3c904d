/* SPDX-License-Identifier: ISC */
/* Ordinary clients, of which there may be very many. */
#include "registry_env.h"

static const struct pxe_client *client_of(uint32_t address)
{
	return pxe_client_table_find_address(pxe_registry_clients(reg),
					     address);
}

static size_t n_stored(void)
{
	return pxe_registry_n_news(reg, PXE_NEWS_STORE);
}

START_TEST(a_commit_is_an_event)
{
	struct pxe_event event;
	const struct pxe_client *c;

	setup();
	have(A1, "52:54:00:00:00:01", NOW);
	ck_assert(pxe_registry_lease_os(reg, A1, NOW, &event));
	ck_assert_int_eq(event.kind, PXE_EVENT_DHCP_OS);
	ck_assert_str_eq(event.client, "52:54:00:00:00:01");
	ck_assert_uint_eq(event.address, A1);
	c = client_of(A1);
	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(c->step, PXE_STEP_OS);
	ck_assert_int_eq(c->facts.stage, PXE_STAGE_OS);
	ck_assert_int_eq(c->last_seen_s, NOW);
	/* watchers hear of it, the store has the lease */
	ck_assert_uint_eq(pxe_registry_n_news(reg, PXE_NEWS_WATCH), 1);
	ck_assert_uint_eq(n_stored(), 0);
	/* a lease that is over, or is none, is nobody's event */
	ck_assert(!pxe_registry_lease_os(reg, A1, NOW + 4000, &event));
	ck_assert(!pxe_registry_lease_os(reg, A2, NOW, &event));
	teardown();
}
END_TEST

START_TEST(who_is_more_than_its_lease_is_stored)
{
	struct pxe_facts f = { .stage = PXE_STAGE_OS,
			       .arch = PXE_ARCH_NONE,
			       .key = "52:54:00:00:00:01" };
	struct pxe_event event;

	setup();
	have(A1, f.key, NOW);
	ck_assert_int_eq(pxe_registry_learn(reg, f.key, &f, NULL, NOW), 0);
	ck_assert_uint_eq(n_stored(), 0);
	pxe_str_copy(f.vendor_class, sizeof(f.vendor_class), "MSFT 5.0");
	ck_assert_int_eq(pxe_registry_learn(reg, f.key, &f, NULL, NOW), 0);
	ck_assert_uint_eq(n_stored(), 1);
	/* what it said before is not lost by a commit that says less */
	ck_assert(pxe_registry_lease_os(reg, A1, NOW, &event));
	ck_assert_str_eq(client_of(A1)->facts.vendor_class, "MSFT 5.0");
	/* whose address is another's now has no lease that says it */
	have(A2, "52:54:00:00:00:02", NOW);
	ck_assert(pxe_registry_lease_os(reg, A2, NOW, &event));
	ck_assert_uint_eq(n_stored(), 1);
	have(A2, "52:54:00:00:00:03", NOW + 4000);
	ck_assert(pxe_registry_lease_os(reg, A2, NOW + 4000, &event));
	ck_assert_uint_eq(n_stored(), 2);
	teardown();
}
END_TEST

START_TEST(records_come_back_from_leases)
{
	const struct pxe_client booted = { .key = "52:54:00:00:00:02",
					   .name = "web1",
					   .address = A2 };
	struct pxe_lease l = { .address = A1,
			       .state = PXE_LEASE_ACTIVE,
			       .start_s = NOW,
			       .end_s = NOW + 60,
			       .host_name = "laptop",
			       .hw = { 1, 6, { 2, 0, 0, 0, 0, 1 } },
			       .client = "id:0102" };

	setup();
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), 0);
	l = (struct pxe_lease) { .address = A2,
				 .state = PXE_LEASE_RELEASED,
				 .client = booted.key };
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), 0);
	l = (struct pxe_lease) { .address = A3,
				 .state = PXE_LEASE_DECLINED,
				 .client = "id:03" };
	ck_assert_int_eq(pxe_registry_load_lease(reg, &l), 0);
	ck_assert_int_eq(pxe_registry_load_client(reg, &booted), 0);
	pxe_registry_loaded(reg);
	ck_assert_uint_eq(pxe_client_table_count(pxe_registry_clients(reg)), 2);
	ck_assert_str_eq(client_of(A1)->key, "02:00:00:00:00:01");
	ck_assert_str_eq(client_of(A1)->facts.host_name, "laptop");
	ck_assert_int_eq(client_of(A1)->first_seen_s, NOW);
	check_holder(A1, "id:0102");
	ck_assert_str_eq(client_of(A2)->name, "web1");
	ck_assert_uint_eq(n_stored(), 0);
	teardown();
}
END_TEST

START_TEST(they_leave_room_for_others)
{
	const size_t n = PXE_REGISTRY_MAX_PLAIN;
	struct pxe_facts f = { .stage = PXE_STAGE_ROM, .arch = 7 };
	struct pxe_event event;
	char key[16];

	setup();
	for (size_t i = 0; i <= n; i++) {
		uint32_t address = A1 + (uint32_t)i;

		snprintf(key, sizeof(key), "id:%08zx", i);
		have(address, key, NOW);
		ck_assert(pxe_registry_lease_os(reg, address, NOW, &event));
		ck_assert_str_eq(event.client, key);
	}
	ck_assert_uint_eq(pxe_client_table_count(pxe_registry_clients(reg)), n);
	ck_assert_ptr_null(client_of(A1 + (uint32_t)n));
	/* one that boots is known all the same */
	pxe_str_copy(f.key, sizeof(f.key), key);
	ck_assert_int_eq(pxe_registry_learn(reg, key, &f, NULL, NOW), 0);
	ck_assert(pxe_registry_lease_os(reg, A1 + (uint32_t)n, NOW, &event));
	ck_assert_int_eq(client_of(A1 + (uint32_t)n)->facts.stage,
			 PXE_STAGE_ROM);
	teardown();
}
END_TEST

UNIT_MAIN("registry_plain", a_commit_is_an_event,
	  who_is_more_than_its_lease_is_stored, records_come_back_from_leases,
	  they_leave_room_for_others)
