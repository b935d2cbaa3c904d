/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the fields of a conditional request, a line each, and as a
 * date: what is read as one is written as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "httpd/cond.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_date(const char *text)
{
	char again[PXE_COND_DATE_TEXT];
	int64_t t, same;

	if (text == NULL || pxe_cond_date_parse(text, &t) < 0)
		return;
	pxe_cond_date_format(t, again, sizeof(again));
	if (t < 253402300800) /* the year 10000 */
		check(pxe_cond_date_parse(again, &same) == 0 && same == t);
	pxe_cond_date_iso(t, again, sizeof(again));
	check(strlen(again) < sizeof(again));
	pxe_cond_date_log(t, again, sizeof(again));
	check(strlen(again) < sizeof(again));
}

/* Any time that a file can have. */
static void check_time(const uint8_t *data, size_t size)
{
	char text[PXE_COND_DATE_TEXT];
	int64_t t = 0;

	memcpy(&t, data, size < sizeof(t) ? size : sizeof(t));
	pxe_cond_date_format(t, text, sizeof(text));
	pxe_cond_date_iso(t, text, sizeof(text));
	pxe_cond_date_log(t, text, sizeof(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_cond_file file = { .size_bytes = size,
				      .mtime_s = 784111777 };
	struct pxe_cond_fields f = { 0 };
	const char **fields[] = { &f.if_match, &f.if_none_match, &f.if_range,
				  &f.if_modified_since,
				  &f.if_unmodified_since };
	char text[4096], *line = text, *end;
	struct pxe_cond_version version;
	enum pxe_cond_result result;

	check_time(data, size);
	size = size < sizeof(text) - 1 ? size : sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	pxe_cond_version(&file, 1 << 30, &version);
	for (size_t i = 0; i < 5 && line != NULL; i++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		if (line[0] != '\0')
			*fields[i] = line;
		check_date(line);
		line = end;
	}
	result = pxe_cond_check(&version, &f);
	check(result == PXE_COND_SEND || result == PXE_COND_NOT_MODIFIED ||
	      result == PXE_COND_FAILED);
	/* its own tag, and "*", are always right */
	f.if_match = version.etag;
	f.if_none_match = NULL;
	f.if_modified_since = NULL;
	check(pxe_cond_check(&version, &f) == PXE_COND_SEND);
	(void)pxe_cond_is_range(&version, &f);
	return 0;
}
