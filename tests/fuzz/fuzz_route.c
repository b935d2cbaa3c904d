/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the target of a request: where it leads never goes up or holds
 * what no name has, and no log that tells of it has its token, or more lines
 * than one.
 */
#include <stdlib.h>
#include <string.h>

#include "httpd/combined.h"
#include "httpd/redact.h"
#include "httpd/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_path(const char *path)
{
	check(path[0] != '\0' && path[0] != '/' && strlen(path) < 1024);
	check(strstr(path, "//") == NULL && strstr(path, "/../") == NULL);
	check(strcmp(path, "..") != 0 && strncmp(path, "../", 3) != 0);
	check(strstr(path, "/./") == NULL && strncmp(path, "./", 2) != 0);
	for (; *path != '\0'; path++)
		check((unsigned char)*path >= ' ' && *path != 0x7f);
}

static void check_line(const char *text, size_t len, bool is_log)
{
	size_t n_quotes = 0;

	for (size_t i = 0; i < len; i++) {
		check((text[i] >= ' ' && text[i] < 0x7f) ||
		      (is_log && i == len - 1 && text[i] == '\n'));
		n_quotes += text[i] == '"';
	}
	check(!is_log || n_quotes == 6);
}

static void check_logs(const char *target, const char *token)
{
	const struct pxe_combined r = {
		.peer = "192.0.2.1",
		.method = "GET",
		.target = target,
		.version = "HTTP/1.1",
		.status = 200,
		.referer = target,
		.agent = target,
	};
	char text[PXE_COMBINED_TEXT], cut[2048];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_combined_put(&s, &r);
	check(!s.cut && s.len > 0 && text[s.len - 1] == '\n');
	check_line(text, s.len, true);
	check(token[0] == '\0' || strstr(text, token) == NULL);
	pxe_str_init(&s, text, sizeof(text));
	pxe_redact_put(&s, target, false);
	check_line(text, s.len, false);
	check(token[0] == '\0' || strstr(text, token) == NULL);
	pxe_str_copy(cut, sizeof(cut), target);
	pxe_redact_cut(cut);
	check(strlen(cut) <= strlen(target));
	check(token[0] == '\0' || strstr(cut, token) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char target[2048];
	struct pxe_route route = { .kind = PXE_ROUTE_FILE };

	size = size < sizeof(target) - 1 ? size : sizeof(target) - 1;
	memcpy(target, data, size);
	target[size] = '\0';
	if (pxe_route_find(target, &route) != PXE_REASON_OK) {
		check_logs(target, "");
		return 0;
	}
	check_path(route.path);
	check(route.token[0] == '\0' || strlen(route.token) == 32);
	check(route.session[0] == '\0' || strlen(route.session) == 32);
	check((route.token[0] != '\0') ==
	      (route.kind >= PXE_ROUTE_SESSION_FILE));
	check_logs(target, route.token);
	check_logs(target, route.session);
	return 0;
}
