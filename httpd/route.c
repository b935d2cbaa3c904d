/* SPDX-License-Identifier: ISC */
#include "httpd/route.h"

#include <string.h>

#include "base/str.h"

/* What begins the paths of a boot session; behind it comes the token. */
static const struct {
	const char *prefix;
	enum pxe_route_kind kind;
	bool has_path; /* something stands behind the token */
} sessions[] = {
	{ "s/", PXE_ROUTE_SESSION_FILE, true },
	{ "answer/", PXE_ROUTE_ANSWER, true },
	{ "done/", PXE_ROUTE_DONE, false },
	{ "failed/", PXE_ROUTE_FAILED, false },
};

/* Paths that are not names of core/boot_name.h. */
static const struct {
	const char *path;
	enum pxe_route_kind kind;
} routes[] = {
	{ "callback", PXE_ROUTE_CALLBACK },
};

/*
 * The octet at `text`, of `left` characters, and how many stand for it.
 * False: a '%' without two hex digits.
 */
static bool decode(const char *text, size_t left, char *c, size_t *used)
{
	*c = text[0];
	*used = 1;
	if (text[0] != '%')
		return true;
	if (left < 3 || pxe_hex_digit(text[1]) < 0 ||
	    pxe_hex_digit(text[2]) < 0)
		return false;
	*c = (char)(pxe_hex_digit(text[1]) * 16 + pxe_hex_digit(text[2]));
	*used = 3;
	return true;
}

/* Decodes `len` characters of a query's value; false if it cannot be one. */
static bool decode_value(const char *text, size_t len, char *out, size_t cap)
{
	size_t n = 0, used;

	for (size_t i = 0; i < len; i += used) {
		if (n + 1 >= cap || !decode(text + i, len - i, &out[n], &used))
			return false;
		n++;
	}
	out[n] = '\0';
	return true;
}

/* Is it a token, as a whole or up to a '/'?  They are made in lower case. */
static bool is_token(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pxe_hex_digit(text[i]) < 0 ||
		    (text[i] >= 'A' && text[i] <= 'F'))
			return false;
	return n == PXE_ROUTE_TOKEN_TEXT - 1;
}

/* The name of a target, as the configuration allows it. */
static bool is_name(const char *text)
{
	size_t n = strlen(text);

	for (const char *p = text; *p != '\0'; p++)
		if (!pxe_is_alnum(*p) && strchr("._-", *p) == NULL)
			return false;
	return n > 0 && n < PXE_ROUTE_TARGET_TEXT;
}

static void read_choice(const char *pair, size_t len, struct pxe_route *route)
{
	char value[PXE_ROUTE_TARGET_TEXT];

	if (len > 8 && memcmp(pair, "session=", 8) == 0 &&
	    route->session[0] == '\0' &&
	    decode_value(pair + 8, len - 8, value, sizeof(value)) &&
	    is_token(value, strlen(value)))
		pxe_str_copy(route->session, sizeof(route->session), value);
	if (len > 7 && memcmp(pair, "target=", 7) == 0 &&
	    route->target[0] == '\0' &&
	    decode_value(pair + 7, len - 7, value, sizeof(value)) &&
	    is_name(value))
		pxe_str_copy(route->target, sizeof(route->target), value);
}

/* One "key=value" of `len` characters; the first that is right counts. */
static void read_pair(const char *pair, size_t len, struct pxe_route *route)
{
	char value[64];

	if (len > 4 && memcmp(pair, "mac=", 4) == 0 && !route->has_hw)
		route->has_hw =
			decode_value(pair + 4, len - 4, value, sizeof(value)) &&
			pxe_hwaddr_parse(value, &route->hw) == 0 &&
			!pxe_hwaddr_is_zero(&route->hw);
	if (len > 5 && memcmp(pair, "uuid=", 5) == 0 && !route->has_uuid)
		route->has_uuid =
			decode_value(pair + 5, len - 5, value, sizeof(value)) &&
			pxe_uuid_parse(value, &route->uuid) == 0 &&
			pxe_uuid_is_unique(&route->uuid);
	read_choice(pair, len, route);
}

