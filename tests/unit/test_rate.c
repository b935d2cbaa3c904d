/* SPDX-License-Identifier: ISC */
#include "dhcpd/rate.h"

#include "unit.h"

static const struct pxe_hwaddr alpha = { 1, 6, { 2, 0, 0, 0, 0, 1 } };
static const struct pxe_hwaddr beta = { 1, 6, { 2, 0, 0, 0, 0, 2 } };
static const struct pxe_hwaddr nobody = { 1, 0, { 0 } };

/* How many of `n` messages pass that come `every_ms`, from `from_ms` on. */
static int send(struct pxe_rate *rate, const struct pxe_hwaddr *hw, int n,
		int64_t from_ms, int64_t every_ms)
{
	int passed = 0;

	for (int i = 0; i < n; i++)
		passed += pxe_rate_take(rate, hw, 20,
					from_ms + i * every_ms) == PXE_RATE_OK;
	return passed;
}

START_TEST(test_limits_each_sender_alone)
{
	struct pxe_rate *rate = pxe_rate_new(1);

	/* two seconds' worth at once, then twenty a second */
	ck_assert_int_eq(send(rate, &alpha, 1000, 5000, 0), 40);
	ck_assert_int_eq(send(rate, &beta, 30, 5000, 0), 30);
	ck_assert_int_eq(send(rate, &alpha, 1000, 5000, 1), 19);
	ck_assert_int_eq(send(rate, &alpha, 1000, 60000, 0), 40);
	pxe_rate_free(rate);
}
END_TEST

START_TEST(test_lets_slow_senders_pass)
{
	struct pxe_rate *rate = pxe_rate_new(1);

	ck_assert_int_eq(send(rate, &alpha, 5000, 0, 50), 5000);
	ck_assert_int_eq(send(rate, &nobody, 5000, 0, 0), 5000);
	for (int i = 0; i < 5000; i++)
		ck_assert_int_eq(pxe_rate_take(rate, &beta, 0, 7), PXE_RATE_OK);
	pxe_rate_free(rate);
}
END_TEST

START_TEST(test_says_when_it_begins)
{
	struct pxe_rate *rate = pxe_rate_new(1);
	int begins = 0;

	for (int i = 0; i < 3000; i++)
		begins += pxe_rate_take(rate, &alpha, 20, i) ==
			  PXE_RATE_BEGINS;
	ck_assert_int_eq(begins, 1);
	(void)send(rate, &alpha, 40, 60000, 0);
	ck_assert_int_eq(pxe_rate_take(rate, &alpha, 20, 60000),
			 PXE_RATE_BEGINS);
	ck_assert_int_eq(pxe_rate_take(rate, &alpha, 20, 60001),
			 PXE_RATE_GOES_ON);
	pxe_rate_free(rate);
}
END_TEST

/* A flood of invented senders does not free one that is limited, for long,
 * nor keep a new one out. */
START_TEST(test_survives_invented_senders)
{
	struct pxe_rate *rate = pxe_rate_new(99);
	struct pxe_hwaddr hw = alpha;
	int passed = 0;

	(void)send(rate, &alpha, 1000, 1000, 0);
	for (uint32_t i = 0; i < 100000; i++) {
		hw.addr[1] = (uint8_t)(1 + (i >> 16));
		hw.addr[2] = (uint8_t)(i >> 8);
		hw.addr[3] = (uint8_t)i;
		passed += pxe_rate_take(rate, &hw, 20, 1001) == PXE_RATE_OK;
	}
	ck_assert_int_eq(passed, 100000);
	ck_assert_int_ne(pxe_rate_take(rate, &alpha, 20, 1001), PXE_RATE_OK);
	ck_assert_int_eq(pxe_rate_take(rate, &beta, 20, 1001), PXE_RATE_OK);
	pxe_rate_free(rate);
}
END_TEST

UNIT_MAIN("rate", test_limits_each_sender_alone, test_lets_slow_senders_pass,
	  test_says_when_it_begins, test_survives_invented_senders)
