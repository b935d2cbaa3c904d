/* SPDX-License-Identifier: ISC */
/*
 * Statements that say nothing about a lease are passed over, whatever is in
 * them.
 */
#include "pxectl/lease_isc.h"

#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "pxectl/lease_isc_lex.h"

struct reader {
	struct pxe_isc_lex lex;
	int64_t now_s;
	struct pxe_lease_list *list;
};

/* --- what a lease says --- */

struct isc_lease {
	struct pxe_lease_draft draft;
	char state[16];
	bool has_start, has_end, is_declined, is_deleted;
	const char *why; /* what makes no sense; NULL: nothing */
	int64_t last_s;  /* cltt: heard of last */
};

/* "W YYYY/MM/DD HH:MM:SS", "epoch N", "never". */
static int read_time(const struct pxe_isc_statement *s, int64_t *seconds)
{
	struct pxe_lease_utc utc;
	unsigned date[3], hour[3];
	uint64_t epoch;

	if (pxe_isc_is_word(s, 1, "never")) {
		*seconds = PXE_LEASE_FOREVER_S;
		return 0;
	}
	if (pxe_isc_is_word(s, 1, "epoch")) {
		if (pxe_str_to_u64(pxe_isc_word(s, 2), 0, PXE_LEASE_FOREVER_S,
				   &epoch) < 0)
			return -EINVAL;
		*seconds = (int64_t)epoch;
		return 0;
	}
	if (pxe_lease_numbers(pxe_isc_word(s, 2), '/', date) != 3 ||
	    pxe_lease_numbers(pxe_isc_word(s, 3), ':', hour) != 3)
		return -EINVAL;
	utc = (struct pxe_lease_utc) { date[0], date[1], date[2], hour[0],
				       hour[1], hour[2], 0 };
	return pxe_lease_utc_join(&utc, seconds);
}

static void take_starts(const struct pxe_isc_statement *s,
			struct isc_lease *lease)
{
	lease->has_start = read_time(s, &lease->draft.lease.start_s) == 0;
	if (!lease->has_start)
		lease->why = "'starts' is no time";
}

static void take_ends(const struct pxe_isc_statement *s,
		      struct isc_lease *lease)
{
	lease->has_end = read_time(s, &lease->draft.lease.end_s) == 0;
	if (!lease->has_end)
		lease->why = "'ends' is no time";
}

static void take_cltt(const struct pxe_isc_statement *s,
		      struct isc_lease *lease)
{
	if (read_time(s, &lease->last_s) < 0)
		lease->last_s = 0;
}

static void take_binding(const struct pxe_isc_statement *s,
			 struct isc_lease *lease)
{
	if (pxe_isc_is_word(s, 1, "state"))
		pxe_str_copy(lease->state, sizeof(lease->state),
			     pxe_isc_word(s, 2));
}

static void take_abandoned(PXE_UNUSED const struct pxe_isc_statement *s,
			   struct isc_lease *lease)
{
	pxe_str_copy(lease->state, sizeof(lease->state), "abandoned");
}

static const struct {
	const char *name;
	uint8_t htype;
} media[] = {
	{ "ethernet", PXE_HTYPE_ETHERNET },
	{ "token-ring", 6 },
	{ "fddi", 8 },
	{ "infiniband", 32 },
};

static int read_htype(const char *text, uint8_t *htype)
{
	uint32_t number;

	for (size_t i = 0; i < PXE_LEN(media); i++) {
		if (strcmp(media[i].name, text) != 0)
			continue;
		*htype = media[i].htype;
		return 0;
	}
	if (!pxe_str_has_prefix(text, "unknown-") ||
	    pxe_str_to_u32(text + 8, 0, 255, &number) < 0)
		return -EINVAL;
	*htype = (uint8_t)number;
	return 0;
}

/* Octets as "1:a:0b": ISC writes both digits, but reads one. */
static int read_octets(const char *text, size_t cap, uint8_t *out)
{
	size_t n = 0;

	for (;; n++) {
		unsigned value = 0, digits = 0;

		for (; pxe_hex_digit(*text) >= 0; text++, digits++)
			value = (value << 4 | (unsigned)pxe_hex_digit(*text)) &
				0xff;
		if (digits == 0 || digits > 2 || n == cap)
			return -EINVAL;
		out[n] = (uint8_t)value;
		if (*text == '\0')
			return (int)n + 1;
		if (*text++ != ':')
			return -EINVAL;
	}
}

