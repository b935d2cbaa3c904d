/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "core/client.h"
#include "core/conf.h"
#include "unit.h"

#define KEY "52:54:00:12:34:56"

static struct pxe_facts facts_of(enum pxe_stage stage, const char *host_name)
{
	struct pxe_facts f = { .stage = stage, .arch = 7 };

	pxe_str_copy(f.key, sizeof(f.key), KEY);
	pxe_str_copy(f.host_name, sizeof(f.host_name), host_name);
	return f;
}

static void learn(struct pxe_client *c, enum pxe_stage stage, int64_t now)
{
	struct pxe_facts f = facts_of(stage, "");

	pxe_client_learn(c, &f, now);
}

static void apply(struct pxe_client *c, enum pxe_event_kind kind, int64_t now)
{
	struct pxe_event e = { .kind = kind };

	pxe_client_apply(c, &e, now);
}

static void transfer(struct pxe_client *c, enum pxe_event_kind kind,
		     const char *file, uint64_t bytes, enum pxe_reason reason)
{
	struct pxe_event e = { .kind = kind,
			       .bytes = bytes,
			       .total_bytes = 1000,
			       .reason = reason };

	pxe_str_copy(e.file, sizeof(e.file), file);
	pxe_client_apply(c, &e, 100);
}

/* What each thing that happens does, in the order of a boot. */
START_TEST(a_whole_boot_goes_forward)
{
	static const struct {
		enum pxe_stage stage;
		enum pxe_event_kind kind;
		int64_t at;
		enum pxe_step step;
		uint32_t boots;
	} rows[] = {
		{ PXE_STAGE_ROM, PXE_EVENT_DHCP_DISCOVER, 10, PXE_STEP_DISCOVER,
		  1 },
		{ PXE_STAGE_ROM, PXE_EVENT_DHCP_OFFER, 10, PXE_STEP_DISCOVER,
		  1 },
		{ PXE_STAGE_ROM, PXE_EVENT_DHCP_DISCOVER, 14, PXE_STEP_DISCOVER,
		  1 }, /* repeated */
		{ PXE_STAGE_ROM, PXE_EVENT_DHCP_ACK, 15, PXE_STEP_ADDRESS, 1 },
		{ PXE_STAGE_ROM, PXE_EVENT_LOADER_START, 16, PXE_STEP_LOADER,
		  1 },
		{ PXE_STAGE_ROM, PXE_EVENT_LOADER_DONE, 17, PXE_STEP_LOADED,
		  1 },
		{ PXE_STAGE_IPXE, PXE_EVENT_DHCP_DISCOVER, 20, PXE_STEP_LOADED,
		  1 }, /* the ROM came first */
		{ PXE_STAGE_IPXE, PXE_EVENT_DHCP_IPXE, 21, PXE_STEP_IPXE, 1 },
		{ PXE_STAGE_IPXE, PXE_EVENT_SCRIPT, 22, PXE_STEP_SCRIPT, 1 },
		{ PXE_STAGE_IPXE, PXE_EVENT_FILE_START, 23, PXE_STEP_KERNEL,
		  1 },
		{ PXE_STAGE_IPXE, PXE_EVENT_FILE_DONE, 25, PXE_STEP_KERNEL, 1 },
		{ PXE_STAGE_OS, PXE_EVENT_DHCP_DISCOVER, 30, PXE_STEP_KERNEL,
		  1 },
		{ PXE_STAGE_OS, PXE_EVENT_DHCP_OS, 31, PXE_STEP_OS, 1 },
		{ PXE_STAGE_OS, PXE_EVENT_UP, 32, PXE_STEP_UP, 1 },
		{ PXE_STAGE_OS, PXE_EVENT_FILE_START, 40, PXE_STEP_UP, 1 },
		{ PXE_STAGE_OS, PXE_EVENT_DHCP_OS, 900, PXE_STEP_UP, 1 },
		{ PXE_STAGE_IPXE, PXE_EVENT_DHCP_DISCOVER, 2000,
		  PXE_STEP_DISCOVER, 2 }, /* iPXE is the ROM */
		{ PXE_STAGE_IPXE, PXE_EVENT_DHCP_IPXE, 2001, PXE_STEP_IPXE, 2 },
		{ PXE_STAGE_ROM, PXE_EVENT_DHCP_ACK, 3000, PXE_STEP_ADDRESS,
		  3 }, /* its DISCOVER was lost */
		{ PXE_STAGE_ROM, PXE_EVENT_DHCP_DISCOVER, 3001,
		  PXE_STEP_DISCOVER, 4 },
		{ PXE_STAGE_ROM, PXE_EVENT_DHCP_DISCOVER, 3200,
		  PXE_STEP_DISCOVER, 5 }, /* two minutes are over */
	};
	struct pxe_client c = { .key = KEY };

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		learn(&c, rows[i].stage, rows[i].at);
		apply(&c, rows[i].kind, rows[i].at);
		ck_assert_msg(c.step == rows[i].step, "row %zu: step %s", i,
			      pxe_step_name(c.step));
		ck_assert_msg(c.n_boots == rows[i].boots, "row %zu: %u boots",
			      i, c.n_boots);
		ck_assert_int_eq(c.last_seen_s, rows[i].at);
	}
	ck_assert_int_eq(c.first_seen_s, 10);
	ck_assert_int_eq(c.boot_s, 3200);
	ck_assert_int_eq(c.step_at_s[PXE_STEP_DISCOVER], 3200);
	ck_assert_int_eq(c.step_at_s[PXE_STEP_UP], 0);
}
END_TEST

