/* SPDX-License-Identifier: ISC */
/*
 * Round trips that were measured, and the timeout that they make (RFC 6298).
 * Pure; all zero at first.
 */
#ifndef PXE_TFTPD_RTT_H
#define PXE_TFTPD_RTT_H

#include <stdbool.h>
#include <stdint.h>

struct pxe_rtt {
	bool is_windowed; /* many blocks wait for one timeout: see rtt.c */
	uint64_t mean_us, spread_us; /* SRTT and RTTVAR; 0: not measured */
};

/* Takes one round trip into account. */
void pxe_rtt_add(struct pxe_rtt *rtt, uint64_t us);

/* The timeout; 0: nothing was measured. */
uint64_t pxe_rtt_timeout_us(const struct pxe_rtt *rtt);

#endif
