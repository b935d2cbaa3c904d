/* SPDX-License-Identifier: ISC */
#include "pxectl/lease_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "pxectl/lease_key.h"

static const struct {
	const char *word, *text;
} skips[PXE_N_LEASE_SKIPS] = {
#define X(id, word, text) [PXE_LEASE_SKIP_##id] = { word, text },
	PXE_LEASE_SKIPS(X)
#undef X
};

const char *pxe_lease_skip_word(enum pxe_lease_skip skip)
{
	return skips[skip].word;
}

const char *pxe_lease_skip_text(enum pxe_lease_skip skip)
{
	return skips[skip].text;
}

static void drop_record(struct pxe_lease_record *record)
{
	free(record->id);
	free((char *)record->lease.client);
}

void pxe_lease_list_done(struct pxe_lease_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		drop_record(&list->records[i]);
	free(list->records);
	free(list->problems);
	free(list->hosts);
	*list = (struct pxe_lease_list) { 0 };
}

/* Room for one more of `size` octets in an array of `n`; NULL: no memory. */
static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap == 0 ? 64 : *cap * 2;
	void *more;

	if (n < *cap)
		return array;
	more = realloc(array, want * size);
	if (more != NULL)
		*cap = want;
	return more;
}

static void *copy_bytes(const void *bytes, size_t n)
{
	void *copy = malloc(n > 0 ? n : 1);

	if (copy != NULL)
		memcpy(copy, bytes, n);
	return copy;
}

int pxe_lease_list_add(struct pxe_lease_list *list,
		       const struct pxe_lease_draft *draft)
{
	struct pxe_lease_record *records =
		grow(list->records, list->n, &list->cap, sizeof(*records));
	struct pxe_lease_record record = {
		.lease = draft->lease,
		.line = draft->line,
		.order = list->n,
		.skip = draft->skip,
		.id_len = draft->id_len,
	};

	if (records == NULL)
		return -ENOMEM;
	list->records = records;
	record.lease.client = NULL;
	if (draft->id_len > 0)
		record.id = copy_bytes(draft->id, draft->id_len);
	if (draft->key[0] != '\0')
		record.lease.client =
			copy_bytes(draft->key, strlen(draft->key) + 1);
	if ((draft->id_len > 0 && record.id == NULL) ||
	    (draft->key[0] != '\0' && record.lease.client == NULL)) {
		drop_record(&record);
		return -ENOMEM;
	}
	list->records[list->n++] = record;
	return 0;
}

void pxe_lease_list_skip(struct pxe_lease_list *list, unsigned line,
			 enum pxe_lease_skip why)
{
	if (list->skipped[why].n++ == 0 || line < list->skipped[why].line)
		list->skipped[why].line = line;
}

int pxe_lease_list_refuse(struct pxe_lease_list *list, unsigned line,
			  uint32_t address, const char *why)
{
	struct pxe_lease_problem *problems;

	list->n_refused++;
	if (list->n_problems >= PXE_LEASE_PROBLEMS_MAX)
		return 0;
	problems = grow(list->problems, list->n_problems, &list->cap_problems,
			sizeof(*problems));
	if (problems == NULL)
		return -ENOMEM;
	list->problems = problems;
	problems[list->n_problems] = (struct pxe_lease_problem) {
		.line = line,
		.address = address,
	};
	pxe_str_copy(problems[list->n_problems].why,
		     sizeof(problems[list->n_problems].why), why);
	list->n_problems++;
	return 0;
}

/* --- hosts --- */

int pxe_lease_list_add_host(struct pxe_lease_list *list,
			    const struct pxe_lease_host *host)
{
	struct pxe_lease_host *hosts = grow(list->hosts, list->n_hosts,
					    &list->cap_hosts, sizeof(*hosts));

	if (hosts == NULL)
		return -ENOMEM;
	list->hosts = hosts;
	hosts[list->n_hosts] = *host;
	hosts[list->n_hosts].order = list->n_hosts;
	list->n_hosts++;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct pxe_lease_host *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r != 0 ? r : x->order < y->order ? -1 : x->order > y->order;
}

/* Keeps the last of each name, unless that was deleted, and counts them. */
static void settle_hosts(struct pxe_lease_list *list)
{
	struct pxe_lease_host *hosts = list->hosts;
	size_t n = 0;

	if (list->n_hosts > 0)
		qsort(hosts, list->n_hosts, sizeof(*hosts), by_name);
	for (size_t i = 0; i < list->n_hosts; i++) {
		bool is_last = i + 1 == list->n_hosts ||
			       strcmp(hosts[i].name, hosts[i + 1].name) != 0;

		if (!is_last || hosts[i].is_deleted)
			continue;
		pxe_lease_list_skip(list, hosts[i].line, PXE_LEASE_SKIP_HOST);
		hosts[n++] = hosts[i];
	}
	list->n_hosts = n;
}

void pxe_lease_host_put(struct pxe_str *out, const struct pxe_lease_host *host)
{
	char text[PXE_HWADDR_TEXT];

	pxe_str_putf(out, "host \"%s\" {", host->name);
	pxe_hwaddr_format(&host->hw, text, sizeof(text));
	if (host->hw.hlen > 0)
		pxe_str_putf(out, " mac = \"%s\"", text);
	if (host->id_len > 0) {
		pxe_str_puts(out, " client-id = \"");
		pxe_str_put_hex(out, host->id, host->id_len, ':');
		pxe_str_putc(out, '"');
	}
	pxe_ip4_format(host->address, text, sizeof(text));
	if (host->address != 0)
		pxe_str_putf(out, " address = \"%s\"", text);
	pxe_str_puts(out, " }");
}

