/* SPDX-License-Identifier: ISC */
/* core/loop: boots that go round in circles, and boots that do not. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "core/client.h"
#include "core/loop.h"
#include "unit.h"

static const struct pxe_loop_rules rules = { .limit = 5, .hold_s = 600 };

/* What happens in one round: letters, each `after` seconds. */
static const struct {
	char letter;
	enum pxe_event_kind kind;
	enum pxe_stage stage;
	const char *file;
	enum pxe_reason reason;
} words[] = {
	{ 'd', PXE_EVENT_DHCP_DISCOVER, PXE_STAGE_ROM, "", PXE_REASON_OK },
	{ 'a', PXE_EVENT_DHCP_ACK, PXE_STAGE_ROM, "", PXE_REASON_OK },
	{ 'i', PXE_EVENT_DHCP_DISCOVER, PXE_STAGE_IPXE, "", PXE_REASON_OK },
	{ 'I', PXE_EVENT_DHCP_IPXE, PXE_STAGE_IPXE, "", PXE_REASON_OK },
	{ 'p', PXE_EVENT_FILE_FAILED, PXE_STAGE_ROM, "l", PXE_REASON_PROBE },
	{ 'q', PXE_EVENT_FILE_PROBE, PXE_STAGE_ROM, "l", PXE_REASON_PROBE },
	{ 't', PXE_EVENT_FILE_FAILED, PXE_STAGE_ROM, "l", PXE_REASON_TIMEOUT },
	{ 's', PXE_EVENT_LOADER_START, PXE_STAGE_ROM, "l", PXE_REASON_OK },
	{ 'L', PXE_EVENT_LOADER_DONE, PXE_STAGE_ROM, "l", PXE_REASON_OK },
	{ 'S', PXE_EVENT_SCRIPT, PXE_STAGE_IPXE, "boot.ipxe", PXE_REASON_OK },
	{ 'h', PXE_EVENT_SCRIPT, PXE_STAGE_IPXE, "boot.ipxe", PXE_REASON_LOOP },
	{ 'm', PXE_EVENT_FILE_DONE, PXE_STAGE_IPXE, "m.ipxe", PXE_REASON_OK },
	{ 'K', PXE_EVENT_FILE_START, PXE_STAGE_IPXE, "vmlinuz", PXE_REASON_OK },
	{ 'k', PXE_EVENT_FILE_DONE, PXE_STAGE_IPXE, "initrd", PXE_REASON_OK },
	{ 'n', PXE_EVENT_FILE_FAILED, PXE_STAGE_IPXE, "", PXE_REASON_IO },
	{ 'O', PXE_EVENT_DHCP_OS, PXE_STAGE_OS, "", PXE_REASON_OK },
	{ 'U', PXE_EVENT_UP, PXE_STAGE_OS, "", PXE_REASON_OK },
};

static enum pxe_loop_change happen(struct pxe_client *c, char letter,
				   int64_t now_s)
{
	struct pxe_facts facts = { .arch = 0, .key = "52:54:00:00:00:01" };
	struct pxe_event e = { .by = "t" };

	for (size_t i = 0; i < PXE_LEN(words); i++) {
		if (words[i].letter != letter)
			continue;
		e.kind = words[i].kind;
		e.reason = words[i].reason;
		pxe_str_copy(e.file, sizeof(e.file), words[i].file);
		facts.stage = words[i].stage;
		pxe_client_learn(c, &facts, now_s);
		pxe_client_apply(c, &e, now_s);
		return pxe_loop_step(c, &e, &rules, now_s);
	}
	ck_abort_msg("no word '%c'", letter);
	return PXE_LOOP_SAME;
}

/* In which round it is held; 0: in none of 20. */
static unsigned round_of_hold(const char *round, int64_t step_s)
{
	struct pxe_client c = { .key = "52:54:00:00:00:01" };
	int64_t now_s = 1800000000;

	for (unsigned n = 1; n <= 20; n++)
		for (const char *w = round; *w != '\0'; w++, now_s += step_s)
			if (happen(&c, *w, now_s) == PXE_LOOP_HELD)
				return n;
	return 0;
}

