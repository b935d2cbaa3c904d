/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a stream of Varlink messages, in pieces whose sizes the first
 * octet chooses: the messages are those between the NULs, in order, whatever
 * the pieces; nothing follows one that is too long.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/varlink.h"

enum { MAX = 100, CAP = 2 * (MAX + 1) + 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Takes what is complete; `at` moves past it in the whole input. */
static bool take(struct pxe_varlink_stream *s, const uint8_t *data, size_t size,
		 size_t *at)
{
	const char *text;
	size_t len;
	int r;

	while ((r = pxe_varlink_next(s, &text, &len)) == 1) {
		check(*at + len + 1 <= size && len <= MAX);
		check(memcmp(text, data + *at, len) == 0);
		check(text[len] == '\0' && memchr(text, 0, len) == NULL);
		*at += len + 1;
	}
	check(r == 0 || r == -EMSGSIZE);
	if (r == -EMSGSIZE)
		check(pxe_varlink_next(s, &text, &len) == -EMSGSIZE);
	return r == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_varlink_stream s;
	char buf[CAP];
	size_t piece, fed = 0, at = 0;
	bool good = true;

	if (size == 0)
		return 0;
	piece = (size_t)(data[0] % 64) + 1;
	data++;
	size--;
	pxe_varlink_init(&s, buf, MAX);
	while (good && fed < size) {
		size_t n = size - fed < piece ? size - fed : piece;

		pxe_varlink_compact(&s);
		check(s.len + n <= CAP);
		memcpy(buf + s.len, data + fed, n);
		s.len += n;
		fed += n;
		good = take(&s, data, fed, &at);
	}
	/* what was not taken is the beginning of a message, or too long */
	if (good)
		check(memchr(data + at, 0, size - at) == NULL &&
		      size - at <= MAX);
	else
		check(memchr(data + at, 0,
			     fed - at < MAX + 1 ? fed - at : MAX + 1) == NULL);
	return 0;
}
