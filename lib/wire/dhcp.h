/* SPDX-License-Identifier: ISC */
/*
 * DHCPv4 messages (RFC 2131, 2132): octets to a struct and back.
 *
 * Parsing joins split options (RFC 3396) over the options field, `file` and
 * `sname` (overload, RFC 2132 section 9.3) and copies what it keeps; nothing
 * points into the packet afterwards.  Building splits, overloads and pads.
 * No allocation; addresses are in host byte order.
 */
#ifndef PXE_WIRE_DHCP_H
#define PXE_WIRE_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/hwaddr.h"
#include "base/rd.h"

#define PXE_DHCP_SERVER_PORT 67
#define PXE_DHCP_CLIENT_PORT 68
#define PXE_DHCP_PXE_PORT 4011

#define PXE_DHCP_MAGIC 0x63825363u
#define PXE_DHCP_SNAME_BYTES 64
#define PXE_DHCP_FILE_BYTES 128
#define PXE_DHCP_HEAD_BYTES 240	 /* fixed part with the magic cookie */
#define PXE_DHCP_MIN_BYTES 300	 /* replies are padded to it (RFC 1542 2.1) */
#define PXE_DHCP_PLAIN_BYTES 548 /* what any client takes: 576 - IP - UDP */
#define PXE_DHCP_MAX_BYTES 4096	 /* longer messages are refused */

#define PXE_DHCP_FLAG_BROADCAST 0x8000

enum pxe_dhcp_op { PXE_DHCP_BOOTREQUEST = 1, PXE_DHCP_BOOTREPLY = 2 };

/* Values of option 53 (RFC 2132 section 9.6). */
enum pxe_dhcp_type {
	PXE_DHCP_BOOTP = 0, /* no option 53 at all */
	PXE_DHCP_DISCOVER = 1,
	PXE_DHCP_OFFER,
	PXE_DHCP_REQUEST,
	PXE_DHCP_DECLINE,
	PXE_DHCP_ACK,
	PXE_DHCP_NAK,
	PXE_DHCP_RELEASE,
	PXE_DHCP_INFORM,
};

/* The fixed fields (RFC 2131 section 2). */
struct pxe_dhcp_head {
	uint8_t op, hops;
	struct pxe_hwaddr hw; /* htype, hlen, chaddr; hlen > 16 is refused */
	uint32_t xid;
	uint16_t secs, flags;
	uint32_t ciaddr, yiaddr, siaddr, giaddr;
	char sname[PXE_DHCP_SNAME_BYTES + 1]; /* "" where overloaded */
	char file[PXE_DHCP_FILE_BYTES + 1];   /* "" where overloaded */
};

/* A message that was parsed. */
struct pxe_dhcp_msg {
	struct pxe_dhcp_head head;
	uint8_t type; /* enum pxe_dhcp_type, or a value beyond it; BOOTP only
			 where there is no option 53 */
	struct {
		uint16_t at, len; /* in data */
		bool is_set;
	} opt[256]; /* by code */
	uint8_t data[PXE_DHCP_MAX_BYTES]; /* option values, joined */
};

/* A message to be built. */
struct pxe_dhcp_out {
	struct pxe_dhcp_head head;
	struct {
		uint8_t code;
		uint16_t at, len; /* in data */
	} opt[128];		  /* in the order in which they go out */
	size_t n_opt;
	uint8_t data[2048];
	size_t used;
	bool bad; /* a table was full, or a value too long: a bug of ours */
};

/*
 * Parses the UDP payload of `len` octets at `buf`.
 * 0, -EBADMSG (shorter than the fixed part, no magic cookie, hlen > 16, op
 * neither 1 nor 2, an option that runs out of its field), -EMSGSIZE
 * (> PXE_DHCP_MAX_BYTES); `msg` is undefined then.  An option field that ends
 * without END, option 53 of a wrong length or of value 0 (then `type` is 255),
 * and option 52 beyond its values (then it is ignored) are forgiven.
 */
int pxe_dhcp_parse(const void *buf, size_t len,
		   struct pxe_dhcp_msg *msg) PXE_MUST_CHECK;

/* Is option `code` there?  `rd` (may be NULL) gets a cursor over its value. */
bool pxe_dhcp_find(const struct pxe_dhcp_msg *msg, uint8_t code,
		   struct pxe_rd *rd);

/* Value of option `code` if it is there with that length, else `otherwise`. */
uint8_t pxe_dhcp_get_u8(const struct pxe_dhcp_msg *msg, uint8_t code,
			uint8_t otherwise);
uint16_t pxe_dhcp_get_u16(const struct pxe_dhcp_msg *msg, uint8_t code,
			  uint16_t otherwise);
uint32_t pxe_dhcp_get_u32(const struct pxe_dhcp_msg *msg, uint8_t code,
			  uint32_t otherwise);

/* The name of a message type: "DISCOVER", "BOOTP"; "?" beyond the table. */
const char *pxe_dhcp_type_name(uint8_t type);

/* Starts an empty message with a zeroed head. */
void pxe_dhcp_out_init(struct pxe_dhcp_out *out);

/*
 * Appends an option.  An option that is already there is replaced in its
 * place, so that a later, more specific source wins.  Codes 0, 255 and 52
 * are the builder's own: they make `out` bad.
 */
void pxe_dhcp_out_put(struct pxe_dhcp_out *out, uint8_t code, const void *value,
		      size_t len);
void pxe_dhcp_out_put_u8(struct pxe_dhcp_out *out, uint8_t code, uint8_t v);
void pxe_dhcp_out_put_u16(struct pxe_dhcp_out *out, uint8_t code, uint16_t v);
void pxe_dhcp_out_put_u32(struct pxe_dhcp_out *out, uint8_t code, uint32_t v);
/* The characters of `text` and a NUL: old ROMs read on without one. */
void pxe_dhcp_out_put_cstr(struct pxe_dhcp_out *out, uint8_t code,
			   const char *text);

/* Takes an option out again, if it is there. */
void pxe_dhcp_out_drop(struct pxe_dhcp_out *out, uint8_t code);

/* Is option `code` there already? */
bool pxe_dhcp_out_has(const struct pxe_dhcp_out *out, uint8_t code);

/*
 * Builds a UDP payload of at most `max` octets (the client's option 57 less
 * 28; below PXE_DHCP_PLAIN_BYTES, or PXE_DHCP_MIN_BYTES without option 53, it
 * counts as that) into `buf` of `cap`.
 *
 * Options go out in their order, 53 first and 82 last (RFC 3046 section 2.1);
 * a value over 255 octets is split (RFC 3396).  Only if the options field is
 * too small are `file` or `sname` or both, as far as they are empty (and
 * there is an option 53: BOOTP has no overload),
 * overloaded, each ended by END; an option stays whole in one field, and 53,
 * 54, 51 and 82 in the options field.  Where room is short, 1, 60, 67, 61, 97,
 * 175 and 43 get theirs next, then the others in their order; one that fits
 * nowhere is left out and counted in `n_left_out` (may be NULL).  Padded to
 * 300 octets after END, never between options.
 *
 * 0, -EINVAL (`out->bad`, hlen > 16, sname or file without room for a NUL),
 * -ENOSPC (not even the indispensable options fit).
 */
int pxe_dhcp_build(const struct pxe_dhcp_out *out, size_t max, void *buf,
		   size_t cap, size_t *len,
		   unsigned *n_left_out) PXE_MUST_CHECK;

#endif
