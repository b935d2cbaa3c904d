/* SPDX-License-Identifier: ISC */
#include "dhcpd/told.h"

#include <string.h>

#include "base/str.h"
#include "unit.h"

static struct pxe_told told;

static bool is_news(const char *key, const char *vendor, const char *host)
{
	struct pxe_facts f = { .arch = PXE_ARCH_NONE };

	pxe_str_copy(f.key, sizeof(f.key), key);
	pxe_str_copy(f.vendor_class, sizeof(f.vendor_class), vendor);
	return pxe_told_is_news(&told, &f, host, 100);
}

START_TEST(what_was_told_is_no_news)
{
	struct pxe_facts f = { .key = "a" };

	pxe_told_forget(&told);
	ck_assert(is_news("a", "MSFT 5.0", ""));
	ck_assert(!is_news("a", "MSFT 5.0", ""));
	ck_assert(is_news("b", "MSFT 5.0", ""));
	ck_assert(is_news("a", "dhcpcd", ""));
	ck_assert(is_news("a", "dhcpcd", "host"));
	ck_assert(!is_news("a", "dhcpcd", "host"));
	ck_assert(is_news("a", "MSFT 5.0", "")); /* the last counts */
	pxe_told_forget(&told);
	ck_assert(is_news("a", "MSFT 5.0", ""));
	/* texts do not run into each other */
	pxe_str_copy(f.vendor_class, sizeof(f.vendor_class), "x");
	ck_assert(pxe_told_is_news(&told, &f, "", 100));
	f.vendor_class[0] = '\0';
	pxe_str_copy(f.user_class, sizeof(f.user_class), "x");
	ck_assert(pxe_told_is_news(&told, &f, "", 100));
	/* a UUID that counts for nothing */
	f.uuid.b[0] = 1;
	ck_assert(!pxe_told_is_news(&told, &f, "", 100));
	f.has_uuid = true;
	ck_assert(pxe_told_is_news(&told, &f, "", 100));
	/* an hour later all of it is told again, once */
	ck_assert(pxe_told_is_news(&told, &f, "", 100 + PXE_TOLD_S));
	ck_assert(!pxe_told_is_news(&told, &f, "", 101 + PXE_TOLD_S));
}
END_TEST

UNIT_MAIN("told", what_was_told_is_no_news)
