/* SPDX-License-Identifier: ISC */
/* Commits over the socket, and the code beside the interface file. */
#include "stated_client.h"

/* --- commits -------------------------------------------------------------- */

START_TEST(many_commits_are_one_transaction)
{
	struct pxe_state_client *c;
	char key[32];

	setup();
	serve();
	c = connect_client();
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "id:%08x", i);
		commit(c, 0x0a000001 + i, key);
	}
	WAIT_FOR(got.n == 5000);
	ck_assert_int_eq(got.n_ok, 5000);
	ck_assert_uint_eq(env.st.n_commits, 5000);
	ck_assert_int_eq(store_did.n_leases, 5000);
	ck_assert_int_le(store_did.n_commits, 50);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(a_failed_commit_is_answered_and_taken_back)
{
	struct pxe_state_client *c;

	setup();
	serve();
	c = connect_client();
	commit(c, 1 << 24, "id:01");
	WAIT_FOR(got.n == 1);
	store_did.fails = true;
	commit(c, (1 << 24) + 1, "id:01");
	commit(c, (1 << 24) + 2, "id:02");
	commit(c, (1 << 24) + 2, "id:03"); /* refused by what failed */
	WAIT_FOR(got.n == 4);
	ck_assert_str_eq(got.text, "-;Store;Store;Store;");
	ck_assert_str_eq(json_string_value(
				 json_object_get(got.last, "message")),
			 "the disk is full");
	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n == 5);
	ck_assert(json_is_false(json_object_get(got.last, "store_ok")));
	ck_assert_str_eq(json_string_value(
				 json_object_get(got.last, "store_error")),
			 "the disk is full");
	ck_assert_int_eq(json_integer_value(
				 json_object_get(got.last, "leases")),
			 1);
	call(c, "ListLeases", NULL);
	WAIT_FOR(got.n == 6);
	ck_assert_str_eq(
		json_string_value(json_object_get(
			json_array_get(json_object_get(got.last, "leases"), 0),
			"address")),
		"1.0.0.0");
	/* room again: by itself */
	store_did.fails = false;
	commit(c, (1 << 24) + 2, "id:03");
	WAIT_FOR(got.n == 7);
	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n == 8);
	ck_assert(json_is_true(json_object_get(got.last, "store_ok")));
	ck_assert_ptr_null(json_object_get(got.last, "store_error"));
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(answers_keep_the_order_of_calls)
{
	struct pxe_state_client *c;

	setup();
	serve();
	c = connect_client();
	commit(c, 0x0a000001, "id:01");
	call(c, "Nothing", NULL);
	commit(c, 0x0a000001, "id:02");
	ck_assert_int_eq(pxe_state_call_more(c, "ListLeases", NULL, on_reply,
					     NULL),
			 0);
	call(c, "GetClient", json_pack("{s:s}", "client", "x"));
	commit(c, 0x0a000002, "id:02");
	call(c, "ReleaseLease",
	     json_pack("{s:s, s:s}", "address", "10.0.0.9", "client", "id:01"));
	WAIT_FOR(got.n == 7);
	ck_assert_str_eq(got.text,
			 "-;org.varlink.service.MethodNotFound;AddressTaken;"
			 "-;NoClient;-;NoLease;");
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

static void move(struct pxe_state_client *c, uint32_t address,
		 const char *client, uint32_t replaces)
{
	struct pxe_lease l = lease_of(address, client);
	struct pxe_state_commit commit = { .lease = &l,
					   .replaces = replaces,
					   .now_s = now_s };

	ck_assert_int_eq(pxe_state_commit_lease(c, &commit, on_reply, NULL),
			 0);
}

/* A client that moves, whose old address goes to another: in one batch. */
START_TEST(a_lease_takes_over_another)
{
	struct pxe_state_client *c;

	setup();
	serve();
	c = connect_client();
	commit(c, 0x0a000001, "id:01");
	commit(c, 0x0a000002, "id:02");
	WAIT_FOR(got.n == 2);
	store_did.n_leases = store_did.n_removed = 0;
	move(c, 0x0a000003, "id:01", 0x0a000001);
	move(c, 0x0a000001, "id:02", 0x0a000002);
	move(c, 0x0a000002, "id:01", 0x0a000003);
	WAIT_FOR(got.n == 5);
	ck_assert_int_eq(got.n_ok, 5);
	ck_assert_int_ge(store_did.n_removed, 1);
	ck_assert_uint_eq(pxe_lease_table_count(
				  pxe_registry_leases(env.st.registry)),
			  2);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

/* What a commit of an operating system's lease says besides. */
START_TEST(a_commit_says_that_a_system_runs)
{
	struct pxe_lease l = lease_of(0x0a000001, "52:54:00:00:00:01");
	struct pxe_state_commit commit = { .lease = &l,
					   .now_s = now_s,
					   .is_os = true };
	struct pxe_state_client *c;

	setup();
	serve();
	c = connect_client();
	for (int i = 0; i < 2; i++) {
		store_did.fails = i == 0;
		ck_assert_int_eq(pxe_state_commit_lease(c, &commit, on_reply,
							NULL),
				 0);
		WAIT_FOR(got.n == 2 * i + 1);
		call(c, "GetClient",
		     json_pack("{s:s}", "client", "10.0.0.1"));
		WAIT_FOR(got.n == 2 * i + 2);
	}
	ck_assert_str_eq(got.text, "Store;NoClient;-;-;");
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(got.last, "client"), "step")),
			 "os");
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(who_may_not_is_denied)
{
	struct pxe_state_client *c;

	setup();
	serve();
	env.may_lease = false;
	c = connect_client();
	commit(c, 0x0a000001, "id:01");
	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n == 2);
	ck_assert_str_eq(got.text, "Denied;-;");
	ck_assert_int_eq(store_did.n_commits, 0);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

