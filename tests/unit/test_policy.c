/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/policy.h"
#include "unit.h"

static const struct pxe_conf_target targets[] = {
	{ .name = "local", .title = "", .type = PXE_TARGET_LOCAL },
	{ .name = "linux", .title = "", .type = PXE_TARGET_LINUX },
};
static struct pxe_conf_loader loaders[] = {
	{ .family = PXE_FAMILY_BIOS, .file = "undionly.kpxe" },
	{ .family = PXE_FAMILY_UEFI, .file = "ipxe.efi" },
};
static const struct pxe_conf_host with_boot = { .name = "a",
						.boot = &targets[1],
						.file = "" };
static const struct pxe_conf_host without_boot = { .name = "b", .file = "" };
static const struct pxe_conf_host with_file = { .name = "c",
						.file = "host.0" };
static const struct pxe_conf_subnet plain_subnet = { .file = "" };
static const struct pxe_conf_subnet file_subnet = { .file = "subnet.0" };

static const struct pxe_conf_host to_disk = { .name = "d",
					      .boot = &targets[0],
					      .file = "host.0" };
static const struct pxe_conf_subnet proxy_subnet = { .mode = PXE_MODE_PROXY,
						     .file = "" };

/* One question with its expected answer. */
struct row {
	const char *name;
	enum pxe_ask ask;
	enum pxe_answer answer;
	enum pxe_ipxe_gets ipxe;
	enum pxe_unknown unknown;
	int stage; /* -1: no facts at all */
	uint16_t arch;
	bool held, old;
	enum pxe_family fallback;
	/* an iPXE that says what it can, with HTTP and menus, and can boot */
	bool tells, able, boots;
	enum pxe_family suffix;
	bool ipxe_like;
	const struct pxe_conf_host *host;
	const struct pxe_conf_subnet *subnet;
	enum pxe_give give;
	enum pxe_reason reason;
	const char *file; /* that is given; NULL: any, or none */
};

#define ASK(x) .ask = PXE_ASK_##x
#define FROM(s, a) .stage = PXE_STAGE_##s, .arch = (a)
#define GIVES(g, r) .give = PXE_GIVE_##g, .reason = PXE_REASON_##r

