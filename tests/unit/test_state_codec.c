/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "run/state_codec.h"
#include "unit.h"

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

	ck_assert_msg(json != NULL, "not JSON: %s", text);
	return json;
}

static struct pxe_facts some_facts(void)
{
	struct pxe_facts f = { .stage = PXE_STAGE_ROM,
			       .arch = 7,
			       .ipxe_can_http = true };

	ck_assert_int_eq(pxe_hwaddr_parse("52:54:00:12:34:56", &f.hw), 0);
	ck_assert_int_eq(pxe_uuid_parse("4c4c4544-0051-3510-8052-b2c04f4d3132",
					&f.uuid),
			 0);
	f.has_uuid = true;
	pxe_str_copy(f.key, sizeof(f.key), "52:54:00:12:34:56");
	pxe_str_copy(f.vendor_class, sizeof(f.vendor_class),
		     "PXEClient:Arch:00007:UNDI:003016");
	pxe_str_copy(f.user_class, sizeof(f.user_class), "iPXE");
	pxe_str_copy(f.host_name, sizeof(f.host_name), "passacaglia");
	return f;
}

static void check_facts(const struct pxe_facts *a, const struct pxe_facts *b)
{
	ck_assert(pxe_hwaddr_is_equal(&a->hw, &b->hw));
	ck_assert_int_eq(a->has_uuid, b->has_uuid);
	ck_assert_mem_eq(&a->uuid, &b->uuid, sizeof(a->uuid));
	ck_assert_int_eq(a->stage, b->stage);
	ck_assert_uint_eq(a->arch, b->arch);
	ck_assert_int_eq(a->ipxe_can_http, b->ipxe_can_http);
	ck_assert_int_eq(a->ipxe_can_menu, b->ipxe_can_menu);
	ck_assert_str_eq(a->vendor_class, b->vendor_class);
	ck_assert_str_eq(a->user_class, b->user_class);
	ck_assert_str_eq(a->host_name, b->host_name);
}

START_TEST(facts_come_back)
{
	struct pxe_facts in = some_facts(), out;
	json_t *json = pxe_state_facts_to_json(&in);

	ck_assert_int_eq(pxe_state_facts_from_json(json, &out), 0);
	check_facts(&in, &out);
	json_decref(json);

	in = (struct pxe_facts) { .arch = PXE_ARCH_NONE };
	json = pxe_state_facts_to_json(&in);
	ck_assert_uint_eq(json_object_size(json), 1); /* only the stage */
	ck_assert_int_eq(pxe_state_facts_from_json(json, &out), 0);
	check_facts(&in, &out);
	json_decref(json);

	in.arch = 0; /* BIOS is a value */
	json = pxe_state_facts_to_json(&in);
	ck_assert_int_eq(pxe_state_facts_from_json(json, &out), 0);
	ck_assert_uint_eq(out.arch, 0);
	json_decref(json);
}
END_TEST

START_TEST(a_lease_comes_back)
{
	struct pxe_lease in = { .address = 0xc0a8c815,
				.state = PXE_LEASE_DECLINED,
				.start_s = 1700000000,
				.end_s = 1700003600,
				.host_name = "h",
				.hw = { 1, 6, { 2, 0, 0, 0, 0, 1 } },
				.is_boot = true,
				.circuit = INT64_MAX,
				.client = "id:0102" };
	struct pxe_lease out;
	json_t *json = pxe_state_lease_to_json(&in);

	ck_assert_str_eq(json_string_value(json_object_get(json, "address")),
			 "192.168.200.21");
	ck_assert_int_eq(pxe_state_lease_from_json(json, &out), 0);
	ck_assert_uint_eq(out.address, in.address);
	ck_assert_int_eq(out.state, in.state);
	ck_assert_int_eq(out.start_s, in.start_s);
	ck_assert_int_eq(out.end_s, in.end_s);
	ck_assert_str_eq(out.host_name, "h");
	ck_assert_str_eq(out.client, "id:0102");
	ck_assert(pxe_hwaddr_is_equal(&out.hw, &in.hw));
	ck_assert(out.is_boot);
	ck_assert_uint_eq(out.circuit, in.circuit);
	json_decref(json);
	in.hw.hlen = 0;
	in.is_boot = false;
	in.circuit = 0;
	json = pxe_state_lease_to_json(&in);
	ck_assert_uint_eq(json_object_size(json), 6);
	ck_assert_int_eq(pxe_state_lease_from_json(json, &out), 0);
	ck_assert_uint_eq(out.hw.hlen, 0);
	json_decref(json);
}
END_TEST

