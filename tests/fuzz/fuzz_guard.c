/* SPDX-License-Identifier: ISC */
/*
 * What the guard lets through: evhttp must come to the same requests, and the
 * route, the range and the conditions must live with what is in them.
 */
#include <assert.h>
#include <event2/http.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "httpd/cond.h"
#include "httpd/guard.h"
#include "httpd/media.h"
#include "httpd/range.h"
#include "httpd/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The value of a field in the head of a request; NULL.  Made of `text`. */
static const char *find_value(char *text, const char *name)
{
	char *at = strstr(text, name), *end;

	if (at == NULL)
		return NULL;
	at += strlen(name);
	end = strchr(at, '\r');
	if (end != NULL)
		*end = '\0';
	return at;
}

static void check_fields(char *text)
{
	static const struct pxe_cond_version version = { "\"abc\"", 784111777 };
	struct pxe_cond_fields f = { 0 };
	struct pxe_ranges set;

	f.if_range = find_value(text, "If-Range: ");
	(void)pxe_cond_is_range(&version, &f);
	f.if_none_match = f.if_match = f.if_modified_since = f.if_range;
	assert(pxe_cond_check(&version, &f) <= PXE_COND_FAILED);
	if (pxe_range_read(find_value(text, "Range: "), 1000, &set) !=
	    PXE_RANGE_PARTS)
		return;
	assert(set.n > 1 && set.n <= PXE_RANGE_MAX);
	for (size_t i = 0; i < set.n; i++)
		assert(set.range[i].first <= set.range[i].last &&
		       set.range[i].last < 1000);
	assert(pxe_range_body_bytes(1, "a/b", &set, 1000) < 3000);
}

/* One request that was let through, `len` octets, NUL-terminated. */
static void check_request(char *text, size_t len)
{
	struct evhttp_uri *uri;
	static const struct pxe_conf conf;
	struct pxe_route route;
	char *target = strchr(text, ' ') + 1;
	char *end = strchr(target, ' ');

	assert(strlen(text) == len);
	assert(strncmp(text, "GET ", 4) == 0 || strncmp(text, "HEAD ", 5) == 0);
	assert(strncmp(end, " HTTP/1.", 8) == 0);
	assert(strcasestr(text, "\ntransfer-encoding:") == NULL);
	assert(memcmp(text + len - 4, "\r\n\r\n", 4) == 0);
	check_fields(end + 1);
	*end = '\0';
	uri = evhttp_uri_parse_with_flags(target, EVHTTP_URI_NONCONFORMANT);
	assert(uri != NULL);
	evhttp_uri_free(uri);
	if (pxe_route_find(target, &route) == PXE_REASON_OK) {
		assert(route.path[0] != '\0' && route.path[0] != '/');
		assert(strstr(route.path, "//") == NULL);
		(void)pxe_media_type(&conf, route.path);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_guard guard;
	size_t start = 0;

	pxe_guard_init(&guard);
	for (size_t i = 0; i < size; i++) {
		enum pxe_guard_verdict v = pxe_guard_step(&guard, data[i]);
		size_t len = i + 1 - start;
		char *text;

		if (v == PXE_GUARD_MORE)
			continue;
		if (v != PXE_GUARD_REQUEST) {
			assert(pxe_guard_step(&guard, 'G') == v);
			break;
		}
		text = malloc(len + 1);
		assert(text != NULL);
		memcpy(text, data + start, len);
		text[len] = '\0';
		check_request(text, len);
		free(text);
		start = i + 1;
	}
	return 0;
}
