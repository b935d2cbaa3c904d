/* SPDX-License-Identifier: ISC */
#include "pxectl/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pxectl/text.h"

#define CELL_MAX 2048 /* octets of a cleaned cell */

struct cell {
	char *text;
	size_t width;
};

struct pxe_table {
	const struct pxe_table_column *columns;
	size_t n, n_rows, cap_rows;
	struct cell *cells; /* n_rows times n */
	size_t *widths;     /* of the widest cell of each column */
	bool utf8;
};

struct pxe_table *pxe_table_new(const struct pxe_table_column *columns,
				size_t n, bool utf8)
{
	struct pxe_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->columns = columns;
	table->n = n;
	table->utf8 = utf8;
	table->widths = calloc(n, sizeof(*table->widths));
	if (table->widths == NULL) {
		free(table);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		table->widths[i] = pxe_text_width(columns[i].heading);
	return table;
}

void pxe_table_free(struct pxe_table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->n_rows * table->n; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table->widths);
	free(table);
}

static int make_room(struct pxe_table *table)
{
	size_t cap = table->cap_rows == 0 ? 16 : table->cap_rows * 2;
	struct cell *cells;

	if (table->n_rows < table->cap_rows)
		return 0;
	cells = reallocarray(table->cells, cap * table->n, sizeof(*cells));
	if (cells == NULL)
		return -ENOMEM;
	table->cells = cells;
	table->cap_rows = cap;
	return 0;
}

static int fill(struct cell *cell, const char *text, bool utf8)
{
	char buf[CELL_MAX];
	struct pxe_str s;

	pxe_str_init(&s, buf, sizeof(buf));
	pxe_text_clean(&s, text == NULL || *text == '\0' ? "-" : text, utf8);
	cell->text = strdup(buf);
	if (cell->text == NULL)
		return -ENOMEM;
	cell->width = pxe_text_width(buf);
	return 0;
}

int pxe_table_add(struct pxe_table *table, const char *const *cells)
{
	struct cell *row;

	if (make_room(table) < 0)
		return -ENOMEM;
	row = table->cells + table->n_rows * table->n;
	for (size_t i = 0; i < table->n; i++) {
		if (fill(&row[i], cells[i], table->utf8) < 0) {
			while (i-- > 0)
				free(row[i].text);
			return -ENOMEM;
		}
		if (row[i].width > table->widths[i])
			table->widths[i] = row[i].width;
	}
	table->n_rows++;
	return 0;
}

size_t pxe_table_count(const struct pxe_table *table)
{
	return table->n_rows;
}

/*
 * Gives each column its width, and says how many spaces go between two: what
 * they need, or, where the sum does not fit, one space, and columns that may
 * be cut give way one by one, the widest first.
 */
static size_t share(const struct pxe_table *table, size_t limit, size_t *widths)
{
	size_t sum = 0, gap = 2;

	for (size_t i = 0; i < table->n; i++)
		sum += widths[i] = table->widths[i];
	if (limit > 0 && sum + gap * (table->n - 1) > limit)
		gap = 1;
	sum += gap * (table->n - 1);
	while (limit > 0 && sum > limit) {
		size_t most = table->n;

		for (size_t i = 0; i < table->n; i++)
			if (table->columns[i].least > 0 &&
			    widths[i] > table->columns[i].least &&
			    (most == table->n || widths[i] > widths[most]))
				most = i;
		if (most == table->n)
			break;
		widths[most]--;
		sum--;
	}
	return gap;
}

/* `text` of `has` columns in `width` of them. */
static void print_cell(const char *text, size_t has, size_t width, bool right,
		       bool utf8, FILE *out)
{
	bool cut = has > width;
	size_t octets = cut ? pxe_text_fit(text, width - 1) : strlen(text);
	int pad = cut ? 0 : (int)(width - has);

	fprintf(out, "%*s", right ? pad : 0, "");
	fwrite(text, 1, octets, out);
	if (cut)
		fputs(utf8 ? "\xe2\x80\xa6" : "~", out);
	fprintf(out, "%*s", right ? 0 : pad, "");
}

/* One row; NULL: the headings. */
static void print_row(const struct pxe_table *table, const struct cell *row,
		      const size_t *widths, size_t gap, bool utf8, FILE *out)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct pxe_table_column *column = &table->columns[i];
		const char *text = row != NULL ? row[i].text : column->heading;
		size_t has = row != NULL ? row[i].width : pxe_text_width(text);
		bool last = i + 1 == table->n;

		/* no spaces at the end of a line */
		print_cell(text, has,
			   last && has < widths[i] && !column->right
				   ? has
				   : widths[i],
			   column->right, utf8, out);
		fprintf(out, "%*s", last ? 0 : (int)gap, "");
	}
	putc('\n', out);
}

void pxe_table_print(const struct pxe_table *table,
		     const struct pxe_table_style *style, FILE *out)
{
	size_t *widths = calloc(table->n, sizeof(*widths));
	size_t gap;

	if (widths == NULL)
		return;
	gap = share(table, style->width, widths);
	if (style->heading)
		print_row(table, NULL, widths, gap, style->utf8, out);
	for (size_t i = 0; i < table->n_rows; i++)
		print_row(table, table->cells + i * table->n, widths, gap,
			  style->utf8, out);
	free(widths);
}
