/* SPDX-License-Identifier: ISC */
#include "tftpd/rtt.h"

/*
 * A measured timeout may be as short as this: a copy costs little, a lost
 * block that nobody repeats costs the whole timeout.
 */
#define MIN_TIMEOUT_US 5000
#define MIN_SPREAD_US  4000

/* RFC 6298 section 2 */
void pxe_rtt_add(struct pxe_rtt *rtt, uint64_t us)
{
	uint64_t off =
		us > rtt->mean_us ? us - rtt->mean_us : rtt->mean_us - us;

	if (rtt->mean_us == 0) {
		rtt->mean_us = us;
		rtt->spread_us = us / 2;
	} else {
		rtt->spread_us = (3 * rtt->spread_us + off) / 4;
		rtt->mean_us = (7 * rtt->mean_us + us) / 8;
	}
	if (rtt->mean_us == 0)
		rtt->mean_us = 1;
}

uint64_t pxe_rtt_timeout_us(const struct pxe_rtt *rtt)
{
	uint64_t spread = 4 * rtt->spread_us;
	uint64_t timeout;

	if (rtt->mean_us == 0)
		return 0;
	if (spread < MIN_SPREAD_US)
		spread = MIN_SPREAD_US;
	timeout = rtt->mean_us + spread;
	return timeout > MIN_TIMEOUT_US ? timeout : MIN_TIMEOUT_US;
}
