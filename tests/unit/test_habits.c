/* SPDX-License-Identifier: ISC */
/* What is remembered of clients, under a virtual clock. */
#include "tftpd/habits.h"

#include <string.h>

#include "unit.h"

#define SECOND UINT64_C(1000000)
#define HOUR   (3600 * SECOND)
#define ANY    PXE_TFTP_BLKSIZE_MAX

static const uint8_t alpha[16] = { [10] = 0xff, 0xff, 10, 0, 0, 1 };
static const uint8_t beta[16] = { [10] = 0xff, 0xff, 10, 0, 0, 2 };
static const uint8_t gamma6[16] = { 0xfe, 0x80, [15] = 1 };

static const struct pxe_tftp_opts none;
static struct pxe_habits *habits;
static uint64_t now;

static void begin(void)
{
	habits = pxe_habits_new(4711);
	ck_assert_ptr_nonnull(habits);
	now = 5 * SECOND;
}

static uint16_t most(const uint8_t *client)
{
	struct pxe_habits_limits limits;

	pxe_habits_find(habits, client, &none, now, &limits);
	return limits.max_blksize;
}

static bool has_none(const uint8_t *client, const struct pxe_tftp_opts *asked)
{
	struct pxe_habits_limits limits;

	pxe_habits_find(habits, client, asked, now, &limits);
	return limits.no_options;
}

