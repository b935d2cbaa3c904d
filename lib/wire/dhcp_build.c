/* SPDX-License-Identifier: ISC */
/*
 * Building of DHCP messages; dhcp.c parses them.
 */
#include "wire/dhcp.h"

#include <errno.h>
#include <string.h>

#include "base/wr.h"
#include "wire/dhcp_opt.h"

/* The three places for options, in the order in which they are read. */
enum field { FIELD_OPTIONS, FIELD_FILE, FIELD_SNAME, N_FIELDS, FIELD_NONE };

/* Bits of option 52 (RFC 2132 section 9.3). */
enum { OVERLOAD_NONE, OVERLOAD_FILE, OVERLOAD_SNAME, OVERLOAD_BOTH };

void pxe_dhcp_out_init(struct pxe_dhcp_out *out)
{
	out->head = (struct pxe_dhcp_head){ 0 };
	out->n_opt = 0;
	out->used = 0;
	out->bad = false;
}

/* Index of option `code`; n_opt if it is not there. */
static size_t find_put(const struct pxe_dhcp_out *out, uint8_t code)
{
	size_t i;

	for (i = 0; i < out->n_opt && out->opt[i].code != code; i++)
		;
	return i;
}

void pxe_dhcp_out_put(struct pxe_dhcp_out *out, uint8_t code, const void *value,
		      size_t len)
{
	size_t i = find_put(out, code);
	size_t at = out->used;

	/* a shorter value takes the place of the one it replaces */
	if (i < out->n_opt && len <= out->opt[i].len)
		at = out->opt[i].at;
	if (i == PXE_LEN(out->opt) || len > sizeof(out->data) - at ||
	    code == PXE_OPT_PAD || code == PXE_OPT_END ||
	    code == PXE_OPT_OVERLOAD) {
		out->bad = true;
		return;
	}
	if (len > 0)
		memcpy(out->data + at, value, len);
	if (at == out->used)
		out->used += len;
	if (i == out->n_opt)
		out->n_opt++;
	out->opt[i].code = code;
	out->opt[i].at = (uint16_t)at;
	out->opt[i].len = (uint16_t)len;
}

void pxe_dhcp_out_put_u8(struct pxe_dhcp_out *out, uint8_t code, uint8_t v)
{
	pxe_dhcp_out_put(out, code, &v, sizeof(v));
}

void pxe_dhcp_out_put_u16(struct pxe_dhcp_out *out, uint8_t code, uint16_t v)
{
	uint8_t b[2];
	struct pxe_wr wr;

	pxe_wr_init(&wr, b, sizeof(b));
	pxe_wr_u16(&wr, v);
	pxe_dhcp_out_put(out, code, b, sizeof(b));
}

void pxe_dhcp_out_put_u32(struct pxe_dhcp_out *out, uint8_t code, uint32_t v)
{
	uint8_t b[4];
	struct pxe_wr wr;

	pxe_wr_init(&wr, b, sizeof(b));
	pxe_wr_u32(&wr, v);
	pxe_dhcp_out_put(out, code, b, sizeof(b));
}

void pxe_dhcp_out_put_cstr(struct pxe_dhcp_out *out, uint8_t code,
			   const char *text)
{
	pxe_dhcp_out_put(out, code, text, strlen(text) + 1);
}

void pxe_dhcp_out_drop(struct pxe_dhcp_out *out, uint8_t code)
{
	size_t i = find_put(out, code);

	if (i == out->n_opt)
		return;
	out->n_opt--;
	memmove(&out->opt[i], &out->opt[i + 1],
		(out->n_opt - i) * sizeof(out->opt[0]));
}

bool pxe_dhcp_out_has(const struct pxe_dhcp_out *out, uint8_t code)
{
	return find_put(out, code) < out->n_opt;
}

/* Which field each option goes to. */
struct plan {
	uint8_t overload; /* value of option 52; 0: without it */
	uint8_t field[PXE_LEN(((struct pxe_dhcp_out *)NULL)->opt)];
	unsigned n_left_out;
};

/* Octets on the wire of a value of `len`, with its codes and lengths. */
static size_t wire_size(size_t len)
{
	size_t n_pieces = len == 0 ? 1 : (len + UINT8_MAX - 1) / UINT8_MAX;

	return len + 2 * n_pieces;
}

/*
 * Without these no client or relay can make sense of a reply; they stand in
 * the options field, where everybody looks.
 */
static bool is_indispensable(uint8_t code)
{
	return code == PXE_OPT_TYPE || code == PXE_OPT_SERVER_ID ||
	       code == PXE_OPT_LEASE_TIME || code == PXE_OPT_RELAY_AGENT;
}

