/* SPDX-License-Identifier: ISC */
#include "httpd/cond.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char days[7][4] = {
	"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"
}; /* from 1970-01-01 */

/* --- times -----------------------------------------------------------------
 */

/* Days from 1970-01-01 to a day of the Gregorian calendar; month 0..11. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month < 2 ? year - 1 : year; /* years begin in March */
	int64_t m = month < 2 ? month + 10 : month - 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * m + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static void date_of(int64_t n, int64_t *year, int64_t *month, int64_t *day)
{
	int64_t z = n + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t d = z - era * 146097;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	int64_t of_year = d - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 2 : m - 10;
	*year = y + era * 400 + (*month < 2);
}

/* What the forms below put into a text. */
struct moment {
	int64_t year, month, day; /* month 0..11 */
	int weekday, hour, minute, second;
};

static void split(int64_t time_s, struct moment *m)
{
	int64_t n = time_s / 86400, s = time_s % 86400;

	if (s < 0) {
		s += 86400;
		n--;
	}
	date_of(n, &m->year, &m->month, &m->day);
	m->weekday = (int)((n % 7 + 7) % 7);
	m->hour = (int)(s / 3600);
	m->minute = (int)(s / 60 % 60);
	m->second = (int)(s % 60);
}

void pxe_cond_date_format(int64_t time_s, char *text, size_t cap)
{
	struct pxe_str str;
	struct moment m;

	split(time_s, &m);
	pxe_str_init(&str, text, cap);
	pxe_str_putf(&str, "%s, %02d %s %04d %02d:%02d:%02d GMT",
		     days[m.weekday], (int)m.day, months[m.month], (int)m.year,
		     m.hour, m.minute, m.second);
}

void pxe_cond_date_iso(int64_t time_s, char *text, size_t cap)
{
	struct pxe_str str;
	struct moment m;

	split(time_s, &m);
	pxe_str_init(&str, text, cap);
	pxe_str_putf(&str, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)m.year,
		     (int)m.month + 1, (int)m.day, m.hour, m.minute, m.second);
}

void pxe_cond_date_log(int64_t time_s, char *text, size_t cap)
{
	struct pxe_str str;
	struct moment m;

	split(time_s, &m);
	pxe_str_init(&str, text, cap);
	pxe_str_putf(&str, "%02d/%s/%04d:%02d:%02d:%02d +0000", (int)m.day,
		     months[m.month], (int)m.year, m.hour, m.minute, m.second);
}

/* What a pattern finds in a date. */
struct fields {
	int64_t day, month, year, hour, minute, second;
};

static bool read_digits(const char **p, unsigned n, int64_t *number)
{
	*number = 0;
	for (; n > 0; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*number = *number * 10 + (**p - '0');
	}
	return true;
}

static bool read_month(const char **p, int64_t *month)
{
	for (int i = 0; i < 12; i++) {
		if (strncmp(*p, months[i], 3) != 0)
			continue;
		*month = i;
		*p += 3;
		return true;
	}
	return false;
}

static bool read_year2(const char **p, int64_t *year)
{
	if (!read_digits(p, 2, year))
		return false;
	*year += *year < 70 ? 2000 : 1900;
	return true;
}

/* A day with a blank instead of its first digit. */
static bool read_day(const char **p, int64_t *day)
{
	if (**p != ' ')
		return read_digits(p, 2, day);
	(*p)++;
	return read_digits(p, 1, day);
}

static bool read_part(const char **p, char part, struct fields *f)
{
	switch (part) {
	case 'd':
		return read_day(p, &f->day);
	case 'b':
		return read_month(p, &f->month);
	case 'y':
		return read_year2(p, &f->year);
	case 'Y':
		return read_digits(p, 4, &f->year);
	case 'H':
		return read_digits(p, 2, &f->hour);
	case 'M':
		return read_digits(p, 2, &f->minute);
	case 'S':
		return read_digits(p, 2, &f->second);
	case 'a': /* the name of a day, which says nothing more */
		for (; pxe_is_alnum(**p); (*p)++)
			;
		return true;
	}
	return false;
}

static bool match(const char *text, const char *pattern, struct fields *f)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '%') {
			if (!read_part(&text, *++pattern, f))
				return false;
		} else if (*text++ != *pattern) {
			return false;
		}
	}
	return *text == '\0';
}

/* Is there that day?  A date that is none is no condition. */
static bool is_moment(const struct fields *f)
{
	int64_t year, month, day;

	if (f->hour > 23 || f->minute > 59 || f->second > 60)
		return false;
	date_of(days_of(f->year, f->month, f->day), &year, &month, &day);
	return month == f->month && day == f->day;
}

