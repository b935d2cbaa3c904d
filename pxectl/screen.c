/* SPDX-License-Identifier: ISC */
#include "pxectl/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pxectl/hint.h"
#include "pxectl/line.h"
#include "pxectl/text.h"

#define ROWS_MAX    200
#define WINDOW_MS   ((int64_t)3600 * 1000)
#define BAR_COLUMNS 16  /* of a line */
#define NARROW      110 /* columns; below, what a transfer says is short */

/* clang-format off */
static const struct pxe_table_column columns[] = {
	{ "CLIENT", false, 12 },       { "ARCHITECTURE", false, 8 },
	{ "BOOT", false, 0 },          { "STEP", false, 0 },
	{ "FILE", false, 8 },          { "DONE", false, 13 },
	{ "TIME", true, 0 },           { "REASON", false, 6 },
};
/* clang-format on */

static void measure(struct pxe_screen *screen)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return;
	screen->style.width = size.ws_col;
	screen->height = size.ws_row;
}

void pxe_screen_init(struct pxe_screen *screen,
		     const struct pxe_table_style *style)
{
	const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");

	*screen = (struct pxe_screen) { .style = *style, .height = 24 };
	screen->is_live = isatty(STDOUT_FILENO) && terminal != NULL &&
			  strcmp(terminal, "dumb") != 0;
	screen->has_color =
		screen->is_live && (no_color == NULL || *no_color == '\0');
	if (screen->is_live)
		measure(screen);
}

void pxe_screen_clear(struct pxe_screen *screen)
{
	if (screen->n_drawn > 0)
		printf("\033[%zuA\r\033[J", screen->n_drawn);
	screen->n_drawn = 0;
}

static void print_tinted(const struct pxe_screen *screen, enum pxe_tint tint,
			 const char *text, size_t n)
{
	static const char *const codes[] = { "", "\033[32m", "\033[31m",
					     "\033[2m" };
	bool tinted = screen->has_color && tint != PXE_TINT_NONE;

	printf("%s%.*s%s\n", tinted ? codes[tint] : "", (int)n, text,
	       tinted ? "\033[0m" : "");
}

void pxe_screen_line(struct pxe_screen *screen, enum pxe_tint tint,
		     const char *text)
{
	pxe_screen_clear(screen);
	print_tinted(screen, tint, text, strlen(text));
}

void pxe_screen_put_transfer(struct pxe_str *out, uint64_t bytes,
			     uint64_t total_bytes, bool utf8)
{
	int percent = pxe_text_percent(bytes, total_bytes);
	char size[PXE_TEXT_SHORT];

	if (bytes == 0 && total_bytes == 0)
		return;
	pxe_text_bytes(total_bytes > bytes ? total_bytes : bytes, size,
		       sizeof(size));
	if (percent >= 0) {
		pxe_text_bar(out, percent, BAR_COLUMNS, utf8);
		pxe_str_putf(out, " %3d%% of ", percent);
	}
	pxe_str_puts(out, size);
}

void pxe_screen_put_meter(struct pxe_str *out, const struct pxe_meter *meter,
			  int64_t now_ms, size_t bar, bool is_short, bool utf8)
{
	int percent = pxe_text_percent(meter->bytes, meter->total_bytes);
	int64_t left_s = pxe_meter_left_s(meter, now_ms);
	char left[PXE_TEXT_SHORT];

	if (percent >= 0) {
		pxe_text_bar(out, percent, bar, utf8);
		pxe_str_putf(out, " %3d%%", percent);
	}
	if (percent < 0)
		pxe_str_put_bytes(out, meter->bytes);
	else if (!is_short) {
		pxe_str_puts(out, " of ");
		pxe_str_put_bytes(out, meter->total_bytes);
	}
	pxe_text_age(left_s, left, sizeof(left));
	if (left_s >= 0 && is_short)
		pxe_str_putf(out, ", %s", left);
	if (meter->rate > 0) {
		pxe_str_puts(out, ", ");
		pxe_str_put_bytes(out, meter->rate);
		pxe_str_puts(out, "/s");
	}
	if (left_s >= 0 && !is_short)
		pxe_str_putf(out, ", %s left", left);
}

