/* SPDX-License-Identifier: ISC */
/* The file does not say when a lease began. */
#include "pxectl/lease_dnsmasq.h"

#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "base/rd.h"

#define LINE_MAX_OCTETS 2048 /* an identifier of 255 octets needs 765 */

enum field { EXPIRY, HARDWARE, ADDRESS, NAME, ID, N_FIELDS };

struct line {
	char text[LINE_MAX_OCTETS];
	char *field[N_FIELDS];
	size_t n;               /* fields; N_FIELDS + 1: too many */
	bool is_long, is_whole; /* it had an end */
};

static void split(struct line *line)
{
	char *p = line->text;

	line->n = 0;
	for (;;) {
		while (*p == ' ' || *p == '\t' || *p == '\r')
			*p++ = '\0';
		if (*p == '\0')
			return;
		if (line->n == N_FIELDS) {
			line->n++;
			return;
		}
		line->field[line->n++] = p;
		while (*p != '\0' && *p != ' ' && *p != '\t' && *p != '\r')
			p++;
	}
}

static void read_line(struct pxe_rd *rd, struct line *line)
{
	size_t n = 0;

	line->is_whole = line->is_long = false;
	while (rd->left > 0 && !line->is_whole) {
		char c = (char)pxe_rd_u8(rd);

		line->is_whole = c == '\n';
		if (line->is_whole)
			break;
		if (n + 1 < sizeof(line->text))
			line->text[n++] = c == '\0' ? '?' : c;
		else
			line->is_long = true;
	}
	line->text[n] = '\0';
	split(line);
}

/* "52:54:..", "06-00:.." (type in hex), "00-": none. */
static int read_hardware(const char *text, struct pxe_hwaddr *hw)
{
	struct pxe_hwaddr out = { .htype = PXE_HTYPE_ETHERNET };
	int n = 0;

	if (pxe_hex_digit(text[0]) >= 0 && pxe_hex_digit(text[1]) >= 0 &&
	    text[2] == '-') {
		out.htype = (uint8_t)(pxe_hex_digit(text[0]) << 4 |
				      pxe_hex_digit(text[1]));
		text += 3;
	}
	if (*text != '\0')
		n = pxe_str_to_bytes(text, sizeof(out.addr), out.addr);
	if (n < 0)
		return -EINVAL;
	out.hlen = (uint8_t)n;
	if (n == 0)
		out.htype = 0;
	*hw = out;
	return 0;
}

/* NULL, or what is wrong with the line. */
static const char *read_lease(const struct line *line, int64_t now_s,
			      struct pxe_lease_draft *draft)
{
	struct pxe_lease *lease = &draft->lease;
	struct pxe_str name;
	uint64_t end;
	int n = 0;

	if (line->is_long || line->n != N_FIELDS)
		return "five fields are expected: expiry, hardware address, "
		       "address, name, client-id";
	if (pxe_ip4_parse(line->field[ADDRESS], &lease->address) < 0)
		return "the third field is not an IPv4 address";
	if (pxe_str_to_u64(line->field[EXPIRY], 0, PXE_LEASE_FOREVER_S, &end) <
	    0)
		return "the first field is not a number of seconds since 1970";
	if (read_hardware(line->field[HARDWARE], &lease->hw) < 0)
		return "the second field is not a hardware address";
	if (strcmp(line->field[ID], "*") != 0)
		n = pxe_str_to_bytes(line->field[ID], sizeof(draft->id),
				     draft->id);
	if (n < 0)
		return "the fifth field is not a client-id in hex";
	draft->id_len = (size_t)n;
	pxe_str_init(&name, lease->host_name, sizeof(lease->host_name));
	if (strcmp(line->field[NAME], "*") != 0)
		pxe_str_put_escaped(&name, line->field[NAME],
				    strlen(line->field[NAME]));
	lease->state = PXE_LEASE_ACTIVE;
	lease->end_s = end == 0 ? PXE_LEASE_FOREVER_S : (int64_t)end;
	lease->start_s = lease->end_s < now_s ? lease->end_s : now_s;
	return NULL;
}

static int take_line(const struct line *line, unsigned number, int64_t now_s,
		     struct pxe_lease_list *list)
{
	struct pxe_lease_draft draft = { .line = number };
	const char *why;

	if (line->n == 0 || strcmp(line->field[0], "duid") == 0)
		return 0;
	if (line->n >= 3 && strchr(line->field[ADDRESS], ':') != NULL) {
		pxe_lease_list_skip(list, number, PXE_LEASE_SKIP_IPV6);
		return 0;
	}
	why = read_lease(line, now_s, &draft);
	if (why == NULL)
		return pxe_lease_list_add(list, &draft);
	if (!line->is_whole) {
		pxe_lease_list_skip(list, number, PXE_LEASE_SKIP_TORN);
		return 0;
	}
	return pxe_lease_list_refuse(list, number, draft.lease.address, why);
}

int pxe_lease_dnsmasq_parse(const char *text, size_t size, int64_t now_s,
			    struct pxe_lease_list *list)
{
	struct pxe_rd rd;
	int r = 0;

	pxe_rd_init(&rd, text, size);
	for (unsigned number = 1; r == 0 && rd.left > 0; number++) {
		struct line line;

		read_line(&rd, &line);
		r = take_line(&line, number, now_s, list);
	}
	return r;
}
