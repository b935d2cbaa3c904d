/* SPDX-License-Identifier: ISC */
/* Reads the clocks that core/clock.h judges. */
#ifndef PXE_RUN_CLOCK_H
#define PXE_RUN_CLOCK_H

#include "core/clock.h"

/* Both clocks now: the wall's, and the one that nobody sets. */
struct pxe_clock_time pxe_clock_read(void);

/* The name of this boot, of PXE_CLOCK_BOOT_ID_TEXT octets; "": not known. */
void pxe_clock_read_boot_id(char *text);

#endif
