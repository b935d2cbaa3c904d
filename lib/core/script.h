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

/*
 * Renders `decision` (TARGET, MENU or HOLD) as an iPXE script into `out`.
 * URLs in it are absolute.  vars->target is set by the renderer.
 * 0, -EINVAL (not something that a script can do), -ENOSPC, and the errors of
 * pxe_expand().
 */
int pxe_script_ipxe(const struct pxe_conf *conf,
		    const struct pxe_decision *decision,
		    const struct pxe_expand_vars *vars,
		    struct pxe_str *out) PXE_MUST_CHECK;

#endif
