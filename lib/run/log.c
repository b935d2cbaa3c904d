/* SPDX-License-Identifier: ISC */
#include "run/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
/* it would be this file each time, and is three fields more in the journal */
#define SD_JOURNAL_SUPPRESS_LOCATION
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

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* Control characters would let a client write lines of its own. */
static void make_printable(const char *text, char *out, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, out, cap);
	while (*text != '\0') {
		size_t n = 0;

		while (text[n] != '\0' && !is_control(text[n]))
			n++;
		pxe_str_putn(&s, text, n);
		text += n;
		if (*text != '\0')
			pxe_str_putf(&s, "\\x%02x", (unsigned char)*text++);
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

/* Fields of one entry as the journal takes them. */
struct entry {
	char text[FIELDS_MAX + 3][LINE_MAX_TEXT + 64];
	struct iovec iov[FIELDS_MAX + 3];
	int n;
};

static void add_field(struct entry *entry, const char *name, const char *value)
{
	char *text = entry->text[entry->n];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(entry->text[0]));
	pxe_str_puts(&s, name);
	pxe_str_putc(&s, '=');
	pxe_str_puts(&s, value);
	entry->iov[entry->n++] = (struct iovec){ text, s.len };
}

static void write_journal(enum pxe_log_level level,
			  const struct pxe_log_field *fields, size_t n,
			  const char *line)
{
	static _Thread_local struct entry entry;
	const char priority[] = { (char)('0' + (int)level), '\0' };

	entry.n = 0;
	add_field(&entry, "PRIORITY", priority);
	add_field(&entry, "SYSLOG_IDENTIFIER", the_log.program);
	add_field(&entry, "MESSAGE", line);
	for (size_t i = 0; i < n && i < FIELDS_MAX; i++)
		if (fields[i].value != NULL && fields[i].value[0] != '\0')
			add_field(&entry, fields[i].name, fields[i].value);
	if (sd_journal_sendv(entry.iov, entry.n) < 0)
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
