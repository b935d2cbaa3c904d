/* SPDX-License-Identifier: ISC */
/* `pxectl status`: alarms, daemons, counters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/alarm.h"
#include "core/reason.h"
#include "pxectl/counters.h"
#include "pxectl/ctl.h"
#include "pxectl/modes.h"
#include "pxectl/text.h"
#include "run/conf_load.h"

/* The daemons of a full installation, in the order of a boot. */
static const char *const daemons[] = { "dhcpd", "tftpd", "httpd" };

/* Reasons that an administrator must know of, and what to do. */
static const struct {
	enum pxe_reason reason;
	const char *text;
} alarming[] = {
	{ PXE_REASON_POOL_EMPTY,
	  "widen `ranges` in dhcpd.conf or give back unused leases" },
	{ PXE_REASON_STORE, "see the log of pxe-stated and the disk" },
	{ PXE_REASON_BUSY, "the disk is too slow for the load" },
	{ PXE_REASON_DECLINED,
	  "machines with fixed addresses inside `ranges`" },
};

/* What GetStatus answers; the texts borrow from the answer. */
struct status {
	const char *version, *store_error;
	json_int_t started, clients, leases, commits, syncs;
	json_int_t set_at, set_by; /* the clock; 0: it was not */
	int store_ok;
	json_t *peers, *reasons;
	json_t *alarms; /* NULL: none are known */
};

static bool read_status(json_t *answer, struct status *s)
{
	*s = (struct status) { .store_error = "" };
	if (json_unpack(answer,
			"{s:s, s:I, s:I, s:I, s:I, s:I, s:b, s?s, s?I, s?I,"
			" s:o, s:o, s?o}",
			"version", &s->version, "started", &s->started,
			"clients", &s->clients, "leases", &s->leases, "commits",
			&s->commits, "syncs", &s->syncs, "store_ok",
			&s->store_ok, "store_error", &s->store_error,
			"clock_set_at", &s->set_at, "clock_set_by", &s->set_by,
			"peers", &s->peers, "reasons", &s->reasons, "alarms",
			&s->alarms) < 0)
		return false;
	return json_is_array(s->peers) && json_is_object(s->reasons);
}

static json_int_t count_reason(const struct status *s, enum pxe_reason reason)
{
	return json_integer_value(
		json_object_get(s->reasons, pxe_reason_name(reason)));
}

/* One daemon; `name` may be with or without "pxe-". */
struct peer {
	const char *name;
	json_int_t pid, since;
	int connected;
};

static bool read_peer(json_t *json, struct peer *peer)
{
	if (json_unpack(json, "{s:s, s:I, s:b, s:I}", "name", &peer->name,
			"pid", &peer->pid, "connected", &peer->connected,
			"since", &peer->since) < 0)
		return false;
	if (pxe_str_has_prefix(peer->name, "pxe-"))
		peer->name += 4;
	return true;
}

/* --- alarms --- */

struct alarms {
	const struct pxe_ctl *ctl;
	unsigned n;
};

/* Counts an alarm.  May it be printed? */
static bool raise_alarm(struct alarms *alarms)
{
	alarms->n++;
	return !alarms->ctl->json;
}

static void raise_peers(struct alarms *alarms, const struct status *s)
{
	size_t i;
	json_t *json;

	json_array_foreach(s->peers, i, json)
	{
		char since[PXE_TEXT_SHORT], age[PXE_TEXT_SHORT];
		struct peer peer;

		if (!read_peer(json, &peer) || peer.connected)
			continue;
		pxe_text_time(peer.since, since, sizeof(since));
		pxe_text_age(pxe_ctl_now() - peer.since, age, sizeof(age));
		if (raise_alarm(alarms))
			pxe_ctl_say(alarms->ctl,
				    "ALARM  pxe-%s is away since %s (%s): "
				    "systemctl status pxe-%s",
				    peer.name, since, age, peer.name);
	}
}

/* What a daemon reports; a kind that this program does not know, by its
 * word. */
struct report {
	const char *kind, *subject, *text;
	json_int_t since;
	int known; /* enum pxe_alarm_kind, or -ENOENT */
};

static bool read_report(json_t *json, struct report *report)
{
	*report = (struct report) { .text = "" };
	if (json_unpack(json, "{s:s, s:s, s?s, s:I}", "kind", &report->kind,
			"subject", &report->subject, "text", &report->text,
			"since", &report->since) < 0)
		return false;
	report->known = pxe_alarm_from_name(report->kind);
	return true;
}

static bool is_alarm(const struct report *r)
{
	return r->known < 0 ||
	       pxe_alarm_is_alarm((enum pxe_alarm_kind)r->known);
}