START_TEST(firmware_facts_outlive_the_os)
{
	struct pxe_client c = { .key = KEY };
	struct pxe_facts rom = facts_of(PXE_STAGE_ROM, "");
	struct pxe_facts os = facts_of(PXE_STAGE_OS, "web1");

	rom.has_uuid = true;
	rom.uuid.b[3] = 9;
	os.arch = PXE_ARCH_NONE;
	pxe_client_learn(&c, &os, 1);
	ck_assert_uint_eq(c.facts.arch, PXE_ARCH_NONE);
	pxe_client_learn(&c, &rom, 2);
	ck_assert_uint_eq(c.facts.arch, 7);
	ck_assert_str_eq(c.facts.host_name, "web1");
	os.arch = 0;
	pxe_str_copy(os.host_name, sizeof(os.host_name), "web2");
	pxe_client_learn(&c, &os, 3);
	ck_assert_uint_eq(c.facts.arch, 7);
	ck_assert_int_eq(c.facts.stage, PXE_STAGE_ROM);
	ck_assert_int_eq(c.stage, PXE_STAGE_OS);
	ck_assert_str_eq(c.facts.host_name, "web2");
	ck_assert(c.facts.has_uuid);
	/* iPXE has no UUID in its request: the machine still has it */
	rom.stage = PXE_STAGE_IPXE;
	rom.has_uuid = false;
	rom.arch = 6;
	pxe_client_learn(&c, &rom, 4);
	ck_assert_uint_eq(c.facts.arch, 6);
	ck_assert(c.facts.has_uuid);
	ck_assert_uint_eq(c.facts.uuid.b[3], 9);
}
END_TEST

