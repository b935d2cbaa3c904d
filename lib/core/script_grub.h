/* SPDX-License-Identifier: ISC */
/*
 * What the files of the GRUB renderer share: core/script_grub*.c.  Nobody else
 * includes it.
 */
#ifndef PXE_CORE_SCRIPT_GRUB_H
#define PXE_CORE_SCRIPT_GRUB_H

#include "core/script_part.h"

/* A character or text between single quotes, which the caller writes. */
void pxe_script_grub_put_quoted_char(struct pxe_script *s, char c);
void pxe_script_grub_put_quoted(struct pxe_script *s, const char *text);

/* What people call a target, between quotes too; begins no option. */
void pxe_script_grub_put_title(struct pxe_script *s,
			       const struct pxe_conf_target *target);

/* A line on the screen. */
void pxe_script_grub_echo(struct pxe_script *s, const char *before,
			  const char *text);
void pxe_script_grub_echo_title(struct pxe_script *s,
				const struct pxe_conf_target *target,
				const char *after);

/* "(device)/" of our own server, in quotes that stay open. */
void pxe_script_grub_put_device(struct pxe_script *s);

/* The command that reads this machine's configuration anew, by HTTP within the
 * boot session; `target`: what was chosen, or NULL. */
void pxe_script_grub_put_config(struct pxe_script *s, const char *target);

/* What targets of type LOCAL call; stands outside of menu entries. */
void pxe_script_grub_put_functions(struct pxe_script *s);

/* Why GRUB cannot start a target, or NULL; sets vars.target. */
const char *pxe_script_grub_find_why_not(struct pxe_script *s,
					 const struct pxe_conf_target *target);

/* The commands that start a target, or say why that cannot be. */
void pxe_script_grub_put_target(struct pxe_script *s,
				const struct pxe_conf_target *target);

void pxe_script_grub_put_menu(struct pxe_script *s);

#endif