/*
 * Where room is short these go before all others, in this order: the network,
 * what a boot needs, and what the client compares (RFC 6842 section 3).
 */
static const uint8_t important[] = {
	PXE_OPT_SUBNET_MASK, PXE_OPT_VENDOR_CLASS, PXE_OPT_BOOT_FILE,
	PXE_OPT_CLIENT_ID,   PXE_OPT_UUID,	   PXE_OPT_IPXE,
	PXE_OPT_VENDOR_INFO,
};

static bool is_important(uint8_t code)
{
	return memchr(important, code, sizeof(important)) != NULL;
}

/* Gives option `i` the first field that has room for it. */
static void place(const struct pxe_dhcp_out *out, size_t i, size_t *room,
		  struct plan *plan)
{
	size_t size = wire_size(out->opt[i].len);
	uint8_t f = FIELD_OPTIONS;

	while (f < N_FIELDS && size > room[f])
		f++;
	if (f < N_FIELDS) {
		room[f] -= size;
		plan->field[i] = f;
	} else {
		plan->field[i] = FIELD_NONE;
		plan->n_left_out++;
	}
}

/* Gives every option its field.  `limit`: octets of the message.  -ENOSPC. */
static int make_plan(const struct pxe_dhcp_out *out, size_t limit,
		     uint8_t overload, struct plan *plan)
{
	size_t fixed = PXE_DHCP_HEAD_BYTES + 1; /* END */
	size_t room[N_FIELDS] = { 0 }, others = 0;

	*plan = (struct plan){ .overload = overload };
	if (overload != OVERLOAD_NONE)
		fixed += wire_size(1);
	for (size_t i = 0; i < out->n_opt; i++)
		if (is_indispensable(out->opt[i].code))
			fixed += wire_size(out->opt[i].len);
		else
			others += wire_size(out->opt[i].len);
	if (fixed > limit)
		return -ENOSPC;
	if (others <= limit - fixed)
		return 0; /* all are in FIELD_OPTIONS */
	room[FIELD_OPTIONS] = limit - fixed;
	if (overload & OVERLOAD_FILE)
		room[FIELD_FILE] = PXE_DHCP_FILE_BYTES - 1;
	if (overload & OVERLOAD_SNAME)
		room[FIELD_SNAME] = PXE_DHCP_SNAME_BYTES - 1;
	for (size_t k = 0; k < sizeof(important); k++) {
		size_t i = find_put(out, important[k]);

		if (i < out->n_opt)
			place(out, i, room, plan);
	}
	for (size_t i = 0; i < out->n_opt; i++)
		if (!is_indispensable(out->opt[i].code) &&
		    !is_important(out->opt[i].code))
			place(out, i, room, plan);
	return 0;
}

/* A BOOTP client knows neither option 52 nor longer messages. */
static bool is_dhcp(const struct pxe_dhcp_out *out)
{
	return pxe_dhcp_out_has(out, PXE_OPT_TYPE);
}

/*
 * The plan that leaves out least, of those the one that overloads least:
 * many boot ROMs do not read overloaded fields.
 */
static int choose_plan(const struct pxe_dhcp_out *out, size_t limit,
		       struct plan *best)
{
	struct plan plan;
	int r;

	r = make_plan(out, limit, OVERLOAD_NONE, best);
	if (!is_dhcp(out))
		return r;
	for (uint8_t overload = OVERLOAD_FILE;
	     r == 0 && best->n_left_out > 0 && overload <= OVERLOAD_BOTH;
	     overload++) {
		if ((overload & OVERLOAD_FILE && out->head.file[0] != '\0') ||
		    (overload & OVERLOAD_SNAME && out->head.sname[0] != '\0'))
			continue;
		if (make_plan(out, limit, overload, &plan) == 0 &&
		    plan.n_left_out < best->n_left_out)
			*best = plan;
	}
	return r;
}

/* One option, in pieces of at most 255 octets (RFC 3396 section 5). */
static void write_option(struct pxe_wr *wr, const struct pxe_dhcp_out *out,
			 size_t i)
{
	const uint8_t *value = out->data + out->opt[i].at;
	size_t left = out->opt[i].len;

	do {
		uint8_t n = left > UINT8_MAX ? UINT8_MAX : (uint8_t)left;

		pxe_wr_u8(wr, out->opt[i].code);
		pxe_wr_u8(wr, n);
		pxe_wr_bytes(wr, value, n);
		value += n;
		left -= n;
	} while (left > 0);
}

/* The option with `code`, if there is one. */
static void write_code(struct pxe_wr *wr, const struct pxe_dhcp_out *out,
		       uint8_t code)
{
	size_t i = find_put(out, code);

	if (i < out->n_opt)
		write_option(wr, out, i);
}