START_TEST(rounds)
{
	static const struct {
		const char *what, *round;
		int64_t step_s;
		unsigned held;
	} rows[] = {
		{ "the loader alone: a cached answer names it", "sL", 10, 5 },
		{ "masked iPXE is handed iPXE", "dasL", 5, 5 },
		{ "iPXE is handed iPXE", "dasLiI", 5, 5 },
		{ "iPXE is not answered, and loads itself", "sLii", 5, 5 },
		{ "a ROM probes, then loads, then starts again", "dapsL", 20,
		  5 },
		{ "the script of itself", "S", 1, 10 },
		{ "two scripts of each other, one a file", "Sm", 1, 5 },
		{ "a script that chains the loader", "SsLiI", 1, 10 },
		/* and those that are none */
		{ "a boot each day", "daspsLiISKkOU", 7000, 0 },
		{ "a loader each quarter of an hour", "L", 900, 0 },
		{ "a script that waits and asks again", "S", 15, 0 },
		{ "a boot to Linux, again and again", "dasLiISKk", 2, 0 },
		{ "a boot to the disk, whose system asks", "dasLiISO", 2, 0 },
		{ "a boot to the disk, which is silent", "dasLiIS", 15, 0 },
		{ "packets get lost", "dastststst", 2, 0 },
		{ "probes of the size", "dapp", 1, 0 },
		{ "PXELINUX looks for its files", "dasLnnnnkKk", 1, 0 },
		{ "a system from an address that others use, too", "OL", 1, 0 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		unsigned n = round_of_hold(rows[i].round, rows[i].step_s);

		ck_assert_msg(n == rows[i].held, "%s: round %u, not %u",
			      rows[i].what, n, rows[i].held);
	}
}
END_TEST

/* Several machines behind an address that an ordinary client has. */
START_TEST(machines_behind_an_address_are_not_one)
{
	struct pxe_client router = { .key = "52:54:00:00:00:01" };
	struct pxe_client unseen = { .key = "52:54:00:00:00:02" };
	struct pxe_event os = { .kind = PXE_EVENT_DHCP_OS };
	struct pxe_event loader = { .kind = PXE_EVENT_LOADER_DONE };
	unsigned n = 0;

	pxe_client_apply(&router, &os, 100);
	(void)pxe_loop_step(&router, &os, &rules, 100);
	for (int i = 0; i < 10; i++) {
		pxe_client_apply(&router, &loader, 101 + i);
		ck_assert_int_eq(pxe_loop_step(&router, &loader, &rules,
					       101 + i),
				 PXE_LOOP_SAME);
		/* of whom DHCP was never seen */
		pxe_client_apply(&unseen, &loader, 101 + i);
		n += pxe_loop_step(&unseen, &loader, &rules, 101 + i) ==
		     PXE_LOOP_HELD;
	}
	ck_assert_uint_eq(n, 1);
}
END_TEST

static int64_t hold(struct pxe_client *c, int64_t now_s)
{
	while (happen(c, 'L', now_s) != PXE_LOOP_HELD)
		now_s++;
	return now_s;
}

START_TEST(a_hold_ends)
{
	struct pxe_client c = { .key = "52:54:00:00:00:01" };
	int64_t at = hold(&c, 1000);

	ck_assert_int_eq(at, 1004);
	ck_assert_int_eq(c.reason, PXE_REASON_LOOP);
	ck_assert_uint_eq(pxe_loop_count(&c.loop), 5);
	ck_assert_str_eq(pxe_loop_what(&c.loop), "loader");
	ck_assert(pxe_loop_is_held(&c.loop, at));
	ck_assert(pxe_loop_is_held(&c.loop, at + 599));
	ck_assert(!pxe_loop_is_held(&c.loop, at + 600));
	/* what it is told while it is held, and loaders under way: nothing */
	ck_assert_int_eq(happen(&c, 'h', at + 10), PXE_LOOP_SAME);
	ck_assert_int_eq(happen(&c, 'L', at + 11), PXE_LOOP_SAME);
	ck_assert_int_eq(happen(&c, 'd', at + 12), PXE_LOOP_SAME);
	ck_assert_int_eq(c.loop.held_until_s, at + 600);
	/* by its time: then it has as many tries again */
	ck_assert_int_eq(hold(&c, at + 600), at + 604);
	/* or since it got further */
	ck_assert_int_eq(happen(&c, 'O', at + 700), PXE_LOOP_RELEASED);
	ck_assert(!pxe_loop_is_held(&c.loop, at + 700));
	ck_assert_int_eq(happen(&c, 'O', at + 701), PXE_LOOP_SAME);
}
END_TEST

START_TEST(clocks)
{
	struct pxe_client c = { .key = "52:54:00:00:00:01" };
	int64_t at = hold(&c, 5000);

	/* the record moves with the clock */
	pxe_client_move(&c, -2000);
	ck_assert(pxe_loop_is_held(&c.loop, at - 2000));
	ck_assert(!pxe_loop_is_held(&c.loop, at));
	/* one of another time holds nobody */
	ck_assert(!pxe_loop_is_held(&c.loop, at - 4000));
	c.loop = (struct pxe_loop){ .n_loaders = 4, .loader_s = 9000 };
	ck_assert_int_eq(happen(&c, 'L', 4000), PXE_LOOP_SAME);
	ck_assert_uint_eq(c.loop.n_loaders, 1);
}
END_TEST

START_TEST(without_a_limit_nobody_is_held)
{
	const struct pxe_loop_rules none = { .limit = 0, .hold_s = 600 };
	struct pxe_client c = { .key = "52:54:00:00:00:01" };
	struct pxe_event e = { .kind = PXE_EVENT_LOADER_DONE };

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(pxe_loop_step(&c, &e, &none, 1000 + i),
				 PXE_LOOP_SAME);
}
END_TEST

UNIT_MAIN("loop", rounds, machines_behind_an_address_are_not_one, a_hold_ends,
	  clocks, without_a_limit_nobody_is_held)
