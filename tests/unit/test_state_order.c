/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "run/state_order.h"
#include "unit.h"

static const struct pxe_order full = {
	.machine = "host:alpha",
	.target = "debian",
	.next = "local",
	.by = "root",
	.is_once = true,
	.state = PXE_ORDER_HELD,
	.reason = PXE_REASON_REINSTALL,
	.made_s = 1,
	.expires_s = 2,
	.begun_s = 3,
	.finished_s = 4,
};
static const struct pxe_order least = {
	.machine = "52:54:00:12:34:56",
	.target = "local",
	.state = PXE_ORDER_STANDING,
	.made_s = 7,
};

static void check_trip(const struct pxe_order *order, size_t n_members)
{
	json_t *json = pxe_state_order_to_json(order);
	struct pxe_order back;

	ck_assert_ptr_nonnull(json);
	ck_assert_uint_eq(json_object_size(json), n_members);
	ck_assert_int_eq(pxe_state_order_from_json(json, &back), 0);
	ck_assert_str_eq(back.machine, order->machine);
	ck_assert_str_eq(back.target, order->target);
	ck_assert_str_eq(back.next, order->next);
	ck_assert_str_eq(back.by, order->by);
	ck_assert(back.is_once == order->is_once);
	ck_assert(back.state == order->state);
	ck_assert(back.reason == order->reason);
	ck_assert_int_eq(back.made_s, order->made_s);
	ck_assert_int_eq(back.expires_s, order->expires_s);
	ck_assert_int_eq(back.begun_s, order->begun_s);
	ck_assert_int_eq(back.finished_s, order->finished_s);
	json_decref(json);
}

START_TEST(an_order_comes_back_as_it_was)
{
	check_trip(&full, 11);
}
END_TEST

START_TEST(what_it_has_not_is_left_out)
{
	check_trip(&least, 5);
}
END_TEST

/* clang-format off */
static const struct {
	const char *name, *text;
} broken[] = {
	{ "nothing", "{}" },
	{ "no object", "[]" },
	{ "no machine", "{\"target\":\"a\",\"state\":\"done\",\"once\":true,\"made\":1}" },
	{ "a machine that is none", "{\"machine\":\"no machine\",\"target\":\"a\",\"state\":\"done\",\"once\":true,\"made\":1}" },
	{ "an unknown state", "{\"machine\":\"host:a\",\"target\":\"a\",\"state\":\"x\",\"once\":true,\"made\":1}" },
	{ "an unknown reason", "{\"machine\":\"host:a\",\"target\":\"a\",\"state\":\"done\",\"once\":true,\"made\":1,\"reason\":\"x\"}" },
	{ "a time before 1970", "{\"machine\":\"host:a\",\"target\":\"a\",\"state\":\"done\",\"once\":true,\"made\":-1}" },
	{ "a time that is text", "{\"machine\":\"host:a\",\"target\":\"a\",\"state\":\"done\",\"once\":true,\"made\":\"1\"}" },
	{ "a target that is a number", "{\"machine\":\"host:a\",\"target\":1,\"state\":\"done\",\"once\":true,\"made\":1}" },
	{ "a target too long", "{\"machine\":\"host:a\",\"target\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"state\":\"done\",\"once\":true,\"made\":1}" },
};
/* clang-format on */

START_TEST(what_is_no_order_changes_nothing)
{
	for (size_t i = 0; i < PXE_LEN(broken); i++) {
		json_t *json = json_loads(broken[i].text, 0, NULL);
		struct pxe_order order = full;

		ck_assert_msg(pxe_state_order_from_json(json, &order) ==
				      -EBADMSG,
			      "%s", broken[i].name);
		ck_assert(memcmp(&order, &full, sizeof(order)) == 0);
		json_decref(json);
	}
}
END_TEST

UNIT_MAIN("state_order", an_order_comes_back_as_it_was,
	  what_it_has_not_is_left_out, what_is_no_order_changes_nothing)
