/* SPDX-License-Identifier: ISC */
/*
 * What the files of the PXELINUX renderer share: core/script_pxelinux*.c.
 * Nobody else includes it.
 */
#ifndef PXE_CORE_SCRIPT_PXELINUX_H
#define PXE_CORE_SCRIPT_PXELINUX_H

#include "core/script_part.h"

/* A line on the screen. */
void pxe_script_pxelinux_say(struct pxe_script *s, const char *before,
			     const char *text, const char *after);

/* Our server's part of a URL; whence PXELINUX came, where that is not known. */
void pxe_script_pxelinux_put_server(struct pxe_script *s);

/* A file of the configuration, or a URL. */
void pxe_script_pxelinux_put_file(struct pxe_script *s, const char *file);

/* The keyword that reads this machine's configuration anew, by HTTP within the
 * boot session; `target`: what was chosen, or NULL. */
void pxe_script_pxelinux_put_config(struct pxe_script *s, const char *target);

/* Why PXELINUX cannot start a target, or NULL; sets vars.target. */
const char *pxe_script_pxelinux_find_why_not(
	struct pxe_script *s, const struct pxe_conf_target *target);

/* The label of a target, called as that. */
void pxe_script_pxelinux_put_label(struct pxe_script *s,
				   const struct pxe_conf_target *target);

void pxe_script_pxelinux_put_menu(struct pxe_script *s);

#endif
