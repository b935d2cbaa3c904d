/* SPDX-License-Identifier: ISC */
#include "httpd/password.h"

#include <crypt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

enum {
	TRIES = 5,     /* at once; then one more ... */
	TRY_MS = 1000, /* ... each second */
};

/* The value of one character of RFC 4648 section 4; -1. */
static int value_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Decodes base64 to `cap` octets and a NUL; the length, -1. */
static int decode(const char *text, char *out, size_t cap)
{
	uint32_t bits = 0;
	size_t n = 0, len = strcspn(text, "= \t");
	int have = 0;

	for (size_t i = 0; i < len; i++) {
		int value = value_of(text[i]);

		if (value < 0)
			return -1;
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (n + 1 >= cap)
			return -1;
		out[n++] = (char)(bits >> have & 0xff);
	}
	out[n] = '\0';
	return strspn(text + len, "= \t") == strlen(text + len) ? (int)n : -1;
}

bool pxe_password_read(const char *field, char *password)
{
	static const char scheme[] = "Basic ";
	char pair[PXE_PASSWORD_TEXT];
	const char *colon;
	int n;

	if (field == NULL || strncasecmp(field, scheme, strlen(scheme)) != 0)
		return false;
	field += strlen(scheme);
	n = decode(field + strspn(field, " "), pair, sizeof(pair));
	/* a NUL would end it early */
	if (n < 0 || strlen(pair) != (size_t)n)
		return false;
	colon = strchr(pair, ':');
	if (colon != NULL)
		pxe_str_copy(password, PXE_PASSWORD_TEXT, colon + 1);
	explicit_bzero(pair, sizeof(pair));
	return colon != NULL;
}

/* In a time that says nothing of where they differ. */
static bool is_same(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned differ = n != m;

	for (size_t i = 0; i < m; i++)
		differ |= (unsigned char)(a[i < n ? i : 0] ^ b[i]);
	return differ == 0;
}

bool pxe_password_is_right(const char *password, const char *configured)
{
	struct crypt_data *data;
	const char *hash;
	bool is_right;

	if (configured[0] != '$')
		return is_same(password, configured);
	data = calloc(1, sizeof(*data));
	if (data == NULL)
		return false;
	hash = crypt_r(password, configured, data);
	/* a failure is a text that no hash is: "*0" or "*1" */
	is_right = hash != NULL && hash[0] == '$' && is_same(hash, configured);
	explicit_bzero(data, sizeof(*data));
	free(data);
	return is_right;
}

bool pxe_password_may_try(struct pxe_password_bucket *bucket, long long now_ms)
{
	long long left = (now_ms - bucket->since_ms) / TRY_MS;

	if (left >= TRIES || bucket->n == 0 || left >= bucket->n) {
		bucket->n = 0;
		bucket->since_ms = now_ms;
	} else if (left > 0) {
		bucket->n -= (unsigned)left;
		bucket->since_ms += left * TRY_MS;
	}
	if (bucket->n >= TRIES)
		return false;
	bucket->n++;
	return true;
}
