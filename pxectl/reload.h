/* SPDX-License-Identifier: ISC */
/* Daemons that are told to read their configuration again. */
#ifndef PXECTL_RELOAD_H
#define PXECTL_RELOAD_H

#include <jansson.h>
#include <stdbool.h>

#include "base/attr.h"
#include "pxectl/ctl.h"

/*
 * Sends SIGHUP to the daemons that pxe-stated is connected with, and says so.
 * The names of those that got it, a new reference, go to *told (a list, empty
 * where pxe-stated does not answer, which is only noted: the suite may not
 * have been started).
 * False: one did not get it, or no memory (told).
 */
bool pxe_ctl_reload(struct pxe_ctl *ctl, json_t **told) PXE_MUST_CHECK;

#endif
