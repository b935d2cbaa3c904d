/* SPDX-License-Identifier: ISC */
#include "core/order_next.h"

#include <stddef.h>

static const char *const words[PXE_N_ORDER_SAYS] = {
#define X(id, name) [PXE_ORDER_SAYS_##id] = name,
	PXE_ORDER_SAYS(X)
#undef X
};

const char *pxe_order_says_name(enum pxe_order_says says)
{
	return (unsigned)says < PXE_N_ORDER_SAYS ? words[says] : "?";
}

const struct pxe_conf_target *pxe_order_find_local(const struct pxe_conf *conf)
{
	for (size_t i = 0; i < conf->n_targets; i++)
		if (conf->targets[i].type == PXE_TARGET_LOCAL)
			return &conf->targets[i];
	return NULL;
}

struct pxe_order_next pxe_order_find_next(const struct pxe_conf *conf,
					  const struct pxe_order *order,
					  const struct pxe_conf_host *host)
{
	const struct pxe_conf_target *target =
		pxe_conf_find_target(conf, order->target);
	const struct pxe_order_next said[] = {
		{ PXE_ORDER_SAYS_ORDER,
		  order->next[0] != '\0'
			  ? pxe_conf_find_target(conf, order->next)
			  : NULL },
		{ PXE_ORDER_SAYS_TARGET, target != NULL ? target->next : NULL },
		{ PXE_ORDER_SAYS_HOST, host != NULL ? host->boot : NULL },
	};

	/* a destructive one is never what comes by itself */
	for (size_t i = 0; i < PXE_LEN(said); i++)
		if (said[i].target != NULL && !said[i].target->is_once)
			return said[i];
	return (struct pxe_order_next) { PXE_ORDER_SAYS_LOCAL,
					 pxe_order_find_local(conf) };
}

bool pxe_order_is_broken(const struct pxe_conf *conf,
			 const struct pxe_order *order)
{
	const struct pxe_conf_target *target =
		pxe_conf_find_target(conf, order->target);

	return target == NULL || (target->is_once && !order->is_once);
}
