/* SPDX-License-Identifier: ISC */
/* The modes of pxe-dhcpd, as `status` and `check` see them. */
#ifndef PXECTL_MODES_H
#define PXECTL_MODES_H

#include <jansson.h>

#include "pxectl/ctl.h"
#include "run/conf_load.h"

/*
 * The networks of the configuration in the files, an array of records (subnet,
 * mode, contend), a new reference; empty where dhcpd.conf cannot be used.
 */
json_t *pxe_ctl_networks(const struct pxe_ctl *ctl) PXE_MUST_CHECK;

/* Prints them as a table; nothing where there are none. */
void pxe_ctl_print_networks(const struct pxe_ctl *ctl, const json_t *networks);

/* Warns of what does not go together with a mode. */
void pxe_ctl_check_modes(const struct pxe_conf *conf, pxe_conf_tell *tell,
			 void *arg);

#endif