int pxe_cond_date_parse(const char *text, int64_t *time_s)
{
	static const char *const patterns[] = {
		"%a, %d %b %Y %H:%M:%S GMT",
		"%a, %d-%b-%y %H:%M:%S GMT",
		"%a %b %d %H:%M:%S %Y",
	};

	for (size_t i = 0; i < PXE_LEN(patterns); i++) {
		struct fields f = { 0 };

		if (!match(text, patterns[i], &f))
			continue;
		if (!is_moment(&f))
			return -EINVAL;
		*time_s = days_of(f.year, f.month, f.day) * 86400 +
			  f.hour * 3600 + f.minute * 60 + f.second;
		return 0;
	}
	return -EINVAL;
}

/* --- versions --------------------------------------------------------------
 */

/* One more number into what all of them make; each octet changes all. */
static uint64_t mix(uint64_t sum, uint64_t n)
{
	sum = (sum ^ n) + 0x9e3779b97f4a7c15u;
	sum = (sum ^ (sum >> 30)) * 0xbf58476d1ce4e5b9u;
	sum = (sum ^ (sum >> 27)) * 0x94d049bb133111ebu;
	return sum ^ (sum >> 31);
}

void pxe_cond_version(const struct pxe_cond_file *file, int64_t now_s,
		      struct pxe_cond_version *version)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t sum = mix(0, file->size_bytes);
	char *to = version->etag;

	sum = mix(sum, (uint64_t)file->mtime_s);
	sum = mix(sum, (uint64_t)file->ctime_s);
	sum = mix(sum, (uint64_t)file->mtime_ns << 32 | file->ctime_ns);
	sum = mix(mix(sum, file->ino), file->dev);
	*to++ = '"';
	for (int shift = 60; shift >= 0; shift -= 4)
		*to++ = digits[sum >> shift & 0xf];
	*to++ = '"';
	*to = '\0';
	version->mtime_s = file->mtime_s < now_s ? file->mtime_s : now_s;
}

static void skip(const char **p, const char *which)
{
	while (**p != '\0' && strchr(which, **p) != NULL)
		(*p)++;
}

/*
 * The next entity-tag of a list (RFC 9110 section 8.8.3), quotes included,
 * and past it.  False: the end, or what is no entity-tag.
 */
static bool next_tag(const char **p, bool *weak, const char **tag, size_t *len)
{
	const char *end;

	skip(p, " \t,");
	*weak = (*p)[0] == 'W' && (*p)[1] == '/';
	if (*weak)
		*p += 2;
	if (**p != '"')
		return false;
	end = strchr(*p + 1, '"');
	if (end == NULL)
		return false;
	*tag = *p;
	*len = (size_t)(end + 1 - *p);
	*p = end + 1;
	return true;
}

/* Is `etag` in the list, or is the list "*"? */
static bool has_tag(const char *list, const char *etag, bool weak_counts)
{
	const char *tag;
	size_t len;
	bool weak;

	skip(&list, " \t");
	if (list[0] == '*' && list[1] == '\0')
		return true;
	while (next_tag(&list, &weak, &tag, &len))
		if ((weak_counts || !weak) && len == strlen(etag) &&
		    memcmp(tag, etag, len) == 0)
			return true;
	return false;
}

enum pxe_cond_result pxe_cond_check(const struct pxe_cond_version *version,
				    const struct pxe_cond_fields *fields)
{
	int64_t t;

	if (fields->if_match != NULL) {
		if (!has_tag(fields->if_match, version->etag, false))
			return PXE_COND_FAILED;
	} else if (fields->if_unmodified_since != NULL &&
		   pxe_cond_date_parse(fields->if_unmodified_since, &t) == 0 &&
		   version->mtime_s > t) {
		return PXE_COND_FAILED;
	}
	if (fields->if_none_match != NULL)
		return has_tag(fields->if_none_match, version->etag, true)
			       ? PXE_COND_NOT_MODIFIED
			       : PXE_COND_SEND;
	if (fields->if_modified_since != NULL &&
	    pxe_cond_date_parse(fields->if_modified_since, &t) == 0 &&
	    version->mtime_s <= t)
		return PXE_COND_NOT_MODIFIED;
	return PXE_COND_SEND;
}

bool pxe_cond_is_range(const struct pxe_cond_version *version,
		       const struct pxe_cond_fields *fields)
{
	const char *value = fields->if_range;
	int64_t t;

	if (value == NULL)
		return true;
	if (value[0] == '"') /* one and strong, so the very same octets */
		return strcmp(value, version->etag) == 0;
	return pxe_cond_date_parse(value, &t) == 0 && t == version->mtime_s;
}
