/* SPDX-License-Identifier: ISC */
/* What the file servers counted, for `pxectl status`. */
#ifndef PXECTL_COUNTERS_H
#define PXECTL_COUNTERS_H

#include <jansson.h>

#include "pxectl/ctl.h"

/*
 * Prints the counters of those `peers` (of GetStatus, with the prefix "pxe-"
 * or not) that told some; nothing, where none did.
 */
void pxe_ctl_print_counters(const struct pxe_ctl *ctl, const json_t *peers);

#endif