static void take_hardware(const struct pxe_isc_statement *s,
			  struct isc_lease *lease)
{
	struct pxe_hwaddr hw = { 0 };
	int n = read_octets(pxe_isc_word(s, 2), sizeof(hw.addr), hw.addr);

	if (n < 0 || read_htype(pxe_isc_word(s, 1), &hw.htype) < 0) {
		lease->why = "'hardware' is no hardware address";
		return;
	}
	hw.hlen = (uint8_t)n;
	lease->draft.lease.hw = hw;
}

static void take_uid(const struct pxe_isc_statement *s, struct isc_lease *lease)
{
	struct pxe_lease_draft *draft = &lease->draft;
	const char *text = pxe_isc_word(s, 1);
	size_t len = s->n > 1 ? s->len[1] : 0;
	int n = -EINVAL;

	if (s->n > 1 && !s->is_string[1]) {
		n = read_octets(text, sizeof(draft->id), draft->id);
	} else if (len <= sizeof(draft->id)) {
		memcpy(draft->id, text, len);
		n = (int)len;
	}
	draft->id_len = n > 0 ? (size_t)n : 0;
	if (n < 0)
		lease->why = "'uid' is no identifier of at most 255 octets";
}

static void take_host_name(const struct pxe_isc_statement *s,
			   struct isc_lease *lease)
{
	struct pxe_str name;

	pxe_str_init(&name, lease->draft.lease.host_name,
		     sizeof(lease->draft.lease.host_name));
	if (s->n > 1)
		pxe_str_put_escaped(&name, pxe_isc_word(s, 1), s->len[1]);
}

static void take_address(const struct pxe_isc_statement *s,
			 struct isc_lease *lease)
{
	if (s->n != 2 ||
	    pxe_ip4_parse(pxe_isc_word(s, 1), &lease->draft.lease.address) < 0)
		lease->why = "'fixed-address' is not an IPv4 address";
}

static void take_deleted(PXE_UNUSED const struct pxe_isc_statement *s,
			 struct isc_lease *lease)
{
	lease->is_deleted = true;
}

/* --- variables: set NAME = VALUE; --- */

static void set_vendor(const char *value, struct isc_lease *lease)
{
	lease->draft.lease.is_boot |= pxe_str_has_prefix(value, "PXEClient") ||
				      pxe_str_has_prefix(value, "HTTPClient");
}

static void set_boot(const char *value, struct isc_lease *lease)
{
	lease->draft.lease.is_boot |= strcmp(value, "yes") == 0;
}

static void set_key(const char *value, struct isc_lease *lease)
{
	if (!pxe_lease_read_key(value, lease->draft.key))
		lease->why = "'pxe-client' is no key of a client";
}

static void set_hwaddr(const char *value, struct isc_lease *lease)
{
	if (pxe_hwaddr_parse(value, &lease->draft.lease.hw) < 0)
		lease->why = "'pxe-hwaddr' is no hardware address";
}

static void set_circuit(const char *value, struct isc_lease *lease)
{
	if (pxe_str_to_u64(value, 0, INT64_MAX, &lease->draft.lease.circuit) <
	    0)
		lease->draft.lease.circuit = 0;
}

static void set_declined(const char *value, struct isc_lease *lease)
{
	lease->is_declined = strcmp(value, "yes") == 0;
}

static const struct {
	const char *name;
	void (*set)(const char *value, struct isc_lease *lease);
} variables[] = {
	{ "vendor-class-identifier", set_vendor },
	{ "pxe-boot", set_boot },
	{ "pxe-client", set_key },
	{ "pxe-hwaddr", set_hwaddr },
	{ "pxe-circuit", set_circuit },
	{ "pxe-declined", set_declined },
};

static void take_set(const struct pxe_isc_statement *s, struct isc_lease *lease)
{
	for (size_t i = 0; i < PXE_LEN(variables); i++)
		if (pxe_isc_is_word(s, 1, variables[i].name) &&
		    pxe_isc_is_word(s, 2, "="))
			variables[i].set(pxe_isc_word(s, 3), lease);
}

