/* SPDX-License-Identifier: ISC */
/* httpd/password: what a browser or iPXE sends, and whether it is right. */
#include <string.h>

#include "base/attr.h"
#include "httpd/password.h"
#include "unit.h"

START_TEST(fields_are_read)
{
	static const struct {
		const char *field, *password; /* NULL: it has none */
	} rows[] = {
		{ "Basic dXNlcjpwYXNz", "pass" },
		{ "basic  dXNlcjpwYXNz", "pass" },
		{ "Basic dXNlcjpwOmFzcw==", "p:ass" },
		{ "Basic OnBhc3M=", "pass" },
		{ "Basic OnBhc3M", "pass" },
		{ "Basic dXNlcjo=", "" },
		{ "Basic OsOkIQ==", "\xc3\xa4!" },
		{ "Basic dXNlcg==", NULL },         /* no colon */
		{ "Basic dXNlcjpwAGFzcw==", NULL }, /* a NUL */
		{ "Basic dXNl*jpwYXNz", NULL },
		{ "Basic dXNlcjpwYXNz= x", NULL },
		{ "Basic ", NULL },
		{ "Basic", NULL },
		{ "Bearer dXNlcjpwYXNz", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char password[PXE_PASSWORD_TEXT] = "";

		ck_assert_msg(pxe_password_read(rows[i].field, password) ==
				      (rows[i].password != NULL),
			      "row %zu", i);
		if (rows[i].password != NULL)
			ck_assert_str_eq(password, rows[i].password);
	}
}
END_TEST

START_TEST(long_ones_are_none)
{
	char field[2048] = "Basic ", password[PXE_PASSWORD_TEXT];

	memset(field + 6, 'A', sizeof(field) - 7);
	field[sizeof(field) - 1] = '\0';
	ck_assert(!pxe_password_read(field, password));
}
END_TEST

START_TEST(texts_and_hashes)
{
	static const char hash[] =
		"$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9Y"
		"terLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/";
	static const struct {
		const char *password, *configured;
		bool is_right;
	} rows[] = {
		{ "secret", "secret", true },   { "secre", "secret", false },
		{ "secret ", "secret", false }, { "Secret", "secret", false },
		{ "", "secret", false },        { "password", hash, true },
		{ "Password", hash, false },    { "", hash, false },
		{ hash, hash, false },          { "x", "$nonsense", false },
		{ "*0", "$nonsense", false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_msg(pxe_password_is_right(rows[i].password,
						    rows[i].configured) ==
				      rows[i].is_right,
			      "row %zu", i);
}
END_TEST

/* Five at once, then one a second, however long it was quiet. */
START_TEST(guessing_is_slow)
{
	struct pxe_password_bucket bucket = { 0 };
	unsigned n = 0;

	for (long long ms = 1000000; ms < 1060000; ms += 10)
		n += pxe_password_may_try(&bucket, ms);
	ck_assert_uint_ge(n, 5 + 58);
	ck_assert_uint_le(n, 5 + 60);
	n = 0;
	for (int i = 0; i < 100; i++)
		n += pxe_password_may_try(&bucket, 9000000);
	ck_assert_uint_eq(n, 5);
}
END_TEST

UNIT_MAIN("password", fields_are_read, long_ones_are_none, texts_and_hashes,
	  guessing_is_slow)
