/* SPDX-License-Identifier: ISC */
#include "wire/dhcp.h"

#include <errno.h>
#include <string.h>

#include "wire/dhcp_opt.h"

#define TYPE_WRONG 255

/* The three places for options, in the order in which they are read. */
enum field { FIELD_OPTIONS, FIELD_FILE, FIELD_SNAME, N_FIELDS };

/* Bits of option 52 (RFC 2132 section 9.3). */
enum { OVERLOAD_NONE, OVERLOAD_FILE, OVERLOAD_SNAME, OVERLOAD_BOTH };

/* Names of the values of option 53, by value (IANA registry). */
static const char *const type_names[] = {
	"BOOTP",
	"DISCOVER",
	"OFFER",
	"REQUEST",
	"DECLINE",
	"ACK",
	"NAK",
	"RELEASE",
	"INFORM",
	"FORCERENEW",
	"LEASEQUERY",
	"LEASEUNASSIGNED",
	"LEASEUNKNOWN",
	"LEASEACTIVE",
	"BULKLEASEQUERY",
	"LEASEQUERYDONE",
	"ACTIVELEASEQUERY",
	"LEASEQUERYSTATUS",
	"TLS",
};

/* Where the parts of a message are, before options are joined. */
struct raw {
	const uint8_t *sname, *file;
	struct pxe_rd field[N_FIELDS]; /* empty where there are no options */
	uint8_t code[256];	       /* of the options, each once */
	size_t n_codes;
};

/*
 * Goes to the next option of a field: its code and a cursor over its value.
 * false at END, at the end of the field, or where it breaks (then rd->bad).
 */
static bool next_option(struct pxe_rd *rd, uint8_t *code, struct pxe_rd *value)
{
	while (rd->left > 0) {
		*code = pxe_rd_u8(rd);
		if (*code == PXE_OPT_END)
			return false;
		if (*code == PXE_OPT_PAD)
			continue;
		*value = pxe_rd_sub(rd, pxe_rd_u8(rd));
		return !rd->bad;
	}
	return false;
}

/* Text of a field up to its NUL or its end. */
static void take_text(const uint8_t *field, size_t len, char *text)
{
	const uint8_t *nul = memchr(field, 0, len);

	if (nul != NULL)
		len = (size_t)(nul - field);
	memcpy(text, field, len);
	text[len] = '\0';
}

/* The fixed part, but for sname and file, which stay where they are. */
static int parse_head(struct pxe_rd *rd, struct pxe_dhcp_head *head,
		      struct raw *raw)
{
	const uint8_t *chaddr;
	uint32_t magic;

	head->op = pxe_rd_u8(rd);
	head->hw.htype = pxe_rd_u8(rd);
	head->hw.hlen = pxe_rd_u8(rd);
	head->hops = pxe_rd_u8(rd);
	head->xid = pxe_rd_u32(rd);
	head->secs = pxe_rd_u16(rd);
	head->flags = pxe_rd_u16(rd);
	head->ciaddr = pxe_rd_u32(rd);
	head->yiaddr = pxe_rd_u32(rd);
	head->siaddr = pxe_rd_u32(rd);
	head->giaddr = pxe_rd_u32(rd);
	chaddr = pxe_rd_bytes(rd, PXE_HWADDR_MAX);
	raw->sname = pxe_rd_bytes(rd, PXE_DHCP_SNAME_BYTES);
	raw->file = pxe_rd_bytes(rd, PXE_DHCP_FILE_BYTES);
	magic = pxe_rd_u32(rd);
	if (rd->bad || magic != PXE_DHCP_MAGIC ||
	    head->hw.hlen > PXE_HWADDR_MAX ||
	    (head->op != PXE_DHCP_BOOTREQUEST &&
	     head->op != PXE_DHCP_BOOTREPLY))
		return -EBADMSG;
	memcpy(head->hw.addr, chaddr, head->hw.hlen);
	return 0;
}

/* Option 52, which counts only in the options field (RFC 2131 section 4.1). */
static uint8_t find_overload(struct pxe_rd rd)
{
	uint8_t code, overload = OVERLOAD_NONE;
	struct pxe_rd value;

	while (next_option(&rd, &code, &value))
		if (code == PXE_OPT_OVERLOAD && value.left == 1)
			overload = pxe_rd_u8(&value);
	return overload <= OVERLOAD_BOTH ? overload : OVERLOAD_NONE;
}

/* Which fields hold options, and the texts of the others. */
static void parse_fields(struct pxe_rd *rd, struct raw *raw,
			 struct pxe_dhcp_head *head)
{
	uint8_t overload = find_overload(*rd);

