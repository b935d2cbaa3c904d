/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/policy.h"
#include "unit.h"

static const struct pxe_conf_target targets[5] = {
	{ .name = "local", .title = "", .type = PXE_TARGET_LOCAL },
	{ .name = "linux", .title = "", .type = PXE_TARGET_LINUX },
	{ .name = "install", .title = "", .type = PXE_TARGET_LINUX,
	  .is_once = true, .next = &targets[4] },
	{ .name = "wipe", .title = "", .type = PXE_TARGET_LINUX,
	  .is_once = true },
	{ .name = "disk", .title = "", .type = PXE_TARGET_CHAIN },
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
static const struct pxe_conf_host to_disk_silent = {
	.name = "d",
					      .boot = &targets[0],
					      .file = "host.0",
	.local = { PXE_LOCAL_SILENT, 0, "" },
};
static const struct pxe_conf_host to_disk_by_exit = {
	.name = "d",
					      .boot = &targets[0],
					      .file = "host.0",
	.local = { PXE_LOCAL_EXIT, 0, "" },
};
static const struct pxe_conf_subnet proxy_subnet = { .mode = PXE_MODE_PROXY,
						     .file = "" };

static const struct pxe_conf_host installing = { .name = "e",
						 .boot = &targets[2],
						 .file = "" };
static const struct pxe_conf_host new_one = { .name = "f",
					      .boot = &targets[2],
					      .install = PXE_INSTALL_WHEN_NEW,
					      .file = "" };

/* An order for `what`; `rest`: more members. */
#define ORDER(what, st, ...)                                                   \
	(&(const struct pxe_order){ .machine = "host:x", .target = what,       \
				    .state = PXE_ORDER_##st, __VA_ARGS__ })

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
	const struct pxe_order *order;
	bool in_session, is_away;
	const char *chosen;
	enum pxe_give give;
	enum pxe_reason reason;
	const char *file; /* that is given; NULL: any, or none */
	const char *target; /* the same */
	const char *flags; /* of TARGET: "s" session, "o" once, "n" new; NULL:
			      none of them */
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
	/* orders */
	{ "an order goes before the host section", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &with_boot, .order = ORDER("disk", STANDING),
	  GIVES(TARGET, OK), .target = "disk" },
	{ "an order for once", ASK(SCRIPT), FROM(IPXE, 7), .host = &with_boot,
	  .order = ORDER("install", PENDING, .is_once = true),
	  GIVES(TARGET, OK), .target = "install", .flags = "so" },
	{ "also of what is not destructive", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("linux", PENDING, .is_once = true),
	  GIVES(TARGET, OK), .target = "linux", .flags = "so" },
	{ "not while pxe-stated is away", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", PENDING, .is_once = true), .is_away = true,
	  GIVES(HOLD, STATE_AWAY) },
	{ "what stands needs nobody", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("disk", STANDING), .is_away = true,
	  GIVES(TARGET, OK), .target = "disk" },
	{ "it became destructive", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", STANDING), GIVES(HOLD, ORDER_HELD) },
	{ "its target is gone", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &with_boot, .order = ORDER("nothing", PENDING),
	  GIVES(HOLD, ORDER_HELD) },
	{ "held by the guard", ASK(SCRIPT), FROM(IPXE, 7), .host = &with_boot,
	  .order = ORDER("install", HELD, .is_once = true,
			 .reason = PXE_REASON_REINSTALL),
	  GIVES(HOLD, REINSTALL) },
	{ "held, nobody says why", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", HELD, .is_once = true),
	  GIVES(HOLD, ORDER_HELD) },
	{ "circles go before an order", ASK(SCRIPT), FROM(IPXE, 7),
	  .held = true, .order = ORDER("install", PENDING, .is_once = true),
	  GIVES(HOLD, LOOP) },
	{ "begun: the same within its session", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", BEGUN, .is_once = true),
	  .in_session = true, GIVES(TARGET, OK), .target = "install",
	  .flags = "so" },
	{ "but not while pxe-stated is away", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", BEGUN, .is_once = true),
	  .in_session = true, .is_away = true, GIVES(HOLD, STATE_AWAY) },
	{ "done: not even within its session", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", DONE, .is_once = true),
	  .in_session = true, GIVES(TARGET, OK), .target = "disk" },
	{ "done: what is harmless is, once it is consumed", ASK(SCRIPT),
	  FROM(IPXE, 7), .order = ORDER("linux", DONE, .is_once = true),
	  .in_session = true, GIVES(TARGET, OK), .target = "linux",
	  .flags = "so" },
	{ "done: but not in the next boot", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("linux", DONE, .is_once = true), GIVES(TARGET, OK),
	  .target = "local" },
	{ "begun: next as its target says", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &with_boot,
	  .order = ORDER("install", BEGUN, .is_once = true), GIVES(TARGET, OK),
	  .target = "disk" },
	{ "done: next as the order says", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", DONE, .is_once = true, .next = "linux"),
	  GIVES(TARGET, OK), .target = "linux" },
	{ "next is not there", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", DONE, .is_once = true, .next = "nothing"),
	  GIVES(TARGET, OK), .target = "disk" },
	{ "next is destructive", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("install", DONE, .is_once = true, .next = "wipe"),
	  GIVES(TARGET, OK), .target = "disk" },
	{ "failed: next is that of the host", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &with_boot,
	  .order = ORDER("wipe", FAILED, .is_once = true), GIVES(TARGET, OK),
	  .target = "linux" },
	{ "expired, and nothing is next: the disk", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("wipe", EXPIRED, .is_once = true), GIVES(TARGET, OK),
	  .target = "local" },
	{ "the host section would do it again", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &new_one, .order = ORDER("wipe", DONE, .is_once = true),
	  GIVES(TARGET, OK), .target = "local" },
	{ "over, and its target is gone", ASK(SCRIPT), FROM(IPXE, 7),
	  .order = ORDER("nothing", BEGUN, .is_once = true),
	  GIVES(TARGET, OK), .target = "local" },
	{ "an order makes a stranger known", ASK(SCRIPT), FROM(IPXE, 7),
	  .unknown = PXE_UNKNOWN_IGNORE, .order = ORDER("disk", STANDING),
	  GIVES(TARGET, OK), .target = "disk" },
	{ "and its loader", ASK(LOADER), FROM(ROM, 7),
	  .unknown = PXE_UNKNOWN_IGNORE, .order = ORDER("disk", STANDING),
	  GIVES(LOADER, OK) },
	{ "and to DHCP", ASK(DHCP), FROM(ROM, 7),
	  .unknown = PXE_UNKNOWN_LOCAL, .order = ORDER("disk", STANDING),
	  GIVES(LOADER, OK) },
	{ "silent: no loader from whoever gives the address", ASK(DHCP),
	  FROM(ROM, 7), .host = &to_disk_silent, .subnet = &plain_subnet,
	  GIVES(ADDRESS, LOCAL_BOOT) },
	{ "silent: nor a script", ASK(DHCP), FROM(IPXE, 7),
	  .host = &to_disk_silent, .subnet = &plain_subnet,
	  GIVES(ADDRESS, LOCAL_BOOT) },
	{ "silent: what asks all the same is led to the disk", ASK(SCRIPT),
	  FROM(IPXE, 7), .host = &to_disk_silent, .subnet = &plain_subnet,
	  GIVES(TARGET, OK) },
	{ "a method takes a loader, beside another server too", ASK(DHCP),
	  FROM(ROM, 7), .host = &to_disk_by_exit, .subnet = &proxy_subnet,
	  GIVES(LOADER, OK) },
	{ "proxy: an order goes before local", ASK(DHCP), FROM(ROM, 7),
	  .host = &to_disk, .subnet = &proxy_subnet,
	  .order = ORDER("install", PENDING, .is_once = true),
	  GIVES(LOADER, OK) },
	{ "proxy: to be told that it is held", ASK(DHCP), FROM(ROM, 7),
	  .host = &to_disk, .subnet = &proxy_subnet,
	  .order = ORDER("install", HELD, .is_once = true),
	  GIVES(LOADER, OK) },
	{ "proxy: an order for local", ASK(DHCP), FROM(ROM, 7),
	  .host = &with_boot, .subnet = &proxy_subnet,
	  .order = ORDER("local", STANDING), GIVES(ADDRESS, LOCAL_BOOT) },
	{ "proxy: local comes next", ASK(DHCP), FROM(ROM, 7),
	  .host = &new_one, .subnet = &proxy_subnet,
	  .order = ORDER("wipe", BEGUN, .is_once = true),
	  GIVES(ADDRESS, LOCAL_BOOT) },
	{ "internal: an order for local has a script", ASK(DHCP), FROM(ROM, 7),
	  .subnet = &plain_subnet, .order = ORDER("local", STANDING),
	  GIVES(LOADER, OK) },
	/* without one */
	{ "a static boot that destroys", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &installing, GIVES(HOLD, NO_ORDER) },
	{ "a new one", ASK(SCRIPT), FROM(IPXE, 7), .host = &new_one,
	  GIVES(TARGET, OK), .target = "install", .flags = "son" },
	{ "a new one, nobody to ask", ASK(SCRIPT), FROM(IPXE, 7),
	  .host = &new_one, .is_away = true, GIVES(HOLD, STATE_AWAY) },
	{ "chosen from the menu", ASK(SCRIPT), FROM(IPXE, 7),
	  .chosen = "linux", GIVES(TARGET, OK), .target = "linux" },
	{ "chosen, but it takes an order", ASK(SCRIPT), FROM(IPXE, 7),
	  .chosen = "install", GIVES(HOLD, NO_ORDER) },
	{ "chosen, and there is one", ASK(SCRIPT), FROM(IPXE, 7),
	  .chosen = "install",
	  .order = ORDER("install", PENDING, .is_once = true),
	  GIVES(TARGET, OK), .target = "install", .flags = "so" },
	{ "chosen after an order", ASK(SCRIPT), FROM(IPXE, 7),
	  .chosen = "linux", .order = ORDER("install", DONE, .is_once = true),
	  GIVES(TARGET, OK), .target = "linux" },
	{ "chosen while an order is held", ASK(SCRIPT), FROM(IPXE, 7),
	  .chosen = "linux", .order = ORDER("install", HELD),
	  GIVES(HOLD, ORDER_HELD) },
	{ "script of a stranger: ignore", ASK(SCRIPT), .stage = -1,
	  .unknown = PXE_UNKNOWN_IGNORE, GIVES(NOTHING, IGNORED) },
};

static void decide_row(const struct row *row, struct pxe_decision *out)
{
	static struct pxe_facts facts;
	static struct pxe_conf conf;
	struct pxe_policy_in in;

	conf = (struct pxe_conf){
		.answer = row->answer, .ipxe = row->ipxe,
		.unknown = row->unknown, .loaders = loaders, .n_loaders = 2,
		.fallback = row->fallback,
		.targets = (struct pxe_conf_target *)(uintptr_t)targets,
		.n_targets = PXE_LEN(targets),
	};
	facts = (struct pxe_facts){
		.stage = row->stage >= 0 ? (enum pxe_stage)row->stage : 0,
		.arch = row->arch,
		.ipxe_tells = row->tells, .ipxe_can_boot = row->boots,
		.ipxe_can_http = row->able, .ipxe_can_menu = row->able,
	};
	in = (struct pxe_policy_in){
		.conf = &conf,
		.facts = row->stage >= 0 ? &facts : NULL,
		.host = row->host,
		.is_held = row->held,
		.is_old = row->old,
		.subnet = row->subnet,
		.ask = row->ask,
		.family = row->suffix,
		.is_ipxe_like = row->ipxe_like,
		.order = row->order,
		.has_session = row->in_session,
		.is_state_up = !row->is_away,
		.chosen = row->chosen != NULL
				  ? pxe_conf_find_target(&conf, row->chosen)
				  : NULL,
	};
	pxe_policy_decide(&in, out);
}

START_TEST(every_row)
{
	struct pxe_decision d;
	char flags[8];

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
		ck_assert_msg(rows[i].target == NULL ||
				      strcmp(d.target->name, rows[i].target) ==
					      0,
			      "%s: target %s", rows[i].name, d.target->name);
		snprintf(flags, sizeof(flags), "%s%s%s",
			 d.needs_session ? "s" : "", d.is_once ? "o" : "",
			 d.is_when_new ? "n" : "");
		ck_assert_msg(strcmp(flags, rows[i].flags != NULL
						    ? rows[i].flags
						    : "") == 0,
			      "%s: flags %s", rows[i].name, flags);
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
