/* SPDX-License-Identifier: ISC */
/* How far two names are from each other: for "did you mean". */
#ifndef PXE_CORE_DISTANCE_H
#define PXE_CORE_DISTANCE_H

#include <stddef.h>

#define PXE_DISTANCE_MAX 63 /* letters of a name that is compared */

/* How many letters must be added, dropped, changed or swapped with the next
 * one to make one name of the other; PXE_DISTANCE_MAX + 1: one is too long. */
size_t pxe_distance(const char *a, const char *b);

#endif
