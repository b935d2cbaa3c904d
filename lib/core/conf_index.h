/* SPDX-License-Identifier: ISC */
/*
 * The sorted index behind the lookups of core/conf.h, for whoever makes a
 * configuration.  run/conf_check reads it to find what stands twice: equal
 * keys are neighbours.
 */
#ifndef PXE_CORE_CONF_INDEX_H
#define PXE_CORE_CONF_INDEX_H

#include "core/conf.h"

enum pxe_conf_key {
	PXE_CONF_KEY_HOST_NAME,    /* char[] -> host */
	PXE_CONF_KEY_HOST_ADDRESS, /* uint32_t, not 0 -> host */
	PXE_CONF_KEY_HOST_HW,      /* struct pxe_hwaddr -> host */
	PXE_CONF_KEY_HOST_UUID,    /* struct pxe_uuid -> host */
	PXE_CONF_KEY_HOST_ID,      /* struct pxe_conf_id -> host */
	PXE_CONF_KEY_TARGET,       /* char[] -> target */
	PXE_CONF_KEY_ANSWER,       /* char[] -> answer */
	PXE_CONF_KEY_SUBNET,       /* struct pxe_ip4_net -> subnet */
	PXE_CONF_N_KEYS
};

struct pxe_conf_entry {
	const void *key, *thing;
};

struct pxe_conf_index {
	struct {
		struct pxe_conf_entry *rows; /* sorted by key, then place */
		size_t n;
	} by[PXE_CONF_N_KEYS];
};

/*
 * Sorts what lookups look for into conf->index (malloc), so that their cost
 * hardly grows with the number of hosts.  What it points to must not move
 * afterwards.  Lookups work without it, too: they scan.  0, -ENOMEM (as
 * before).
 */
int pxe_conf_index_build(struct pxe_conf *conf) PXE_MUST_CHECK;

/* Frees conf->index and forgets it. */
void pxe_conf_index_free(struct pxe_conf *conf);

/* Compares two keys of a kind, like memcmp. */
int pxe_conf_key_compare(enum pxe_conf_key kind, const void *a, const void *b);

#endif
