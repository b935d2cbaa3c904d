/* SPDX-License-Identifier: ISC */
/* `pxectl clients`: where each machine is, and the story of one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "core/arch.h"
#include "pxectl/ctl.h"
#include "pxectl/hint.h"
#include "pxectl/order_who.h"
#include "pxectl/lease_filter.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

struct row {
	struct pxe_client client; /* borrows from json */
	json_t *json;
	bool is_stuck;
};

struct list {
	json_t *all; /* the records, owned */
	struct row *rows;
	size_t n, n_stuck;
};

static int by_last_seen(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->client.last_seen_s != y->client.last_seen_s)
		return x->client.last_seen_s < y->client.last_seen_s ? 1 : -1;
	return strcmp(x->client.key, y->client.key);
}

static void drop_list(struct list *list)
{
	json_decref(list->all);
	free(list->rows);
}

static bool is_wanted(const struct pxe_ctl *ctl, const struct row *row)
{
	return (ctl->opt[PXE_CTL_OPT_STUCK] == NULL || row->is_stuck) &&
	       (ctl->opt[PXE_CTL_OPT_UNKNOWN] == NULL ||
		pxe_client_find_host(&row->client, ctl->conf) == NULL);
}

/* Fetches all records, those heard of last first.  False: told why. */
static bool fetch(struct pxe_ctl *ctl, struct list *list)
{
	int64_t now_s = pxe_ctl_now();
	size_t i;
	json_t *json;

	*list = (struct list) { 0 };
	list->all = pxe_ctl_list(ctl, "ListClients", "clients");
	if (list->all == NULL)
		return false;
	list->rows =
		calloc(json_array_size(list->all) + 1, sizeof(*list->rows));
	if (list->rows == NULL) {
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
		return false;
	}
	json_array_foreach(list->all, i, json)
	{
		struct row *row = &list->rows[list->n];

		if (pxe_state_client_from_json(json, &row->client) < 0) {
			pxe_ctl_nonsense(ctl, "ListClients");
			return false;
		}
		pxe_ctl_name_client(ctl, &row->client);
		row->json = json;
		row->is_stuck = pxe_hint_is_stuck(&row->client, now_s);
		if (!is_wanted(ctl, row))
			continue;
		list->n_stuck += row->is_stuck;
		list->n++;
	}
	qsort(list->rows, list->n, sizeof(*list->rows), by_last_seen);
	return true;
}

static int print_records(const struct list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		if (json_array_append(array, list->rows[i].json) < 0)
			break;
	pxe_ctl_print_json(array, false);
	json_decref(array);
	return PXE_CTL_OK;
}

/* clang-format off */
static const struct pxe_table_column columns[] = {
	{ "CLIENT", false, 17 },      { "ADDRESS", false, 0 },
	{ "ARCHITECTURE", false, 5 }, { "STAGE", false, 0 },
	{ "STEP", false, 0 },         { "FILE", false, 6 },
	{ "DONE", true, 0 },          { "FOR", true, 0 },
	{ "REASON", false, 6 },
};
/* clang-format on */

/* How much of the file: percent, else octets. */
static void put_done(const struct pxe_client *client, char *text, size_t cap)
{
	int percent = pxe_text_percent(client->bytes, client->total_bytes);

	text[0] = '\0';
	if (percent >= 0)
		snprintf(text, cap, "%d%%", percent);
	else if (client->bytes > 0)
		pxe_text_bytes(client->bytes, text, cap);
}

static const char *reason_word(const struct row *row)
{
	if (row->client.reason != PXE_REASON_OK)
		return pxe_reason_name(row->client.reason);
	return row->is_stuck ? "stuck" : "";
}

static int add_row(struct pxe_table *table, const struct row *row,
		   int64_t now_s)
{
	const struct pxe_client *client = &row->client;
	char address[PXE_IP4_TEXT] = "", done[PXE_TEXT_SHORT],
	     age[PXE_TEXT_SHORT];

	if (client->address != 0)
		pxe_ip4_format(client->address, address, sizeof(address));
	put_done(client, done, sizeof(done));
	pxe_text_age(now_s - client->step_s, age, sizeof(age));
	return pxe_table_add(table,
			     (const char *[]) {
				     pxe_ctl_client_title(client), address,
				     pxe_ctl_arch(client),
				     pxe_stage_name(client->facts.stage),
				     pxe_step_name(client->step), client->file,
				     done, age, reason_word(row) });
}

