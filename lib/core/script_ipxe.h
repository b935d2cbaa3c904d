/* SPDX-License-Identifier: ISC */
/*
 * What the files of the iPXE renderer share: core/script_ipxe*.c.  Nobody else
 * includes it.
 */
#ifndef PXE_CORE_SCRIPT_IPXE_H
#define PXE_CORE_SCRIPT_IPXE_H

#include "core/script_part.h"
#include "core/target.h"

/*
 * Text of the configuration, word by word, one space between them.  Settings
 * in it are left to iPXE if `settings`, else shown as they are.
 */
void pxe_script_ipxe_put_words(struct pxe_script *s, const char *text,
			       bool settings);

/* Text as one word: white space as in URLs, settings left to iPXE. */
void pxe_script_ipxe_put_word(struct pxe_script *s, const char *text);

/* The words of `text` as a line for people. */
void pxe_script_ipxe_put_text(struct pxe_script *s, const char *text);

/* What people call a target. */
void pxe_script_ipxe_put_title(struct pxe_script *s,
			       const struct pxe_conf_target *target);

/* The absolute URL of a file below the boot root, within the session if there
 * is one. */
void pxe_script_ipxe_put_path_url(struct pxe_script *s, const char *path);

/* A URL as it is (iPXE's settings in it too), or a path below the boot root. */
void pxe_script_ipxe_put_url(struct pxe_script *s, const char *text);

/* The URL of this machine's script, for another try; always with a query, so
 * that "&name=value" may follow. */
void pxe_script_ipxe_put_again_url(struct pxe_script *s);

/* Says what is started and starts it; what fails goes to `failed`. */
void pxe_script_ipxe_put_target(struct pxe_script *s,
				const struct pxe_conf_target *target);

/*
 * Hooks the drives of a SAN target.  Returns what is to be started now, which
 * the caller writes; for DRIVE and NOTHING all is written.
 */
enum pxe_san_start pxe_script_ipxe_put_hook(struct pxe_script *s);

/* The message and the pause after something that did not work. */
void pxe_script_ipxe_put_pause(struct pxe_script *s, const char *text,
			       unsigned seconds);

void pxe_script_ipxe_put_menu(struct pxe_script *s);

#endif