START_TEST(transfers_and_reasons)
{
	struct pxe_client c = { .key = KEY };

	learn(&c, PXE_STAGE_ROM, 1);
	apply(&c, PXE_EVENT_DHCP_DISCOVER, 1);
	apply(&c, PXE_EVENT_DHCP_ACK, 2);
	transfer(&c, PXE_EVENT_FILE_FAILED, "a.cfg", 0, PXE_REASON_NOT_FOUND);
	ck_assert_int_eq(c.reason, PXE_REASON_NOT_FOUND);
	ck_assert_str_eq(c.file, "a.cfg");
	/* what it sends us says nothing about its boot */
	transfer(&c, PXE_EVENT_UPLOAD_FAILED, "log", 5, PXE_REASON_DISK_FULL);
	ck_assert_int_eq(c.reason, PXE_REASON_NOT_FOUND);
	transfer(&c, PXE_EVENT_UPLOAD_DONE, "log", 5, PXE_REASON_OK);
	ck_assert_str_eq(c.file, "a.cfg");
	transfer(&c, PXE_EVENT_LOADER_START, "ipxe.efi", 0, PXE_REASON_OK);
	ck_assert_int_eq(c.reason, PXE_REASON_OK);
	transfer(&c, PXE_EVENT_FILE_PROGRESS, "ipxe.efi", 400, PXE_REASON_OK);
	ck_assert_uint_eq(c.bytes, 400);
	ck_assert_uint_eq(c.boot_bytes, 0);
	transfer(&c, PXE_EVENT_LOADER_DONE, "ipxe.efi", 1000, PXE_REASON_OK);
	ck_assert_uint_eq(c.boot_bytes, 1000);
	transfer(&c, PXE_EVENT_FILE_FAILED, "x", 0, PXE_REASON_PROBE);
	ck_assert_int_eq(c.reason, PXE_REASON_OK);
	transfer(&c, PXE_EVENT_FILE_FAILED, "x", 10, PXE_REASON_TIMEOUT);
	ck_assert_int_eq(c.reason, PXE_REASON_TIMEOUT);
	ck_assert_uint_eq(c.boot_bytes, 1010);
	apply(&c, PXE_EVENT_DHCP_DISCOVER, 500);
	ck_assert_int_eq(c.reason, PXE_REASON_OK);
	ck_assert_uint_eq(c.boot_bytes, 0);
	ck_assert_str_eq(c.file, "");
}
END_TEST

START_TEST(a_probe_changes_nothing_but_when_it_was_seen)
{
	struct pxe_client c = { .key = KEY };
	struct pxe_event e = { .kind = PXE_EVENT_LOADER_DONE,
			       .file = "ipxe.efi",
			       .bytes = 1000,
			       .total_bytes = 1000,
			       .duration_ms = 20,
			       .resent = 3,
			       .options = "blksize 1468",
			       .by = "tftpd" };

	learn(&c, PXE_STAGE_ROM, 1);
	apply(&c, PXE_EVENT_DHCP_ACK, 2);
	pxe_client_apply(&c, &e, 3);
	ck_assert_uint_eq(c.transfer_ms, 20);
	ck_assert_uint_eq(c.resent, 3);
	ck_assert_str_eq(c.options, "blksize 1468");
	ck_assert_str_eq(c.file_by, "tftpd");
	e = (struct pxe_event) { .kind = PXE_EVENT_FILE_PROBE,
				 .reason = PXE_REASON_PROBE,
				 .file = "other",
				 .total_bytes = 7,
				 .by = "httpd" };
	pxe_client_apply(&c, &e, 9);
	ck_assert_int_eq(c.last_seen_s, 9);
	ck_assert_int_eq(c.step, PXE_STEP_LOADED);
	ck_assert_int_eq(c.reason, PXE_REASON_OK);
	ck_assert_str_eq(c.file, "ipxe.efi");
	ck_assert_uint_eq(c.bytes, 1000);
	ck_assert_uint_eq(c.boot_bytes, 1000);
	ck_assert_str_eq(c.file_by, "tftpd");
	/* a boot begins with nothing */
	apply(&c, PXE_EVENT_DHCP_DISCOVER, 500);
	ck_assert_uint_eq(c.transfer_ms, 0);
	ck_assert_uint_eq(c.resent, 0);
	ck_assert_str_eq(c.options, "");
	ck_assert_str_eq(c.file_by, "");
}
END_TEST

