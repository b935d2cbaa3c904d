/* SPDX-License-Identifier: ISC */
/*
 * Who asked of late, where another server gives the addresses: the reply of
 * that server says for whom it is, but not what kind of machine that is.  A
 * memory of fixed size; who is not in it any more is not recognised.  Pure.
 */
#ifndef PXE_DHCPD_ASKED_H
#define PXE_DHCPD_ASKED_H

#include <stdint.h>

#include "core/facts.h"

enum { PXE_ASKED_ROWS = 4096 };

struct pxe_asked_row {
	uint64_t hash; /* of the key; 0: a free place */
	uint32_t xid;
	enum pxe_stage stage;
};

/* Zeroed by the owner: nobody asked. */
struct pxe_asked {
	struct pxe_asked_row row[PXE_ASKED_ROWS];
};

/* A client asked with that transaction number. */
void pxe_asked_put(struct pxe_asked *asked, const char *key, uint32_t xid,
		   enum pxe_stage stage);

/* Who is answered with that number, or NULL. */
const struct pxe_asked_row *pxe_asked_find(const struct pxe_asked *asked,
					   const char *key, uint32_t xid);

#endif
