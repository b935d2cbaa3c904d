/* SPDX-License-Identifier: ISC */
/*
 * What the renderers of boot scripts share: core/script_<language>.c.  Nobody
 * else includes it.
 */
#ifndef PXE_CORE_SCRIPT_PART_H
#define PXE_CORE_SCRIPT_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "core/menu.h"
#include "core/script.h"

#define PXE_SCRIPT_TEXT_MAX 4096 /* octets of expanded arguments or URL */
#define PXE_SCRIPT_COLUMNS  200  /* characters of a line for people */
#define PXE_SCRIPT_RETRY_S  15   /* after a step that failed */
#define PXE_SCRIPT_HOLD_S   30   /* between two questions of a held machine */

/* A script under construction. */
struct pxe_script {
	const struct pxe_conf *conf;
	struct pxe_expand_vars vars;
	struct pxe_str *out;
	int error;    /* the first; 0 */
	bool is_menu; /* targets are written into a menu */
};

/* A language: how it says what the policy can decide. */
struct pxe_script_lang {
	const char *name;
	const char *magic; /* what a script begins with */
	/* text of the configuration as one line for people */
	void (*put_text)(struct pxe_script *s, const char *text);
	void (*put_one)(struct pxe_script *s,
			const struct pxe_conf_target *target);
	void (*put_menu)(struct pxe_script *s);
	void (*put_hold)(struct pxe_script *s, enum pxe_reason reason);
};

extern const struct pxe_script_lang pxe_script_ipxe, pxe_script_pxelinux,
	pxe_script_grub, pxe_script_uboot;

/* Remembers the first error. */
void pxe_script_fail(struct pxe_script *s, int error);

/* White space, or a control character that would be as good as that. */
bool pxe_script_is_space(char c);

/* Is there anything but white space in `text`? */
bool pxe_script_has_words(const char *text);

/* Words with one space between them; control characters separate words. */
void pxe_script_put_words(struct pxe_script *s, const char *text);

/* The same, cut to what a line for people may have in any language. */
void pxe_script_put_line(struct pxe_script *s, const char *text);

/* The menu of the machine. */
struct pxe_menu pxe_script_menu(const struct pxe_script *s);

/* Is `text` of `len` octets, 1 at least, made of letters, digits and octets of
 * `others`? */
bool pxe_script_is_name(const char *text, size_t len, const char *others);

/* Is what starts a target made only when it was chosen: by its own boot
 * session, or of the administrator's script? */
bool pxe_script_is_asked_anew(const struct pxe_conf_target *target);

/* Does it take HTTP, and the machine asks by something else? */
bool pxe_script_lacks_http(const struct pxe_script *s,
			   const struct pxe_conf_target *target);

/* "?session=TOKEN&target=NAME" of what there is of them (target: or NULL). */
void pxe_script_put_query(struct pxe_script *s, const char *target);

/* What people call a target: its title, else its name. */
const char *pxe_script_title(const struct pxe_conf_target *target);

/* Does `text` begin with a scheme and "://" or ":/"? RFC 3986 section 3.1. */
bool pxe_script_is_url(const char *text);

/* Appends a path as that of a URL, without slashes at its beginning. */
void pxe_script_put_url_path(struct pxe_script *s, const char *path);

/* "s/TOKEN/" of the boot session, which comes before the path of a file that is
 * fetched within it; nothing without one. */
void pxe_script_put_session(struct pxe_script *s);

/* Appends "%HH". */
void pxe_script_put_percent(struct pxe_script *s, char c);

/* Expands a template into `text` of PXE_SCRIPT_TEXT_MAX octets; "" after an
 * error, which is remembered. */
void pxe_script_expand(struct pxe_script *s, const char *template, char *text);

/* Has the machine a MAC address, by which its script can be asked for? */
bool pxe_script_has_mac(const struct pxe_script *s);

/* The machine, as it is part of the names of configuration files: "01-" and
 * the MAC address with dashes, or the UUID; or "". */
void pxe_script_put_machine(struct pxe_script *s);

/* The machine for people: its MAC address, or its UUID, or "of no name". */
void pxe_script_put_who(struct pxe_script *s);

#endif