/* --- settling --- */

/* No lease ends before it begins, and what was given back is over. */
static void straighten(struct pxe_lease *lease, int64_t now_s)
{
	if (lease->state == PXE_LEASE_RELEASED && lease->end_s > now_s)
		lease->end_s = now_s;
	if (lease->start_s > lease->end_s)
		lease->start_s = lease->end_s;
}

/* A machine whose client-id is that of a boot ROM boots. */
static int name_client(struct pxe_lease_record *record,
		       const struct pxe_conf *conf)
{
	char key[PXE_CLIENT_KEY_TEXT];

	record->lease.is_boot |= pxe_lease_is_rom_id(record);
	if (record->lease.client != NULL)
		return 0;
	pxe_lease_make_key(record, conf, key);
	record->lease.client = copy_bytes(key, strlen(key) + 1);
	if (record->lease.client == NULL)
		return -ENOMEM;
	if (key[0] == '\0' && record->skip == PXE_LEASE_SKIP_NONE)
		record->skip = PXE_LEASE_SKIP_NO_CLIENT;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct pxe_lease_record *x = a, *y = b;

	if (x->lease.address != y->lease.address)
		return x->lease.address < y->lease.address ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Keeps the last record of each address; they are sorted. */
static void drop_overwritten(struct pxe_lease_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (i + 1 < list->n &&
		    list->records[i].lease.address ==
			    list->records[i + 1].lease.address)
			drop_record(&list->records[i]);
		else
			list->records[n++] = list->records[i];
	}
	list->n = n;
}

/* Keeps those that are to be imported, and counts the others. */
static void drop_skipped(struct pxe_lease_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct pxe_lease_record *record = &list->records[i];

		if (record->skip == PXE_LEASE_SKIP_NONE) {
			list->records[n++] = *record;
			continue;
		}
		pxe_lease_list_skip(list, record->line, record->skip);
		drop_record(record);
	}
	list->n = n;
}

/* A record among those of its client. */
struct mine {
	struct pxe_lease_record *record;
	const struct pxe_conf_subnet *subnet;
	bool is_held;
};

static int by_client(const void *a, const void *b)
{
	const struct mine *x = a, *y = b;
	const struct pxe_lease *l = &x->record->lease, *m = &y->record->lease;
	int r = strcmp(l->client, m->client);

	if (r != 0)
		return r;
	if (x->subnet != y->subnet)
		return x->subnet < y->subnet ? -1 : 1;
	if (x->is_held != y->is_held)
		return x->is_held ? -1 : 1;
	if (l->start_s != m->start_s)
		return l->start_s > m->start_s ? -1 : 1;
	if (l->end_s != m->end_s)
		return l->end_s > m->end_s ? -1 : 1;
	return x->record->order > y->record->order ? -1 : 1;
}

/* May a machine have the address in that subnet? */
static bool is_host_address(const struct pxe_conf_subnet *subnet,
			    uint32_t address)
{
	return subnet->net.prefix > 30 ||
	       (address != subnet->net.address &&
		address != pxe_ip4_net_broadcast(&subnet->net));
}

/* Marks all but the best lease of each client in each subnet. */
static int mark_older(struct pxe_lease_list *list, const struct pxe_conf *conf,
		      int64_t now_s)
{
	struct mine *all = calloc(list->n + 1, sizeof(*all));

	if (all == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++) {
		struct pxe_lease_record *record = &list->records[i];

		all[i].record = record;
		all[i].is_held = pxe_lease_is_active(&record->lease, now_s);
		all[i].subnet =
			pxe_conf_find_subnet(conf, record->lease.address);
		if (all[i].subnet == NULL)
			record->skip = PXE_LEASE_SKIP_OUTSIDE;
		else if (!is_host_address(all[i].subnet, record->lease.address))
			record->skip = PXE_LEASE_SKIP_NO_HOST;
		if (record->skip != PXE_LEASE_SKIP_NONE ||
		    record->lease.state == PXE_LEASE_DECLINED)
			all[i].subnet = NULL; /* it is nobody's */
	}
	qsort(all, list->n, sizeof(*all), by_client);
	for (size_t i = 1; i < list->n; i++)
		if (all[i].subnet != NULL &&
		    all[i].subnet == all[i - 1].subnet &&
		    strcmp(all[i].record->lease.client,
			   all[i - 1].record->lease.client) == 0)
			all[i].record->skip = PXE_LEASE_SKIP_OLDER;
	free(all);
	return 0;
}

int pxe_lease_list_settle(struct pxe_lease_list *list,
			  const struct pxe_conf *conf, int64_t now_s)
{
	int r;

	if (list->n > 0)
		qsort(list->records, list->n, sizeof(*list->records),
		      by_address);
	drop_overwritten(list);
	for (size_t i = 0; i < list->n; i++) {
		straighten(&list->records[i].lease, now_s);
		r = name_client(&list->records[i], conf);
		if (r < 0)
			return r;
	}
	settle_hosts(list);
	drop_skipped(list);
	r = mark_older(list, conf, now_s);
	if (r == 0)
		drop_skipped(list);
	return r;
}