/* The options of one field, but 53 and 82, which have places of their own. */
static void write_options(struct pxe_wr *wr, const struct pxe_dhcp_out *out,
			  const struct plan *plan, uint8_t field)
{
	for (size_t i = 0; i < out->n_opt; i++)
		if (plan->field[i] == field &&
		    out->opt[i].code != PXE_OPT_TYPE &&
		    out->opt[i].code != PXE_OPT_RELAY_AGENT)
			write_option(wr, out, i);
}

/* sname or file: options and END, or text; then zeroes to its size. */
static void write_side(struct pxe_wr *wr, const struct pxe_dhcp_out *out,
		       const struct plan *plan, uint8_t field)
{
	const char *text = out->head.file;
	size_t size = PXE_DHCP_FILE_BYTES;
	uint8_t bit = OVERLOAD_FILE;
	size_t start = wr->len;

	if (field == FIELD_SNAME) {
		text = out->head.sname;
		size = PXE_DHCP_SNAME_BYTES;
		bit = OVERLOAD_SNAME;
	}
	if (plan->overload & bit) {
		write_options(wr, out, plan, field);
		pxe_wr_u8(wr, PXE_OPT_END);
	} else {
		pxe_wr_bytes(wr, text, strlen(text));
	}
	pxe_wr_fill(wr, 0, size - (wr->len - start));
}

static void write_head(struct pxe_wr *wr, const struct pxe_dhcp_head *head)
{
	pxe_wr_u8(wr, head->op);
	pxe_wr_u8(wr, head->hw.htype);
	pxe_wr_u8(wr, head->hw.hlen);
	pxe_wr_u8(wr, head->hops);
	pxe_wr_u32(wr, head->xid);
	pxe_wr_u16(wr, head->secs);
	pxe_wr_u16(wr, head->flags);
	pxe_wr_u32(wr, head->ciaddr);
	pxe_wr_u32(wr, head->yiaddr);
	pxe_wr_u32(wr, head->siaddr);
	pxe_wr_u32(wr, head->giaddr);
	pxe_wr_bytes(wr, head->hw.addr, head->hw.hlen);
	pxe_wr_fill(wr, 0, (size_t)PXE_HWADDR_MAX - head->hw.hlen);
}

/* Did the caller keep to the sizes?  The texts need a NUL on the wire. */
static bool is_sound(const struct pxe_dhcp_out *out)
{
	const struct pxe_dhcp_head *head = &out->head;

	return !out->bad && head->hw.hlen <= PXE_HWADDR_MAX &&
	       strnlen(head->file, sizeof(head->file)) < PXE_DHCP_FILE_BYTES &&
	       strnlen(head->sname, sizeof(head->sname)) < PXE_DHCP_SNAME_BYTES;
}

int pxe_dhcp_build(const struct pxe_dhcp_out *out, size_t max, void *buf,
		   size_t cap, size_t *len, unsigned *n_left_out)
{
	const size_t floor = is_dhcp(out) ? PXE_DHCP_PLAIN_BYTES
					  : PXE_DHCP_MIN_BYTES;
	struct plan plan;
	struct pxe_wr wr;
	int r;

	if (!is_sound(out))
		return -EINVAL;
	if (max < floor)
		max = floor;
	pxe_wr_init(&wr, buf, max < cap ? max : cap);
	r = choose_plan(out, wr.cap, &plan);
	if (r < 0)
		return r;

	write_head(&wr, &out->head);
	write_side(&wr, out, &plan, FIELD_SNAME);
	write_side(&wr, out, &plan, FIELD_FILE);
	pxe_wr_u32(&wr, PXE_DHCP_MAGIC);
	write_code(&wr, out, PXE_OPT_TYPE);
	if (plan.overload != OVERLOAD_NONE) {
		pxe_wr_u8(&wr, PXE_OPT_OVERLOAD);
		pxe_wr_u8(&wr, 1);
		pxe_wr_u8(&wr, plan.overload);
	}
	write_options(&wr, out, &plan, FIELD_OPTIONS);
	write_code(&wr, out, PXE_OPT_RELAY_AGENT);
	pxe_wr_u8(&wr, PXE_OPT_END);
	if (wr.len < PXE_DHCP_MIN_BYTES)
		pxe_wr_fill(&wr, 0, PXE_DHCP_MIN_BYTES - wr.len);
	if (wr.bad)
		return -ENOSPC;
	*len = wr.len;
	if (n_left_out != NULL)
		*n_left_out = plan.n_left_out;
	return 0;
}
