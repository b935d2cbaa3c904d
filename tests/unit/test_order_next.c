/* SPDX-License-Identifier: ISC */
/* core/order_next: what a machine boots when its order is over; and pxectl's
 * hints, which say why one is not carried out. */
#include <stdio.h>
#include <string.h>

#include "core/order_next.h"
#include "core/policy.h"
#include "pxectl/order_hint.h"
#include "unit.h"

static const struct pxe_conf_target targets[] = {
	{ .name = "live", .title = "", .type = PXE_TARGET_CHAIN },
	{ .name = "disk", .title = "", .type = PXE_TARGET_LOCAL },
	{ .name = "disk2", .title = "", .type = PXE_TARGET_LOCAL },
	{ .name = "wipe",
	  .title = "",
	  .type = PXE_TARGET_LINUX,
	  .is_once = true },
	{ .name = "wipe-live",
	  .title = "",
	  .type = PXE_TARGET_LINUX,
	  .is_once = true,
	  .next = &targets[0] },
	/* only a configuration that -t refuses has that */
	{ .name = "wipe-wipe",
	  .title = "",
	  .type = PXE_TARGET_LINUX,
	  .is_once = true,
	  .next = &targets[3] },
};
static struct pxe_conf_host hosts[] = {
	{ .name = "plain", .file = "" },
	{ .name = "live", .boot = &targets[0], .file = "" },
	{ .name = "disk2", .boot = &targets[2], .file = "" },
	{ .name = "wipe", .boot = &targets[3], .file = "" },
};

static struct pxe_conf conf_of(void)
{
	return (struct pxe_conf) {
		.targets = (struct pxe_conf_target *)(uintptr_t)targets,
		.n_targets = PXE_LEN(targets),
		.hosts = hosts,
		.n_hosts = PXE_LEN(hosts),
	};
}

static struct pxe_order order_of(const char *target, const char *next)
{
	struct pxe_order order = { .is_once = true, .state = PXE_ORDER_DONE };

	pxe_str_copy(order.machine, sizeof(order.machine), "host:plain");
	pxe_str_copy(order.target, sizeof(order.target), target);
	pxe_str_copy(order.next, sizeof(order.next), next);
	return order;
}

/* clang-format off */
static const struct {
	const char *name, *target, *next;
	int host; /* -1: none */
	const char *says, *boots;
} rows[] = {
	{ "the order", "wipe-live", "disk2", 1, "order", "disk2" },
	{ "the order, to the disk", "wipe-live", "disk", 1, "order", "disk" },
	{ "its target", "wipe-live", "", 2, "target", "live" },
	{ "the host section", "wipe", "", 2, "host", "disk2" },
	{ "nobody", "wipe", "", 0, "local", "disk" },
	{ "nobody, and no host section", "wipe", "", -1, "local", "disk" },
	{ "the order names what is gone", "wipe-live", "gone", 2, "target", "live" },
	{ "the order names an installer", "wipe-live", "wipe", 2, "target", "live" },
	{ "its target names an installer", "wipe-wipe", "", 2, "host", "disk2" },
	{ "its target is gone", "gone", "", 1, "host", "live" },
	{ "the host section names an installer", "wipe", "", 3, "local", "disk" },
	{ "all name installers", "wipe-wipe", "wipe", 3, "local", "disk" },
};
/* clang-format on */

START_TEST(the_first_who_says_something_fit_decides)
{
	const struct pxe_conf conf = conf_of();

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct pxe_order order =
			order_of(rows[i].target, rows[i].next);
		const struct pxe_order_next next =
			pxe_order_find_next(&conf, &order,
					    rows[i].host >= 0
						    ? &hosts[rows[i].host]
						    : NULL);

		ck_assert_msg(strcmp(pxe_order_says_name(next.says),
				     rows[i].says) == 0 &&
				      strcmp(next.target->name,
					     rows[i].boots) == 0,
			      "%s: %s by %s", rows[i].name, next.target->name,
			      pxe_order_says_name(next.says));
	}
}
END_TEST

