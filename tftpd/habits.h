/* SPDX-License-Identifier: ISC */
/*
 * What is remembered of clients between their transfers, for an hour: the
 * largest block that is believed to get through to them, and that they refuse
 * to be answered with options although they ask for some.
 *
 * A client is its address as 16 octets, those of IPv4 mapped into IPv6.  The
 * table has a fixed size and costs the same however full it is; the client
 * that was not heard of for longest makes room.  Who never had trouble is not
 * in it.  Pure.
 */
#ifndef PXE_TFTPD_HABITS_H
#define PXE_TFTPD_HABITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "wire/tftp.h"

#define PXE_HABITS_CLIENT_BYTES 16
#define PXE_HABITS_KEPT_US      UINT64_C(3600000000)

/* So many refusals of options make a habit: one may be a mood. */
#define PXE_HABITS_REFUSALS 2

struct pxe_habits;

/* An empty table, or NULL (no memory).  `seed`: nobody else's to know. */
struct pxe_habits *pxe_habits_new(uint64_t seed) PXE_MUST_CHECK;
void pxe_habits_free(struct pxe_habits *habits);

/*
 * Blocks of so many octets seem to be lost on the way to the client: the next
 * ones are a step smaller.  A size that got through before is not doubted for
 * one such transfer, but for two in a row.
 */
void pxe_habits_suspect(struct pxe_habits *habits, const uint8_t *client,
			uint16_t blksize, uint64_t now_us);

/*
 * ICMP says what the way to the client carries: blocks with `head_bytes`
 * around them are to be no larger.  0 (an old router): use _suspect.
 */
void pxe_habits_mtu(struct pxe_habits *habits, const uint8_t *client,
		    uint32_t mtu_bytes, uint16_t head_bytes, uint64_t now_us);

/* A block of so many octets got through: no smaller ones are needed. */
void pxe_habits_succeeded(struct pxe_habits *habits, const uint8_t *client,
			  uint16_t blksize, uint64_t now_us);

/* The client answered the OACK to a request with these options by ERROR 8. */
void pxe_habits_refuses_options(struct pxe_habits *habits,
				const uint8_t *client,
				const struct pxe_tftp_opts *asked,
				uint64_t now_us);

struct pxe_habits_limits {
	uint16_t max_blksize; /* PXE_TFTP_BLKSIZE_MAX: nothing is known */
	bool no_options;      /* answer this request without any */
};

/*
 * What to keep to when the client asks with these options.  A request with
 * other options than those it refused is another program's (the boot ROM and
 * the loader have one address) and is answered as it asks.
 */
void pxe_habits_find(struct pxe_habits *habits, const uint8_t *client,
		     const struct pxe_tftp_opts *asked, uint64_t now_us,
		     struct pxe_habits_limits *limits);

#endif
