/* SPDX-License-Identifier: ISC */
#include "tftpd/rtt.h"

/*
 * A measured timeout may be as short as this: a copy costs little, a lost
 * block that nobody repeats costs the whole timeout.  But a timer of a few
 * milliseconds makes the kernel set its clock around every sleep, which costs
 * a tenth of a transfer block by block: it is for windows only.
 */
static const struct {
	uint64_t timeout_us, spread_us;
} least[] = {
	[false] = { 20000, 10000 },
	[true] = { 5000, 4000 },
};

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
	const uint64_t least_us = least[rtt->is_windowed].timeout_us;
	uint64_t spread = 4 * rtt->spread_us;
	uint64_t timeout;

	if (rtt->mean_us == 0)
		return 0;
	if (spread < least[rtt->is_windowed].spread_us)
		spread = least[rtt->is_windowed].spread_us;
	timeout = rtt->mean_us + spread;
	return timeout > least_us ? timeout : least_us;
}