START_TEST(a_table_finds_by_key_and_address)
{
	struct pxe_client_table *t = pxe_client_table_new();
	struct pxe_client copy, *c;
	char key[32];
	size_t n = 0, at = 0;

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "id:%04x", i);
		c = pxe_client_table_get(t, key);
		ck_assert_ptr_nonnull(c);
		pxe_client_table_set_address(t, c, 0x0a000000 + i);
	}
	ck_assert_uint_eq(pxe_client_table_count(t), 1000);
	ck_assert_ptr_null(pxe_client_table_find_address(t, 0));
	ck_assert_ptr_null(pxe_client_table_find(t, "id:ffff"));
	c = pxe_client_table_find_address(t, 0x0a000005);
	ck_assert_str_eq(c->key, "id:0005");
	ck_assert_uint_eq(c->facts.arch, PXE_ARCH_NONE);

	/* an address moves */
	pxe_client_table_set_address(t, pxe_client_table_find(t, "id:0006"),
				     0x0a000005);
	ck_assert_uint_eq(c->address, 0);
	ck_assert_ptr_null(pxe_client_table_find_address(t, 0x0a000006));
	ck_assert_str_eq(pxe_client_table_find_address(t, 0x0a000005)->key,
			 "id:0006");

	/* a whole record */
	copy = *c;
	copy.key = "id:0005";
	copy.address = 0x0a000006;
	copy.n_boots = 3;
	copy.marks = 8;
	c->marks = 4;
	ck_assert_ptr_eq(pxe_client_table_set(t, &copy), c);
	ck_assert_uint_eq(c->n_boots, 3);
	ck_assert_uint_eq(c->marks, 4);
	ck_assert_ptr_eq(pxe_client_table_find_address(t, 0x0a000006), c);

	/* every second one goes, while walking */
	while ((c = pxe_client_table_next(t, &at)) != NULL)
		if (n++ % 2 == 0) {
			pxe_client_table_remove(t, c);
			at--;
		}
	ck_assert_uint_eq(n, 1000);
	ck_assert_uint_eq(pxe_client_table_count(t), 500);
	at = 0;
	while ((c = pxe_client_table_next(t, &at)) != NULL) {
		ck_assert_ptr_eq(pxe_client_table_find(t, c->key), c);
		ck_assert_ptr_eq(pxe_client_table_find_address(t, c->address),
				 c);
	}
	pxe_client_table_free(t);
	pxe_client_table_free(NULL);
}
END_TEST

/* A client-id is in no record: the name that pxe-dhcpd found by it is. */
START_TEST(host_sections_are_found_by_name_too)
{
	struct pxe_hwaddr hw = { .htype = 1, .hlen = 6, .addr = { 2 } };
	struct pxe_conf_id id = { (const uint8_t *)"ab", 2 };
	struct pxe_conf_host hosts[] = {
		{ .name = "by-mac", .hw = &hw, .n_hw = 1 },
		{ .name = "by-id", .ids = &id, .n_ids = 1 },
	};
	const struct pxe_conf conf = { .hosts = hosts, .n_hosts = 2 };
	struct pxe_client client = { .key = KEY, .name = "by-id" };

	ck_assert_ptr_eq(pxe_client_find_host(&client, &conf), &hosts[1]);
	client.facts.hw = hw; /* what the machine says goes before */
	ck_assert_ptr_eq(pxe_client_find_host(&client, &conf), &hosts[0]);
	client.facts.hw.addr[5] = 1;
	pxe_str_copy(client.name, sizeof(client.name), "by-mac");
	ck_assert_ptr_null(pxe_client_find_host(&client, &conf));
	pxe_str_copy(client.name, sizeof(client.name), "gone");
	ck_assert_ptr_null(pxe_client_find_host(&client, &conf));
	client.name[0] = '\0';
	ck_assert_ptr_null(pxe_client_find_host(&client, &conf));
}
END_TEST

START_TEST(words_and_back)
{
	for (int i = 0; i < PXE_N_STEPS; i++)
		ck_assert_int_eq(pxe_step_from_name(
					 pxe_step_name((enum pxe_step)i)),
				 i);
	for (int i = 0; i < PXE_N_EVENTS; i++)
		ck_assert_int_eq(pxe_event_from_name(pxe_event_name(
					 (enum pxe_event_kind)i)),
				 i);
	ck_assert_int_eq(pxe_step_from_name("x"), -ENOENT);
	ck_assert_int_eq(pxe_event_from_name("x"), -ENOENT);
	ck_assert_str_eq(pxe_step_name(PXE_N_STEPS), "?");
	ck_assert_str_eq(pxe_event_name(PXE_N_EVENTS), "?");
	ck_assert_str_ne(pxe_step_text(PXE_STEP_UP), "?");
	ck_assert_str_eq(pxe_step_text(PXE_N_STEPS), "?");
}
END_TEST

UNIT_MAIN("client", a_whole_boot_goes_forward, firmware_facts_outlive_the_os,
	  transfers_and_reasons,
	  a_probe_changes_nothing_but_when_it_was_seen,
	  a_table_finds_by_key_and_address,
	  host_sections_are_found_by_name_too, words_and_back)
