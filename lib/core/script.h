/* SPDX-License-Identifier: ISC */
/*
 * Boot scripts: what a decision of the policy looks like in the language of
 * the loader.  Pure: text in, text out.
 */
#ifndef PXE_CORE_SCRIPT_H
#define PXE_CORE_SCRIPT_H

#include "base/attr.h"
#include "base/str.h"
#include "core/expand.h"
#include "core/policy.h"

#define PXE_SCRIPT_MAX 65536 /* octets that any script may have */

/* The languages. */
enum pxe_script_kind {
	PXE_SCRIPT_IPXE,     /* #!ipxe */
	PXE_SCRIPT_PXELINUX, /* pxelinux.cfg/..., for U-Boot too */
	PXE_SCRIPT_GRUB,     /* grub.cfg-... */
	PXE_N_SCRIPTS
};

/* The name of a language: "ipxe", "pxelinux", "grub". */
const char *pxe_script_name(enum pxe_script_kind kind);

/*
 * Renders `decision` (TARGET, MENU or HOLD) as a script of that kind into
 * `out`.  Where files are in it, it says from which server: vars must have
 * server_address or server_host, and says is_http where the loader asks by
 * HTTP.  vars->target is set by the renderer.  With vars->token, of a machine
 * that asks by HTTP, files are named and the next question is asked within that
 * boot session.  A target that the loader cannot start becomes a message on its
 * screen, after which it asks again. 0, -EINVAL (not something that a script
 * can do), -ENOSPC, and the errors of pxe_expand().
 */
int pxe_script_render(enum pxe_script_kind kind, const struct pxe_conf *conf,
		      const struct pxe_decision *decision,
		      const struct pxe_expand_vars *vars,
		      struct pxe_str *out) PXE_MUST_CHECK;

#endif
