/* SPDX-License-Identifier: ISC */
#include "run/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/str.h"

enum { LINE_MAX_TEXT = 2048, FIELDS_MAX = 24 };

static struct {
	const char *program;
	enum pxe_log_level level;
	bool is_journal;
} the_log = { .program = "pxe", .level = PXE_LOG_INFO };

/* systemd names the device and inode of the journal's stream (sd-daemon(3)) */
static bool is_stderr_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (env == NULL || sscanf(env, "%llu:%llu", &dev, &ino) != 2 ||
	    fstat(STDERR_FILENO, &st) < 0)
		return false;
	return st.st_dev == dev && st.st_ino == ino;
}

void pxe_log_open(const char *program, enum pxe_log_level level)
{
	the_log.program = program;
	the_log.level = level;
	the_log.is_journal = is_stderr_journal();
}

enum pxe_log_level pxe_log_level(void)
{
	return the_log.level;
}

/* Control characters would let a client write lines of its own. */
static void make_printable(const char *text, char *out, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, out, cap);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			pxe_str_putf(&s, "\\x%02x", c);
		else
			pxe_str_putc(&s, (char)c);
	}
}

static void write_stderr(enum pxe_log_level level, const char *line)
{
	static const char *const words[] = {
		[PXE_LOG_ERR] = "error: ",
		[PXE_LOG_WARNING] = "warning: ",
	};
	const char *word = level < PXE_LEN(words) ? words[level] : NULL;

	fprintf(stderr, "%s: %s%s\n", the_log.program,
		word != NULL ? word : "", line);
}

static void write_journal(enum pxe_log_level level,
			  const struct pxe_log_field *fields, size_t n,
			  const char *line)
{
	static _Thread_local char text[FIELDS_MAX + 3][LINE_MAX_TEXT + 64];
	struct iovec iov[FIELDS_MAX + 3];
	int at = 0;

	snprintf(text[at++], sizeof(text[0]), "PRIORITY=%d", (int)level);
	snprintf(text[at++], sizeof(text[0]), "SYSLOG_IDENTIFIER=%s",
		 the_log.program);
	snprintf(text[at++], sizeof(text[0]), "MESSAGE=%s", line);
	for (size_t i = 0; i < n && i < FIELDS_MAX; i++)
		if (fields[i].value != NULL && fields[i].value[0] != '\0')
			snprintf(text[at++], sizeof(text[0]), "%s=%s",
				 fields[i].name, fields[i].value);
	for (int i = 0; i < at; i++)
		iov[i] = (struct iovec){ text[i], strlen(text[i]) };
	if (sd_journal_sendv(iov, at) < 0)
		write_stderr(level, line);
}

PXE_PRINTF(4, 0)
static void write_line(enum pxe_log_level level,
		       const struct pxe_log_field *fields, size_t n,
		       const char *fmt, va_list args)
{
	char raw[LINE_MAX_TEXT], line[LINE_MAX_TEXT];

	vsnprintf(raw, sizeof(raw), fmt, args);
	make_printable(raw, line, sizeof(line));
	if (the_log.is_journal)
		write_journal(level, fields, n, line);
	else
		write_stderr(level, line);
}

void pxe_log(enum pxe_log_level level, const char *fmt, ...)
{
	va_list args;

	if (level > the_log.level)
		return;
	va_start(args, fmt);
	write_line(level, NULL, 0, fmt, args);
	va_end(args);
}

void pxe_log_fields(enum pxe_log_level level,
		    const struct pxe_log_field *fields, size_t n,
		    const char *fmt, ...)
{
	va_list args;

	if (level > the_log.level)
		return;
	va_start(args, fmt);
	write_line(level, fields, n, fmt, args);
	va_end(args);
}

bool pxe_log_is_due(long long *last_s, long long now_s, unsigned every_s)
{
	if (*last_s != 0 && now_s - *last_s < (long long)every_s)
		return false;
	*last_s = now_s;
	return true;
}