static void read_query(const char *query, struct pxe_route *route)
{
	while (*query != '\0') {
		const char *end = strchr(query, '&');
		size_t len =
			end != NULL ? (size_t)(end - query) : strlen(query);

		read_pair(query, len, route);
		query += len;
		if (*query == '&')
			query++;
	}
}

/*
 * "." goes, and ".." with what is before it (RFC 3986 section 5.2.4): loaders
 * put the relative names of their configuration behind its directory, and leave
 * it at that.  By the text alone, so no link has a say.  False: it leads out.
 */
static bool fold_dots(char *path)
{
	char *to = path;
	size_t used;

	for (const char *p = path; *p != '\0'; p += used) {
		size_t n = strcspn(p, "/");

		used = n + (p[n] == '/');
		if (n == 1 && p[0] == '.')
			continue;
		if (n != 2 || p[0] != '.' || p[1] != '.') {
			memmove(to, p, used);
			to += used;
			continue;
		}
		if (to == path)
			return false;
		for (to--; to > path && to[-1] != '/'; to--)
			;
	}
	*to = '\0';
	return true;
}

/* Decodes `len` characters of a path; repeated slashes become one. */
static enum pxe_reason read_path(const char *text, size_t len, char *path)
{
	size_t n = 0, used;
	char c;

	for (size_t i = 0; i < len; i += used) {
		if (!decode(text + i, len - i, &c, &used) ||
		    (unsigned char)c < ' ' || c == 0x7f)
			return PXE_REASON_BAD_NAME;
		if (c == '/' && (n == 0 || path[n - 1] == '/'))
			continue;
		if (n + 1 >= PXE_ROUTE_PATH_TEXT)
			return PXE_REASON_BAD_NAME;
		path[n++] = c;
	}
	path[n] = '\0';
	if (!fold_dots(path))
		return PXE_REASON_OUTSIDE;
	if (path[0] == '\0')
		pxe_str_copy(path, PXE_ROUTE_PATH_TEXT, ".");
	return PXE_REASON_OK;
}

/* Past "http://host" of an absolute form. */
static const char *find_path(const char *target)
{
	if (strncasecmp(target, "http://", 7) != 0)
		return target;
	target += 7;
	while (*target != '\0' && *target != '/' && *target != '?')
		target++;
	return target;
}

/* A path of a boot session loses its prefix and token. */
static void read_session(struct pxe_route *route)
{
	const size_t n = PXE_ROUTE_TOKEN_TEXT - 1;

	for (size_t i = 0; i < PXE_LEN(sessions); i++) {
		const char *token = route->path + strlen(sessions[i].prefix);
		const char *rest;

		if (!pxe_str_has_prefix(route->path, sessions[i].prefix) ||
		    !is_token(token, strcspn(token, "/")))
			continue;
		rest = token + n;
		if ((rest[0] == '/' && rest[1] != '\0') != sessions[i].has_path)
			continue;
		memcpy(route->token, token, n);
		route->token[n] = '\0';
		route->kind = sessions[i].kind;
		if (sessions[i].has_path)
			memmove(route->path, rest + 1, strlen(rest + 1) + 1);
		else
			route->path[strlen(sessions[i].prefix) - 1] = '\0';
		return;
	}
}

enum pxe_reason pxe_route_find(const char *target, struct pxe_route *route)
{
	const char *path = find_path(target);
	const char *query = strchr(path, '?');
	size_t len = query != NULL ? (size_t)(query - path) : strlen(path);
	struct pxe_route r = { .kind = PXE_ROUTE_FILE };
	enum pxe_reason reason = read_path(path, len, r.path);

	if (reason != PXE_REASON_OK)
		return reason;
	if (query != NULL)
		read_query(query + 1, &r);
	for (size_t i = 0; i < PXE_LEN(routes); i++)
		if (strcmp(r.path, routes[i].path) == 0)
			r.kind = routes[i].kind;
	read_session(&r);
	*route = r;
	return PXE_REASON_OK;
}
