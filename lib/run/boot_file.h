/* SPDX-License-Identifier: ISC */
/*
 * What a request for a file gets: the one place where pxe-tftpd and pxe-httpd
 * learn what a name (core/boot_name.h) stands for, for the machine that asks
 * (run/asker.h).
 *
 * A file below the boot root comes first, whatever the name means; where it is
 * looked for is in run/root_find.h.  If there is none, a virtual loader name
 * is the loader that the policy chooses (for iPXE, which another DHCP server
 * sends to it once more, its script), a script or configuration is made, and
 * the second stage of shim is looked for where the machine's loader lies.  What
 * is found in the place of a name is never built for another kind of machine.
 * Last, a name that begins with the path of the boot root itself is taken
 * without it: /srv/pxe/ipxe.efi.
 */
#ifndef PXE_RUN_BOOT_FILE_H
#define PXE_RUN_BOOT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/boot_name.h"
#include "core/conf.h"
#include "core/policy.h"
#include "core/reason.h"
#include "run/asker.h"
#include "run/root_find.h"
#include "run/rootdir.h"
#include "run/why.h"

struct pxe_boot_ask {
	const struct pxe_conf *conf;
	int root_fd;
	struct pxe_fold_cache *folds; /* kept from request to request */
	const char *name; /* clean: relative, no slash twice */
	const struct pxe_boot_name *means;
	const struct pxe_asker *asker;
	/* where the machine reached us, for URLs in what is made for it */
	uint32_t server_address;
	const char *server_host, *https_host; /* NULL; see core/expand.h */
	bool is_http;
	bool is_ipxe_like; /* it asks as iPXE does */
	/* it is iPXE, and did not say who it is: it may be sent here once more
	 * with its MAC and UUID behind the name */
	bool is_nameless_ipxe;
	/* the boot session that there is for `session_target`; NULL: none */
	const char *token, *session_target;
	/* why there will be none; a target that needs one becomes a hold */
	enum pxe_reason no_session;
	bool has_session; /* the machine asks within a session: core/policy.h */
	const struct pxe_conf_target *chosen; /* in the menu; or NULL */
	/* the target in whose session a file is asked for; NULL: in none */
	const struct pxe_conf_target *of;
};

struct pxe_boot_found {
	bool is_text;                     /* made, not a file */
	struct pxe_rootdir_file file;     /* !is_text: the caller closes it */
	char name[PXE_ROOTDIR_NAME_TEXT]; /* of the file, else as asked */
	bool is_loader, is_script;
	/* nothing was made yet: `decision` needs a boot session.  Open one and
	 * ask again, with its token or why there is none */
	bool needs_session;
	bool is_quiet; /* not found, and nobody expects otherwise: loaders try
			  one such name after the other */
	enum pxe_family family; /* of the loader that is served or is not */
	struct pxe_decision decision; /* rule NULL: the policy was not asked */
	struct pxe_root_find where;   /* the name was looked for */
	struct pxe_why why; /* of pxe_boot_file_explain(); else empty */
};

/*
 * Finds what `ask` gets.  A text that is made goes to `text`, whose room
 * should be PXE_SCRIPT_MAX.
 * OK; or the reason, with name, is_quiet, family and decision in `found`
 * (for INTERNAL and IO errno has the cause).
 */
enum pxe_reason pxe_boot_file_find(const struct pxe_boot_ask *ask,
				   struct pxe_str *text,
				   struct pxe_boot_found *found) PXE_MUST_CHECK;

/*
 * Explains in found->why why `reason` and not a file was found, if it is worth
 * it: not for names that loaders try, unless `has_quiet`, and not more often
 * than `limit` (the caller's to keep) allows at `now_s` of a monotonic clock.
 */
void pxe_boot_file_explain(const struct pxe_boot_ask *ask,
			   enum pxe_reason reason, bool has_quiet,
			   struct pxe_why_limit *limit, long long now_s,
			   struct pxe_boot_found *found);

/* What is odd about a virtual loader name or a script that was served. */
enum pxe_boot_warning {
	PXE_BOOT_WARNING_PORT,     /* it names another HTTP port */
	PXE_BOOT_WARNING_FAMILY,   /* it names another family */
	PXE_BOOT_WARNING_FALLBACK, /* nobody knows the machine */
	PXE_BOOT_WARNING_HTTP,     /* it came by TFTP for what takes HTTP */
	PXE_BOOT_N_WARNINGS
};

/*
 * Logs what is odd about it, each thing once a minute: `last_s` is the
 * caller's to keep, first all 0; `now_s` of its monotonic clock.
 */
void pxe_boot_file_warn(const struct pxe_boot_ask *ask,
			const struct pxe_boot_found *found,
			long long last_s[PXE_BOOT_N_WARNINGS],
			long long now_s);

#endif