/* What is told is what the machine gets. */
START_TEST(the_policy_gives_what_is_told)
{
	static const enum pxe_order_state over[] = { PXE_ORDER_BEGUN,
						     PXE_ORDER_DONE,
						     PXE_ORDER_FAILED,
						     PXE_ORDER_EXPIRED };
	const struct pxe_conf conf = conf_of();

	for (size_t i = 0; i < PXE_LEN(rows) * PXE_LEN(over); i++) {
		const size_t row = i / PXE_LEN(over);
		struct pxe_order order =
			order_of(rows[row].target, rows[row].next);
		struct pxe_policy_in in = {
			.conf = &conf,
			.ask = PXE_ASK_SCRIPT,
			.order = &order,
			.is_state_up = true,
		};
		struct pxe_decision out;

		order.state = over[i % PXE_LEN(over)];
		if (rows[row].host >= 0)
			in.host = &hosts[rows[row].host];
		pxe_policy_decide(&in, &out);
		ck_assert_msg(out.give == PXE_GIVE_TARGET &&
				      strcmp(out.target->name,
					     rows[row].boots) == 0,
			      "%s, %s: rule %s", rows[row].name,
			      pxe_order_state_name(order.state), out.rule);
	}
}
END_TEST

START_TEST(a_configuration_without_targets_has_the_disk)
{
	const struct pxe_conf conf = { .n_targets = 0 };
	const struct pxe_order order = order_of("wipe", "live");
	const struct pxe_order_next next =
		pxe_order_find_next(&conf, &order, NULL);

	ck_assert_int_eq(next.says, PXE_ORDER_SAYS_LOCAL);
	ck_assert_ptr_null(next.target);
}
END_TEST

/* --- hints ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *name, *machine, *target;
	bool is_once;
	enum pxe_order_state state;
	enum pxe_reason reason, shown;
	const char *says; /* NULL: there is no hint */
} hints[] = {
	{ "standing", "host:plain", "live", false, PXE_ORDER_STANDING, PXE_REASON_OK,
	  PXE_REASON_OK, NULL },
	{ "pending", "host:plain", "wipe", true, PXE_ORDER_PENDING, PXE_REASON_OK,
	  PXE_REASON_OK, NULL },
	{ "begun", "host:plain", "wipe", true, PXE_ORDER_BEGUN, PXE_REASON_OK,
	  PXE_REASON_OK, NULL },
	{ "done", "host:plain", "wipe", true, PXE_ORDER_DONE, PXE_REASON_OK,
	  PXE_REASON_OK, NULL },
	{ "installed too often", "host:plain", "wipe", true, PXE_ORDER_HELD,
	  PXE_REASON_REINSTALL, PXE_REASON_REINSTALL, "`pxectl orders release plain`" },
	{ "a store that is older", "host:plain", "wipe", true, PXE_ORDER_HELD,
	  PXE_REASON_STORE_OLDER, PXE_REASON_STORE_OLDER, "`pxectl orders release plain`" },
	{ "held, nobody knows why", "host:plain", "wipe", true, PXE_ORDER_HELD,
	  PXE_REASON_OK, PXE_REASON_ORDER_HELD, "`pxectl orders release plain`" },
	{ "called back that it failed", "host:plain", "wipe", true, PXE_ORDER_FAILED,
	  PXE_REASON_INSTALL_FAILED, PXE_REASON_INSTALL_FAILED, "`pxectl boot plain wipe`" },
	{ "no callback", "52:54:00:00:00:01", "wipe", true, PXE_ORDER_FAILED,
	  PXE_REASON_NO_CALLBACK, PXE_REASON_NO_CALLBACK,
	  "`pxectl boot 52:54:00:00:00:01 wipe`" },
	{ "failed, nobody knows why", "host:plain", "wipe", true, PXE_ORDER_FAILED,
	  PXE_REASON_OK, PXE_REASON_NO_CALLBACK, "`session-timeout`" },
	{ "expired", "host:plain", "wipe", true, PXE_ORDER_EXPIRED, PXE_REASON_ORDER_EXPIRED,
	  PXE_REASON_ORDER_EXPIRED, "`pxectl boot plain wipe`" },
	{ "a target that is gone", "host:plain", "gone", true, PXE_ORDER_PENDING,
	  PXE_REASON_OK, PXE_REASON_ORDER_HELD, "no target \"gone\"" },
	{ "a target that is gone, standing", "host:plain", "gone", false, PXE_ORDER_STANDING,
	  PXE_REASON_OK, PXE_REASON_ORDER_HELD, "no target \"gone\"" },
	{ "a target that was gone, done", "host:plain", "gone", true, PXE_ORDER_DONE,
	  PXE_REASON_OK, PXE_REASON_OK, NULL },
	{ "a target that became destructive", "host:plain", "wipe", false,
	  PXE_ORDER_STANDING, PXE_REASON_OK, PXE_REASON_ORDER_HELD, "become destructive" },
	{ "no host section", "host:gone", "wipe", true, PXE_ORDER_PENDING, PXE_REASON_OK,
	  PXE_REASON_UNKNOWN_CLIENT, "`pxectl boot gone --default`" },
	{ "no host section, held", "host:gone", "wipe", true, PXE_ORDER_HELD,
	  PXE_REASON_REINSTALL, PXE_REASON_REINSTALL, "`pxectl boot gone --default`" },
	{ "no host section, over", "host:gone", "wipe", true, PXE_ORDER_DONE, PXE_REASON_OK,
	  PXE_REASON_OK, NULL },
};
/* clang-format on */