static const struct {
	const char *name;
	void (*take)(const struct pxe_isc_statement *s,
		     struct isc_lease *lease);
} statements[] = {
	{ "starts", take_starts },
	{ "ends", take_ends },
	{ "cltt", take_cltt },
	{ "binding", take_binding },
	{ "abandoned", take_abandoned },
	{ "hardware", take_hardware },
	{ "uid", take_uid },
	{ "client-hostname", take_host_name },
	{ "hostname", take_host_name },
	{ "set", take_set },
	/* of hosts only */
	{ "fixed-address", take_address },
	{ "deleted", take_deleted },
};

static void take_statement(const struct pxe_isc_statement *s,
			   struct isc_lease *lease)
{
	for (size_t i = 0; i < PXE_LEN(statements); i++)
		if (pxe_isc_is_word(s, 0, statements[i].name))
			statements[i].take(s, lease);
}

/* --- what becomes of it --- */

enum fate { HELD, ENDED, GIVEN_BACK, NOBODYS };

static const struct {
	const char *name;
	enum fate fate;
} states[] = {
	{ "active", HELD },       { "bootp", HELD },
	{ "reserved", HELD },     { "free", ENDED },
	{ "expired", ENDED },     { "reset", ENDED },
	{ "backup", ENDED },      { "released", GIVEN_BACK },
	{ "abandoned", NOBODYS },
};

static int find_fate(const char *state)
{
	for (size_t i = 0; i < PXE_LEN(states); i++)
		if (strcmp(states[i].name, state) == 0)
			return (int)states[i].fate;
	return -ENOENT;
}

/* Times that are not said, and the state in our words. */
static void make_lease(struct isc_lease *isc, enum fate fate, int64_t now_s)
{
	struct pxe_lease *lease = &isc->draft.lease;

	if (!isc->has_start)
		lease->start_s = isc->last_s > 0 ? isc->last_s : now_s;
	if (!isc->has_end)
		lease->end_s = lease->start_s;
	if (fate == GIVEN_BACK || (fate == ENDED && lease->end_s > now_s))
		lease->state = PXE_LEASE_RELEASED;
	else if (fate == NOBODYS && isc->is_declined)
		lease->state = PXE_LEASE_DECLINED;
	else if (fate == NOBODYS)
		isc->draft.skip = PXE_LEASE_SKIP_ABANDONED;
}

static int finish(struct reader *in, struct isc_lease *isc)
{
	int fate = find_fate(isc->state);

	if (isc->why == NULL && fate < 0)
		isc->why = "there is no such binding state";
	if (isc->why == NULL && fate == HELD && !isc->has_end)
		isc->why = "'ends' is missing";
	if (isc->why != NULL)
		return pxe_lease_list_refuse(in->list, isc->draft.line,
					     isc->draft.lease.address,
					     isc->why);
	make_lease(isc, (enum fate)fate, in->now_s);
	return pxe_lease_list_add(in->list, &isc->draft);
}

/* Does a statement end with "lease ADDRESS {"?  What stands before is torn. */
static bool begins_lease(const struct pxe_isc_statement *s, uint32_t *address)
{
	return s->mark == '{' && s->n >= 2 &&
	       pxe_isc_is_word(s, s->n - 2, "lease") &&
	       pxe_ip4_parse(pxe_isc_word(s, s->n - 1), address) == 0;
}

static void begin(struct isc_lease *isc, uint32_t address, unsigned line)
{
	*isc = (struct isc_lease) {
		.draft = { .lease = { .address = address,
				      .state = PXE_LEASE_ACTIVE },
			   .line = line },
		.state = "active", /* records before 3.0 have none */
	};
}

/* The statements of a lease up to its brace. */
static int read_lease(struct reader *in, uint32_t address, unsigned line)
{
	struct isc_lease isc;
	struct pxe_isc_statement s;

	begin(&isc, address, line);
	for (;;) {
		pxe_isc_lex_next(&in->lex, &s);
		if (begins_lease(&s, &address)) {
			pxe_lease_list_skip(in->list, isc.draft.line,
					    PXE_LEASE_SKIP_TORN);
			begin(&isc, address, s.line);
		} else if (s.mark == ';') {
			take_statement(&s, &isc);
		} else if (s.mark == '}') {
			return finish(in, &isc);
		} else if (s.mark == '\0' ||
			   !pxe_isc_lex_skip_block(&in->lex)) {
			pxe_lease_list_skip(in->list, isc.draft.line,
					    PXE_LEASE_SKIP_TORN);
			return 0;
		}
	}
}

