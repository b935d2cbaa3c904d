/* SPDX-License-Identifier: ISC */
/*
 * Templates: `{{name}}` in kernel arguments and URLs becomes a value.
 */
#ifndef PXE_CORE_EXPAND_H
#define PXE_CORE_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/conf.h"

/* Where values come from: everything that a template may speak of. */
struct pxe_expand_vars {
	const struct pxe_conf_host *host;     /* NULL: none */
	const struct pxe_conf_target *target; /* NULL: none */
	const struct pxe_hwaddr *hw;	      /* NULL: not known */
	const struct pxe_uuid *uuid;	      /* NULL: not known */
	const char *server_host; /* for URLs where server_address is 0, such
				    as "[fd00::1]"; NULL: not known */
	uint32_t server_address, client_address;
	uint16_t http_port;
	bool is_http; /* the loader asks by HTTP, so it can do that */
	enum pxe_family family; /* the machine's; NONE: not known */
	const char *token;	/* of the boot session; NULL: there is none */
};

/*
 * Appends `text` to `out` with every {{variable}} replaced: http (URL of our
 * HTTP server without a slash at the end), server, callback (URL that marks
 * this boot as up), answer-url (without a slash at the end), done-url,
 * failed-url, token (these four need vars->token), mac, uuid, address,
 * host.name, host.mac, target.name, target.title.  A value that is not known expands to nothing.
 * 0, -ENOENT (a variable with that name does not exist; `bad`, may be NULL,
 * gets its name, cut to fit `cap`), -EBADMSG ("{{" without "}}"), -ENOSPC.
 */
int pxe_expand(const char *text, const struct pxe_expand_vars *vars,
	       struct pxe_str *out, char *bad, size_t cap) PXE_MUST_CHECK;

/* The name of the `i`th variable; NULL beyond the last. */
const char *pxe_expand_name(size_t i);

#endif