static const char *nobody(const struct pxe_ctl *ctl)
{
	if (ctl->opt[PXE_CTL_OPT_STUCK] != NULL)
		return "No client looks stuck.";
	if (ctl->opt[PXE_CTL_OPT_UNKNOWN] != NULL)
		return "Every client that was seen has a host section.";
	return "No client was seen yet.";
}

static void print_notes(const struct pxe_ctl *ctl, const struct list *list)
{
	if (ctl->quiet)
		return;
	if (list->n_stuck > 0)
		printf("\n%zu client%s stuck; `pxectl clients CLIENT` says "
		       "what to look at.\n",
		       list->n_stuck, list->n_stuck == 1 ? " looks" : "s look");
	if (list->n > 0 && ctl->opt[PXE_CTL_OPT_UNKNOWN] != NULL)
		puts("\n`pxectl host add NAME CLIENT --boot TARGET` names one "
		     "and says what it boots.");
}

static int print_table(const struct pxe_ctl *ctl, const struct list *list)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	int64_t now_s = pxe_ctl_now();
	int r = table == NULL ? -ENOMEM : 0;

	for (size_t i = 0; r == 0 && i < list->n; i++)
		r = add_row(table, &list->rows[i], now_s);
	if (r == 0 && list->n > 0)
		pxe_table_print(table, &ctl->style, stdout);
	else if (r == 0 && !ctl->quiet)
		puts(nobody(ctl));
	pxe_table_free(table);
	if (r < 0)
		pxe_ctl_error(ctl, "%s", strerror(-r));
	else
		print_notes(ctl, list);
	return r < 0 ? PXE_CTL_FAILED : PXE_CTL_OK;
}

/* --- the story of one --- */

static void tell_lease(const struct pxe_ctl *ctl, const struct pxe_lease *lease)
{
	int64_t now_s = pxe_ctl_now();
	char address[PXE_IP4_TEXT], end[PXE_TEXT_SHORT], left[PXE_TEXT_SHORT];

	pxe_ip4_format(lease->address, address, sizeof(address));
	pxe_lease_put_end(lease, end, sizeof(end));
	pxe_lease_put_left(lease, now_s, left, sizeof(left));
	pxe_ctl_line(ctl, "address", "%s, lease %s until %s%s%s%s", address,
		     pxe_lease_word(lease, now_s), end,
		     left[0] != '\0' ? " (" : "", left,
		     left[0] != '\0' ? " left)" : "");
}

/* The leases of a machine, one for each network that it is on. */
static void tell_leases(struct pxe_ctl *ctl, const struct pxe_client *client)
{
	json_t *all = pxe_ctl_list(ctl, "ListLeases", "leases"), *json;
	char address[PXE_IP4_TEXT], mac[PXE_HWADDR_TEXT];
	size_t i, n = 0;

	json_array_foreach(all, i, json)
	{
		struct pxe_lease lease;

		if (pxe_state_lease_from_json(json, &lease) < 0 ||
		    strcmp(pxe_lease_record_key(&lease, mac), client->key) != 0)
			continue;
		tell_lease(ctl, &lease);
		n++;
	}
	if (n == 0 && client->address != 0) {
		pxe_ip4_format(client->address, address, sizeof(address));
		pxe_ctl_line(ctl, "address", "%s", address);
	}
	json_decref(all);
}

static const char *ordinal(unsigned n)
{
	static const char *const ends[] = { "th", "st", "nd", "rd" };

	return n % 10 > 3 || n / 10 % 10 == 1 ? ends[0] : ends[n % 10];
}

static void tell_facts(const struct pxe_ctl *ctl,
		       const struct pxe_client *client)
{
	const struct pxe_facts *facts = &client->facts;
	char first[PXE_TEXT_SHORT], last[PXE_TEXT_SHORT], ago[PXE_TEXT_SHORT],
		boot[PXE_TEXT_SHORT], uuid[PXE_UUID_TEXT] = "";
	int64_t quiet_s = pxe_hint_quiet_s(client, pxe_ctl_now());

	if (facts->has_uuid)
		pxe_uuid_format(&facts->uuid, uuid, sizeof(uuid));
	pxe_text_time(client->first_seen_s, first, sizeof(first));
	pxe_text_time(client->last_seen_s, last, sizeof(last));
	pxe_text_time(client->boot_s, boot, sizeof(boot));
	pxe_text_age(quiet_s, ago, sizeof(ago));
	if (facts->arch != PXE_ARCH_NONE)
		pxe_ctl_line(ctl, "architecture", "%s (%u), loader \"%s\"",
			     pxe_arch_name(facts->arch), facts->arch,
			     pxe_family_name(pxe_arch_family(facts->arch)));
	pxe_ctl_line(ctl, "stage", "%s", pxe_stage_name(facts->stage));
	pxe_ctl_line(ctl, "vendor class", "%s", facts->vendor_class);
	pxe_ctl_line(ctl, "user class", "%s", facts->user_class);
	pxe_ctl_line(ctl, "host name", "%s", facts->host_name);
	pxe_ctl_line(ctl, "uuid", "%s", uuid);
	pxe_ctl_line(ctl, "first seen", "%s", first);
	pxe_ctl_line(ctl, "last heard", "%s, %s ago", last, ago);
	if (client->n_boots > 0)
		pxe_ctl_line(ctl, "boot", "the %u%s seen, began %s",
			     client->n_boots, ordinal(client->n_boots), boot);
}