	raw->field[FIELD_OPTIONS] = *rd;
	if (overload & OVERLOAD_FILE)
		pxe_rd_init(&raw->field[FIELD_FILE], raw->file,
			    PXE_DHCP_FILE_BYTES);
	else
		take_text(raw->file, PXE_DHCP_FILE_BYTES, head->file);
	if (overload & OVERLOAD_SNAME)
		pxe_rd_init(&raw->field[FIELD_SNAME], raw->sname,
			    PXE_DHCP_SNAME_BYTES);
	else
		take_text(raw->sname, PXE_DHCP_SNAME_BYTES, head->sname);
}

/* Sums up how long each option of all fields will be. */
static int measure_options(struct raw *raw, struct pxe_dhcp_msg *msg)
{
	struct pxe_rd rd, value;
	uint8_t code;

	for (int f = 0; f < N_FIELDS; f++) {
		rd = raw->field[f];
		while (next_option(&rd, &code, &value)) {
			if (!msg->opt[code].is_set)
				raw->code[raw->n_codes++] = code;
			msg->opt[code].is_set = true;
			msg->opt[code].len =
				(uint16_t)(msg->opt[code].len + value.left);
		}
		if (rd.bad)
			return -EBADMSG;
	}
	return 0;
}

/*
 * Joins the options of all fields (RFC 3396 section 7): each gets a place of
 * its length, then each piece is copied behind the one before.  All values
 * together are shorter than the packet, so they fit.
 */
static void join_options(const struct raw *raw, struct pxe_dhcp_msg *msg)
{
	struct pxe_rd rd, value;
	uint16_t at = 0;
	uint8_t code;

	for (size_t i = 0; i < raw->n_codes; i++) {
		code = raw->code[i];
		msg->opt[code].at = at;
		at = (uint16_t)(at + msg->opt[code].len);
		msg->opt[code].len = 0;
	}
	for (int f = 0; f < N_FIELDS; f++) {
		rd = raw->field[f];
		while (next_option(&rd, &code, &value)) {
			uint16_t n = (uint16_t)value.left;

			pxe_rd_copy(&value,
				    msg->data + msg->opt[code].at +
					    msg->opt[code].len,
				    n);
			msg->opt[code].len = (uint16_t)(msg->opt[code].len + n);
		}
	}
}

int pxe_dhcp_parse(const void *buf, size_t len, struct pxe_dhcp_msg *msg)
{
	struct raw raw;
	struct pxe_rd rd;
	int r;

	if (len > PXE_DHCP_MAX_BYTES)
		return -EMSGSIZE;
	msg->head = (struct pxe_dhcp_head){ 0 };
	memset(msg->opt, 0, sizeof(msg->opt));
	memset(raw.field, 0, sizeof(raw.field));
	raw.n_codes = 0;
	pxe_rd_init(&rd, buf, len);
	r = parse_head(&rd, &msg->head, &raw);
	if (r < 0)
		return r;
	parse_fields(&rd, &raw, &msg->head);
	r = measure_options(&raw, msg);
	if (r < 0)
		return r;
	join_options(&raw, msg);
	msg->type = PXE_DHCP_BOOTP;
	if (pxe_dhcp_find(msg, PXE_OPT_TYPE, NULL)) {
		msg->type = pxe_dhcp_get_u8(msg, PXE_OPT_TYPE, TYPE_WRONG);
		/* 0 is no type, and not BOOTP either */
		if (msg->type == PXE_DHCP_BOOTP)
			msg->type = TYPE_WRONG;
	}
	return 0;
}

bool pxe_dhcp_find(const struct pxe_dhcp_msg *msg, uint8_t code,
		   struct pxe_rd *rd)
{
	if (!msg->opt[code].is_set)
		return false;
	if (rd != NULL)
		pxe_rd_init(rd, msg->data + msg->opt[code].at,
			    msg->opt[code].len);
	return true;
}

/* A cursor over option `code` if it is there with that length. */
static bool find_sized(const struct pxe_dhcp_msg *msg, uint8_t code, size_t len,
		       struct pxe_rd *rd)
{
	return pxe_dhcp_find(msg, code, rd) && rd->left == len;
}

uint8_t pxe_dhcp_get_u8(const struct pxe_dhcp_msg *msg, uint8_t code,
			uint8_t otherwise)
{
	struct pxe_rd rd;

	return find_sized(msg, code, 1, &rd) ? pxe_rd_u8(&rd) : otherwise;
}

uint16_t pxe_dhcp_get_u16(const struct pxe_dhcp_msg *msg, uint8_t code,
			  uint16_t otherwise)
{
	struct pxe_rd rd;

	return find_sized(msg, code, 2, &rd) ? pxe_rd_u16(&rd) : otherwise;
}

uint32_t pxe_dhcp_get_u32(const struct pxe_dhcp_msg *msg, uint8_t code,
			  uint32_t otherwise)
{
	struct pxe_rd rd;

	return find_sized(msg, code, 4, &rd) ? pxe_rd_u32(&rd) : otherwise;
}

const char *pxe_dhcp_type_name(uint8_t type)
{
	return type < PXE_LEN(type_names) ? type_names[type] : "?";
}