START_TEST(habits_steps_down)
{
	static const struct {
		uint16_t lost, next;
	} rows[] = {
		{ 512, ANY },   { 100, ANY },    { 513, 512 },   { 1024, 512 },
		{ 1063, 512 },  { 1064, 1024 },  { 1228, 1024 }, { 1368, 1228 },
		{ 1408, 1368 }, { 1428, 1368 },  { 1432, 1368 }, { 1448, 1368 },
		{ 1456, 1368 }, { 1468, 1368 },  { 1488, 1448 }, { 8192, 1448 },
		{ 8968, 1448 }, { 65464, 1448 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		begin();
		ck_assert_uint_eq(most(alpha), ANY);
		pxe_habits_suspect(habits, alpha, rows[i].lost, now);
		ck_assert_uint_eq(most(alpha), rows[i].next);
		ck_assert_uint_eq(most(beta), ANY);
		pxe_habits_free(habits);
	}
}
END_TEST

/* Down to what everybody knows, and there it ends. */
START_TEST(habits_steps_end)
{
	static const uint16_t sizes[] = { 1468, 1368, 1228, 1024, 512, 512 };

	begin();
	for (size_t i = 0; i + 1 < PXE_LEN(sizes); i++) {
		pxe_habits_suspect(habits, gamma6, sizes[i], now);
		ck_assert_uint_eq(most(gamma6), sizes[i + 1]);
		/* a second transfer of that time has nothing to add */
		pxe_habits_suspect(habits, gamma6, sizes[i], now);
		ck_assert_uint_eq(most(gamma6), sizes[i + 1]);
	}
	pxe_habits_free(habits);
}
END_TEST

START_TEST(habits_path_mtu)
{
	static const struct {
		uint32_t mtu;
		uint16_t head, most;
	} rows[] = {
		{ 1420, 32, 1388 }, { 1420, 52, 1368 }, { 1280, 52, 1228 },
		{ 576, 32, 544 },   { 68, 32, 512 },    { 0, 32, 512 },
		{ 9000, 32, 8968 }, { 65535, 32, ANY }, { 1u << 31, 32, ANY },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		begin();
		pxe_habits_mtu(habits, alpha, rows[i].mtu, rows[i].head, now);
		ck_assert_uint_eq(most(alpha), rows[i].most);
		pxe_habits_free(habits);
	}
	begin();
	pxe_habits_mtu(habits, alpha, 1420, 32, now);
	/* what was lost is above that already */
	pxe_habits_suspect(habits, alpha, 1468, now);
	ck_assert_uint_eq(most(alpha), 1388);
	/* a second narrow place behind the first */
	pxe_habits_mtu(habits, alpha, 1300, 32, now);
	ck_assert_uint_eq(most(alpha), 1268);
	pxe_habits_mtu(habits, alpha, 1420, 32, now);
	ck_assert_uint_eq(most(alpha), 1268);
	/* and one that says nothing */
	pxe_habits_suspect(habits, alpha, 1268, now);
	ck_assert_uint_eq(most(alpha), 1228);
	pxe_habits_free(habits);
}
END_TEST

START_TEST(habits_success)
{
	begin();
	/* of those without trouble nothing is kept */
	pxe_habits_succeeded(habits, alpha, 1468, now);
	pxe_habits_suspect(habits, alpha, 1468, now);
	ck_assert_uint_eq(most(alpha), 1368);
	/* what gets through is doubted for two in a row only */
	pxe_habits_succeeded(habits, alpha, 1368, now);
	pxe_habits_suspect(habits, alpha, 1368, now);
	ck_assert_uint_eq(most(alpha), 1368);
	pxe_habits_succeeded(habits, alpha, 1368, now);
	pxe_habits_suspect(habits, alpha, 1368, now);
	ck_assert_uint_eq(most(alpha), 1368);
	pxe_habits_suspect(habits, alpha, 1368, now);
	ck_assert_uint_eq(most(alpha), 1228);
	/* what was smaller says nothing of the larger */
	pxe_habits_succeeded(habits, alpha, 1000, now);
	ck_assert_uint_eq(most(alpha), 1228);
	/* a client that only paused */
	pxe_habits_succeeded(habits, alpha, 1468, now);
	ck_assert_uint_eq(most(alpha), ANY);
	pxe_habits_free(habits);
}
END_TEST

START_TEST(habits_are_forgotten)
{
	begin();
	pxe_habits_suspect(habits, alpha, 1468, now);
	pxe_habits_mtu(habits, beta, 1420, 32, now);
	now += HOUR - 1;
	ck_assert_uint_eq(most(alpha), 1368);
	ck_assert_uint_eq(most(beta), 1388);
	/* what is confirmed is kept longer */
	pxe_habits_succeeded(habits, beta, 1388, now);
	now += 1;
	ck_assert_uint_eq(most(alpha), ANY);
	ck_assert_uint_eq(most(beta), 1388);
	now += HOUR - 1;
	ck_assert_uint_eq(most(beta), ANY);
	/* and anew */
	pxe_habits_suspect(habits, alpha, 1368, now);
	ck_assert_uint_eq(most(alpha), 1228);
	pxe_habits_free(habits);
}
END_TEST

START_TEST(habits_refused_options)
{
	struct pxe_tftp_opts rom = { 0 }, loader = { 0 };

	rom.opt[PXE_TFTP_OPT_BLKSIZE].is_set = true;
	loader.opt[PXE_TFTP_OPT_BLKSIZE].is_set = true;
	loader.opt[PXE_TFTP_OPT_TSIZE].is_set = true;
	begin();
	ck_assert(!has_none(alpha, &rom));
	pxe_habits_refuses_options(habits, alpha, &rom, now);
	ck_assert(!has_none(alpha, &rom));
	pxe_habits_refuses_options(habits, alpha, &rom, now);
	ck_assert(has_none(alpha, &rom));
	/* another program of the same machine; another machine */
	ck_assert(!has_none(alpha, &loader));
	ck_assert(!has_none(beta, &rom));
	ck_assert_uint_eq(most(alpha), ANY);
	/* whatever the values are */
	rom.opt[PXE_TFTP_OPT_BLKSIZE].value = 1456;
	ck_assert(has_none(alpha, &rom));
	for (int i = 0; i < 1000; i++)
		pxe_habits_refuses_options(habits, alpha, &rom, now);
	ck_assert(has_none(alpha, &rom));
	now += HOUR;
	ck_assert(!has_none(alpha, &rom));
	/* one refusal each of two programs */
	pxe_habits_refuses_options(habits, alpha, &rom, now);
	pxe_habits_refuses_options(habits, alpha, &loader, now);
	ck_assert(!has_none(alpha, &rom) && !has_none(alpha, &loader));
	pxe_habits_free(habits);
}
END_TEST

/* A flood of clients costs no memory; who has just come in is known. */
START_TEST(habits_many_clients)
{
	uint8_t client[16] = { [10] = 0xff, 0xff, 11 };
	unsigned n_known = 0;

	begin();
	for (uint32_t i = 0; i < 100000; i++) {
		memcpy(client + 13,
		       (uint8_t[]) { (uint8_t)(i >> 16), (uint8_t)(i >> 8),
				     (uint8_t)i },
		       3);
		pxe_habits_suspect(habits, client, 1468, now++);
		ck_assert_uint_eq(most(client), 1368);
		/* one that comes again and again stays */
		pxe_habits_mtu(habits, alpha, 1420, 32, now);
		ck_assert_uint_eq(most(alpha), 1388);
	}
	for (uint32_t i = 99000; i < 100000; i++) {
		memcpy(client + 13,
		       (uint8_t[]) { (uint8_t)(i >> 16), (uint8_t)(i >> 8),
				     (uint8_t)i },
		       3);
		n_known += most(client) == 1368;
	}
	/* of as many as there is room for, nearly all */
	ck_assert_uint_ge(n_known, 950);
	pxe_habits_free(habits);
}
END_TEST

UNIT_MAIN("habits", habits_steps_down, habits_steps_end, habits_path_mtu,
	  habits_success, habits_are_forgotten, habits_refused_options,
	  habits_many_clients)
