/* SPDX-License-Identifier: ISC */
/*
 * The access log: a file with a line for each request, in the combined format
 * of web servers.  A thread of its own writes it, so that a disk which is slow
 * or full holds nobody up: lines that find no room are lost, counted and told.
 */
#ifndef PXE_HTTPD_ACCESS_LOG_H
#define PXE_HTTPD_ACCESS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct pxe_access_log;

/* It has no file until pxe_access_log_set().  NULL: no memory. */
struct pxe_access_log *pxe_access_log_new(void) PXE_MUST_CHECK;

/* Waits a moment for what is not written yet.  May be NULL. */
void pxe_access_log_free(struct pxe_access_log *log);

/*
 * Opens the file for appending, also if it is the one that is open (which
 * somebody may have moved away); "": none.  Not before the change of user.
 * 0; -errno: all stays as it was.
 */
int pxe_access_log_set(struct pxe_access_log *log,
		       const char *path) PXE_MUST_CHECK;

/* Is there a file?  From any thread. */
bool pxe_access_log_is_on(const struct pxe_access_log *log);

/*
 * Adds a line, of `n` octets with its end; from any thread.  How many lines
 * were lost since this was last told, which is now and then; `error` says why:
 * an errno, or ENOBUFS if they came faster than they were written.
 */
uint64_t pxe_access_log_put(struct pxe_access_log *log, const char *line,
			    size_t n, int *error) PXE_MUST_CHECK;

#endif