/* The word of what is wrong, or "". */
static const char *trouble(const struct pxe_client *client, int64_t now_s)
{
	if (client->reason != PXE_REASON_OK)
		return pxe_reason_name(client->reason);
	return pxe_hint_is_stuck(client, now_s) ? "stuck" : " ";
}

/* How wide a bar is in the table. */
static size_t bar_columns(const struct pxe_table_style *style)
{
	if (style->width == 0 || style->width >= 160)
		return 24;
	return style->width < NARROW ? 8 : BAR_COLUMNS;
}

/* What stands under DONE: a transfer that runs, or else the last one. */
static void put_done(struct pxe_str *out, const struct pxe_followed *followed,
		     size_t i, int64_t now_ms,
		     const struct pxe_table_style *style)
{
	const struct pxe_client *client = &followed->client;
	const struct pxe_meter last = {
		.bytes = client->bytes,
		.total_bytes = client->total_bytes,
	};
	bool is_short = style->width > 0 && style->width < NARROW;

	if (i < followed->meters.n)
		pxe_screen_put_meter(out, &followed->meters.row[i], now_ms,
				     bar_columns(style), is_short, style->utf8);
	else if (client->bytes > 0 || client->total_bytes > 0)
		pxe_screen_put_meter(out, &last, now_ms, bar_columns(style),
				     is_short, style->utf8);
}

static int add_row(struct pxe_table *table, const struct pxe_followed *followed,
		   int64_t now_ms, const struct pxe_table_style *style)
{
	const struct pxe_client *client = &followed->client;
	bool is_up = client->step == PXE_STEP_UP;
	int64_t end_ms = is_up ? client->step_s * 1000 : now_ms;
	char meter[64], done[160], age[PXE_TEXT_SHORT] = "-";
	struct pxe_str s;

	if (followed->boot_ms > 0) /* it was seen to boot */
		pxe_text_age((end_ms - followed->boot_ms) / 1000, age,
			     sizeof(age));
	pxe_str_init(&s, done, sizeof(done));
	put_done(&s, followed, 0, now_ms, style);
	pxe_str_init(&s, meter, sizeof(meter));
	pxe_text_bar(&s, (int)client->step * 100 / (PXE_N_STEPS - 1),
		     PXE_N_STEPS - 1, style->utf8);
	return pxe_table_add(
		table,
		(const char *[]) {
			client->name[0] != '\0' ? client->name : client->key,
			pxe_line_machine(client), meter,
			pxe_step_name(client->step),
			followed->meters.n > 0 ? followed->meters.row[0].file
					       : client->file,
			done, age, trouble(client, now_ms / 1000) });
}

/* The second transfer and those behind it. */
static int add_more(struct pxe_table *table,
		    const struct pxe_followed *followed, size_t i,
		    int64_t now_ms, const struct pxe_table_style *style)
{
	char done[160];
	struct pxe_str s;

	pxe_str_init(&s, done, sizeof(done));
	put_done(&s, followed, i, now_ms, style);
	return pxe_table_add(table,
			     (const char *[]) { " ", " ", " ", " ",
						followed->meters.row[i].file,
						done, " ", " " });
}

static enum pxe_tint row_tint(const struct pxe_client *client, int64_t now_s)
{
	if (client->step == PXE_STEP_UP || client->step == PXE_STEP_INSTALLED)
		return PXE_TINT_GOOD;
	return pxe_hint_is_stuck(client, now_s) ? PXE_TINT_BAD : PXE_TINT_NONE;
}

/* The clients that are drawn: the latest that there is room for. */
struct drawn {
	const struct pxe_followed *list[ROWS_MAX];
	size_t n, first; /* those before the first have no room */
	size_t room;     /* rows */
};

/* The rows of a client: one, or one for each transfer that runs. */
static size_t count_rows(const struct drawn *drawn, size_t i)
{
	size_t n = drawn->list[i]->meters.n;

	if (n > drawn->room)
		return drawn->room;
	return n > 0 ? n : 1;
}

