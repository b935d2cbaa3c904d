/* SPDX-License-Identifier: ISC */
#include "pxectl/lease_csv.h"

#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "base/rd.h"
#include "pxectl/lease_csv_columns.h"

#define CELL_MAX   800 /* octets of a cell: an identifier of 255 needs 765 */
#define FIELDS_MAX 64  /* of a line; more are passed over */

#define KEA_INFINITE 0xffffffffu

static const char *const names[PXE_CSV_N_COLUMNS] = {
#define X(id, name) [PXE_CSV_##id] = name,
	PXE_CSV_COLUMNS(X)
#undef X
};

struct line {
	unsigned number;
	size_t n_fields;
	char cell[PXE_CSV_N_COLUMNS][CELL_MAX]; /* "": not there, or empty */
	bool is_long, is_whole;
};

struct reader {
	struct pxe_rd rd;
	unsigned line;
	bool is_kea;
	char separator;
	int column[FIELDS_MAX]; /* of a field; -1: not known */
	size_t n_columns;
	int64_t now_s;
	struct pxe_lease_list *list;
	struct line now;
};

/* --- cells --- */

/* One octet of a cell, or -1 at its end. */
static int take(struct reader *in, bool *is_quoted)
{
	char c;

	for (;;) {
		if (in->rd.left == 0)
			return -1;
		c = (char)in->rd.p[0];
		if (!*is_quoted &&
		    (c == in->separator || c == '\n' || c == '\r'))
			return -1;
		pxe_rd_skip(&in->rd, 1);
		in->line += c == '\n';
		if (c != '"')
			return (uint8_t)c;
		if (*is_quoted && in->rd.left > 0 && in->rd.p[0] == '"') {
			pxe_rd_skip(&in->rd, 1);
			return '"';
		}
		*is_quoted = !*is_quoted;
	}
}