START_TEST(a_client_comes_back)
{
	struct pxe_client in = { .key = "52:54:00:12:34:56",
				 .facts = some_facts(),
				 .name = "web1",
				 .address = 0x0a000001,
				 .first_seen_s = 1,
				 .last_seen_s = 2,
				 .n_boots = 3,
				 .boot_s = 4,
				 .step = PXE_STEP_KERNEL,
				 .step_s = 5,
				 .reason = PXE_REASON_NOT_FOUND,
				 .file = "vmlinuz",
				 .bytes = 6,
				 .total_bytes = UINT64_MAX,
				 .transfer_ms = 9,
				 .resent = 10,
				 .options = "tsize 6",
				 .file_by = "tftpd",
				 .boot_bytes = 8 };
	struct pxe_client out;
	json_t *json;

	in.step_at_s[PXE_STEP_DISCOVER] = 4;
	in.step_at_s[PXE_STEP_KERNEL] = 5;
	json = pxe_state_client_to_json(&in);
	ck_assert_int_eq(pxe_state_client_from_json(json, &out), 0);
	ck_assert_str_eq(out.key, in.key);
	ck_assert_str_eq(out.facts.key, in.key);
	check_facts(&in.facts, &out.facts);
	ck_assert_str_eq(out.name, "web1");
	ck_assert_uint_eq(out.address, in.address);
	ck_assert_int_eq(out.first_seen_s, 1);
	ck_assert_int_eq(out.last_seen_s, 2);
	ck_assert_uint_eq(out.n_boots, 3);
	ck_assert_int_eq(out.boot_s, 4);
	ck_assert_int_eq(out.step, PXE_STEP_KERNEL);
	ck_assert_int_eq(out.step_s, 5);
	ck_assert_mem_eq(in.step_at_s, out.step_at_s, sizeof(in.step_at_s));
	ck_assert_int_eq(out.reason, PXE_REASON_NOT_FOUND);
	ck_assert_str_eq(out.file, "vmlinuz");
	ck_assert_uint_eq(out.bytes, 6);
	ck_assert_uint_eq(out.total_bytes, INT64_MAX); /* JSON's limit */
	ck_assert_uint_eq(out.boot_bytes, 8);
	ck_assert_uint_eq(out.transfer_ms, 9);
	ck_assert_uint_eq(out.resent, 10);
	ck_assert_str_eq(out.options, "tsize 6");
	ck_assert_str_eq(out.file_by, "tftpd");
	json_decref(json);
}
END_TEST

START_TEST(an_event_comes_back)
{
	struct pxe_event in = { .kind = PXE_EVENT_FILE_FAILED,
				.reason = PXE_REASON_TIMEOUT,
				.client = "id:01",
				.address = 0x0a000002,
				.file = "a",
				.bytes = 1,
				.total_bytes = 2,
				.duration_ms = 3,
				.resent = 4,
				.options = "blksize 1468 windowsize 4",
				.by = "tftpd" };
	struct pxe_event out;
	json_t *json = pxe_state_event_to_json(&in);

	ck_assert_int_eq(pxe_state_event_from_json(json, &out), 0);
	ck_assert_int_eq(out.kind, in.kind);
	ck_assert_int_eq(out.reason, in.reason);
	ck_assert_str_eq(out.client, in.client);
	ck_assert_uint_eq(out.address, in.address);
	ck_assert_str_eq(out.file, in.file);
	ck_assert_uint_eq(out.bytes, 1);
	ck_assert_uint_eq(out.total_bytes, 2);
	ck_assert_uint_eq(out.duration_ms, 3);
	ck_assert_uint_eq(out.resent, 4);
	ck_assert_str_eq(out.options, "blksize 1468 windowsize 4");
	ck_assert_str_eq(out.by, "tftpd");
	json_decref(json);
	/* of a daemon that does not know them, or a newer one */
	json = parse("{\"event\":\"file-done\",\"by\":\"tftpd\",\"new\":1}");
	ck_assert_int_eq(pxe_state_event_from_json(json, &out), 0);
	ck_assert_uint_eq(out.resent, 0);
	ck_assert_str_eq(out.options, "");
	json_decref(json);
}
END_TEST

/* What is not a record, and why. */
static const struct {
	const char *why, *json;
} bad_leases[] = {
	{ "not an object", "[]" },
	{ "nothing", "{}" },
	{ "no end", "{\"address\":\"10.0.0.1\",\"client\":\"id:01\","
		    "\"state\":\"active\",\"start\":1}" },
	{ "end is text", "{\"address\":\"10.0.0.1\",\"client\":\"id:01\","
			 "\"state\":\"active\",\"start\":1,\"end\":\"2\"}" },
	{ "end is real", "{\"address\":\"10.0.0.1\",\"client\":\"id:01\","
			 "\"state\":\"active\",\"start\":1,\"end\":2.0}" },
	{ "negative time", "{\"address\":\"10.0.0.1\",\"client\":\"id:01\","
			   "\"state\":\"active\",\"start\":-1,\"end\":2}" },
	{ "no address", "{\"address\":\"10.0.0\",\"client\":\"id:01\","
			"\"state\":\"active\",\"start\":1,\"end\":2}" },
	{ "null address", "{\"address\":null,\"client\":\"id:01\","
			  "\"state\":\"active\",\"start\":1,\"end\":2}" },
	{ "empty key", "{\"address\":\"10.0.0.1\",\"client\":\"\","
		       "\"state\":\"active\",\"start\":1,\"end\":2}" },
	{ "a key of other characters",
	  "{\"address\":\"10.0.0.1\",\"client\":\"a b\","
	  "\"state\":\"active\",\"start\":1,\"end\":2}" },
	{ "no such state", "{\"address\":\"10.0.0.1\",\"client\":\"id:01\","
			   "\"state\":\"gone\",\"start\":1,\"end\":2}" },
	{ "host name is a number",
	  "{\"address\":\"10.0.0.1\",\"client\":\"id:01\","
	  "\"state\":\"active\",\"start\":1,\"end\":2,\"host_name\":7}" },
};

