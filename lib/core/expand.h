/* SPDX-License-Identifier: ISC */
/*
 * Templates: `{{name}}` in kernel arguments, URLs, scripts and answer files
 * becomes a value; pxe-templates(7) has the language.
 *
 * A value is put in as it is, never expanded again, so that nothing can go
 * round in circles; each character of a template is looked at once or twice.
 */
#ifndef PXE_CORE_EXPAND_H
#define PXE_CORE_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/conf.h"

#define PXE_EXPAND_VALUE_MAX 4352 /* octets of a value, with its NUL */
#define PXE_EXPAND_NAME_TEXT 64   /* of a name, in messages */

/* Where values come from: everything that a template may speak of. */
struct pxe_expand_vars {
	const struct pxe_conf *conf;          /* NULL: none */
	const struct pxe_conf_subnet *subnet; /* NULL: not known */
	const struct pxe_conf_host *host;     /* NULL: none */
	const struct pxe_conf_target *target; /* NULL: none */
	const struct pxe_hwaddr *hw;          /* NULL: not known */
	const struct pxe_uuid *uuid;          /* NULL: not known */
	const char *server_host; /* for URLs where server_address is 0, such
				    as "[fd00::1]"; NULL: not known */
	const char *https_host; /* host and port of URLs that are https, since
				   the loader asks so; NULL: http */
	uint32_t server_address, client_address;
	uint16_t http_port;
	bool is_http;           /* the loader asks by HTTP, so it can do that */
	enum pxe_family family; /* the machine's; NONE: not known */
	const char *token;      /* of the boot session; NULL: there is none */
};

/* What can be wrong with a template, and how that is said. */
#define PXE_EXPAND_MISTAKES(X)                                                 \
	X(NONE, "")                                                            \
	X(UNKNOWN, "there is no such variable")                                \
	X(UNSET, "it has no value for this machine, and no default")           \
	X(FILTER, "there is no such filter")                                   \
	X(OPEN, "it is not closed on its line")                                \
	X(CONDITION, "this is no condition")                                   \
	X(NO_END, "this condition has no end")                                 \
	X(NO_IF, "it belongs to no condition")                                 \
	X(DEEP, "conditions are nested too deeply")                            \
	X(LONG, "the result is too long")

#define X(id, text) PXE_EXPAND_##id,
enum pxe_expand_wrong { PXE_EXPAND_MISTAKES(X) PXE_EXPAND_N_MISTAKES };
#undef X

struct pxe_expand_mistake {
	enum pxe_expand_wrong what;
	unsigned line;                   /* of the template, from 1 on */
	char name[PXE_EXPAND_NAME_TEXT]; /* what stands there, cut to fit */
};

/*
 * Told of each variable of a template, also where a condition leaves it out:
 * `n` characters at `name`.  `is_optional`: it may have no value here, since
 * there is a default, or a condition asks for it or leaves it out.
 */
typedef void pxe_expand_seen(const char *name, size_t n, unsigned line,
			     bool is_optional, void *arg);

/* Told of a variable or filter that does not exist; then it goes on, as if it
 * was not there. */
typedef void pxe_expand_wrong_name(const struct pxe_expand_mistake *mistake,
				   void *arg);

/* How a template is read, and its values are written. */
struct pxe_expand_how {
	enum pxe_format format;   /* how values are escaped */
	const char *open, *close; /* NULL: "{{" and "}}" */
	bool is_lenient; /* var.NAME without a value is nothing, no mistake */
	pxe_expand_seen *seen; /* NULL: nobody is told */
	pxe_expand_wrong_name *wrong; /* NULL: the first one ends it */
	void *arg;
};

/*
 * Appends `text` to `out` with every {{variable}} replaced, not escaped.  A
 * value that is not known becomes its default, or nothing.
 * 0, -ENOENT (a variable with that name does not exist; `bad`, may be NULL,
 * gets its name, cut to fit `cap`), -EBADMSG (another mistake), -ENOSPC.
 */
int pxe_expand(const char *text, const struct pxe_expand_vars *vars,
	       struct pxe_str *out, char *bad, size_t cap) PXE_MUST_CHECK;

/*
 * The same for a template of `len` octets, read and written as `how` says.
 * `mistake` gets what is wrong.
 */
int pxe_expand_template(const char *text, size_t len,
			const struct pxe_expand_vars *vars,
			const struct pxe_expand_how *how, struct pxe_str *out,
			struct pxe_expand_mistake *mistake) PXE_MUST_CHECK;

/* What a mistake is, for people: "there is no such variable". */
const char *pxe_expand_wrong_text(enum pxe_expand_wrong what);

/* The name of the `i`th variable, or filter; NULL beyond the last. */
const char *pxe_expand_name(size_t i);
const char *pxe_expand_filter_name(size_t i);

/*
 * Appends the value of the variable called so; nothing if it is not known.
 * 0, -ENOENT (no such variable), -ENODATA (var.NAME is not set for these).
 */
int pxe_expand_value(const char *name, size_t n,
		     const struct pxe_expand_vars *vars,
		     struct pxe_str *out) PXE_MUST_CHECK;

/*
 * The filter called so, or -ENOENT; below PXE_N_FORMATS: it escapes for that
 * format.  What it makes of a text is appended.
 */
int pxe_expand_find_filter(const char *name, size_t n) PXE_MUST_CHECK;
void pxe_expand_filter(int filter, const char *text, size_t len,
		       struct pxe_str *out);

#endif