/* Reads a cell to `text`; spaces around it go.  False: it is too long. */
static bool read_cell(struct reader *in, char text[CELL_MAX])
{
	bool is_quoted = false, fits = true;
	size_t n = 0;
	int c;

	while ((c = take(in, &is_quoted)) >= 0) {
		if (n == 0 && c == ' ')
			continue;
		if (n + 1 < CELL_MAX)
			text[n++] = c == '\0' ? '?' : (char)c;
		else
			fits = false;
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return fits;
}

/* Past the end of a line.  False: the file ended instead. */
static bool end_line(struct reader *in)
{
	if (in->rd.left > 0 && in->rd.p[0] == '\r')
		pxe_rd_skip(&in->rd, 1);
	if (in->rd.left == 0)
		return false;
	if (in->rd.p[0] == '\n') {
		pxe_rd_skip(&in->rd, 1);
		in->line++;
	}
	return true;
}

static bool at_separator(struct reader *in)
{
	if (in->rd.left == 0 || (char)in->rd.p[0] != in->separator)
		return false;
	pxe_rd_skip(&in->rd, 1);
	return true;
}

/* --- the first line --- */

/* The first of the usual separators; spreadsheets of some countries have
 * semicolons. */
static char find_separator(const struct pxe_rd *rd)
{
	for (size_t i = 0; i < rd->left && rd->p[i] != '\n'; i++)
		if (strchr(",;\t", (char)rd->p[i]) != NULL && rd->p[i] != '\0')
			return (char)rd->p[i];
	return ',';
}

static int find_column(const char *name)
{
	for (int i = 0; i < PXE_CSV_N_COLUMNS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static bool has_column(const struct reader *in, enum pxe_csv_column column)
{
	for (size_t i = 0; i < in->n_columns && i < FIELDS_MAX; i++)
		if (in->column[i] == (int)column)
			return true;
	return false;
}

/* NULL, or which columns are missing. */
static const char *read_head(struct reader *in)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf }; /* of UTF-8 */
	char name[CELL_MAX];

	if (in->rd.left >= 3 && memcmp(in->rd.p, mark, 3) == 0)
		pxe_rd_skip(&in->rd, 3);
	in->separator = find_separator(&in->rd);
	do {
		read_cell(in, name);
		if (in->n_columns < FIELDS_MAX)
			in->column[in->n_columns] = find_column(name);
		in->n_columns++;
	} while (at_separator(in));
	end_line(in);
	if (!has_column(in, PXE_CSV_ADDRESS))
		return "the first line must name the columns, one of them "
		       "'address'";
	if (!has_column(in, in->is_kea ? PXE_CSV_EXPIRE : PXE_CSV_END))
		return in->is_kea ? "the first line names no column 'expire'"
				  : "the first line names no column 'end'";
	if (!has_column(in, PXE_CSV_CLIENT) &&
	    !has_column(in, PXE_CSV_HWADDR) &&
	    !has_column(in, PXE_CSV_CLIENT_ID))
		return "the first line names none of the columns 'client', "
		       "'hwaddr', 'client_id'";
	return NULL;
}

/* --- a line --- */

static void read_line(struct reader *in)
{
	struct line *line = &in->now;
	char other[CELL_MAX];

	line->number = in->line;
	line->is_long = false;
	line->n_fields = 0;
	for (size_t i = 0; i < PXE_CSV_N_COLUMNS; i++)
		line->cell[i][0] = '\0';
	do {
		size_t i = line->n_fields++;
		int column = i < in->n_columns && i < FIELDS_MAX ? in->column[i]
								 : -1;

		if (column < 0)
			read_cell(in, other);
		else if (!read_cell(in, line->cell[column]))
			line->is_long = true;
	} while (at_separator(in));
	line->is_whole = end_line(in);
}

/* "2026-11-22T01:02:03Z", with a space for T, "never", or seconds. */
static int read_time(const char *text, int64_t *seconds)
{
	struct pxe_lease_utc utc = { 0 };
	unsigned date[3], hour[3];
	char copy[32];
	uint64_t number;
	size_t n;

	if (pxe_str_to_u64(text, 0, PXE_LEASE_FOREVER_S, &number) == 0) {
		*seconds = (int64_t)number;
		return 0;
	}
	if (strcmp(text, "never") == 0) {
		*seconds = PXE_LEASE_FOREVER_S;
		return 0;
	}
	if (!pxe_str_copy(copy, sizeof(copy), text))
		return -EINVAL;
	n = strlen(copy);
	if (n == 20 && copy[19] == 'Z')
		copy[--n] = '\0';
	if (n != 19 || (copy[10] != 'T' && copy[10] != ' '))
		return -EINVAL;
	copy[10] = '\0';
	if (pxe_lease_numbers(copy, '-', date) != 3 ||
	    pxe_lease_numbers(copy + 11, ':', hour) != 3)
		return -EINVAL;
	utc = (struct pxe_lease_utc) { date[0], date[1], date[2], hour[0],
				       hour[1], hour[2], 0 };
	return pxe_lease_utc_join(&utc, seconds);
}

/* Takes away the apostrophe that keeps a spreadsheet from calculating. */
static const char *plain(const char *cell)
{
	return cell[0] == '\'' ? cell + 1 : cell;
}

static const char *read_client(const struct line *line,
			       struct pxe_lease_draft *draft)
{
	const char *client = plain(line->cell[PXE_CSV_CLIENT]);
	const char *hw = plain(line->cell[PXE_CSV_HWADDR]);
	const char *id = plain(line->cell[PXE_CSV_CLIENT_ID]);
	struct pxe_hwaddr mac;
	int n = 0;

	if (*hw != '\0' && pxe_hwaddr_parse(hw, &draft->lease.hw) < 0)
		return "'hwaddr' is not a hardware address";
	if (*id != '\0')
		n = pxe_str_to_bytes(id, sizeof(draft->id), draft->id);
	if (n < 0)
		return "'client_id' is not hex";
	draft->id_len = (size_t)n;
	if (*client != '\0' && !pxe_lease_read_key(client, draft->key))
		return "'client' is not a hardware address, id: and hex, or "
		       "uuid: and a UUID";
	if (*hw == '\0' && pxe_hwaddr_parse(client, &mac) == 0)
		draft->lease.hw = mac;
	return NULL;
}

/* The words of our column and of pxectl's tables. */
static const char *read_state(const struct line *line, struct pxe_lease *lease)
{
	const char *word = line->cell[PXE_CSV_STATE];
	int state = pxe_lease_state_from_name(word);

	lease->state = PXE_LEASE_ACTIVE;
	if (*word == '\0' || strcmp(word, "expired") == 0)
		return NULL;
	if (state < 0 || state == PXE_LEASE_OFFERED)
		return "'state' is not active, expired, released or declined";
	lease->state = (enum pxe_lease_state)state;
	return NULL;
}

/* It is escaped already, unless a person wrote it. */
static void read_name(const char *text, struct pxe_lease *lease)
{
	struct pxe_str s;

	pxe_str_init(&s, lease->host_name, sizeof(lease->host_name));
	for (; *text != '\0'; text++)
		if (*text == '\\')
			pxe_str_putc(&s, *text);
		else
			pxe_str_put_escaped(&s, text, 1);
}

static const char *read_own(const struct reader *in,
			    struct pxe_lease_draft *draft)
{
	const struct line *line = &in->now;
	struct pxe_lease *lease = &draft->lease;
	const char *why = read_state(line, lease);
	const char *circuit = line->cell[PXE_CSV_CIRCUIT];

	if (why != NULL)
		return why;
	if (read_time(line->cell[PXE_CSV_END], &lease->end_s) < 0)
		return "'end' is not a time such as 2026-11-22T01:02:03Z, or "
		       "never";
	lease->start_s = lease->end_s < in->now_s ? lease->end_s : in->now_s;
	if (line->cell[PXE_CSV_START][0] != '\0' &&
	    read_time(line->cell[PXE_CSV_START], &lease->start_s) < 0)
		return "'start' is not a time such as 2026-11-22T01:02:03Z";
	if (*circuit != '\0' &&
	    pxe_str_to_u64(circuit, 0, INT64_MAX, &lease->circuit) < 0)
		return "'circuit' is not a number";
	lease->is_boot = strcmp(line->cell[PXE_CSV_BOOT], "yes") == 0;
	read_name(plain(line->cell[PXE_CSV_HOST_NAME]), lease);
	return NULL;
}

/* Kea writes commas as &#x2c. */
static void read_kea_name(const char *text, struct pxe_lease *lease)
{
	struct pxe_str s;

	pxe_str_init(&s, lease->host_name, sizeof(lease->host_name));
	while (*text != '\0') {
		uint8_t c = (uint8_t)*text++;

		if (c == '&' && pxe_str_has_prefix(text, "#x") &&
		    pxe_hex_digit(text[2]) >= 0 &&
		    pxe_hex_digit(text[3]) >= 0) {
			c = (uint8_t)(pxe_hex_digit(text[2]) << 4 |
				      pxe_hex_digit(text[3]));
			text += 4;
		}
		pxe_str_put_escaped(&s, &c, 1);
	}
}

/* States of Kea: 0 default, 1 declined, 2 expired-reclaimed, 3 released. */
static const char *read_kea(const struct reader *in,
			    struct pxe_lease_draft *draft)
{
	const struct line *line = &in->now;
	struct pxe_lease *lease = &draft->lease;
	const char *life = line->cell[PXE_CSV_LIFETIME];
	uint32_t state = 0, life_s = 0;
	uint64_t end;

	if (pxe_str_to_u64(line->cell[PXE_CSV_EXPIRE], 0, PXE_LEASE_FOREVER_S,
			   &end) < 0)
		return "'expire' is not a number of seconds since 1970";
	if (*life != '\0' && pxe_str_to_u32(life, 0, UINT32_MAX, &life_s) < 0)
		return "'valid_lifetime' is not a number of seconds";
	if (line->cell[PXE_CSV_STATE][0] != '\0' &&
	    pxe_str_to_u32(line->cell[PXE_CSV_STATE], 0, 9, &state) < 0)
		return "'state' is not a number";
	lease->state = state >= 2 ? PXE_LEASE_RELEASED : PXE_LEASE_ACTIVE;
	lease->end_s =
		life_s == KEA_INFINITE ? PXE_LEASE_FOREVER_S : (int64_t)end;
	lease->start_s = lease->end_s > (int64_t)life_s
				 ? lease->end_s - (int64_t)life_s
				 : 0;
	if (life_s == KEA_INFINITE)
		lease->start_s = in->now_s;
	/* a record with no lifetime takes the one before back */
	if (state == 1 || (*life != '\0' && life_s == 0))
		draft->skip = state == 1 ? PXE_LEASE_SKIP_ABANDONED
					 : PXE_LEASE_SKIP_NO_CLIENT;
	read_kea_name(line->cell[PXE_CSV_HOSTNAME], lease);
	return NULL;
}

static int take_line(struct reader *in)
{
	struct pxe_lease_draft draft = { .line = in->now.number };
	const char *address = in->now.cell[PXE_CSV_ADDRESS], *why = NULL;

	if (in->now.n_fields == 1 && in->n_columns > 1 && *address == '\0')
		return 0; /* an empty line */
	if (strcmp(address, "address") == 0)
		return 0; /* several files, one behind the other */
	if (!in->now.is_whole && in->now.n_fields < in->n_columns) {
		pxe_lease_list_skip(in->list, draft.line, PXE_LEASE_SKIP_TORN);
		return 0;
	}
	if (strchr(address, ':') != NULL) {
		pxe_lease_list_skip(in->list, draft.line, PXE_LEASE_SKIP_IPV6);
		return 0;
	}
	if (pxe_ip4_parse(address, &draft.lease.address) < 0)
		why = "'address' is not an IPv4 address";
	if (why == NULL && in->now.is_long)
		why = "a cell is too long";
	if (why == NULL)
		why = read_client(&in->now, &draft);
	if (why == NULL)
		why = in->is_kea ? read_kea(in, &draft) : read_own(in, &draft);
	if (why == NULL)
		return pxe_lease_list_add(in->list, &draft);
	return pxe_lease_list_refuse(in->list, draft.line, draft.lease.address,
				     why);
}

static int parse(const char *text, size_t size, bool is_kea, int64_t now_s,
		 struct pxe_lease_list *list)
{
	struct reader in = {
		.line = 1, .is_kea = is_kea, .now_s = now_s, .list = list
	};
	const char *why;
	int r = 0;

	pxe_rd_init(&in.rd, text, size);
	why = read_head(&in);
	if (why != NULL)
		return pxe_lease_list_refuse(list, 1, 0, why);
	while (r == 0 && in.rd.left > 0) {
		read_line(&in);
		r = take_line(&in);
	}
	return r;
}

int pxe_lease_csv_parse(const char *text, size_t size, int64_t now_s,
			struct pxe_lease_list *list)
{
	return parse(text, size, false, now_s, list);
}

int pxe_lease_kea_parse(const char *text, size_t size, int64_t now_s,
			struct pxe_lease_list *list)
{
	return parse(text, size, true, now_s, list);
}