struct mark {
	enum pxe_step step;
	int64_t at_s;
};

static int by_time(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->at_s != y->at_s)
		return x->at_s < y->at_s ? -1 : 1;
	return (int)x->step - (int)y->step;
}

/* The steps that this boot reached, in the order of their times. */
static size_t list_marks(const struct pxe_client *client, struct mark *marks)
{
	size_t n = 0;

	for (int i = 0; i < PXE_N_STEPS; i++) {
		int64_t at_s = client->step_at_s[i];

		if (i == (int)client->step)
			at_s = client->step_s;
		else if (i == PXE_STEP_DISCOVER && at_s == 0)
			at_s = client->boot_s;
		if (at_s > 0)
			marks[n++] = (struct mark) { (enum pxe_step)i, at_s };
	}
	qsort(marks, n, sizeof(*marks), by_time);
	return n;
}

/* Who sent the file, how fast, by which options of TFTP. */
static void tell_speed(const struct pxe_ctl *ctl,
		       const struct pxe_client *client)
{
	uint64_t rate = client->transfer_ms > 0
				? client->bytes * 1000 / client->transfer_ms
				: 0;
	char text[128];
	struct pxe_str s;

	if (client->file[0] == '\0' || client->file_by[0] == '\0')
		return;
	pxe_str_init(&s, text, sizeof(text));
	pxe_str_putf(&s, "by pxe-%s", client->file_by);
	if (client->transfer_ms > 0)
		pxe_str_putf(&s, " in %u.%03u s", client->transfer_ms / 1000,
			     client->transfer_ms % 1000);
	if (rate > 0) {
		pxe_str_puts(&s, ", ");
		pxe_str_put_bytes(&s, rate);
		pxe_str_puts(&s, "/s");
	}
	if (client->resent > 0)
		pxe_str_putf(&s, ", %u block%s sent again", client->resent,
			     client->resent == 1 ? "" : "s");
	pxe_ctl_line(ctl, "sent", "%s", text);
	if (client->options[0] != '\0')
		pxe_ctl_line(ctl, "options", "%s", client->options);
}

static void tell_transfer(const struct pxe_ctl *ctl,
			  const struct pxe_client *client)
{
	char done[PXE_TEXT_SHORT], total[PXE_TEXT_SHORT], sum[PXE_TEXT_SHORT],
		text[128] = "";
	int percent = pxe_text_percent(client->bytes, client->total_bytes);
	struct pxe_str bar;

	pxe_text_bytes(client->bytes, done, sizeof(done));
	pxe_text_bytes(client->total_bytes, total, sizeof(total));
	pxe_text_bytes(client->boot_bytes, sum, sizeof(sum));
	pxe_str_init(&bar, text, sizeof(text));
	if (percent >= 0) {
		pxe_str_putf(&bar, "%s of %s  ", done, total);
		pxe_text_bar(&bar, percent, 20, ctl->style.utf8);
		pxe_str_putf(&bar, " %d%%", percent);
	} else {
		pxe_str_puts(&bar, done);
	}
	if (client->file[0] != '\0')
		pxe_ctl_line(ctl, "last file", "%s  %s", client->file, text);
	tell_speed(ctl, client);
	if (client->boot_bytes > 0)
		pxe_ctl_line(ctl, "transferred", "%s in this boot", sum);
}

static void tell_boot(const struct pxe_client *client)
{
	struct mark marks[PXE_N_STEPS];
	size_t n = list_marks(client, marks);

	for (size_t i = 0; i < n; i++) {
		bool is_now = marks[i].step == client->step;
		char at[PXE_TEXT_SHORT], after[PXE_TEXT_SHORT],
			age[PXE_TEXT_SHORT];

		pxe_text_clock(marks[i].at_s, at, sizeof(at));
		pxe_text_age(marks[i].at_s - marks[0].at_s, after,
			     sizeof(after));
		pxe_text_age(pxe_ctl_now() - marks[i].at_s, age, sizeof(age));
		printf("%c %s  +%-6s  %-8s  %s", is_now ? '>' : ' ', at, after,
		       pxe_step_name(marks[i].step),
		       pxe_step_text(marks[i].step));
		if (is_now)
			printf(" (for %s)", age);
		putchar('\n');
	}
}

