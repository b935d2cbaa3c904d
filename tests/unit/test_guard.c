/* SPDX-License-Identifier: ISC */
#include "httpd/guard.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* What a text must come to: so many requests, then this status (0: none). */
struct row {
	const char *text;
	unsigned n_requests;
	unsigned status;
	bool is_inside, is_closed; /* at the end */
};

#define H "Host: a\r\n"
#define G "GET / HTTP/1.1\r\n"

/* clang-format off */
static const struct row rows[] = {
	/* good */
	{ G H "\r\n", 1, 0, false, false },
	{ "HEAD /x?y=z HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ G H "\r\n" G H "\r\n", 2, 0, false, false },
	{ G H "\r\n" G, 1, 0, true, false },
	{ "GET / HTTP/1.0\r\n\r\n", 1, 0, false, true },
	{ "GET / HTTP/1.0\r\n" H "\r\n" G, 1, 0, false, true },
	{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 1, 0, false, false },
	{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n" G H "\r\n", 2, 0, false, false },
	{ G H "Connection: close\r\n\r\n", 1, 0, false, true },
	{ G H "Connection: foo, CLOSE ,bar\r\n\r\n" G, 1, 0, false, true },
	{ G H "connection:\tclose\t\r\n\r\n", 1, 0, false, true },
	{ G H "Connection: closer\r\nX-Connection: close\r\n\r\n", 1, 0, false, false },
	{ G H "Connection: keep-alive\r\nConnection: close\r\n\r\n", 1, 0, false, true },
	{ G H "Content-Length: 0\r\n\r\n", 1, 0, false, false },
	{ G H "Empty:\r\nX:y\r\nZ:  a b\tc  \r\n\r\n", 1, 0, false, false },
	{ G H "X: \x80\xff\r\n\r\n", 1, 0, false, false },
	{ G "hOST:a\r\n\r\n", 1, 0, false, false },
	{ G "Host: 10.0.0.1:16000\r\n\r\n", 1, 0, false, false },
	{ G "Host: [fd00::1]:80\r\n\r\n", 1, 0, false, false },
	{ G "Host: [::]\r\n\r\n", 1, 0, false, false },
	{ G "Host: boot.example.org.:\r\n\r\n", 1, 0, false, false },
	{ "GET http://h:80/x HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ "GET HTTP://h HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ "GET http://[::1]?q HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ "GET /\xc3\xa4|{}\"\\^` HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ "GET //x/y HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ "GET ///x:y HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ "GET //a%20b+c?:@ HTTP/1.1\r\n" H "\r\n", 1, 0, false, false },
	{ "", 0, 0, false, false },
	{ "G", 0, 0, true, false },
	/* the request line */
	{ "\r\n" G H "\r\n", 0, 400, false, false },
	{ " GET / HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET  / HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET /  HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET\t/ HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET / HTTP/1.1 \r\n" H "\r\n", 0, 400, false, false },
	{ "GET / HTTP/1.1\n" H "\r\n", 0, 400, false, false },
	{ "GET / HTTP/1.1\rX", 0, 400, false, false },
	{ "GET /\r\n\r\n", 0, 400, false, false },
	{ "GET / http/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET / HTTP/1.\r\n" H "\r\n", 0, 400, false, false },
	{ "GET / HTTP/1.10\r\n" H "\r\n", 0, 400, false, false },
	{ "GET / HTTP/01.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET / HTTP/1.2\r\n" H "\r\n", 0, 505, false, false },
	{ "GET / HTTP/2.0\r\n" H "\r\n", 0, 505, false, false },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, 505, false, false },
	{ "GET /a b HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET /#f HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET /\x7f HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET x HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET * HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET h:80 HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET http:/x HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET http:///x HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET http://u@h/x HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET https://h/x HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET http://fd77::1/x HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET ftp://h/x HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET //h:x/ HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET //u@h/ HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET //a%2/ HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "GET //\xc3 HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "G(T / HTTP/1.1\r\n" H "\r\n", 0, 400, false, false },
	{ "\x16\x03\x01\x02", 0, 400, false, false },
	{ "get / HTTP/1.1\r\n" H "\r\n", 0, 405, false, false },
	{ "GETS / HTTP/1.1\r\n" H "\r\n", 0, 405, false, false },
	{ "POST / HTTP/1.1\r\n" H "\r\n", 0, 405, false, false },
	{ "CONNECT h:80 HTTP/1.1\r\n" H "\r\n", 0, 405, false, false },
	{ "OPTIONS * HTTP/1.1\r\n" H "\r\n", 0, 405, false, false },
	/* fields */
	{ G "\r\n", 0, 400, false, false },
	{ G H H "\r\n", 0, 400, false, false },
	{ G H "Host: b\r\n\r\n", 0, 400, false, false },
	{ "GET / HTTP/1.0\r\n" H H "\r\n", 0, 400, false, false },
	{ G "Host:\r\n\r\n", 0, 400, false, false },
	{ G "Host: a b\r\n\r\n", 0, 400, false, false },
	{ G "Host: a,b\r\n\r\n", 0, 400, false, false },
	{ G "Host: a/b\r\n\r\n", 0, 400, false, false },
	{ G "Host: u@a\r\n\r\n", 0, 400, false, false },
	{ G "Host: a:b\r\n\r\n", 0, 400, false, false },
	{ G "Host: a:99999\r\n\r\n", 0, 400, false, false },
	{ G "Host: a:123456\r\n\r\n", 0, 400, false, false },
	{ G "Host: [::1\r\n\r\n", 0, 400, false, false },
	{ G "Host: [g]\r\n\r\n", 0, 400, false, false },
	{ G "Host: []\r\n\r\n", 0, 400, false, false },
	{ G "Host: [::1]x\r\n\r\n", 0, 400, false, false },
	{ G "Host: :80\r\n\r\n", 0, 400, false, false },
	{ G "Host : a\r\n\r\n", 0, 400, false, false },
	{ G H "\r\r\n", 0, 400, false, false },
	{ G H "\n", 0, 400, false, false },
	{ G H "X: y\n\r\n", 0, 400, false, false },
	{ G H "X: y\rZ\r\n\r\n", 0, 400, false, false },
	{ G H "X: a\x01\r\n\r\n", 0, 400, false, false },
	{ G H "X: a\x7f\r\n\r\n", 0, 400, false, false },
	{ G H "X: a\r\n b\r\n\r\n", 0, 400, false, false },
	{ G H "X: a\r\n\tb\r\n\r\n", 0, 400, false, false },
	{ G " X: a\r\n" H "\r\n", 0, 400, false, false },
	{ G H ": a\r\n\r\n", 0, 400, false, false },
	{ G H "X\r\n\r\n", 0, 400, false, false },
	{ G H "X y: a\r\n\r\n", 0, 400, false, false },
	{ G H "\xc3: a\r\n\r\n", 0, 400, false, false },
	/* bodies, and what is made to look like none */
	{ G H "Content-Length: 5\r\n\r\nhello", 0, 400, false, false },
	{ G H "Content-Length: +0\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length: -1\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length: 0x0\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length: 0, 0\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length:\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length: 0\r\nCONTENT-LENGTH: 7\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length : 0\r\n\r\n", 0, 400, false, false },
	{ G H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, 400, false, false },
	{ G H "Transfer-Encoding: identity\r\n\r\n", 0, 400, false, false },
	{ G H "transfer-encoding:\r\n\r\n", 0, 400, false, false },
	{ G H "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 400, false, false },
	{ G H "\r\n" "POST / HTTP/1.1\r\n" H "\r\n", 1, 405, false, false },
	{ G H "\r\n" "x\r\n", 1, 400, false, false },
};
/* clang-format on */

struct outcome {
	unsigned n_requests, status, n_line;
	bool is_inside, is_closed;
};

/* Feeds `len` octets; a copy goes on in its place at octet `split`. */
static struct outcome feed(const char *text, size_t len, size_t split)
{
	struct outcome o = { 0 };
	struct pxe_guard guards[2], *g = &guards[0];

	pxe_guard_init(g);
	for (size_t i = 0; i < len; i++) {
		enum pxe_guard_verdict v;

		if (i == split) {
			guards[1] = guards[0];
			memset(&guards[0], 0xa5, sizeof(guards[0]));
			g = &guards[1];
		}
		v = pxe_guard_step(g, (uint8_t)text[i]);
		o.n_requests += v == PXE_GUARD_REQUEST;
		o.is_closed = o.is_closed || g->wants_close;
		ck_assert(o.status == 0 || v == PXE_GUARD_REFUSED);
		if (v != PXE_GUARD_REFUSED)
			continue;
		ck_assert_ptr_nonnull(g->why);
		o.status = g->status;
	}
	o.is_inside = pxe_guard_is_inside(g);
	o.n_line = (unsigned)strlen(pxe_guard_line(g));
	return o;
}

START_TEST(test_rows)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct row *row = &rows[i];
		size_t len = strlen(row->text);

		for (size_t split = 0; split <= len; split++) {
			struct outcome o = feed(row->text, len, split);

			ck_assert_msg(o.n_requests == row->n_requests &&
					      o.status == row->status &&
					      o.is_inside == row->is_inside &&
					      o.is_closed == row->is_closed,
				      "row %zu: %u requests, status %u: %s", i,
				      o.n_requests, o.status, row->text);
		}
	}
}
END_TEST

/* Every octet value, at every place of a good request, in its place. */
START_TEST(test_any_octet_anywhere)
{
	static const char good[] = G "Host: ab\r\nX: y\r\n\r\n";
	char text[sizeof(good)];
	size_t len = strlen(good);

	for (size_t at = 0; at < len; at++) {
		for (unsigned c = 0; c < 256; c++) {
			struct outcome o;

			memcpy(text, good, sizeof(good));
			text[at] = (char)c;
			o = feed(text, len, SIZE_MAX);
			if (text[at] == good[at])
				ck_assert_uint_eq(o.n_requests, 1);
			/* NUL, control characters and ends are never let in */
			if ((c < ' ' && c != '\t' && c != (uint8_t)good[at]) ||
			    c == 0x7f)
				ck_assert_msg(o.status == 400,
					      "octet %02x at %zu", c, at);
		}
	}
}
END_TEST

static struct outcome feed_long(const char *before, size_t n, char c,
				const char *after)
{
	static char text[40000];
	size_t len = strlen(before);

	memcpy(text, before, len);
	memset(text + len, c, n);
	strcpy(text + len + n, after);
	return feed(text, strlen(text), SIZE_MAX);
}

START_TEST(test_hosts)
{
	static const char *const good[] = {
		"a", "a.b-c_d~e", "1.2.3.4", "999.1.1.1", "a:1", "a:",
		"a:65535", "[::]", "[::1]", "[1::]", "[fd00::1]:80", "[1::8]",
		"[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6::8]", "[::2:3:4:5:6:7:8]",
		"[1:2:3:4:5:6:7::]", "[::ffff:1.2.3.4]",
		"[1:2:3:4:5:6:1.2.3.4]", "[ABCD:ef01::]:", "::1", "fd00::1",
		"1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "fd00::1:80", "%41",
		"fd00%3A%3a1", "a%00:80",
	};
	static const char *const bad[] = {
		"", ":", ":1", "a:65536", "a:000001", "a:1x", "a b", "a,b",
		"a/", "a?", "@a", "[]", "[:]", "[:::]", "[1]", "[::1", "[::1]x",
		"[::1]:x", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]",
		"[1::2::3]", "[12345::]", "[::g]", "[1:]", "[:1]", "[::1:]",
		"[:1::2]", "[1:2:3:4:5:6:7::8]", "[::1.2.3]", "[::1.2.3.256]",
		"[1.2.3.4]", "[1:2:3:4:5:6:7:1.2.3.4]", "[::1.2.3.4:5]",
		"[fe80::1%eth0]", "[v1.x]", "[::1.2.3.4.5.6.7.8.9.10]",
		"::1]", "1::2::3", "fd00::1:16000", "::1:x", "%", "a%4", "%4g",
		"%4:80", "[%3a%3a1]",
	};

	for (size_t i = 0; i < PXE_LEN(good); i++)
		ck_assert_msg(pxe_guard_is_host(good[i], strlen(good[i])),
			      "%s", good[i]);
	for (size_t i = 0; i < PXE_LEN(bad); i++)
		ck_assert_msg(!pxe_guard_is_host(bad[i], strlen(bad[i])), "%s",
			      bad[i]);
}
END_TEST

START_TEST(test_limits)
{
	static char many[20000];
	struct outcome o;
	size_t n;

	o = feed_long("GET /", PXE_GUARD_MAX_TARGET - 1, 'x',
		      " HTTP/1.1\r\n" H "\r\n");
	ck_assert_uint_eq(o.n_requests, 1);
	ck_assert_uint_eq(o.n_line, PXE_GUARD_LINE_TEXT - 1);
	o = feed_long("GET /", PXE_GUARD_MAX_TARGET, 'x',
		      " HTTP/1.1\r\n" H "\r\n");
	ck_assert_uint_eq(o.status, 414);
	n = PXE_GUARD_MAX_HEADER - strlen(G H "X: \r\n\r\n");
	o = feed_long(G H "X: ", n, 'y', "\r\n\r\n");
	ck_assert_uint_eq(o.n_requests, 1);
	o = feed_long(G H "X: ", n + 1, 'y', "\r\n\r\n");
	ck_assert_uint_eq(o.status, 431);
	o = feed_long(G H, 20000, 'X', ": y\r\n\r\n");
	ck_assert_uint_eq(o.status, 431);
	o = feed_long(G "Host: ", 255, 'a', "\r\n\r\n");
	ck_assert_uint_eq(o.n_requests, 1);
	o = feed_long(G "Host: ", 256, 'a', "\r\n\r\n");
	ck_assert_uint_eq(o.status, 400);
	o = feed_long(G "Host: a", 1000, ' ', "\r\n\r\n");
	ck_assert_uint_eq(o.status, 400);
	o = feed_long(G H "Content-Length: ", 1000, '0', "\r\n\r\n");
	ck_assert_uint_eq(o.status, 400);
	o = feed_long(G H "Connection: close,", 1000, 'x', "\r\n\r\n");
	ck_assert(o.is_closed);
	o = feed_long("", 33, 'G', " / HTTP/1.1\r\n");
	ck_assert_uint_eq(o.status, 400);

	strcpy(many, G H);
	for (n = 1; n < PXE_GUARD_MAX_LINES; n++)
		strcat(many, "X: y\r\n");
	n = strlen(many);
	strcpy(many + n, "\r\n");
	ck_assert_uint_eq(feed(many, n + 2, SIZE_MAX).n_requests, 1);
	strcpy(many + n, "X: y\r\n");
	ck_assert_uint_eq(feed(many, n + 6, SIZE_MAX).status, 431);
}
END_TEST

/* A second request counts from nothing again. */
START_TEST(test_limits_are_of_one_request)
{
	static char text[4 * PXE_GUARD_MAX_HEADER];
	size_t n = 0;
	unsigned times = 0;

	while (n + 200 < sizeof(text)) {
		n += (size_t)sprintf(text + n, G H "X: y\r\nZ: %0100d\r\n\r\n",
				     0);
		times++;
	}
	ck_assert_uint_eq(feed(text, n, SIZE_MAX).n_requests, times);
}
END_TEST

START_TEST(test_line_for_the_log)
{
	struct pxe_guard g;
	const char *text = "GET /a HTTP/1.1\r\n" H "\r\nHEAD /\001";

	pxe_guard_init(&g);
	ck_assert_str_eq(pxe_guard_line(&g), "");
	for (; *text != '\0'; text++) {
		(void)pxe_guard_step(&g, (uint8_t)*text);
		if (*text == '\r')
			ck_assert_str_eq(pxe_guard_line(&g), "GET /a HTTP/1.1");
	}
	ck_assert_str_eq(pxe_guard_line(&g), "HEAD /\001");
}
END_TEST

UNIT_MAIN("guard", test_rows, test_any_octet_anywhere, test_hosts, test_limits,
	  test_limits_are_of_one_request, test_line_for_the_log)