START_TEST(bad_leases_are_refused)
{
	struct pxe_lease out = { .address = 42 };

	for (size_t i = 0; i < PXE_LEN(bad_leases); i++) {
		json_t *json = parse(bad_leases[i].json);

		ck_assert_msg(pxe_state_lease_from_json(json, &out) == -EBADMSG,
			      "%s", bad_leases[i].why);
		json_decref(json);
	}
	ck_assert_uint_eq(out.address, 42); /* written only on success */
	ck_assert_int_eq(pxe_state_lease_from_json(NULL, &out), -EBADMSG);
}
END_TEST

START_TEST(bad_facts_clients_and_events_are_refused)
{
	static const char *const facts[] = {
		"{\"stage\":\"x\"}",
		"{\"stage\":\"os\",\"arch\":65536}",
		"{\"stage\":\"os\",\"arch\":\"7\"}",
		"{\"stage\":\"os\",\"hwaddr\":\"xx\"}",
		"{\"stage\":\"os\",\"uuid\":\"1\"}",
		"{\"stage\":\"os\",\"ipxe_can_http\":1}",
		"7"
	};
	static const char *const events[] = {
		"{}", "{\"event\":\"up\"}", "{\"event\":\"u\",\"by\":\"a\"}",
		"{\"event\":\"up\",\"by\":\"a\",\"client\":\"!\"}",
		"{\"event\":\"up\",\"by\":\"a\",\"duration_ms\":4294967296}",
		"{\"event\":\"up\",\"by\":\"a\",\"resent\":-1}",
		"{\"event\":\"up\",\"by\":\"a\",\"options\":7}"
	};
	struct pxe_facts f;
	struct pxe_event e;
	struct pxe_client c;
	json_t *json;

	for (size_t i = 0; i < PXE_LEN(facts); i++) {
		json = parse(facts[i]);
		ck_assert_msg(pxe_state_facts_from_json(json, &f) == -EBADMSG,
			      "%s", facts[i]);
		json_decref(json);
	}
	for (size_t i = 0; i < PXE_LEN(events); i++) {
		json = parse(events[i]);
		ck_assert_msg(pxe_state_event_from_json(json, &e) == -EBADMSG,
			      "%s", events[i]);
		json_decref(json);
	}
	json = parse("{\"client\":\"id:01\",\"facts\":{\"stage\":\"os\"},"
		     "\"first_seen\":1,\"last_seen\":1,\"boots\":0,"
		     "\"step\":\"-\",\"step_since\":0,\"later\":[1]}");
	ck_assert_int_eq(pxe_state_client_from_json(json, &c), 0);
	json_object_set_new(json, "steps", json_integer(1));
	ck_assert_int_eq(pxe_state_client_from_json(json, &c), -EBADMSG);
	json_object_set_new(json, "steps", parse("{\"up\":5,\"new\":6}"));
	ck_assert_int_eq(pxe_state_client_from_json(json, &c), 0);
	ck_assert_int_eq(c.step_at_s[PXE_STEP_UP], 5);
	json_decref(json);
}
END_TEST

START_TEST(text_is_cut_and_made_harmless)
{
	struct pxe_facts f;
	char name[300];
	json_t *json;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	json = json_pack("{s:s, s:s, s:s}", "stage", "os", "host_name", name,
			 "vendor_class", "\x1b[2Jx");
	ck_assert_int_eq(pxe_state_facts_from_json(json, &f), 0);
	ck_assert_uint_eq(strlen(f.host_name), sizeof(f.host_name) - 1);
	ck_assert_str_eq(f.vendor_class, "\\x1b[2Jx");
	json_decref(json);

	/* cut between characters, so that it is text after all */
	json = json_pack("{s:s, s:s}", "stage", "os", "host_name",
			 "0123456789012345678901234567890123456789"
			 "0123456789012345678901\xe2\x82\xac");
	ck_assert_int_eq(pxe_state_facts_from_json(json, &f), 0);
	ck_assert_uint_eq(strlen(f.host_name), 62);
	json_decref(json);

	/* octets that are no UTF-8 do not stop a record */
	f = (struct pxe_facts) { .host_name = "\xff\xfe" };
	json = pxe_state_facts_to_json(&f);
	ck_assert_str_eq(json_string_value(json_object_get(json, "host_name")),
			 "\\xff\\xfe");
	json_decref(json);
}
END_TEST

UNIT_MAIN("state_codec", facts_come_back, a_lease_comes_back,
	  a_client_comes_back, an_event_comes_back, bad_leases_are_refused,
	  bad_facts_clients_and_events_are_refused,
	  text_is_cut_and_made_harmless)