static void tell_hint(const struct pxe_ctl *ctl,
		      const struct pxe_client *client,
		      const struct pxe_order *order)
{
	const struct pxe_hint *hint =
		pxe_hint_find(client, order, pxe_ctl_now());
	char text[1024], until[PXE_TEXT_SHORT];
	struct pxe_str s;

	if (pxe_loop_is_held(&client->loop, pxe_ctl_now())) {
		pxe_text_time(client->loop.held_until_s, until, sizeof(until));
		pxe_ctl_line(ctl, "held", "until %s: fetched its %s %u times",
			     until, pxe_loop_what(&client->loop),
			     pxe_loop_count(&client->loop));
	}
	if (client->reason != PXE_REASON_OK)
		pxe_ctl_line(ctl, "reason", "%s: %s",
			     pxe_reason_name(client->reason),
			     pxe_reason_text(client->reason));
	if (hint == NULL || ctl->quiet)
		return;
	pxe_str_init(&s, text, sizeof(text));
	pxe_hint_put(&s, hint, client, ctl->conf);
	pxe_ctl_line(ctl, hint->is_stuck ? "look at" : "note", "%s", text);
}

static void tell_order(const struct pxe_ctl *ctl, const struct pxe_order *order)
{
	char until[PXE_TEXT_SHORT];

	pxe_text_time(order->expires_s, until, sizeof(until));
	if (order->state == PXE_ORDER_PENDING)
		pxe_ctl_line(ctl, "order", "%s once, if it boots before %s",
			     order->target, until);
	else
		pxe_ctl_line(ctl, "order", "%s, %s: %s", order->target,
			     pxe_order_state_name(order->state),
			     order->reason != PXE_REASON_OK
				     ? pxe_reason_text(order->reason)
				     : pxe_order_state_text(order->state));
}

static int print_story(struct pxe_ctl *ctl, const struct pxe_client *client)
{
	char title[2 * PXE_CLIENT_KEY_TEXT];
	struct pxe_order order;
	bool has_order;
	struct pxe_str s;

	pxe_str_init(&s, title, sizeof(title));
	pxe_text_clean(&s, client->key, ctl->style.utf8);
	if (client->name[0] != '\0') {
		pxe_str_puts(&s, "  ");
		pxe_text_clean(&s, client->name, ctl->style.utf8);
	}
	printf("%s\n\n", title);
	tell_leases(ctl, client);
	tell_facts(ctl, client);
	has_order = pxe_order_fetch(ctl, client->name, client->key, &order) > 0;
	if (has_order)
		tell_order(ctl, &order);
	putchar('\n');
	tell_boot(client);
	putchar('\n');
	tell_transfer(ctl, client);
	tell_hint(ctl, client, has_order ? &order : NULL);
	return PXE_CTL_OK;
}

static int show_one(struct pxe_ctl *ctl, const char *who)
{
	json_t *answer = pxe_ctl_get_client(ctl, who);
	const json_t *json = json_object_get(answer, "client");
	struct pxe_client client;
	int status = PXE_CTL_FAILED;

	if (answer == NULL)
		return PXE_CTL_FAILED;
	if (pxe_state_client_from_json(json, &client) < 0) {
		pxe_ctl_nonsense(ctl, "GetClient");
	} else if (ctl->json) {
		pxe_ctl_print_json(json, false);
		status = PXE_CTL_OK;
	} else {
		pxe_ctl_name_client(ctl, &client);
		status = print_story(ctl, &client);
	}
	json_decref(answer);
	return status;
}

int pxe_ctl_clients(struct pxe_ctl *ctl, int argc, char **argv)
{
	bool wants_hosts = ctl->opt[PXE_CTL_OPT_UNKNOWN] != NULL;
	struct list list;
	int status = PXE_CTL_FAILED;

	if (!pxe_ctl_load(ctl, wants_hosts
				       ? PXE_CONF_FILE_ALL | PXE_CONF_TEXT_ONLY
				       : PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	if (argc > 0)
		return show_one(ctl, argv[0]);
	if (fetch(ctl, &list))
		status = ctl->json ? print_records(&list)
				   : print_table(ctl, &list);
	drop_list(&list);
	return status;
}
