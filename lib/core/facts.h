/* SPDX-License-Identifier: ISC */
/*
 * What one DHCP packet says about the machine that sent it.
 *
 * Facts are pure data read from a packet; core/client.h keeps them over time,
 * core/policy.h decides by them.
 */
#ifndef PXE_CORE_FACTS_H
#define PXE_CORE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/hwaddr.h"
#include "base/uuid.h"
#include "core/arch.h"
#include "wire/dhcp.h"
#include "wire/pxe_opt.h"

/*
 * The key of a client, as text everywhere (log, JSON, store): its hardware
 * address ("52:54:00:12:34:56"; another type as "20-00:01:..."), or, where it
 * has none, "id:" and its client-id in hex (RFC 2131 section 4.2).
 */
#define PXE_CLIENT_KEY_TEXT 520

#define PXE_HOST_NAME_TEXT 64

/* Who speaks: which program on the machine sent the packet. */
/* Rows: enumerator, word. */
#define PXE_STAGES(X)                                             \
	X(OS, "os")	  /* an ordinary DHCP client */           \
	X(ROM, "rom")	  /* firmware: PXEClient, not iPXE */     \
	X(HTTP, "http")	  /* firmware: HTTPClient (HTTP Boot) */  \
	X(UBOOT, "uboot") /* U-Boot with its own vendor class */  \
	X(IPXE, "ipxe")	  /* iPXE, in a ROM or loaded */

enum pxe_stage {
#define X(id, name) PXE_STAGE_##id,
	PXE_STAGES(X)
#undef X
	PXE_N_STAGES
};

struct pxe_facts {
	char key[PXE_CLIENT_KEY_TEXT]; /* "": neither hlen nor client-id */
	struct pxe_hwaddr hw;
	bool has_uuid; /* one that identifies a machine */
	struct pxe_uuid uuid;
	enum pxe_stage stage;
	uint16_t arch; /* option 93, else option 60; PXE_ARCH_NONE; of the ROM
			  of a Raspberry Pi PXE_ARCH_RPI, whatever it says */
	/* of an iPXE, by option 175: whether it says what it can at all, and
	 * can load by HTTP, show menus, boot Linux and other loaders */
	bool ipxe_tells, ipxe_can_http, ipxe_can_menu, ipxe_can_boot;
	char vendor_class[128]; /* escaped, cut */
	char user_class[PXE_USER_CLASS_MAX + 1];
	char host_name[PXE_HOST_NAME_TEXT]; /* option 12, escaped, cut */
};

/* Reads the facts of a message; always succeeds. */
void pxe_facts_read(const struct pxe_dhcp_msg *msg, struct pxe_facts *facts);

/* Is this a machine that wants to boot (any stage but OS)? */
bool pxe_facts_is_boot(const struct pxe_facts *facts);

/* The word of a stage, and back (-ENOENT). */
const char *pxe_stage_name(enum pxe_stage stage);
int pxe_stage_from_name(const char *name) PXE_MUST_CHECK;

#endif
