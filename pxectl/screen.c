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
#define BAR_COLUMNS 16

/* clang-format off */
static const struct pxe_table_column columns[] = {
	{ "CLIENT", false, 12 },       { "ARCHITECTURE", false, 8 },
	{ "BOOT", false, 0 },          { "STEP", false, 0 },
	{ "FILE", false, 10 },         { "DONE", false, 10 },
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

/* The word of what is wrong, or "". */
static const char *trouble(const struct pxe_client *client, int64_t now_s)
{
	if (client->reason != PXE_REASON_OK)
		return pxe_reason_name(client->reason);
	return pxe_hint_is_stuck(client, now_s) ? "stuck" : " ";
}

static int add_row(struct pxe_table *table, const struct pxe_followed *followed,
		   int64_t now_ms, bool utf8)
{
	const struct pxe_client *client = &followed->client;
	bool is_up = client->step == PXE_STEP_UP;
	int64_t end_ms = is_up ? client->step_s * 1000 : now_ms;
	char meter[64], done[128], age[PXE_TEXT_SHORT] = "-";
	struct pxe_str s;

	if (followed->boot_ms > 0) /* it was seen to boot */
		pxe_text_age((end_ms - followed->boot_ms) / 1000, age,
			     sizeof(age));
	pxe_str_init(&s, done, sizeof(done));
	pxe_screen_put_transfer(&s, client->bytes, client->total_bytes, utf8);
	pxe_str_init(&s, meter, sizeof(meter));
	pxe_text_bar(&s, (int)client->step * 100 / (PXE_N_STEPS - 1),
		     PXE_N_STEPS - 1, utf8);
	return pxe_table_add(table,
			     (const char *[]) {
				     client->name[0] != '\0' ? client->name
							     : client->key,
				     pxe_line_machine(client), meter,
				     pxe_step_name(client->step), client->file,
				     done, age,
				     trouble(client, now_ms / 1000) });
}

static enum pxe_tint row_tint(const struct pxe_client *client, int64_t now_s)
{
	if (client->step == PXE_STEP_UP)
		return PXE_TINT_GOOD;
	return pxe_hint_is_stuck(client, now_s) ? PXE_TINT_BAD : PXE_TINT_NONE;
}

/* Prints the lines of a table in memory: a heading, then the rows. */
static void print_rows(struct pxe_screen *screen, char *text,
		       const struct pxe_followed *const *list, int64_t now_s)
{
	bool is_heading = screen->style.heading;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		/* a line that wraps would be drawn over wrongly */
		size_t n = screen->style.width > 0
				   ? pxe_text_fit(line, screen->style.width)
				   : strlen(line);

		print_tinted(screen,
			     is_heading ? PXE_TINT_FAINT
					: row_tint(&(*list++)->client, now_s),
			     line, n);
		is_heading = false;
		screen->n_drawn += screen->is_live;
	}
}

void pxe_screen_draw(struct pxe_screen *screen, const struct pxe_follow *follow,
		     int64_t now_ms)
{
	const struct pxe_followed *list[ROWS_MAX];
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), screen->style.utf8);
	char *text = NULL;
	size_t n, octets = 0,
		  room = screen->height > 5 ? screen->height - 3 : 2;
	FILE *memory = open_memstream(&text, &octets);
	int r = table == NULL || memory == NULL ? -ENOMEM : 0;

	if (screen->is_live)
		measure(screen);
	if (room > ROWS_MAX || !screen->is_live)
		room = ROWS_MAX;
	n = pxe_follow_list(follow, now_ms - WINDOW_MS, list, room);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_row(table, list[i], now_ms, screen->style.utf8);
	if (r == 0)
		pxe_table_print(table, &screen->style, memory);
	if (memory != NULL && fclose(memory) == 0 && r == 0 && n > 0) {
		pxe_screen_clear(screen);
		print_rows(screen, text, list, now_ms / 1000);
	}
	free(text);
	pxe_table_free(table);
}
