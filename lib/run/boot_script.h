/* SPDX-License-Identifier: ISC */
/*
 * What a request for a boot script gets: what the policy decides, in the
 * language of the loader; or the administrator's own script, its variables
 * replaced.  Part of run/boot_file.h.
 */
#ifndef PXE_RUN_BOOT_SCRIPT_H
#define PXE_RUN_BOOT_SCRIPT_H

#include "core/expand.h"
#include "run/boot_file.h"

/* What a template may speak of, for who asks. */
void pxe_boot_script_vars(const struct pxe_boot_ask *ask,
			  struct pxe_expand_vars *vars);

/* Asks the policy. */
void pxe_boot_script_decide(const struct pxe_boot_ask *ask, enum pxe_ask what,
			    struct pxe_decision *decision);

/*
 * OK: `text` has the script, and `found` the decision.  Else the reason, for
 * TEMPLATE with its cause in found->why.
 */
enum pxe_reason pxe_boot_script_find(
	const struct pxe_boot_ask *ask, struct pxe_str *text,
	struct pxe_boot_found *found) PXE_MUST_CHECK;

#endif
