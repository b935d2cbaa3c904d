/* SPDX-License-Identifier: ISC */
/* `pxectl lease import`: leases of another server go to pxe-stated. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ip4.h"
#include "pxectl/ctl.h"
#include "pxectl/lease_csv.h"
#include "pxectl/lease_dnsmasq.h"
#include "pxectl/lease_isc.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

enum {
	CALL_LEASES = 1000, /* in one call */
	HOST_TEXT = 1100,   /* a client-id of 255 octets needs 765 */
	FILE_MAX_BYTES = 1 << 30,
};

static const struct format {
	const char *name;
	int (*parse)(const char *text, size_t size, int64_t now_s,
		     struct pxe_lease_list *list);
} formats[] = {
	{ "isc", pxe_lease_isc_parse },
	{ "dnsmasq", pxe_lease_dnsmasq_parse },
	{ "kea", pxe_lease_kea_parse },
	{ "csv", pxe_lease_csv_parse },
};

/* One import. */
struct job {
	struct pxe_ctl *ctl;
	const char *path; /* as given; "-" */
	struct pxe_lease_list list;
	int64_t now_s;
	size_t n_held;     /* of the list, in force */
	size_t n_imported; /* pxe-stated took them */
};

static const struct format *find_format(const struct pxe_ctl *ctl,
					const char *name)
{
	for (size_t i = 0; i < PXE_LEN(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	pxe_ctl_error(ctl,
		      "there is no format '%s' to import (isc, dnsmasq, kea, "
		      "csv)",
		      name);
	return NULL;
}

/* --- the file --- */

/* Reads all of a file to memory that the caller frees.  0, -errno. */
static int read_fd(int fd, char **text, size_t *size)
{
	size_t n = 0, cap = 0;
	char *buf = NULL;

	for (;;) {
		ssize_t got;

		if (n == cap) {
			size_t want = cap == 0 ? 65536 : cap * 2;
			char *more = want <= FILE_MAX_BYTES ? realloc(buf, want)
							    : NULL;

			if (more == NULL) {
				free(buf);
				return want > FILE_MAX_BYTES ? -EFBIG : -ENOMEM;
			}
			buf = more;
			cap = want;
		}
		got = read(fd, buf + n, cap - n);
		if (got < 0 && errno != EINTR) {
			free(buf);
			return -errno;
		}
		if (got == 0)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	*text = buf;
	*size = n;
	return 0;
}

static int read_file(const char *path, char **text, size_t *size)
{
	int fd, r;

	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, text, size);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = read_fd(fd, text, size);
	close(fd);
	return r;
}

/* --- what is refused --- */

/* Tells one, at once for people. */
static bool refuse(struct job *job, unsigned line, uint32_t address,
		   const char *why)
{
	return pxe_lease_list_refuse(&job->list, line, address, why) == 0;
}

/* The record of an address; they are in this order. */
static const struct pxe_lease_record *find_record(const struct job *job,
						  uint32_t address)
{
	size_t low = 0, high = job->list.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (job->list.records[mid].lease.address < address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < job->list.n &&
			       job->list.records[low].lease.address == address
		       ? &job->list.records[low]
		       : NULL;
}

static bool take_refusal(struct job *job, const json_t *json)
{
	const char *address =
		json_string_value(json_object_get(json, "address"));
	const char *client = json_string_value(json_object_get(json, "client"));
	const char *why = json_string_value(json_object_get(json, "why"));
	const struct pxe_lease_record *record;
	char text[120];
	uint32_t ip = 0;
	struct pxe_str s;

	if (address == NULL || pxe_ip4_parse(address, &ip) < 0)
		return false;
	record = find_record(job, ip);
	pxe_str_init(&s, text, sizeof(text));
	pxe_str_putf(&s, "%s", why != NULL ? why : "refused");
	if (client != NULL && record != NULL &&
	    strcmp(client, record->lease.client) != 0)
		pxe_str_putf(&s, " (%s)", client);
	return refuse(job, record != NULL ? record->line : 0, ip, text);
}

/* --- pxe-stated --- */

/* Sends the records from `first` on, up to `n` of them.  False: told why. */
static bool send_some(struct job *job, size_t first, size_t n)
{
	struct pxe_ctl *ctl = job->ctl;
	bool replace = ctl->opt[PXE_CTL_OPT_REPLACE] != NULL;
	json_t *leases = json_array(), *answer, *json;
	const json_t *imported, *refused;
	bool ok;
	size_t i;

	for (i = first; i < first + n; i++)
		if (json_array_append_new(
			    leases, pxe_state_lease_to_json(
					    &job->list.records[i].lease)) < 0) {
			json_decref(leases);
			pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
			return false;
		}
	answer = pxe_ctl_call(ctl, "ImportLeases",
			      json_pack("{s:o, s:b}", "leases", leases,
					"replace", replace));
	if (answer == NULL)
		return false;
	imported = json_object_get(answer, "imported");
	refused = json_object_get(answer, "refused");
	ok = json_is_integer(imported) && json_is_array(refused);
	job->n_imported += (size_t)json_integer_value(imported);
	json_array_foreach(refused, i, json) ok = ok && take_refusal(job, json);
	json_decref(answer);
	if (!ok)
		pxe_ctl_nonsense(ctl, "ImportLeases");
	return ok;
}

static bool send_all(struct job *job)
{
	bool ok = true;

	for (size_t i = 0; ok && i < job->list.n; i += CALL_LEASES) {
		size_t left = job->list.n - i;

		ok = send_some(job, i, left < CALL_LEASES ? left : CALL_LEASES);
	}
	return ok;
}

/* --- the report --- */

static void tell_problems(const struct job *job)
{
	const struct pxe_lease_list *list = &job->list;
	const char *name =
		strcmp(job->path, "-") == 0 ? "standard input" : job->path;

	for (size_t i = 0; i < list->n_problems; i++) {
		const struct pxe_lease_problem *problem = &list->problems[i];
		char address[PXE_IP4_TEXT + 2] = "";

		if (problem->address != 0) {
			pxe_ip4_format(problem->address, address,
				       sizeof(address));
			strcat(address, ": ");
		}
		pxe_ctl_error(job->ctl, "%s:%u: %s%s", name, problem->line,
			      address, problem->why);
	}
	if (list->n_refused > list->n_problems)
		pxe_ctl_error(job->ctl, "%s: and %zu more", name,
			      list->n_refused - list->n_problems);
}

static size_t count_skipped(const struct pxe_lease_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < PXE_N_LEASE_SKIPS; i++)
		n += list->skipped[i].n;
	return n;
}

static void put_host(const struct pxe_lease_host *host, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	pxe_lease_host_put(&s, host);
}

static void tell_hosts(const struct job *job)
{
	char text[HOST_TEXT];

	if (job->list.n_hosts == 0)
		return;
	pxe_ctl_say(job->ctl,
		    "Host sections for %s/hosts.conf:", job->ctl->conf_dir);
	for (size_t i = 0; i < job->list.n_hosts; i++) {
		put_host(&job->list.hosts[i], text, sizeof(text));
		pxe_ctl_say(job->ctl, "%s", text);
	}
}

static void tell(const struct job *job, bool is_dry)
{
	const struct pxe_lease_list *list = &job->list;
	size_t n = is_dry ? list->n : job->n_imported;

	tell_problems(job);
	pxe_ctl_say(job->ctl,
		    "%zu lease%s %s, %zu skipped, %zu refused; %zu of those "
		    "read are in force.",
		    n, n == 1 ? "" : "s",
		    is_dry ? "can be imported" : "imported",
		    count_skipped(list), list->n_refused, job->n_held);
	for (int i = 0; i < PXE_N_LEASE_SKIPS && !job->ctl->quiet; i++)
		if (list->skipped[i].n > 0)
			pxe_ctl_say(job->ctl,
				    "  skipped %zu (first: line %u): %s",
				    list->skipped[i].n, list->skipped[i].line,
				    pxe_lease_skip_text(
					    (enum pxe_lease_skip)i));
	if (!job->ctl->quiet)
		tell_hosts(job);
}

static json_t *problem_record(const struct pxe_lease_problem *problem)
{
	char address[PXE_IP4_TEXT] = "";

	if (problem->address != 0)
		pxe_ip4_format(problem->address, address, sizeof(address));
	return json_pack("{s:i, s:s, s:s}", "line", (int)problem->line,
			 "address", address, "why", problem->why);
}

static void print_report(const struct job *job, bool is_dry)
{
	const struct pxe_lease_list *list = &job->list;
	json_t *skipped = json_object(), *refused = json_array(), *all;
	json_t *hosts = json_array();
	char text[HOST_TEXT];

	for (int i = 1; i < PXE_N_LEASE_SKIPS; i++)
		if (list->skipped[i].n > 0)
			json_object_set_new(
				skipped,
				pxe_lease_skip_word((enum pxe_lease_skip)i),
				json_pack("{s:I, s:i}", "n",
					  (json_int_t)list->skipped[i].n,
					  "line", (int)list->skipped[i].line));
	for (size_t i = 0; i < list->n_problems; i++)
		json_array_append_new(refused,
				      problem_record(&list->problems[i]));
	for (size_t i = 0; i < list->n_hosts; i++) {
		put_host(&list->hosts[i], text, sizeof(text));
		json_array_append_new(hosts, json_string(text));
	}
	all = json_pack("{s:b, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "dry_run",
			is_dry, "leases", (json_int_t)list->n, "in_force",
			(json_int_t)job->n_held, "imported",
			(json_int_t)job->n_imported, "n_refused",
			(json_int_t)list->n_refused, "skipped", skipped,
			"refused", refused, "hosts", hosts);
	pxe_ctl_print_json(all, false);
	json_decref(all);
}

/* --- the command --- */

/* Reads and settles the file.  False: told why. */
static bool prepare(struct job *job, const struct format *format)
{
	char *text = NULL;
	size_t size = 0;
	int r = read_file(job->path, &text, &size);

	if (r < 0) {
		pxe_ctl_error(job->ctl, "%s cannot be read: %s", job->path,
			      strerror(-r));
		return false;
	}
	r = format->parse(text, size, job->now_s, &job->list);
	free(text);
	if (r == 0)
		r = pxe_lease_list_settle(&job->list, job->ctl->conf,
					  job->now_s);
	if (r < 0)
		pxe_ctl_error(job->ctl, "%s", strerror(-r));
	for (size_t i = 0; r == 0 && i < job->list.n; i++)
		job->n_held += pxe_lease_is_active(&job->list.records[i].lease,
						   job->now_s);
	return r == 0;
}

int pxe_ctl_lease_import(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	const struct format *format = find_format(ctl, argv[0]);
	struct job job = { .ctl = ctl,
			   .path = argv[1],
			   .now_s = pxe_ctl_now() };
	bool is_dry = ctl->opt[PXE_CTL_OPT_DRY_RUN] != NULL, ok;

	if (format == NULL)
		return PXE_CTL_USAGE;
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
				       PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS))
		return PXE_CTL_FAILED;
	ok = prepare(&job, format);
	if (ok && !is_dry)
		ok = send_all(&job);
	/* what was imported stays, whatever went wrong afterwards */
	if (ok || job.n_imported > 0) {
		if (ctl->json)
			print_report(&job, is_dry);
		else
			tell(&job, is_dry);
	}
	ok = ok && job.list.n_refused == 0;
	pxe_lease_list_done(&job.list);
	return ok ? PXE_CTL_OK : PXE_CTL_FAILED;
}
