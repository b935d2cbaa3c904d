/* SPDX-License-Identifier: ISC */
/* The view of orders, beside a real pxe-stated. */
#include "stated_client.h"

/* `target` NULL: the order is taken back. */
static void assign(struct pxe_state_client *c, const char *machine,
		   const char *target)
{
	call(c, "AssignBoot",
	     json_pack("{s:[s], s:s?}", "machines", machine, "target", target));
}

static const char *order_of(const struct pxe_state_view *v, const char *key)
{
	const struct pxe_order *order = pxe_order_table_find_for(
		pxe_state_view_orders(v), NULL, key);

	return order != NULL ? order->target : "";
}

START_TEST(a_view_follows_orders)
{
	struct pxe_state_client *c;
	struct pxe_state_view *v;

	setup();
	serve();
	c = connect_client();
	assign(c, "52:54:00:00:00:01", "one");
	WAIT_FOR(strcmp(got.text, "-;") == 0);
	v = pxe_state_view_new(env.base, env.path, PXE_VIEW_ORDERS);
	WAIT_FOR(pxe_state_view_is_fresh(v));
	ck_assert_str_eq(order_of(v, "52:54:00:00:00:01"), "one");
	assign(c, "52:54:00:00:00:01", "two");
	WAIT_FOR(strcmp(order_of(v, "52:54:00:00:00:01"), "two") == 0);
	assign(c, "52:54:00:00:00:02", "three");
	WAIT_FOR(strcmp(order_of(v, "52:54:00:00:00:02"), "three") == 0);
	assign(c, "52:54:00:00:00:01", NULL);
	WAIT_FOR(order_of(v, "52:54:00:00:00:01")[0] == '\0');

	/* what is known stays while the service is away */
	stop_serving();
	WAIT_FOR(!pxe_state_view_is_fresh(v));
	ck_assert_str_eq(order_of(v, "52:54:00:00:00:02"), "three");
	pxe_state_view_free(v);
	pxe_state_client_free(c);
	teardown();
	forget();
}
END_TEST

UNIT_MAIN("state_view", a_view_follows_orders)