static const struct row rows[] = {
	{ "ROM gets its loader", ASK(DHCP), FROM(ROM, 0), GIVES(LOADER, OK) },
	{ "HTTP Boot gets it too", ASK(DHCP), FROM(HTTP, 16),
	  GIVES(LOADER, OK) },
	{ "no loader for ARM", ASK(DHCP), FROM(ROM, 11),
	  GIVES(ADDRESS, NO_LOADER) },
	{ "deprecated architecture", ASK(DHCP), FROM(ROM, 1),
	  GIVES(ADDRESS, UNKNOWN_ARCH) },
	{ "no architecture", ASK(DHCP), FROM(ROM, PXE_ARCH_NONE),
	  GIVES(ADDRESS, UNKNOWN_ARCH) },
	{ "iPXE is sent to the loader again", ASK(LOADER), FROM(IPXE, 7),
	  .ipxe_like = true, GIVES(SCRIPT, OK) },
	{ "it does not ask as iPXE does", ASK(LOADER), FROM(IPXE, 7),
	  GIVES(LOADER, OK) },
	{ "it was iPXE an hour ago", ASK(LOADER), FROM(IPXE, 7),
	  .ipxe_like = true, .old = true, GIVES(LOADER, OK) },
	{ "a ROM of iPXE in disguise", ASK(LOADER), FROM(ROM, 0),
	  .ipxe_like = true, GIVES(LOADER, OK) },
	{ "ordinary client", ASK(DHCP), FROM(OS, PXE_ARCH_NONE),
	  GIVES(ADDRESS, NOT_A_BOOT) },
	{ "iPXE gets the script", ASK(DHCP), FROM(IPXE, 0), GIVES(SCRIPT, OK) },
	{ "a host's file", ASK(DHCP), FROM(ROM, 0), .host = &with_file,
	  .subnet = &file_subnet, GIVES(LOADER, OK), .file = "host.0" },
	{ "a subnet's file", ASK(DHCP), FROM(HTTP, 16), .host = &with_boot,
	  .subnet = &file_subnet, GIVES(LOADER, OK), .file = "subnet.0" },
	{ "a subnet without one", ASK(DHCP), FROM(ROM, 0),
	  .subnet = &plain_subnet, GIVES(LOADER, OK),
	  .file = "undionly.kpxe" },
	{ "a file for any architecture", ASK(DHCP), FROM(ROM, PXE_ARCH_NONE),
	  .subnet = &file_subnet, GIVES(LOADER, OK), .file = "subnet.0" },
	{ "unknown = local goes before a file", ASK(DHCP), FROM(ROM, 0),
	  .unknown = PXE_UNKNOWN_LOCAL, .subnet = &file_subnet,
	  GIVES(ADDRESS, UNKNOWN_CLIENT) },
	{ "iPXE keeps its script", ASK(DHCP), FROM(IPXE, 0),
	  .host = &with_file, .subnet = &file_subnet, GIVES(SCRIPT, OK) },
	{ "poor iPXE keeps its loader", ASK(DHCP), FROM(IPXE, 0),
	  .ipxe = PXE_IPXE_GETS_LOADER, .host = &with_file,
	  GIVES(LOADER, OK), .file = "undionly.kpxe" },
	{ "an ordinary client has no boot", ASK(DHCP), FROM(OS, PXE_ARCH_NONE),
	  .host = &with_file, GIVES(ADDRESS, NOT_A_BOOT) },
	{ "a virtual name is the architecture's", ASK(LOADER), FROM(ROM, 7),
	  .host = &with_file, GIVES(LOADER, OK), .file = "ipxe.efi" },
	{ "poor iPXE is replaced", ASK(DHCP), FROM(IPXE, 0),
	  .ipxe = PXE_IPXE_GETS_LOADER, GIVES(LOADER, OK) },
	{ "able iPXE is not", ASK(DHCP), FROM(IPXE, 0), .tells = true,
	  .able = true, .boots = true, .ipxe = PXE_IPXE_GETS_LOADER,
	  GIVES(SCRIPT, OK) },
	{ "one that boots no Linux is", ASK(DHCP), FROM(IPXE, 0),
	  .tells = true, .able = true, .ipxe = PXE_IPXE_GETS_LOADER,
	  GIVES(LOADER, OK), .file = "undionly.kpxe" },
	{ "unless it is to have the script", ASK(DHCP), FROM(IPXE, 0),
	  .tells = true, .able = true, GIVES(SCRIPT, OK) },
	{ "iPXE without HTTP or menus could not take it", ASK(DHCP),
	  FROM(IPXE, 7), .tells = true, .boots = true, GIVES(LOADER, OK),
	  .file = "ipxe.efi" },
	{ "and has no other loader", ASK(DHCP), FROM(IPXE, 11), .tells = true,
	  GIVES(ADDRESS, NO_LOADER) },
	{ "beside another server, to its disk", ASK(DHCP), FROM(ROM, 7),
	  .host = &to_disk, .subnet = &proxy_subnet,
	  GIVES(ADDRESS, LOCAL_BOOT) },
	{ "and iPXE, too", ASK(DHCP), FROM(IPXE, 7), .host = &to_disk,
	  .subnet = &proxy_subnet, GIVES(ADDRESS, LOCAL_BOOT) },
	{ "others there are not left alone", ASK(DHCP), FROM(ROM, 7),
	  .host = &with_boot, .subnet = &proxy_subnet, GIVES(LOADER, OK) },
	{ "else its script says so", ASK(DHCP), FROM(ROM, 7),
	  .host = &to_disk, .subnet = &plain_subnet, GIVES(LOADER, OK) },
	{ "answer pxe, ordinary client", ASK(DHCP),
	  FROM(OS, PXE_ARCH_NONE), .answer = PXE_ANSWER_PXE,
	  GIVES(NOTHING, SCOPE) },
	{ "answer pxe, iPXE", ASK(DHCP), FROM(IPXE, 7),
	  .answer = PXE_ANSWER_PXE, GIVES(SCRIPT, OK) },
	{ "answer rom-only, iPXE", ASK(DHCP), FROM(IPXE, 7),
	  .answer = PXE_ANSWER_ROM_ONLY, GIVES(NOTHING, SCOPE) },
	{ "answer rom-only, ROM", ASK(DHCP), FROM(ROM, 7),
	  .answer = PXE_ANSWER_ROM_ONLY, GIVES(LOADER, OK) },
	{ "stranger ignored", ASK(DHCP), FROM(ROM, 7),
	  .unknown = PXE_UNKNOWN_IGNORE, GIVES(NOTHING, IGNORED) },
	{ "known host is not", ASK(DHCP), FROM(ROM, 7), .host = &without_boot,
	  .unknown = PXE_UNKNOWN_IGNORE, GIVES(LOADER, OK) },
	{ "ordinary stranger keeps its address", ASK(DHCP),
	  FROM(OS, PXE_ARCH_NONE), .unknown = PXE_UNKNOWN_IGNORE,
	  GIVES(ADDRESS, NOT_A_BOOT) },
	{ "stranger to its disk", ASK(DHCP), FROM(ROM, 7),
	  .unknown = PXE_UNKNOWN_LOCAL, GIVES(ADDRESS, UNKNOWN_CLIENT) },
	{ "virtual name by record", ASK(LOADER), FROM(ROM, 7),
	  GIVES(LOADER, OK) },
	{ "virtual name, record beats suffix", ASK(LOADER), FROM(ROM, 7),
	  .suffix = PXE_FAMILY_BIOS, GIVES(LOADER, OK) },
	{ "virtual name by suffix", ASK(LOADER), .stage = -1,
	  .suffix = PXE_FAMILY_BIOS, GIVES(LOADER, OK) },
	{ "virtual name, nothing known", ASK(LOADER), .stage = -1,
	  GIVES(NOTHING, UNKNOWN_ARCH) },
	{ "virtual name without loader", ASK(LOADER), .stage = -1,
	  .suffix = PXE_FAMILY_AA64, GIVES(NOTHING, NO_LOADER) },
	{ "virtual name, a suffix beats an old record", ASK(LOADER),
	  FROM(ROM, 7), .old = true, .suffix = PXE_FAMILY_BIOS,
	  GIVES(LOADER, OK), .file = "undionly.kpxe" },
	{ "virtual name, an old record beats nothing", ASK(LOADER),
	  FROM(ROM, 7), .old = true, GIVES(LOADER, OK), .file = "ipxe.efi" },
	{ "fallback: nothing known", ASK(LOADER), .stage = -1,
	  .fallback = PXE_FAMILY_BIOS, GIVES(LOADER, OK),
	  .file = "undionly.kpxe" },
	{ "fallback: no architecture", ASK(LOADER), FROM(OS, PXE_ARCH_NONE),
	  .fallback = PXE_FAMILY_BIOS, GIVES(LOADER, OK),
	  .file = "undionly.kpxe" },
	{ "fallback: not for one that fits nothing", ASK(LOADER), FROM(ROM, 1),
	  .fallback = PXE_FAMILY_BIOS, GIVES(NOTHING, UNKNOWN_ARCH) },
	{ "fallback: not for one without a loader", ASK(LOADER), FROM(ROM, 11),
	  .fallback = PXE_FAMILY_BIOS, GIVES(NOTHING, NO_LOADER) },
	{ "fallback: a suffix goes before it", ASK(LOADER), .stage = -1,
	  .suffix = PXE_FAMILY_UEFI, .fallback = PXE_FAMILY_BIOS,
	  GIVES(LOADER, OK), .file = "ipxe.efi" },
	{ "fallback: not over DHCP", ASK(DHCP), FROM(ROM, PXE_ARCH_NONE),
	  .fallback = PXE_FAMILY_BIOS, GIVES(ADDRESS, UNKNOWN_ARCH) },
	{ "script of a host", ASK(SCRIPT), FROM(IPXE, 7), .host = &with_boot,
	  GIVES(TARGET, OK) },
	{ "script of a host without boot", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &without_boot, GIVES(MENU, OK) },
	{ "script of a stranger", ASK(SCRIPT), .stage = -1, GIVES(MENU, OK) },
	{ "script of a stranger: local", ASK(SCRIPT), .stage = -1,
	  .unknown = PXE_UNKNOWN_LOCAL, GIVES(TARGET, UNKNOWN_CLIENT) },
	{ "script of a stranger: hold", ASK(SCRIPT), .stage = -1,
	  .unknown = PXE_UNKNOWN_HOLD, GIVES(HOLD, HELD) },
	{ "held: no loader", ASK(LOADER), FROM(ROM, 7), .held = true,
	  .host = &with_boot, GIVES(NOTHING, LOOP) },
	{ "held: a script that waits", ASK(SCRIPT), FROM(IPXE, 7),
	  .held = true, .host = &with_boot, GIVES(HOLD, LOOP) },
	{ "held: DHCP is as ever", ASK(DHCP), FROM(ROM, 7), .held = true,
	  GIVES(LOADER, OK) },
	{ "script of a stranger: ignore", ASK(SCRIPT), .stage = -1,
	  .unknown = PXE_UNKNOWN_IGNORE, GIVES(NOTHING, IGNORED) },
};