/* --- the interface file --------------------------------------------------- */

/* The next name behind `word` at the start of a line; false: none. */
static bool next_name(const char **at, const char *word, char *name, size_t cap)
{
	char start[32];
	const char *p, *end;

	snprintf(start, sizeof(start), "\n%s ", word);
	p = strstr(*at, start);
	if (p == NULL)
		return false;
	p += strlen(start);
	end = p + strcspn(p, "( ");
	snprintf(name, cap, "%.*s", (int)(end - p), p);
	*at = end;
	return true;
}

START_TEST(every_method_is_in_the_interface_and_back)
{
	static const char *const errors[] = { "AddressTaken", "NoLease",
					      "NoClient",     "Store",
					      "Denied",	      "Resync",
					      "NoOrder",      "Held",
					      "NoSession",    "WrongAddress",
					      "Gone" };
	const char *at = pxe_stated_interface_text;
	char name[64];
	size_t n = 0;

	while (next_name(&at, "method", name, sizeof(name))) {
		bool found = false;

		for (size_t i = 0; i < pxe_n_verbs; i++)
			found |= strcmp(pxe_verbs[i].name, name) == 0;
		ck_assert_msg(found, "method %s is not there", name);
		n++;
	}
	ck_assert_uint_eq(n, pxe_n_verbs);
	at = pxe_stated_interface_text;
	n = 0;
	while (next_name(&at, "error", name, sizeof(name))) {
		bool found = false;

		for (size_t i = 0; i < PXE_LEN(errors); i++)
			found |= strcmp(errors[i], name) == 0;
		ck_assert_msg(found, "error %s is not used", name);
		n++;
	}
	ck_assert_uint_eq(n, PXE_LEN(errors));
}
END_TEST

/* The members of `type NAME (...)` are those of a record with all of them. */
static void check_type(const char *type, json_t *record)
{
	char start[32];
	const char *p, *end;
	size_t n = 0;

	snprintf(start, sizeof(start), "\ntype %s (\n", type);
	p = strstr(pxe_stated_interface_text, start);
	ck_assert_ptr_nonnull(p);
	p += strlen(start);
	while (*p != ')') {
		char name[64];

		p += strspn(p, " ");
		end = strchr(p, ':');
		snprintf(name, sizeof(name), "%.*s", (int)(end - p), p);
		ck_assert_msg(json_object_get(record, name) != NULL,
			      "%s.%s is not written", type, name);
		n++;
		p = strchr(end, '\n') + 1;
	}
	ck_assert_msg(json_object_size(record) == n, "%s: %zu of %zu", type, n,
		      json_object_size(record));
	json_decref(record);
}

