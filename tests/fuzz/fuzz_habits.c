/* SPDX-License-Identifier: ISC */
/*
 * Any sequence of what is told of clients: limits are sizes that everybody
 * can have, below what was lost, and each client has its own; what got through
 * is no more forbidden, and an hour later nothing is.
 *
 * The input: 6 octets an event: kind, client, seconds, options, a number.
 */
#include <stdlib.h>

#include "base/rd.h"
#include "tftpd/habits.h"

enum { CLIENTS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pxe_habits *habits;
static uint64_t now_us;

static void check(bool holds)
{
	if (!holds)
		abort();
}

static struct pxe_habits_limits find(uint8_t client,
				     const struct pxe_tftp_opts *asked)
{
	const uint8_t key[PXE_HABITS_CLIENT_BYTES] = { [3] = client };
	struct pxe_habits_limits limits;

	pxe_habits_find(habits, key, asked, now_us, &limits);
	check(limits.max_blksize >= PXE_TFTP_BLKSIZE &&
	      limits.max_blksize <= PXE_TFTP_BLKSIZE_MAX);
	return limits;
}

static void tell(uint8_t kind, uint8_t client, uint16_t number,
		 const struct pxe_tftp_opts *asked)
{
	const uint8_t key[PXE_HABITS_CLIENT_BYTES] = { [3] = client };
	uint16_t before = find(client, asked).max_blksize, after;

	switch (kind % 4) {
	case 0:
		pxe_habits_suspect(habits, key, number, now_us);
		after = find(client, asked).max_blksize;
		check(after == before || (after < number && after < before));
		/* a second time in a row it is believed in any case */
		pxe_habits_suspect(habits, key, number, now_us);
		after = find(client, asked).max_blksize;
		check(number <= PXE_TFTP_BLKSIZE || after < number);
		break;
	case 1:
		pxe_habits_mtu(habits, key, number, 32, now_us);
		after = find(client, asked).max_blksize;
		check(after <= before);
		check(after + 32 <= number || after == PXE_TFTP_BLKSIZE ||
		      number >= PXE_TFTP_BLKSIZE_MAX);
		break;
	case 2:
		pxe_habits_succeeded(habits, key, number, now_us);
		after = find(client, asked).max_blksize;
		check(after >= before);
		check(number > PXE_TFTP_BLKSIZE_MAX || after >= number);
		break;
	default:
		pxe_habits_refuses_options(habits, key, asked, now_us);
		pxe_habits_refuses_options(habits, key, asked, now_us);
		check(find(client, asked).no_options);
		check(find(client, asked).max_blksize == before);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_rd rd;

	habits = pxe_habits_new(1);
	if (habits == NULL)
		return 0;
	now_us = 1;
	pxe_rd_init(&rd, data, size);
	while (rd.left >= 6) {
		struct pxe_tftp_opts asked = { 0 };
		uint16_t before[CLIENTS];
		uint8_t kind = pxe_rd_u8(&rd);
		uint8_t client = pxe_rd_u8(&rd) % CLIENTS, options;

		now_us += (uint64_t)pxe_rd_u8(&rd) * 10000000;
		options = pxe_rd_u8(&rd);
		for (int i = 0; i < PXE_TFTP_N_OPTS; i++)
			asked.opt[i].is_set = options >> i & 1;
		for (uint8_t c = 0; c < CLIENTS; c++)
			before[c] = find(c, &asked).max_blksize;
		tell(kind, client, pxe_rd_u16(&rd), &asked);
		for (uint8_t c = 0; c < CLIENTS; c++)
			check(c == client ||
			      find(c, &asked).max_blksize == before[c]);
	}
	now_us += PXE_HABITS_KEPT_US;
	for (uint8_t c = 0; c < CLIENTS; c++) {
		const struct pxe_tftp_opts none = { 0 };

		check(find(c, &none).max_blksize == PXE_TFTP_BLKSIZE_MAX);
		check(!find(c, &none).no_options);
	}
	pxe_habits_free(habits);
	return 0;
}
