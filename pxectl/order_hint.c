/* SPDX-License-Identifier: ISC */
#include "pxectl/order_hint.h"

#include <string.h>

#include "core/order_next.h"

enum { ANY = -1 };

/* What the configuration has of an order that is to be carried out. */
enum matter {
	NONE,
	NO_HOST,     /* it is for a host section that is not there */
	NO_TARGET,   /* nor is its target */
	DESTRUCTIVE, /* which has become so, and the order is not for once */
};

/* clang-format off */
static const struct row {
	int state, reason, matter;
	struct pxe_order_hint hint;
} rows[] = {
{ ANY, ANY, NO_HOST, { PXE_REASON_UNKNOWN_CLIENT,
  "hosts.conf has no host section of that name, so no machine gets this: was it "
  "renamed?  `pxectl boot {machine} --default` takes the order back" } },
{ PXE_ORDER_HELD, PXE_REASON_REINSTALL, ANY, { PXE_REASON_REINSTALL,
  "it was installed too often and nothing called back: look at its screen; does its "
  "answer file fetch {{done-url}} at its end?  Then `pxectl orders release {machine}`" } },
{ PXE_ORDER_HELD, PXE_REASON_STORE_OLDER, ANY, { PXE_REASON_STORE_OLDER,
  "the store of pxe-stated was restored or is new, and the order may have been carried "
  "out since it was written: look at the machine, then `pxectl orders release {machine}`, "
  "or `pxectl boot {machine} --default` to take it back" } },
{ PXE_ORDER_HELD, ANY, ANY, { PXE_REASON_ORDER_HELD,
  "it waits for you: `pxectl orders release {machine}`, or `pxectl boot {machine} "
  "--default`" } },
{ PXE_ORDER_FAILED, PXE_REASON_INSTALL_FAILED, ANY, { PXE_REASON_INSTALL_FAILED,
  "its installer called back that it gave up: look at its screen and at its log; when "
  "that is mended, `pxectl boot {machine} {target}` orders it again" } },
{ PXE_ORDER_FAILED, ANY, ANY, { PXE_REASON_NO_CALLBACK,
  "it was let in, and nothing called back within `session-timeout` of stated.conf: look "
  "at its screen; does its answer file fetch {{done-url}} at its end?  A late callback "
  "still counts; if it is not installed, `pxectl boot {machine} {target}` orders it "
  "again" } },
{ PXE_ORDER_EXPIRED, ANY, ANY, { PXE_REASON_ORDER_EXPIRED,
  "it did not boot from here in time: is it on, and is the network first in its boot "
  "order?  `pxectl boot {machine} {target}` orders it again, and --for says for how "
  "long" } },
{ ANY, ANY, NO_TARGET, { PXE_REASON_ORDER_HELD,
  "boot.conf has no target \"{target}\", so the machine waits: put it back, or give it "
  "another order: `pxectl boot {machine} TARGET`" } },
{ ANY, ANY, DESTRUCTIVE, { PXE_REASON_ORDER_HELD,
  "the target has become destructive (once) since this was ordered, so the machine "
  "waits: `pxectl boot {machine} {target}` orders it once" } },
};
/* clang-format on */

static enum matter matter_of(const struct pxe_order *order,
			     const struct pxe_conf *conf)
{
	const char *host = pxe_order_host_name(order->machine);

	if (conf == NULL || !pxe_order_is_open(order))
		return NONE;
	if (host != NULL && pxe_conf_find_host_name(conf, host) == NULL)
		return NO_HOST;
	if (!pxe_order_is_broken(conf, order))
		return NONE;
	return pxe_conf_find_target(conf, order->target) == NULL ? NO_TARGET
								 : DESTRUCTIVE;
}

const struct pxe_order_hint *pxe_order_hint_find(const struct pxe_order *order,
						 const struct pxe_conf *conf)
{
	const enum matter matter = matter_of(order, conf);

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if ((rows[i].state == ANY ||
		     rows[i].state == (int)order->state) &&
		    (rows[i].reason == ANY ||
		     rows[i].reason == (int)order->reason) &&
		    (rows[i].matter == ANY || rows[i].matter == (int)matter))
			return &rows[i].hint;
	return NULL;
}

enum pxe_reason pxe_order_hint_reason(const struct pxe_order *order,
				      const struct pxe_order_hint *hint)
{
	return order->reason != PXE_REASON_OK || hint == NULL ? order->reason
							      : hint->reason;
}

void pxe_order_hint_put(struct pxe_str *out, const struct pxe_order_hint *hint,
			const char *machine, const char *target)
{
	const struct {
		const char *name, *value;
	} variables[] = {
		{ "{machine}", machine },
		{ "{target}", target },
	};
	const char *p = hint->text;

	while (*p != '\0') {
		size_t n = 0;

		for (size_t i = 0; n == 0 && i < PXE_LEN(variables); i++)
			if (pxe_str_has_prefix(p, variables[i].name)) {
				pxe_str_puts(out, variables[i].value);
				n = strlen(variables[i].name);
			}
		if (n == 0)
			pxe_str_putc(out, *p++);
		p += n;
	}
}

const char *pxe_order_title(const char *machine)
{
	const char *host = pxe_order_host_name(machine);

	return host != NULL ? host : machine;
}
