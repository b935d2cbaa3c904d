/* SPDX-License-Identifier: ISC */
/*
 * The table of DHCP options: codes, names and types (RFC 2132 and the IANA
 * registry "BOOTP Vendor Extensions and DHCP Options").  Names are those of
 * our configuration files.  One row serves the configuration, the log and
 * the documentation.
 */
#ifndef PXE_WIRE_DHCP_OPT_H
#define PXE_WIRE_DHCP_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

/* Codes that the code itself speaks of; the table has all. */
enum pxe_dhcp_code {
	PXE_OPT_PAD = 0,
	PXE_OPT_SUBNET_MASK = 1,
	PXE_OPT_ROUTERS = 3,
	PXE_OPT_DNS_SERVERS = 6,
	PXE_OPT_HOST_NAME = 12,
	PXE_OPT_DOMAIN_NAME = 15,
	PXE_OPT_ROOT_PATH = 17,
	PXE_OPT_BROADCAST = 28,
	PXE_OPT_NTP_SERVERS = 42,
	PXE_OPT_VENDOR_INFO = 43,
	PXE_OPT_REQUESTED_ADDRESS = 50,
	PXE_OPT_LEASE_TIME = 51,
	PXE_OPT_OVERLOAD = 52,
	PXE_OPT_TYPE = 53,
	PXE_OPT_SERVER_ID = 54,
	PXE_OPT_PARAMETER_LIST = 55,
	PXE_OPT_MESSAGE = 56,
	PXE_OPT_MAX_SIZE = 57,
	PXE_OPT_T1 = 58,
	PXE_OPT_T2 = 59,
	PXE_OPT_VENDOR_CLASS = 60,
	PXE_OPT_CLIENT_ID = 61,
	PXE_OPT_TFTP_SERVER = 66,
	PXE_OPT_BOOT_FILE = 67,
	PXE_OPT_USER_CLASS = 77,
	PXE_OPT_RELAY_AGENT = 82,
	PXE_OPT_ARCH = 93,
	PXE_OPT_UNDI = 94,
	PXE_OPT_UUID = 97,
	PXE_OPT_IPXE = 175,
	PXE_OPT_PXELINUX_MAGIC = 208,
	PXE_OPT_PXELINUX_CONFIG = 209,
	PXE_OPT_PXELINUX_PREFIX = 210,
	PXE_OPT_PXELINUX_REBOOT = 211,
	PXE_OPT_END = 255,
};

enum pxe_dhcp_opt_kind {
	PXE_OPT_KIND_OPAQUE, /* hex pairs */
	PXE_OPT_KIND_IP,     /* one address */
	PXE_OPT_KIND_IPS,    /* one or more addresses */
	PXE_OPT_KIND_U8,
	PXE_OPT_KIND_U16,
	PXE_OPT_KIND_U32,
	PXE_OPT_KIND_U16S, /* one or more */
	PXE_OPT_KIND_BOOL,
	PXE_OPT_KIND_TEXT, /* characters without NUL */
	PXE_OPT_KIND_NONE, /* no value at all */
	PXE_OPT_KIND_U8S,  /* one or more */
	PXE_OPT_KIND_S32,  /* with or without '-' */
	PXE_OPT_KIND_DOMAINS, /* one or more domain names (RFC 1035 3.1) */
};

struct pxe_dhcp_opt {
	uint8_t code;
	const char *name; /* of our configuration: "domain-name" */
	enum pxe_dhcp_opt_kind kind;
};

/* The row of a code or of a name, or NULL. */
const struct pxe_dhcp_opt *pxe_dhcp_opt_find(uint8_t code) PXE_MUST_CHECK;
const struct pxe_dhcp_opt *
pxe_dhcp_opt_find_name(const char *name) PXE_MUST_CHECK;

/* Does a value of this kind consist of one or more elements? */
bool pxe_dhcp_opt_is_list(enum pxe_dhcp_opt_kind kind);

/* All rows in the order of their codes; `n` gets their number. */
const struct pxe_dhcp_opt *pxe_dhcp_opt_rows(size_t *n);

/*
 * Appends one textual value in wire form to the `*len` octets at `buf` of
 * `cap`.  Call it once for each element of a list kind.
 * 0, -EINVAL (the text is not of that kind), -ENOSPC.
 */
int pxe_dhcp_opt_encode(enum pxe_dhcp_opt_kind kind, const char *text,
			uint8_t *buf, size_t cap, size_t *len) PXE_MUST_CHECK;

/*
 * Appends the value of `len` octets to `out` for people: by its kind where
 * the row and the length allow it, else as hex.  Safe for any octets.
 */
void pxe_dhcp_opt_print(uint8_t code, const uint8_t *value, size_t len,
			struct pxe_str *out);

#endif