static void choose(struct drawn *drawn, const struct pxe_follow *follow,
		   int64_t now_ms)
{
	size_t n_rows = 0;

	drawn->n = pxe_follow_list(follow, now_ms - WINDOW_MS, drawn->list,
				   drawn->room);
	drawn->first = drawn->n;
	while (drawn->first > 0) {
		n_rows += count_rows(drawn, drawn->first - 1);
		if (n_rows > drawn->room)
			break;
		drawn->first--;
	}
}

static int add_rows(struct pxe_table *table, const struct drawn *drawn,
		    int64_t now_ms, const struct pxe_table_style *style)
{
	int r = 0;

	for (size_t i = drawn->first; r == 0 && i < drawn->n; i++) {
		r = add_row(table, drawn->list[i], now_ms, style);
		for (size_t k = 1; r == 0 && k < count_rows(drawn, i); k++)
			r = add_more(table, drawn->list[i], k, now_ms, style);
	}
	return r;
}

static void print_row(struct pxe_screen *screen, enum pxe_tint tint,
		      const char *line)
{
	/* a line that wraps would be drawn over wrongly */
	size_t n = screen->style.width > 0
			   ? pxe_text_fit(line, screen->style.width)
			   : strlen(line);

	print_tinted(screen, tint, line, n);
	screen->n_drawn += screen->is_live;
}

/* Prints the lines of a table in memory: a heading, then the rows. */
static void print_rows(struct pxe_screen *screen, char *text,
		       const struct drawn *drawn, int64_t now_s)
{
	char *rest = NULL, *line = strtok_r(text, "\n", &rest);

	if (screen->style.heading && line != NULL) {
		print_row(screen, PXE_TINT_FAINT, line);
		line = strtok_r(NULL, "\n", &rest);
	}
	for (size_t i = drawn->first; i < drawn->n; i++)
		for (size_t k = count_rows(drawn, i); k > 0 && line != NULL;
		     k--) {
			print_row(screen,
				  row_tint(&drawn->list[i]->client, now_s),
				  line);
			line = strtok_r(NULL, "\n", &rest);
		}
}

/* "12 transfers run, 54.0 MB/s" */
static void print_sum(struct pxe_screen *screen,
		      const struct pxe_follow *follow)
{
	uint64_t rate;
	size_t n = pxe_follow_sum(follow, &rate);
	char line[96];
	struct pxe_str s;

	if (n < 2 || !screen->is_live)
		return;
	pxe_str_init(&s, line, sizeof(line));
	pxe_str_putf(&s, "%zu transfers run, ", n);
	pxe_str_put_bytes(&s, rate);
	pxe_str_puts(&s, "/s");
	print_row(screen, PXE_TINT_FAINT, line);
}

void pxe_screen_draw(struct pxe_screen *screen, const struct pxe_follow *follow,
		     int64_t now_ms)
{
	struct drawn drawn = { .room = ROWS_MAX };
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), screen->style.utf8);
	char *text = NULL;
	size_t octets = 0;
	FILE *memory = open_memstream(&text, &octets);
	int r = table == NULL || memory == NULL ? -ENOMEM : 0;

	if (screen->is_live) {
		measure(screen);
		/* beside the rows: heading, sum, and a line that scrolls */
		drawn.room = screen->height > 6 ? screen->height - 4 : 2;
	}
	if (drawn.room > ROWS_MAX)
		drawn.room = ROWS_MAX;
	choose(&drawn, follow, now_ms);
	if (r == 0)
		r = add_rows(table, &drawn, now_ms, &screen->style);
	if (r == 0)
		pxe_table_print(table, &screen->style, memory);
	if (memory != NULL && fclose(memory) == 0 && r == 0 && drawn.n > 0) {
		pxe_screen_clear(screen);
		print_rows(screen, text, &drawn, now_ms / 1000);
		print_sum(screen, follow);
	}
	free(text);
	pxe_table_free(table);
}