/* "other-server 10.0.0.2 on eth1 since TIME (AGE): what (more): what to do" */
static void say_report(const struct pxe_ctl *ctl, const char *word,
		       const struct report *r)
{
	enum pxe_alarm_kind kind = (enum pxe_alarm_kind)r->known;
	char since[PXE_TEXT_SHORT], age[PXE_TEXT_SHORT];

	pxe_text_time(r->since, since, sizeof(since));
	pxe_text_age(pxe_ctl_now() - r->since, age, sizeof(age));
	pxe_ctl_say(ctl, "%s %s: %s since %s (%s)%s%s%s%s%s%s", word, r->kind,
		    r->subject, since, age, r->known >= 0 ? ": " : "",
		    r->known >= 0 ? pxe_alarm_text(kind) : "",
		    *r->text != '\0' ? "; " : "", r->text,
		    r->known >= 0 ? ": " : "",
		    r->known >= 0 ? pxe_alarm_remedy(kind) : "");
}

/* The store's own alarm has a line of its own. */
static void raise_reports(struct alarms *alarms, const struct status *s)
{
	struct report r;
	json_t *json;
	size_t i;

	json_array_foreach(s->alarms, i, json)
	{
		if (!read_report(json, &r) || r.known == PXE_ALARM_STORE ||
		    !is_alarm(&r))
			continue;
		if (raise_alarm(alarms))
			say_report(alarms->ctl, "ALARM ", &r);
	}
}

static void raise_store(struct alarms *alarms, const struct status *s)
{
	char since[PXE_TEXT_SHORT] = "", age[PXE_TEXT_SHORT] = "";
	struct report r;
	json_t *json;
	size_t i;

	json_array_foreach(s->alarms, i, json)
	{
		if (!read_report(json, &r) || r.known != PXE_ALARM_STORE)
			continue;
		pxe_text_time(r.since, since, sizeof(since));
		pxe_text_age(pxe_ctl_now() - r.since, age, sizeof(age));
	}
	if (!s->store_ok && raise_alarm(alarms))
		pxe_ctl_say(alarms->ctl,
			    "ALARM  the store in %s cannot be written%s%s%s%s%s"
			    ": %s: no new address is given until it can",
			    alarms->ctl->conf->state_dir,
			    *since != '\0' ? " since " : "", since,
			    *since != '\0' ? " (" : "", age,
			    *since != '\0' ? ")" : "",
			    *s->store_error != '\0' ? s->store_error
						    : "unknown cause");
}

static unsigned raise_all(const struct pxe_ctl *ctl, const struct status *s)
{
	struct alarms alarms = { ctl, 0 };

	raise_store(&alarms, s);
	raise_peers(&alarms, s);
	raise_reports(&alarms, s);
	return alarms.n;
}

/* --- the rest --- */

static void print_clock(const struct status *s)
{
	char at[PXE_TEXT_SHORT], by[PXE_TEXT_SHORT];

	if (s->set_by == 0)
		return;
	pxe_text_time(s->set_at, at, sizeof(at));
	pxe_text_age(s->set_by < 0 ? -s->set_by : s->set_by, by, sizeof(by));
	printf("notice clock: it was set %s by %s at %s: all leases were moved "
	       "with it\n",
	       s->set_by < 0 ? "back" : "forward", by, at);
}

/* Things that went wrong some time since pxe-stated started. */
static void print_notices(const struct pxe_ctl *ctl, const struct status *s)
{
	struct report r;
	json_t *json;
	size_t k;

	print_clock(s);
	json_array_foreach(s->alarms, k, json)
	{
		if (read_report(json, &r) && !is_alarm(&r))
			say_report(ctl, "notice", &r);
	}
	for (size_t i = 0; i < PXE_LEN(alarming); i++) {
		json_int_t n = count_reason(s, alarming[i].reason);

		if (n > 0)
			printf("notice %s: %" JSON_INTEGER_FORMAT
			       " since the start: %s\n",
			       pxe_reason_name(alarming[i].reason), n,
			       alarming[i].text);
	}
}

static const struct pxe_table_column peer_columns[] = {
	{ "DAEMON", false, 0 }, { "STATE", false, 0 }, { "SINCE", false, 0 },
	{ "FOR", true, 0 },     { "PID", true, 0 },
};

static int add_peer(struct pxe_table *table, const struct peer *peer)
{
	char name[64], since[PXE_TEXT_SHORT], age[PXE_TEXT_SHORT],
		pid[PXE_TEXT_SHORT] = "";

	snprintf(name, sizeof(name), "pxe-%s", peer->name);
	pxe_text_time(peer->since, since, sizeof(since));
	pxe_text_age(pxe_ctl_now() - peer->since, age, sizeof(age));
	if (peer->pid > 0)
		snprintf(pid, sizeof(pid), "%" JSON_INTEGER_FORMAT, peer->pid);
	return pxe_table_add(table,
			     (const char *[]) { name,
						peer->connected ? "connected"
								: "away",
						since, age, pid });
}

