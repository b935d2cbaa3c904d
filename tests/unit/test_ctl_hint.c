/* SPDX-License-Identifier: ISC */
/* pxectl/hint: where a client hangs, and what to look at. */
#include <string.h>

#include "base/attr.h"
#include "pxectl/hint.h"
#include "unit.h"

#define NOW 1800000000

/* A client on `step` that was last heard of `quiet_s` ago. */
static struct pxe_client client_on(enum pxe_step step, enum pxe_reason reason,
				   int64_t quiet_s)
{
	return (struct pxe_client) {
		.key = "52:54:00:12:34:56",
		.facts = { .stage = PXE_STAGE_ROM, .arch = 7 },
		.step = step,
		.step_s = NOW - quiet_s - 3,
		.last_seen_s = NOW - quiet_s,
		.reason = reason,
		.file = "ipxe.efi",
	};
}

static const char *hint_text(const struct pxe_client *client)
{
	const struct pxe_hint *hint = pxe_hint_find(client, NULL, NOW);

	return hint != NULL ? hint->text : "";
}

START_TEST(rows_fit_where_they_should)
{
	static const struct {
		enum pxe_step step;
		enum pxe_reason reason;
		int64_t quiet_s;
		const char *says; /* "": nothing */
	} rows[] = {
		{ PXE_STEP_NONE, PXE_REASON_OK, 99999, "" },
		{ PXE_STEP_NONE, PXE_REASON_NO_SUBNET, 0, "`subnet`" },
		{ PXE_STEP_DISCOVER, PXE_REASON_OK, 5, "" },
		{ PXE_STEP_DISCOVER, PXE_REASON_OK, 21, "another DHCP server" },
		{ PXE_STEP_DISCOVER, PXE_REASON_POOL_EMPTY, 0, "`ranges`" },
		{ PXE_STEP_ADDRESS, PXE_REASON_OK, 29, "" },
		{ PXE_STEP_ADDRESS, PXE_REASON_OK, 31, "{tftp-port}" },
		{ PXE_STEP_ADDRESS, PXE_REASON_NO_LOADER, 0, "no loader" },
		{ PXE_STEP_LOADED, PXE_REASON_LOOP, 0, "pxectl release" },
		{ PXE_STEP_LOADER, PXE_REASON_TIMEOUT, 20, "in the middle" },
		{ PXE_STEP_LOADER, PXE_REASON_ABORTED, 20, "itself" },
		{ PXE_STEP_LOADER, PXE_REASON_BLOCK_SIZE, 20, "tunnel" },
		{ PXE_STEP_LOADER, PXE_REASON_NO_OPTIONS, 20, "without them" },
		{ PXE_STEP_LOADED, PXE_REASON_OK, 31, "Secure Boot" },
		{ PXE_STEP_IPXE, PXE_REASON_OK, 31, "{http-port}" },
		{ PXE_STEP_SCRIPT, PXE_REASON_NOT_FOUND, 11, "{boot-root}" },
		/* loaders ask for many files that need not be there */
		{ PXE_STEP_SCRIPT, PXE_REASON_NOT_FOUND, 3, "" },
		{ PXE_STEP_KERNEL, PXE_REASON_OK, 121, "screen" },
		{ PXE_STEP_OS, PXE_REASON_OK, 301, "call back" },
		{ PXE_STEP_UP, PXE_REASON_NOT_FOUND, 99999, "" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_client client =
			client_on(rows[i].step, rows[i].reason,
				  rows[i].quiet_s);
		const char *text = hint_text(&client);

		ck_assert_msg(*rows[i].says == '\0'
				      ? *text == '\0'
				      : strstr(text, rows[i].says) != NULL,
			      "%s/%s after %llds: %s",
			      pxe_step_name(rows[i].step),
			      pxe_reason_name(rows[i].reason),
			      (long long)rows[i].quiet_s, text);
	}
}
END_TEST

/* What an order tells of a machine whose system got its address. */
START_TEST(orders_are_part_of_the_boot)
{
	static const struct {
		const char *name;
		enum pxe_order_state state;
		int64_t made_s, begun_s; /* after the boot began */
		int64_t quiet_s;
		const char *says;
	} rows[] = {
		{ "given", PXE_ORDER_PENDING, -100, 0, 61, "name servers" },
		{ "at once", PXE_ORDER_PENDING, -100, 0, 59, "" },
		/* the system that was there before */
		{ "later", PXE_ORDER_PENDING, 100, 0, 301, "{{callback}}" },
		{ "begun", PXE_ORDER_BEGUN, -100, 50, 301, "being installed" },
		{ "begun, just now", PXE_ORDER_BEGUN, -100, 50, 299, "" },
		/* it was, in an earlier boot */
		{ "before", PXE_ORDER_BEGUN, -900, -800, 301, "{{callback}}" },
		{ "done", PXE_ORDER_DONE, -100, 50, 301, "{{callback}}" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_client client =
			client_on(PXE_STEP_OS, PXE_REASON_OK, rows[i].quiet_s);
		const int64_t boot_s = NOW - 3000;
		const struct pxe_order order = {
			.state = rows[i].state,
			.made_s = boot_s + rows[i].made_s,
			.begun_s = boot_s + rows[i].begun_s,
		};
		const struct pxe_hint *hint;

		client.boot_s = boot_s;
		client.step_at_s[PXE_STEP_SCRIPT] = boot_s + 10;
		hint = pxe_hint_find(&client, &order, NOW);
		ck_assert_msg(rows[i].says[0] == '\0'
				      ? hint == NULL
				      : hint != NULL && strstr(hint->text,
							       rows[i].says),
			      "%s: %s", rows[i].name,
			      hint != NULL ? hint->text : "nothing");
	}
}
END_TEST

START_TEST(http_boot_has_its_own)
{
	struct pxe_client client =
		client_on(PXE_STEP_ADDRESS, PXE_REASON_OK, 40);

	client.facts.stage = PXE_STAGE_HTTP;
	ck_assert_ptr_nonnull(strstr(hint_text(&client), "{http-port}"));
}
END_TEST

START_TEST(lists_mark_only_the_stuck)
{
	struct pxe_client stuck =
		client_on(PXE_STEP_LOADED, PXE_REASON_OK, 600);
	struct pxe_client old =
		client_on(PXE_STEP_LOADED, PXE_REASON_OK, 2 * 86400);
	struct pxe_client menu = client_on(PXE_STEP_SCRIPT, PXE_REASON_OK, 600);

	ck_assert(pxe_hint_is_stuck(&stuck, NOW));
	ck_assert(!pxe_hint_is_stuck(&old, NOW));
	ck_assert_ptr_nonnull(pxe_hint_find(&old, NULL, NOW));
	ck_assert(!pxe_hint_is_stuck(&menu, NOW));
	ck_assert_ptr_nonnull(pxe_hint_find(&menu, NULL, NOW));
}
END_TEST

START_TEST(a_clock_that_steps_back_is_no_silence)
{
	struct pxe_client client =
		client_on(PXE_STEP_LOADED, PXE_REASON_OK, -5000);

	ck_assert_int_eq(pxe_hint_quiet_s(&client, NOW), 0);
	ck_assert_ptr_null(pxe_hint_find(&client, NULL, NOW));
}
END_TEST

START_TEST(every_row_expands)
{
	struct pxe_conf conf = { .tftp_port = 69,
				 .http_port = 16000,
				 .boot_root = "/srv/pxe",
				 .state_dir = "/var/lib/pxe" };
	struct pxe_client client =
		client_on(PXE_STEP_LOADED, PXE_REASON_OK, 60);
	const struct pxe_hint *hint;

	for (size_t i = 0; (hint = pxe_hint_row(i)) != NULL; i++) {
		char text[1024];
		struct pxe_str s;
		const char *brace = text;

		pxe_str_init(&s, text, sizeof(text));
		pxe_hint_put(&s, hint, &client, &conf);
		ck_assert(!s.cut);
		/* the only braces left are those of a template */
		while ((brace = strchr(brace, '{')) != NULL) {
			bool is_example =
				strncmp(brace, "{{callback}}", 12) == 0 ||
				strncmp(brace, "{{answer-url}}", 14) == 0 ||
				strncmp(brace, "{{done-url}}", 12) == 0 ||
				strncmp(brace, "{ file", 6) == 0;

			ck_assert_msg(is_example, "%s", text);
			brace += strspn(brace, "{");
		}
	}
}
END_TEST

START_TEST(values_go_in)
{
	struct pxe_conf conf = { .tftp_port = 6969,
				 .http_port = 8080,
				 .boot_root = "/b",
				 .state_dir = "/s" };
	struct pxe_client client =
		client_on(PXE_STEP_SCRIPT, PXE_REASON_OUTSIDE, 60);
	const struct pxe_hint hint = {
		"{tftp-port} {http-port} {boot-root} {state-dir} {file} "
		"{client} {family} {other} {{callback}}",
		true
	};
	char text[256];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_hint_put(&s, &hint, &client, &conf);
	ck_assert_str_eq(text, "6969 8080 /b /s ipxe.efi 52:54:00:12:34:56 "
			       "uefi {other} {{callback}}");
	client.file[0] = '\0';
	pxe_str_init(&s, text, sizeof(text));
	pxe_hint_put(&s, &(struct pxe_hint) { "{file}", true }, &client, &conf);
	ck_assert_str_eq(text, "a file");
}
END_TEST

UNIT_MAIN("ctl_hint", rows_fit_where_they_should, orders_are_part_of_the_boot,
	  http_boot_has_its_own, lists_mark_only_the_stuck,
	  a_clock_that_steps_back_is_no_silence, every_row_expands,
	  values_go_in)
