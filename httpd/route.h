/* SPDX-License-Identifier: ISC */
/*
 * Routes: what a request target asks for.  Pure; the guard has seen the
 * target before, so it holds no control characters.
 */
#ifndef PXE_HTTPD_ROUTE_H
#define PXE_HTTPD_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/hwaddr.h"
#include "base/uuid.h"
#include "core/reason.h"

#define PXE_ROUTE_PATH_TEXT   1024
#define PXE_ROUTE_TOKEN_TEXT  33 /* 32 hex digits and NUL */
#define PXE_ROUTE_TARGET_TEXT 64

enum pxe_route_kind {
	PXE_ROUTE_FILE,     /* a name of core/boot_name.h: a file or so */
	PXE_ROUTE_CALLBACK, /* "I am up" */
	/* of a boot session; its token goes before what they are about */
	PXE_ROUTE_SESSION_FILE, /* a file of its target */
	PXE_ROUTE_ANSWER,	/* an answer file */
	PXE_ROUTE_DONE,		/* "the installation is done" */
	PXE_ROUTE_FAILED,	/* "it failed" */
};

struct pxe_route {
	enum pxe_route_kind kind;
	/* decoded, relative, without what says the kind of session URLs; "."
	 * the root */
	char path[PXE_ROUTE_PATH_TEXT];
	bool has_hw, has_uuid; /* the query names the machine: ?mac= ?uuid= */
	struct pxe_hwaddr hw;
	struct pxe_uuid uuid;
	char token[PXE_ROUTE_TOKEN_TEXT]; /* of the path; "" */
	/* of the query: the session in which it asks once more, and what was
	 * chosen in the menu; "" */
	char session[PXE_ROUTE_TOKEN_TEXT];
	char target[PXE_ROUTE_TARGET_TEXT];
};

/*
 * Reads a request target, "/path?query" or "http://host/path?query".
 * OK and `route`; BAD_NAME (a broken %XX, a control character, too long), or
 * OUTSIDE (a ".." segment).
 */
enum pxe_reason pxe_route_find(const char *target,
			       struct pxe_route *route) PXE_MUST_CHECK;

#endif
