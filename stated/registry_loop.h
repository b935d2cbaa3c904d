/* SPDX-License-Identifier: ISC */
/* The part of the registry that is about boots which go round in circles. */
#ifndef PXE_STATED_REGISTRY_LOOP_H
#define PXE_STATED_REGISTRY_LOOP_H

#include "stated/registry.h"

/* Who goes round in circles is held by these rules: at first, nobody. */
void pxe_registry_set_loop(struct pxe_registry *registry,
			   const struct pxe_loop_rules *rules);

/* A client is no longer held, and counted anew.  Was it held? */
bool pxe_registry_release_loop(struct pxe_registry *registry,
			       const struct pxe_client *client, int64_t now_s);

#endif