static bool has_peer(const struct status *s, const char *name)
{
	size_t i;
	json_t *json;
	struct peer peer;

	json_array_foreach(s->peers, i,
			   json) if (read_peer(json, &peer) &&
				     strcmp(peer.name, name) == 0) return true;
	return false;
}

static int fill_peers(struct pxe_table *table, const struct status *s)
{
	size_t i;
	json_t *json;
	int r = 0;

	json_array_foreach(s->peers, i, json)
	{
		struct peer peer;

		if (r == 0 && read_peer(json, &peer))
			r = add_peer(table, &peer);
	}
	for (i = 0; r == 0 && i < PXE_LEN(daemons); i++) {
		char name[64];

		snprintf(name, sizeof(name), "pxe-%s", daemons[i]);
		if (!has_peer(s, daemons[i]))
			r = pxe_table_add(table,
					  (const char *[]) { name, "not seen",
							     "", "", "" });
	}
	return r;
}

static void print_peers(const struct pxe_ctl *ctl, const struct status *s)
{
	struct pxe_table *table =
		pxe_table_new(peer_columns, PXE_LEN(peer_columns),
			      ctl->style.utf8);

	if (table != NULL && fill_peers(table, s) == 0)
		pxe_table_print(table, &ctl->style, stdout);
	pxe_table_free(table);
}

static const struct pxe_table_column reason_columns[] = {
	{ "REASON", false, 0 },
	{ "COUNT", true, 0 },
	{ "MEANING", false, 30 },
};

/* Counters that are not zero, in the order of the table of reasons. */
static void print_reasons(const struct pxe_ctl *ctl, const struct status *s)
{
	struct pxe_table *table =
		pxe_table_new(reason_columns, PXE_LEN(reason_columns),
			      ctl->style.utf8);
	int r = table == NULL ? -ENOMEM : 0;

	for (int i = 0; r == 0 && i < PXE_N_REASONS; i++) {
		json_int_t n = count_reason(s, (enum pxe_reason)i);
		char count[PXE_TEXT_SHORT];

		snprintf(count, sizeof(count), "%" JSON_INTEGER_FORMAT, n);
		if (n > 0)
			r = pxe_table_add(
				table,
				(const char *[]) {
					pxe_reason_name((enum pxe_reason)i),
					count,
					pxe_reason_text((enum pxe_reason)i) });
	}
	if (r == 0 && pxe_table_count(table) > 0) {
		putchar('\n');
		pxe_table_print(table, &ctl->style, stdout);
	}
	pxe_table_free(table);
}

static void print_state(const struct pxe_ctl *ctl, const struct status *s)
{
	char since[PXE_TEXT_SHORT], age[PXE_TEXT_SHORT];

	pxe_text_time(s->started, since, sizeof(since));
	pxe_text_age(pxe_ctl_now() - s->started, age, sizeof(age));
	pxe_ctl_line(ctl, "pxe-stated", "version %s, running since %s (%s)",
		     s->version, since, age);
	pxe_ctl_line(ctl, "store", "%s: %s", ctl->conf->state_dir,
		     s->store_ok ? "ok" : "NOT WRITABLE");
	pxe_ctl_line(ctl, "clients", "%" JSON_INTEGER_FORMAT, s->clients);
	pxe_ctl_line(ctl, "leases", "%" JSON_INTEGER_FORMAT, s->leases);
	pxe_ctl_line(ctl, "commits",
		     "%" JSON_INTEGER_FORMAT " in %" JSON_INTEGER_FORMAT
		     " syncs",
		     s->commits, s->syncs);
}

int pxe_ctl_status(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		   PXE_UNUSED char **argv)
{
	struct status status;
	json_t *answer, *networks;
	unsigned n_alarms;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	answer = pxe_ctl_call(ctl, "GetStatus", NULL);
	if (answer == NULL)
		return PXE_CTL_FAILED;
	if (!read_status(answer, &status)) {
		pxe_ctl_nonsense(ctl, "GetStatus");
		json_decref(answer);
		return PXE_CTL_FAILED;
	}
	n_alarms = raise_all(ctl, &status);
	networks = pxe_ctl_networks(ctl);
	if (ctl->json) {
		if (json_array_size(networks) > 0)
			json_object_set(answer, "networks", networks);
		pxe_ctl_print_json(answer, false);
	} else {
		if (!ctl->quiet)
			print_notices(ctl, &status);
		print_state(ctl, &status);
		putchar('\n');
		print_peers(ctl, &status);
		pxe_ctl_print_counters(ctl, status.peers);
		pxe_ctl_print_networks(ctl, networks);
		print_reasons(ctl, &status);
	}
	json_decref(networks);
	json_decref(answer);
	return n_alarms == 0 ? PXE_CTL_OK : PXE_CTL_FAILED;
}