START_TEST(every_record_is_as_the_interface_says)
{
	struct pxe_facts f = { .hw = { .htype = 1, .hlen = 6 },
			       .has_uuid = true,
			       .uuid = { { 1 } },
			       .ipxe_tells = true,
			       .ipxe_can_http = true,
			       .ipxe_can_menu = true,
			       .ipxe_can_boot = true,
			       .vendor_class = "v",
			       .user_class = "u",
			       .host_name = "h" };
	struct pxe_client c = { .key = "id:01",
				.facts = f,
				.name = "n",
				.address = 1,
				.first_seen_s = 1,
				.last_seen_s = 1,
				.n_boots = 1,
				.boot_s = 1,
				.step = PXE_STEP_UP,
				.step_s = 1,
				.step_at_s = { 1, 1 },
				.reason = PXE_REASON_IO,
				.file = "f",
				.bytes = 1,
				.total_bytes = 1,
				.transfer_ms = 1,
				.resent = 1,
				.options = "o",
				.file_by = "b",
				.boot_bytes = 1,
				.loop = { 1, 1, 1, 1, 1, 1 } };
	struct pxe_lease l = { .client = "id:01",
			       .host_name = "h",
			       .hw = { 1, 6, { 2 } },
			       .is_boot = true,
			       .circuit = 1 };
	struct pxe_event e = { .reason = PXE_REASON_IO,
			       .client = "id:01",
			       .address = 1,
			       .file = "f",
			       .bytes = 1,
			       .total_bytes = 1,
			       .duration_ms = 1,
			       .resent = 1,
			       .options = "o",
			       .by = "b" };
	const struct pxe_counts n = { .running = 1 };

	check_type("Facts", pxe_state_facts_to_json(&f));
	check_type("Client", pxe_state_client_to_json(&c));
	check_type("Lease", pxe_state_lease_to_json(&l));
	check_type("Event", pxe_state_event_to_json(&e));
	check_type("Counters", pxe_state_counts_to_json(&n));
}
END_TEST

/* --- peers ---------------------------------------------------------------- */

START_TEST(peers_come_and_go)
{
	struct pxe_peers *p = pxe_peers_new();
	json_t *list, *row;

	ck_assert_int_eq(pxe_peers_hello(p, "a b", 7, 1, 10), -EINVAL);
	ck_assert_int_eq(pxe_peers_hello(p, "", 7, 1, 10), -EINVAL);
	ck_assert_int_eq(pxe_peers_hello(p, "dhcpd", 7, 1, 10), 0);
	ck_assert_int_eq(pxe_peers_hello(p, "dhcpd", 7, 1, 11), 0);
	ck_assert_int_eq(pxe_peers_hello(p, "dhcpd", 7, 2, 12), 0);
	pxe_peers_gone(p, 1, 13);
	list = pxe_peers_to_json(p);
	ck_assert_uint_eq(json_array_size(list), 1);
	ck_assert(json_is_true(
		json_object_get(json_array_get(list, 0), "connected")));
	json_decref(list);
	pxe_peers_gone(p, 2, 14);
	ck_assert_int_eq(pxe_peers_hello(p, "dhcpd", 8, 3, 15), 0);
	for (int i = 0; i < 100; i++) /* many names, one after the other */
		ck_assert_int_eq(pxe_peers_hello(p, i % 2 ? "x" : "y", 100 + i,
						 50, 16),
				 0);
	list = pxe_peers_to_json(p);
	row = json_array_get(list, 0);
	ck_assert_int_eq(json_integer_value(json_object_get(row, "pid")), 8);
	ck_assert_int_eq(json_integer_value(json_object_get(row, "since")), 15);
	ck_assert_uint_le(json_array_size(list), 64);
	json_decref(list);
	pxe_peers_free(p);
}
END_TEST

UNIT_MAIN("stated", many_commits_are_one_transaction,
	  a_failed_commit_is_answered_and_taken_back,
	  answers_keep_the_order_of_calls, a_lease_takes_over_another,
	  a_commit_says_that_a_system_runs,
	  who_may_not_is_denied, every_method_is_in_the_interface_and_back,
	  every_record_is_as_the_interface_says, peers_come_and_go)
