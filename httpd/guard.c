/* SPDX-License-Identifier: ISC */
/*
 * One function a state, one octet a call.  Section numbers are RFC 9112's
 * where nothing else is said.
 */
#include "httpd/guard.h"

#include <string.h>

#include "base/ip4.h"
#include "base/str.h"

enum state {
	METHOD,
	TARGET,
	VERSION,
	LINE_LF,
	FIELD, /* at the first octet of a line */
	NAME,
	VALUE,
	VALUE_LF,
	END_LF,
	REFUSED,
	CLOSED,
	N_STATES
};

static enum pxe_guard_verdict refuse(struct pxe_guard *g, uint16_t status,
				     const char *why)
{
	g->state = REFUSED;
	g->status = status;
	g->why = why;
	return PXE_GUARD_REFUSED;
}

static enum pxe_guard_verdict go(struct pxe_guard *g, enum state state)
{
	g->state = (uint8_t)state;
	return PXE_GUARD_MORE;
}

/* tchar of RFC 9110 section 5.6.2. */
static bool is_token(uint8_t c)
{
	return pxe_is_alnum((char)c) ||
	       (c != 0 && c < 0x7f && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void keep(char *buf, size_t cap, size_t *len, uint8_t c)
{
	if (*len < cap)
		buf[*len] = (char)c;
	(*len)++;
}

static void keep_value(struct pxe_guard *g, uint8_t c)
{
	keep(g->value, sizeof(g->value), &g->n_value, c);
}

/* Is the whole value `text`? */
static bool value_is(const struct pxe_guard *g, const char *text)
{
	return g->n_value == strlen(text) &&
	       memcmp(g->value, text, g->n_value) == 0;
}

/* --- the request line, section 3 -------------------------------------------
 */

static enum pxe_guard_verdict on_method(struct pxe_guard *g, uint8_t c)
{
	if (c == ' ' && g->n_value > 0) {
		g->is_head = value_is(g, "HEAD");
		g->is_other = !g->is_head && !value_is(g, "GET");
		g->n_target = 0;
		g->n_value = 0;
		return go(g, TARGET);
	}
	if (!is_token(c) || g->n_value >= 32)
		return refuse(g, 400, "request line");
	keep_value(g, c);
	return PXE_GUARD_MORE;
}

/*
 * "//name/..." is a path of ours, but evhttp takes the name for a host and
 * fails at what cannot be one.  `n` octets behind the slashes, of which the
 * last is not the target's last if `cut`.
 */
static bool is_double_slash(const char *text, size_t n, bool cut)
{
	size_t i;

	for (i = 0; i < n && text[i] != '/' && text[i] != '?'; i++) {
		if (text[i] == '%' && i + 2 < n &&
		    pxe_hex_digit(text[i + 1]) >= 0 &&
		    pxe_hex_digit(text[i + 2]) >= 0)
			i += 2;
		else if (!pxe_is_alnum(text[i]) &&
			 (text[i] == '\0' ||
			  strchr("-._~!$&'()*+,;=", text[i]) == NULL))
			return false;
	}
	return i < n || !cut;
}

static bool is_authority(const char *text, size_t len);

/*
 * The end of the request target, of which `value` has the beginning.  It is
 * of origin form, "/...", or of absolute form, "http://host/..." (3.2.2);
 * the authority form belongs to CONNECT, "*" to OPTIONS.
 */
static bool is_target(const struct pxe_guard *g)
{
	size_t n =
		g->n_value < sizeof(g->value) ? g->n_value : sizeof(g->value);
	size_t host = strlen("http://"), end = host;

	if (n > 1 && g->value[0] == '/' && g->value[1] == '/')
		return is_double_slash(g->value + 2, n - 2, n < g->n_value);
	if (n > 0 && g->value[0] == '/')
		return true;
	if (n <= host || strncasecmp(g->value, "http://", host) != 0)
		return false;
	while (end < n && g->value[end] != '/' && g->value[end] != '?')
		end++;
	return is_authority(g->value + host, end - host);
}

static enum pxe_guard_verdict on_target(struct pxe_guard *g, uint8_t c)
{
	if (c == ' ') {
		if (!g->is_other && !is_target(g))
			return refuse(g, 400, "request target");
		g->n_value = 0;
		return go(g, VERSION);
	}
	if (c < ' ' || c == 0x7f || c == '#')
		return refuse(g, 400, "request target");
	if (++g->n_target > PXE_GUARD_MAX_TARGET)
		return refuse(g, 414, "request target too long");
	keep_value(g, c);
	return PXE_GUARD_MORE;
}

static enum pxe_guard_verdict on_version(struct pxe_guard *g, uint8_t c)
{
	static const char shape[] = "HTTP/9.9";
	size_t n = g->n_value;

	if (n < strlen(shape)) {
		bool good = shape[n] == '9' ? c >= '0' && c <= '9'
					    : c == (uint8_t)shape[n];

		if (!good)
			return refuse(g, 400, "HTTP version");
		keep_value(g, c);
		return PXE_GUARD_MORE;
	}
	if (c != '\r')
		return refuse(g, 400, "request line");
	g->is_http11 = value_is(g, "HTTP/1.1");
	if (!g->is_http11 && !value_is(g, "HTTP/1.0"))
		return refuse(g, 505, "HTTP version");
	return go(g, LINE_LF);
}

static enum pxe_guard_verdict on_line_lf(struct pxe_guard *g, uint8_t c)
{
	if (c != '\n')
		return refuse(g, 400, "line end");
	if (g->is_other)
		return refuse(g, 405, "only GET and HEAD");
	return go(g, FIELD);
}

/* --- header fields, section 5 ----------------------------------------------
 */

/* "%41": RFC 3986 section 2.1. */
static bool is_encoded(const char *text, size_t len)
{
	return len >= 3 && text[0] == '%' && pxe_hex_digit(text[1]) >= 0 &&
	       pxe_hex_digit(text[2]) >= 0;
}

/* A host that is a name or an IPv4 address: RFC 3986 reg-name, narrowed. */
static size_t name_length(const char *text, size_t len)
{
	size_t n = 0;

	for (;;) {
		if (n < len && (pxe_is_alnum(text[n]) ||
				(text[n] != '\0' && strchr("-._~", text[n]))))
			n++;
		else if (is_encoded(text + n, len - n))
			n += 3;
		else
			return n;
	}
}

/* The dotted quad at the end of an IPv6 address. */
static bool is_ip4(const char *text, size_t len)
{
	char copy[PXE_IP4_TEXT];
	uint32_t address;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return pxe_ip4_parse(copy, &address) == 0;
}

/* RFC 4291 section 2.2, without zones. */
static bool is_ip6(const char *text, size_t len)
{
	size_t n = 0, n_groups = 0;
	bool has_gap = false;

	if (len >= 2 && text[0] == ':' && text[1] == ':') {
		has_gap = true;
		n = 2;
	}
	while (n < len) {
		size_t start = n;

		while (n < len && pxe_hex_digit(text[n]) >= 0)
			n++;
		if (n < len && text[n] == '.') {
			n_groups += 2;
			n = is_ip4(text + start, len - start) ? len : 0;
			break;
		}
		if (n == start || n - start > 4 || ++n_groups > 8)
			return false;
		if (n == len)
			break;
		if (text[n] != ':' || n + 1 == len)
			return false;
		if (text[++n] == ':') {
			if (has_gap)
				return false;
			has_gap = true;
			n++;
		}
	}
	return n == len && len > 1 && (has_gap ? n_groups < 8 : n_groups == 8);
}

/* "[" an IPv6 address "]": RFC 3986 IP-literal; 0: it is none. */
static size_t literal_length(const char *text, size_t len)
{
	const char *end = memchr(text, ']', len);
	size_t n = end != NULL ? (size_t)(end - text) : 0;

	return n > 1 && is_ip6(text + 1, n - 1) ? n + 1 : 0;
}

/* RFC 3986 section 3.2, without a user. */
static bool is_authority(const char *text, size_t len)
{
	size_t n = len > 0 && text[0] == '[' ? literal_length(text, len)
					     : name_length(text, len);
	uint32_t port = 0;

	if (n == 0 || n > 255)
		return false;
	if (n == len)
		return true;
	if (text[n++] != ':' || len - n > 5)
		return false;
	for (; n < len; n++) {
		if (text[n] < '0' || text[n] > '9')
			return false;
		port = port * 10 + (uint32_t)(text[n] - '0');
	}
	return port <= 65535;
}

bool pxe_guard_is_host(const char *text, size_t len)
{
	/* without brackets, as some clients write it: none has a port then */
	return is_ip6(text, len) || is_authority(text, len);
}

static enum pxe_guard_verdict on_host(struct pxe_guard *g)
{
	if (g->has_host)
		return refuse(g, 400, "two Host fields");
	if (g->n_value > sizeof(g->value) ||
	    !pxe_guard_is_host(g->value, g->n_value))
		return refuse(g, 400, "Host");
	g->has_host = true;
	return PXE_GUARD_MORE;
}

/* A body would be the next request for somebody who does not read it. */
static enum pxe_guard_verdict on_content_length(struct pxe_guard *g)
{
	if (g->has_length)
		return refuse(g, 400, "two Content-Length fields");
	g->has_length = true;
	return value_is(g, "0") ? PXE_GUARD_MORE
				: refuse(g, 400, "a request with a body");
}

static enum pxe_guard_verdict on_transfer_encoding(struct pxe_guard *g)
{
	return refuse(g, 400, "a request with a body");
}

/* A list of words, RFC 9110 section 7.6.1; more than fits is not looked at. */
static enum pxe_guard_verdict on_connection(struct pxe_guard *g)
{
	size_t end = g->n_value, at = 0;

	if (end > sizeof(g->value))
		end = sizeof(g->value);
	while (at < end) {
		size_t from, to;

		while (at < end &&
		       (is_blank(g->value[at]) || g->value[at] == ','))
			at++;
		for (from = at; at < end && g->value[at] != ','; at++)
			;
		for (to = at; to > from && is_blank(g->value[to - 1]); to--)
			;
		if (to - from == 5 &&
		    strncasecmp(g->value + from, "close", 5) == 0)
			g->says_close = true;
		if (to - from == 10 &&
		    strncasecmp(g->value + from, "keep-alive", 10) == 0)
			g->says_keep = true;
	}
	return PXE_GUARD_MORE;
}

static const struct {
	const char *name;
	enum pxe_guard_verdict (*check)(struct pxe_guard *g);
} fields[] = {
	{ "host", on_host },
	{ "content-length", on_content_length },
	{ "transfer-encoding", on_transfer_encoding },
	{ "connection", on_connection },
};

static enum pxe_guard_verdict on_name(struct pxe_guard *g, uint8_t c)
{
	if (c == ':')
		return go(g, VALUE);
	if (!is_token(c))
		return refuse(g, 400, "field name");
	if (c >= 'A' && c <= 'Z')
		c = (uint8_t)(c + ('a' - 'A'));
	keep(g->name, sizeof(g->name), &g->n_name, c);
	return PXE_GUARD_MORE;
}

static enum pxe_guard_verdict on_field(struct pxe_guard *g, uint8_t c)
{
	if (c == '\r')
		return go(g, END_LF);
	if (!is_token(c))
		return refuse(g, 400, "field name");
	if (++g->n_lines > PXE_GUARD_MAX_LINES)
		return refuse(g, 431, "too many header fields");
	g->n_name = 0;
	g->n_value = 0;
	g->state = NAME;
	return on_name(g, c);
}

/* The end of a field: blanks round the value are not part of it (5.1). */
static enum pxe_guard_verdict end_field(struct pxe_guard *g)
{
	while (g->n_value > 0 && g->n_value <= sizeof(g->value) &&
	       is_blank(g->value[g->n_value - 1]))
		g->n_value--;
	for (size_t i = 0; i < PXE_LEN(fields); i++)
		if (g->n_name == strlen(fields[i].name) &&
		    memcmp(g->name, fields[i].name, g->n_name) == 0)
			return fields[i].check(g);
	return PXE_GUARD_MORE;
}

static enum pxe_guard_verdict on_value(struct pxe_guard *g, uint8_t c)
{
	if (c == '\r')
		return go(g, VALUE_LF);
	if ((c < ' ' && c != '\t') || c == 0x7f)
		return refuse(g, 400, "control character");
	if (g->n_value > 0 || !is_blank((char)c))
		keep_value(g, c);
	return PXE_GUARD_MORE;
}

static enum pxe_guard_verdict on_value_lf(struct pxe_guard *g, uint8_t c)
{
	if (c != '\n')
		return refuse(g, 400, "line end");
	g->state = FIELD;
	return end_field(g);
}

static void begin(struct pxe_guard *g)
{
	g->state = METHOD;
	g->is_http11 = g->is_head = g->is_other = false;
	g->says_close = g->says_keep = false;
	g->has_host = g->has_length = false;
	g->n_lines = 0;
	g->n_octets = 0;
	g->n_value = 0;
}

/* Does the connection go on after this request?  Section 9.3. */
static enum pxe_guard_verdict on_end_lf(struct pxe_guard *g, uint8_t c)
{
	if (c != '\n')
		return refuse(g, 400, "line end");
	if (g->is_http11 && !g->has_host)
		return refuse(g, 400, "no Host field");
	g->wants_close = g->says_close || (!g->is_http11 && !g->says_keep);
	begin(g);
	if (g->wants_close)
		g->state = CLOSED;
	return PXE_GUARD_REQUEST;
}

static enum pxe_guard_verdict on_refused(struct pxe_guard *g PXE_UNUSED,
					 uint8_t c PXE_UNUSED)
{
	return PXE_GUARD_REFUSED;
}

static enum pxe_guard_verdict on_closed(struct pxe_guard *g PXE_UNUSED,
					uint8_t c PXE_UNUSED)
{
	return PXE_GUARD_IGNORED;
}

static enum pxe_guard_verdict (*const steps[N_STATES])(struct pxe_guard *,
						       uint8_t) = {
	[METHOD] = on_method,   [TARGET] = on_target,
	[VERSION] = on_version, [LINE_LF] = on_line_lf,
	[FIELD] = on_field,     [NAME] = on_name,
	[VALUE] = on_value,     [VALUE_LF] = on_value_lf,
	[END_LF] = on_end_lf,   [REFUSED] = on_refused,
	[CLOSED] = on_closed,
};

void pxe_guard_init(struct pxe_guard *guard)
{
	memset(guard, 0, sizeof(*guard));
	guard->state = METHOD;
}

/* The request line goes to the log, so far as it fits. */
static void keep_line(struct pxe_guard *g, uint8_t c)
{
	if (g->n_octets == 0)
		g->n_line = 0;
	if (g->n_line >= sizeof(g->line) - 1)
		return;
	g->line[g->n_line++] = c != 0 ? (char)c : ' ';
	g->line[g->n_line] = '\0';
}

enum pxe_guard_verdict pxe_guard_step(struct pxe_guard *guard, uint8_t octet)
{
	if (guard->state < REFUSED) {
		if (guard->state < LINE_LF && octet != '\r')
			keep_line(guard, octet);
		if (++guard->n_octets > PXE_GUARD_MAX_HEADER)
			return refuse(guard, 431, "header too large");
	}
	return steps[guard->state](guard, octet);
}

bool pxe_guard_is_inside(const struct pxe_guard *guard)
{
	return guard->state < REFUSED && guard->n_octets > 0;
}

const char *pxe_guard_line(const struct pxe_guard *guard)
{
	return guard->line;
}