static void decide_row(const struct row *row, struct pxe_decision *out)
{
	static struct pxe_facts facts;
	static struct pxe_conf conf;
	const struct pxe_policy_in in = {
		.conf = &conf,
		.facts = row->stage >= 0 ? &facts : NULL,
		.host = row->host,
		.is_held = row->held,
		.is_old = row->old,
		.subnet = row->subnet,
		.ask = row->ask,
		.family = row->suffix,
		.is_ipxe_like = row->ipxe_like,
	};

	conf = (struct pxe_conf){
		.answer = row->answer, .ipxe = row->ipxe,
		.unknown = row->unknown, .loaders = loaders, .n_loaders = 2,
		.fallback = row->fallback,
		.targets = (struct pxe_conf_target *)(uintptr_t)targets,
		.n_targets = 2,
	};
	facts = (struct pxe_facts){
		.stage = row->stage >= 0 ? (enum pxe_stage)row->stage : 0,
		.arch = row->arch,
		.ipxe_tells = row->tells, .ipxe_can_boot = row->boots,
		.ipxe_can_http = row->able, .ipxe_can_menu = row->able,
	};
	pxe_policy_decide(&in, out);
}

START_TEST(every_row)
{
	struct pxe_decision d;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		decide_row(&rows[i], &d);
		ck_assert_msg(d.give == rows[i].give, "%s: gives %d",
			      rows[i].name, (int)d.give);
		ck_assert_msg(d.reason == rows[i].reason, "%s: reason %s",
			      rows[i].name, pxe_reason_name(d.reason));
		ck_assert_ptr_nonnull(d.rule);
		ck_assert_msg((d.file != NULL) == (d.give == PXE_GIVE_LOADER),
			      "%s", rows[i].name);
		ck_assert_msg(d.loader == NULL || d.loader->file == d.file,
			      "%s", rows[i].name);
		ck_assert_msg(rows[i].file == NULL ||
				      strcmp(d.file, rows[i].file) == 0,
			      "%s: file %s", rows[i].name, d.file);
		ck_assert_msg((d.target != NULL) == (d.give == PXE_GIVE_TARGET),
			      "%s", rows[i].name);
	}
}
END_TEST