static struct pxe_order hinted(size_t i)
{
	struct pxe_order order = order_of(hints[i].target, "");

	pxe_str_copy(order.machine, sizeof(order.machine), hints[i].machine);
	order.is_once = hints[i].is_once;
	order.state = hints[i].state;
	order.reason = hints[i].reason;
	return order;
}

START_TEST(what_is_not_carried_out_says_what_to_do)
{
	const struct pxe_conf conf = conf_of();

	for (size_t i = 0; i < PXE_LEN(hints); i++) {
		const struct pxe_order order = hinted(i);
		const struct pxe_order_hint *hint =
			pxe_order_hint_find(&order, &conf);
		char text[1024] = "";
		struct pxe_str s;

		pxe_str_init(&s, text, sizeof(text));
		if (hint != NULL)
			pxe_order_hint_put(&s, hint,
					   pxe_order_title(order.machine),
					   order.target);
		ck_assert_msg((hint == NULL) == (hints[i].says == NULL) &&
				      (hint == NULL ||
				       strstr(text, hints[i].says) != NULL) &&
				      !s.cut && strstr(text, "{m") == NULL,
			      "%s: %s", hints[i].name, text);
		ck_assert_msg(
			pxe_order_hint_reason(&order, hint) == hints[i].shown,
			"%s: %s", hints[i].name,
			pxe_reason_name(pxe_order_hint_reason(&order, hint)));
	}
}
END_TEST

/* Nothing is made up of a configuration that could not be read; what the order
 * itself says has its hint all the same. */
START_TEST(without_a_configuration_only_the_order_speaks)
{
	for (size_t i = 0; i < PXE_LEN(hints); i++) {
		const struct pxe_order order = hinted(i);
		const bool has = order.state == PXE_ORDER_HELD ||
				 order.state == PXE_ORDER_FAILED ||
				 order.state == PXE_ORDER_EXPIRED;

		ck_assert_msg((pxe_order_hint_find(&order, NULL) != NULL) ==
				      has,
			      "%s", hints[i].name);
	}
}
END_TEST

UNIT_MAIN("order_next", the_first_who_says_something_fit_decides,
	  the_policy_gives_what_is_told,
	  a_configuration_without_targets_has_the_disk,
	  what_is_not_carried_out_says_what_to_do,
	  without_a_configuration_only_the_order_speaks)
