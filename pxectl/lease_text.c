/* SPDX-License-Identifier: ISC */
/* What formats of leases share: escapes and the calendar. */
#include <errno.h>
#include <string.h>

#include "pxectl/lease_list.h"

#define DAY_S 86400

/* Is an escape cut off at the end of the text? */
static bool is_cut(const char *text)
{
	return text[0] == '\\' &&
	       (text[1] == '\0' ||
		(text[1] == 'x' && (text[2] == '\0' || text[3] == '\0')));
}

size_t pxe_lease_unescape(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (; *text != '\0' && !is_cut(text) && n < cap; n++) {
		if (text[0] == '\\' && text[1] == 'x' &&
		    pxe_hex_digit(text[2]) >= 0 &&
		    pxe_hex_digit(text[3]) >= 0) {
			out[n] = (uint8_t)(pxe_hex_digit(text[2]) << 4 |
					   pxe_hex_digit(text[3]));
			text += 4;
		} else {
			text += text[0] == '\\' && text[1] == '\\';
			out[n] = (uint8_t)*text++;
		}
	}
	return n;
}

size_t pxe_lease_key_id(const char *key, uint8_t id[PXE_LEASE_ID_MAX])
{
	int n;

	if (!pxe_str_has_prefix(key, "id:"))
		return 0;
	n = pxe_str_to_bytes(key + 3, PXE_LEASE_ID_MAX, id);
	return n > 0 ? (size_t)n : 0;
}

bool pxe_lease_read_key(const char *text, char key[PXE_CLIENT_KEY_TEXT])
{
	uint8_t id[PXE_LEASE_ID_MAX];
	size_t n = pxe_lease_key_id(text, id);
	struct pxe_hwaddr hw;
	struct pxe_uuid uuid;
	struct pxe_str s;

	pxe_str_init(&s, key, PXE_CLIENT_KEY_TEXT);
	if (n > 0) {
		pxe_str_puts(&s, "id:");
		pxe_str_put_hex(&s, id, n, 0);
	} else if (pxe_str_has_prefix(text, "uuid:") &&
		   pxe_uuid_parse(text + 5, &uuid) == 0) {
		pxe_str_puts(&s, "uuid:");
		pxe_uuid_format(&uuid, key + s.len, PXE_UUID_TEXT);
	} else if (pxe_hwaddr_parse(text, &hw) == 0) {
		pxe_hwaddr_format(&hw, key, PXE_HWADDR_TEXT);
	} else {
		return false;
	}
	return true;
}

/* Days from 1970-01-01 to the first of March of `year`. */
static int64_t march_days(int64_t year)
{
	return year * 365 + year / 4 - year / 100 + year / 400 - 719468;
}

/* Days from the first of March to that of a month counted from March. */
static unsigned month_days(unsigned month)
{
	return (153 * month + 2) / 5;
}

void pxe_lease_utc_split(int64_t seconds, struct pxe_lease_utc *utc)
{
	int64_t left = seconds < 0 ? 0 : seconds;
	int64_t days = left / DAY_S, year;
	unsigned second = (unsigned)(left % DAY_S), month = 11, day;

	if (days > 2932896) /* 9999-12-31 */
		days = 2932896;
	/* years begin in March: the odd day is the last one */
	year = (days + 719468) * 400 / 146097;
	while (march_days(year) > days)
		year--;
	while (march_days(year + 1) <= days)
		year++;
	day = (unsigned)(days - march_days(year));
	while (month_days(month) > day)
		month--;
	*utc = (struct pxe_lease_utc) {
		.year = year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = day - month_days(month) + 1,
		.hour = second / 3600,
		.minute = second / 60 % 60,
		.second = second % 60,
		.weekday = (unsigned)((days + 4) % 7),
	};
}

int pxe_lease_utc_join(const struct pxe_lease_utc *utc, int64_t *seconds)
{
	int64_t year = utc->year - (utc->month <= 2), days;
	unsigned month = utc->month > 2 ? utc->month - 3 : utc->month + 9;
	struct pxe_lease_utc again;

	if (utc->year < 1970 || utc->year > 9999 || utc->month < 1 ||
	    utc->month > 12 || utc->day < 1 || utc->day > 31 ||
	    utc->hour > 23 || utc->minute > 59 || utc->second > 60)
		return -EINVAL;
	days = march_days(year) + month_days(month) + utc->day - 1;
	pxe_lease_utc_split(days * DAY_S, &again);
	if (again.day != utc->day) /* the 30th of February */
		return -EINVAL;
	*seconds = days * DAY_S + utc->hour * 3600 + utc->minute * 60 +
		   utc->second;
	if (*seconds > PXE_LEASE_FOREVER_S) /* 23:59:60 of the last day */
		*seconds = PXE_LEASE_FOREVER_S;
	return 0;
}

int pxe_lease_numbers(const char *text, char sep, unsigned out[3])
{
	int n = 0;

	for (;;) {
		unsigned value = 0, digits = 0;

		for (; *text >= '0' && *text <= '9'; text++) {
			if (++digits > 6)
				return -EINVAL;
			value = value * 10 + (unsigned)(*text - '0');
		}
		if (digits == 0)
			return -EINVAL;
		out[n++] = value;
		if (*text == '\0')
			return n;
		if (*text++ != sep || n == 3)
			return -EINVAL;
	}
}
