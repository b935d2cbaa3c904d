/* SPDX-License-Identifier: ISC */
/*
 * Mistakes in boot scripts, found without running them.
 *
 * They may be templates: variables are not replaced here, so that lines are
 * those of the file.  What is not known before a machine runs the script, such
 * as `goto ${chosen}`, is passed over, and so is what a variable decides.
 */
#ifndef PXE_CORE_SCRIPT_LINT_H
#define PXE_CORE_SCRIPT_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/script.h"

#define PXE_LINT_NAME_TEXT 256

/* Rows: enumerator, is it certain to go wrong, what it is. */
#define PXE_LINTS(X)                                                           \
	X(NO_LABEL, true, "there is no such label")                            \
	X(NO_TARGET, true, "it names no label")                                \
	X(TWO_LABELS, false,                                                   \
	  "this label stands further up, too: goto leads "                     \
	  "there")                                                             \
	X(COMMAND, false, "no iPXE has such a command")                        \
	X(NEXT_SERVER, false,                                                  \
	  "this is what DHCP said, and need not be this "                      \
	  "server: write {{http}} or {{server}}")                              \
	X(CRLF, false,                                                         \
	  "lines end in CR LF, which old iPXE takes for a part "               \
	  "of labels: save the file with LF")                                  \
	X(FILE, false, "") /* `name` is a file that it loads */

#define X(id, is_error, text) PXE_LINT_##id,
enum pxe_lint { PXE_LINTS(X) PXE_N_LINTS };
#undef X

struct pxe_lint_found {
	enum pxe_lint what;
	unsigned line;
	char name[PXE_LINT_NAME_TEXT]; /* what stands there, cut to fit */
};

typedef void pxe_lint_tell(const struct pxe_lint_found *found, void *arg);

/*
 * Tells what is wrong with a script of `len` octets, in the order of its
 * lines, and which files it loads: URLs, and paths as they stand there, with
 * "{{http}}/" before them or without.
 */
void pxe_script_lint(enum pxe_script_kind kind, const char *text, size_t len,
		     pxe_lint_tell *tell, void *arg);

/* Is it certain to go wrong?  And what it is, for people. */
bool pxe_script_lint_is_error(enum pxe_lint what);
const char *pxe_script_lint_text(enum pxe_lint what);

#endif