static int finish_host(struct reader *in, const struct isc_lease *isc,
		       const char *name)
{
	struct pxe_lease_host host = { .line = isc->draft.line,
				       .hw = isc->draft.lease.hw,
				       .id_len = isc->draft.id_len,
				       .address = isc->draft.lease.address,
				       .is_deleted = isc->is_deleted };
	size_t n = 0;

	for (; name[n] != '\0' && n + 1 < sizeof(host.name); n++)
		host.name[n] =
			pxe_is_alnum(name[n]) || strchr("._-", name[n]) != NULL
				? name[n]
				: '-';
	memcpy(host.id, isc->draft.id, host.id_len);
	if (isc->why != NULL)
		return pxe_lease_list_refuse(in->list, isc->draft.line, 0,
					     isc->why);
	return pxe_lease_list_add_host(in->list, &host);
}

/* A reservation made at run time, with OMAPI. */
static int read_host(struct reader *in, const struct pxe_isc_statement *head)
{
	struct isc_lease isc;
	struct pxe_isc_statement s;

	begin(&isc, 0, head->line);
	for (;;) {
		pxe_isc_lex_next(&in->lex, &s);
		if (s.mark == ';') {
			take_statement(&s, &isc);
		} else if (s.mark == '}') {
			return finish_host(in, &isc, pxe_isc_word(head, 1));
		} else if (s.mark == '\0' ||
			   !pxe_isc_lex_skip_block(&in->lex)) {
			pxe_lease_list_skip(in->list, isc.draft.line,
					    PXE_LEASE_SKIP_TORN);
			return 0;
		}
	}
}

/* What else may stand in a lease file. */
static const struct {
	const char *name;
	enum pxe_lease_skip skip;
} others[] = {
	{ "ia-na", PXE_LEASE_SKIP_IPV6 },
	{ "ia-ta", PXE_LEASE_SKIP_IPV6 },
	{ "ia-pd", PXE_LEASE_SKIP_IPV6 },
	{ "group", PXE_LEASE_SKIP_NONE },
	{ "subgroup", PXE_LEASE_SKIP_NONE },
	{ "class", PXE_LEASE_SKIP_NONE },
	{ "subclass", PXE_LEASE_SKIP_NONE },
	{ "failover", PXE_LEASE_SKIP_NONE },
	{ "server-duid", PXE_LEASE_SKIP_NONE },
	{ "authoring-byte-order", PXE_LEASE_SKIP_NONE },
	{ "", PXE_LEASE_SKIP_NONE }, /* a semicolon too many */
};

/* A statement that is no lease, and its block. */
static int pass_over(struct reader *in, const struct pxe_isc_statement *s)
{
	size_t i = 0;

	while (i < PXE_LEN(others) && !pxe_isc_is_word(s, 0, others[i].name))
		i++;
	if (s->mark == '\0' ||
	    (s->mark == '{' && !pxe_isc_lex_skip_block(&in->lex))) {
		pxe_lease_list_skip(in->list, s->line, PXE_LEASE_SKIP_TORN);
		return 0;
	}
	if (i < PXE_LEN(others) && s->mark != '}') {
		if (others[i].skip != PXE_LEASE_SKIP_NONE)
			pxe_lease_list_skip(in->list, s->line, others[i].skip);
		return 0;
	}
	return pxe_lease_list_refuse(in->list, s->line, 0,
				     "this is no statement of "
				     "dhcpd.leases(5)");
}

int pxe_lease_isc_parse(const char *text, size_t size, int64_t now_s,
			struct pxe_lease_list *list)
{
	struct reader in = { .now_s = now_s, .list = list };
	struct pxe_isc_statement s;
	uint32_t address;
	int r = 0;

	pxe_isc_lex_init(&in.lex, text, size);
	for (;;) {
		pxe_isc_lex_next(&in.lex, &s);
		if (s.mark == '\0' && s.n == 0)
			return r;
		if (begins_lease(&s, &address))
			r = read_lease(&in, address, s.line);
		else if (s.mark == '{' && pxe_isc_is_word(&s, 0, "host"))
			r = read_host(&in, &s);
		else
			r = pass_over(&in, &s);
		if (r < 0)
			return r;
	}
}
