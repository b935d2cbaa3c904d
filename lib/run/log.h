/* SPDX-License-Identifier: ISC */
/*
 * The log: the journal with fields where systemd reads our stderr, else lines
 * on stderr.  Programs log; the library does not (this module only carries).
 */
#ifndef PXE_RUN_LOG_H
#define PXE_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum pxe_log_level { /* numbers of syslog(3) */
	PXE_LOG_ERR = 3,
	PXE_LOG_WARNING = 4,
	PXE_LOG_NOTICE = 5,
	PXE_LOG_INFO = 6,
	PXE_LOG_DEBUG = 7,
};

/* One field beside the message: "PXE_MAC" and its value. */
struct pxe_log_field {
	const char *name; /* upper case, begins with PXE_ */
	const char *value; /* NULL or "": left out */
};

/*
 * Starts the log of `program`.  Lines above `level` are not written.  Finds
 * out by JOURNAL_STREAM whether stderr is the journal.
 */
void pxe_log_open(const char *program, enum pxe_log_level level);

/* The level in force. */
enum pxe_log_level pxe_log_level(void);

/* One line, printf style.  Control characters are written as \xHH. */
void pxe_log(enum pxe_log_level level, const char *fmt, ...) PXE_PRINTF(2, 3);

/*
 * One line with fields.  On stderr the message stands alone: what matters is
 * in it; the fields are for `journalctl PXE_MAC=...`.
 */
void pxe_log_fields(enum pxe_log_level level,
		    const struct pxe_log_field *fields, size_t n,
		    const char *fmt, ...) PXE_PRINTF(4, 5);

/*
 * May an event that can come in floods be logged now?  True at most once in
 * `every_s` seconds for each `last_s` (a static of the caller's, first 0);
 * `now_s` is the caller's monotonic clock.
 */
bool pxe_log_is_due(long long *last_s, long long now_s, unsigned every_s);

#endif
