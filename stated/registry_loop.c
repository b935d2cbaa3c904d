/* SPDX-License-Identifier: ISC */
#include "stated/registry_loop.h"

#include "stated/registry_priv.h"

void pxe_registry_set_loop(struct pxe_registry *registry,
			   const struct pxe_loop_rules *rules)
{
	registry->loop = *rules;
}

bool pxe_registry_release_loop(struct pxe_registry *registry,
			       const struct pxe_client *client, int64_t now_s)
{
	struct pxe_client *c =
		pxe_client_table_find(registry->clients, client->key);
	bool was_held = pxe_loop_is_held(&c->loop, now_s);

	c->loop = (struct pxe_loop){ .n_loaders = 0 };
	pxe_registry_touch(registry, c);
	return was_held;
}