START_TEST(record_wins_over_suffix)
{
	struct pxe_decision d;

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (strcmp(rows[i].name,
			   "virtual name, record beats suffix") == 0)
			decide_row(&rows[i], &d);
	ck_assert_str_eq(d.loader->file, "ipxe.efi");
}
END_TEST

struct told {
	int n, matched;
	const char *last;
};

static void count(const char *rule, const char *text, bool matched, void *arg)
{
	struct told *told = arg;

	ck_assert_str_ne(text, "");
	told->n++;
	told->matched += matched;
	told->last = rule;
}

START_TEST(explain_tells_every_rule_asked)
{
	const struct pxe_facts facts = { .stage = PXE_STAGE_ROM, .arch = 7 };
	struct pxe_conf conf = { .loaders = loaders, .n_loaders = 2 };
	const struct pxe_policy_in in = { .conf = &conf, .facts = &facts };
	struct told told = { 0 };
	struct pxe_decision d;

	pxe_policy_explain(&in, &d, count, &told);
	ck_assert_int_eq(told.matched, 1);
	ck_assert_int_gt(told.n, 3);
	ck_assert_str_eq(told.last, d.rule);
	ck_assert_str_eq(told.last, "loader");
}
END_TEST

UNIT_MAIN("policy", every_row, record_wins_over_suffix,
	  explain_tells_every_rule_asked)
