/* SPDX-License-Identifier: ISC */
#include "pxectl/counters.h"

#include <errno.h>
#include <stdio.h>

#include "base/str.h"
#include "pxectl/table.h"
#include "pxectl/text.h"
#include "run/state_counts.h"

/* clang-format off */
static const struct pxe_table_column sum_columns[] = {
	{ "DAEMON", false, 0 }, { "RUNNING", true, 0 }, { "DONE", true, 0 },
	{ "PROBES", true, 0 },  { "FAILED", true, 0 },  { "SENT", true, 0 },
};
static const struct pxe_table_column reason_columns[] = {
	{ "DAEMON", false, 0 }, { "REASON", false, 0 },
	{ "COUNT", true, 0 },   { "MEANING", false, 30 },
};
/* clang-format on */

/* One daemon that told its counters. */
struct row {
	char name[48];
	struct pxe_counts counts;
};

static bool read_row(const json_t *peer, struct row *row)
{
	const char *name = json_string_value(json_object_get(peer, "name"));
	struct pxe_str s;

	if (name == NULL ||
	    pxe_state_counts_from_json(json_object_get(peer, "counters"),
				       &row->counts) < 0)
		return false;
	pxe_str_init(&s, row->name, sizeof(row->name));
	if (!pxe_str_has_prefix(name, "pxe-"))
		pxe_str_puts(&s, "pxe-");
	pxe_str_puts(&s, name);
	return true;
}

static bool is_failure(enum pxe_reason reason)
{
	return reason != PXE_REASON_OK && reason != PXE_REASON_PROBE;
}

static void put_number(uint64_t value, char *text)
{
	snprintf(text, PXE_TEXT_SHORT, "%llu", (unsigned long long)value);
}

static int add_sum(struct pxe_table *table, const struct row *row)
{
	char running[PXE_TEXT_SHORT], done[PXE_TEXT_SHORT],
		probes[PXE_TEXT_SHORT], failed[PXE_TEXT_SHORT],
		sent[PXE_TEXT_SHORT];
	uint64_t n = 0;

	for (int i = 0; i < PXE_N_REASONS; i++)
		if (is_failure((enum pxe_reason)i))
			n += row->counts.reasons[i];
	put_number(row->counts.running, running);
	put_number(row->counts.reasons[PXE_REASON_OK], done);
	put_number(row->counts.reasons[PXE_REASON_PROBE], probes);
	put_number(n, failed);
	pxe_text_bytes(row->counts.bytes, sent, sizeof(sent));
	return pxe_table_add(table, (const char *[]) { row->name, running, done,
						       probes, failed, sent });
}

static int add_reasons(struct pxe_table *table, const struct row *row)
{
	char count[PXE_TEXT_SHORT];
	int r = 0;

	for (int i = 0; r == 0 && i < PXE_N_REASONS; i++) {
		enum pxe_reason reason = (enum pxe_reason)i;

		if (!is_failure(reason) || row->counts.reasons[i] == 0)
			continue;
		put_number(row->counts.reasons[i], count);
		r = pxe_table_add(table,
				  (const char *[]) {
					  row->name, pxe_reason_name(reason),
					  count, pxe_reason_text(reason) });
	}
	return r;
}

/* A table with what `add` makes of each daemon; nothing if it stays empty. */
static void print(const struct pxe_ctl *ctl, const json_t *peers,
		  const struct pxe_table_column *columns, size_t n_columns,
		  int (*add)(struct pxe_table *table, const struct row *row))
{
	struct pxe_table *table =
		pxe_table_new(columns, n_columns, ctl->style.utf8);
	int r = table == NULL ? -ENOMEM : 0;
	const json_t *peer;
	struct row row;
	size_t i;

	json_array_foreach(peers, i, peer)
	{
		if (r == 0 && read_row(peer, &row))
			r = add(table, &row);
	}
	if (r == 0 && pxe_table_count(table) > 0) {
		putchar('\n');
		pxe_table_print(table, &ctl->style, stdout);
	}
	pxe_table_free(table);
}

void pxe_ctl_print_counters(const struct pxe_ctl *ctl, const json_t *peers)
{
	print(ctl, peers, sum_columns, PXE_LEN(sum_columns), add_sum);
	print(ctl, peers, reason_columns, PXE_LEN(reason_columns), add_reasons);
}
