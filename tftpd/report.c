/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "run/log.h"
#include "tftpd/server.h"

#define REFUSALS_A_SECOND 20 /* logged and told to stated */
#define NAME_COLUMNS      64 /* of a file, on a firmware's screen */
#define SMALL_FILE_BYTES  (64 << 10)

/* What a refused client is told: code, and words before the file's name. */
static const struct {
	enum pxe_reason reason;
	enum pxe_tftp_code code;
	bool has_name;
	const char *text;
} refusals[] = {
	{ PXE_REASON_NOT_FOUND, PXE_TFTP_NOT_FOUND, true, "file not found" },
	{ PXE_REASON_FORBIDDEN, PXE_TFTP_ACCESS, true, "permission denied" },
	{ PXE_REASON_OUTSIDE, PXE_TFTP_ACCESS, true, "outside the boot root" },
	{ PXE_REASON_NOT_A_FILE, PXE_TFTP_ACCESS, true, "not a regular file" },
	{ PXE_REASON_BAD_NAME, PXE_TFTP_NOT_FOUND, false,
	  "the file name cannot be used" },
	{ PXE_REASON_IO, PXE_TFTP_UNDEFINED, true, "reading failed" },
	{ PXE_REASON_CHANGED, PXE_TFTP_UNDEFINED, true,
	  "changed while it was sent" },
	{ PXE_REASON_BAD_MODE, PXE_TFTP_ILLEGAL, false,
	  "only the transfer modes octet and netascii are served" },
	{ PXE_REASON_TOO_MANY, PXE_TFTP_UNDEFINED, false,
	  "too many transfers, try again later" },
	/* one line of a firmware's screen */
	{ PXE_REASON_UNKNOWN_ARCH, PXE_TFTP_NOT_FOUND, false,
	  "unknown machine, no loader chosen: see 'fallback' in boot.conf" },
	{ PXE_REASON_LOOP, PXE_TFTP_ACCESS, false,
	  "this machine was sent its loader again and again: held, see pxectl "
	  "status" },
	{ PXE_REASON_NO_ORDER, PXE_TFTP_ACCESS, false,
	  "it destroys what is on the machine, and takes an order: see pxectl "
	  "boot" },
	{ PXE_REASON_IGNORED, PXE_TFTP_NOT_FOUND, false,
	  "no host section names this machine" },
};

/* Of a long name the end: a screen's line has no room for all of it. */
static void put_name(struct pxe_str *s, const struct pxe_boot_found *found)
{
	const char *hint = found->why.hint;
	size_t len = strlen(found->name);
	size_t room = hint[0] != '\0' ? NAME_COLUMNS / 2 : NAME_COLUMNS;

	pxe_str_puts(s, len > room ? ": ..." : ": ");
	if (len > room)
		len = room - 3;
	pxe_str_put_escaped(s, strchr(found->name, '\0') - len, len);
	if (hint[0] != '\0')
		pxe_str_putf(s, " (%s)", hint);
}

enum pxe_tftp_code pxe_tftpd_error_text(enum pxe_reason reason,
					const struct pxe_boot_found *found,
					char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	if (reason == PXE_REASON_NO_LOADER) {
		pxe_str_putf(&s, "no loader for %s in boot.conf",
			     pxe_family_text(found->family));
		return PXE_TFTP_NOT_FOUND;
	}
	if (reason == PXE_REASON_WRONG_MACHINE) {
		pxe_str_putf(&s,
			     "the server's file of loader '%s' is not for %s",
			     pxe_family_name(found->family),
			     pxe_family_text(found->family));
		return PXE_TFTP_ACCESS;
	}
	for (size_t i = 0; i < PXE_LEN(refusals); i++) {
		if (refusals[i].reason != reason)
			continue;
		pxe_str_puts(&s, refusals[i].text);
		if (refusals[i].has_name)
			put_name(&s, found);
		return refusals[i].code;
	}
	pxe_str_putf(&s, "%s", pxe_reason_text(reason));
	return PXE_TFTP_UNDEFINED;
}

/* Is there room for one more line in this second? */
static bool take_line(struct pxe_tftpd *server)
{
	long long second = (long long)(pxe_tftpd_now_us() / 1000000);

	if (second != server->refusals.second) {
		if (server->refusals.n_left_out > 0)
			pxe_log(PXE_LOG_NOTICE,
				"%u more requests were refused and not logged",
				server->refusals.n_left_out);
		server->refusals.second = second;
		server->refusals.n = server->refusals.n_left_out = 0;
	}
	if (server->refusals.n < REFUSALS_A_SECOND) {
		server->refusals.n++;
		return true;
	}
	server->refusals.n_left_out++;
	return false;
}

static void tell_refused(struct pxe_tftpd *server,
			 const struct pxe_datagram *req,
			 const struct pxe_tftpd_asked *asked,
			 enum pxe_reason reason, const char *file)
{
	const char *key = pxe_asker_event_key(&asked->asker, &asked->means);
	struct pxe_event e = {
		.kind = asked->is_upload ? PXE_EVENT_UPLOAD_FAILED
					 : PXE_EVENT_FILE_FAILED,
		.reason = reason,
		.address = pxe_tftpd_addr_ip4(&req->peer),
		.by = "tftpd",
	};

	if (key[0] == '\0' && e.address == 0)
		return;
	(void)pxe_str_copy(e.client, sizeof(e.client), key);
	(void)pxe_str_copy(e.file, sizeof(e.file), file);
	pxe_state_report_event(server->state, &e);
}

void pxe_tftpd_report_refused(struct pxe_tftpd *server,
			      const struct pxe_datagram *req,
			      const struct pxe_tftpd_asked *asked,
			      enum pxe_reason reason, const char *detail)
{
	char peer[PXE_TFTPD_PEER_TEXT], name[PXE_CLIENT_FILE_TEXT];
	const char *key = asked != NULL ? pxe_asker_key(&asked->asker) : "";
	/* packets that are no requests, and the names that loaders try one
	 * after the other, say nothing about a boot */
	bool is_noise = asked == NULL || asked->found.is_quiet;
	enum pxe_fingerprint looks =
		asked != NULL ? asked->looks : PXE_FINGERPRINT_UNKNOWN;
	struct pxe_str s;

	server->n_reasons[reason]++;
	if ((is_noise && pxe_log_level() < PXE_LOG_DEBUG) || !take_line(server))
		return;
	pxe_str_init(&s, name, sizeof(name));
	if (asked != NULL)
		pxe_str_put_escaped(&s, asked->found.name,
				    strlen(asked->found.name));
	if (asked != NULL && asked->found.why.text[0] != '\0')
		detail = asked->found.why.text;
	pxe_tftpd_addr_format(&req->peer, peer);
	const struct pxe_log_field fields[] = {
		{ "PXE_EVENT", "tftp-request" },
		{ "PXE_REASON", pxe_reason_name(reason) },
		{ "PXE_MAC", key },
		{ "PXE_ADDRESS", peer },
		{ "PXE_FILE", name },
		{ "PXE_LOOKS", pxe_fingerprint_name(looks) },
	};
	pxe_log_fields(is_noise ? PXE_LOG_DEBUG : PXE_LOG_INFO, fields,
		       PXE_LEN(fields), "%s%s%s %s: %s%s%s%s%s", peer,
		       key[0] != '\0' ? " " : "", key,
		       name[0] != '\0' ? name : "-", pxe_reason_name(reason),
		       detail != NULL ? ": " : "", detail != NULL ? detail : "",
		       looks != PXE_FINGERPRINT_UNKNOWN ? "; it looks like "
							: "",
		       looks != PXE_FINGERPRINT_UNKNOWN
			       ? pxe_fingerprint_text(looks)
			       : "");
	if (!is_noise)
		tell_refused(server, req, asked, reason, name);
}

/* --- transfers ----------------------------------------------------------- */

static struct pxe_transfer_count count_of(const struct pxe_transfer *t)
{
	struct pxe_transfer_count count;

	t->ops->count(t, &count);
	return count;
}

/* The options that both agreed on. */
void pxe_tftpd_format_options(const struct pxe_transfer *t, char *text,
			      size_t cap)
{
	const struct pxe_tftp_opts *opts = &t->terms.oack;
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	for (int i = 0; i < PXE_TFTP_N_OPTS; i++)
		if (opts->opt[i].is_set)
			pxe_str_putf(&s, "%s%s %llu", s.len > 0 ? " " : "",
				     pxe_tftp_opt_name((enum pxe_tftp_opt)i),
				     (unsigned long long)opts->opt[i].value);
}

static uint32_t took_ms(const struct pxe_transfer *t, uint64_t now_us)
{
	uint64_t ms = (now_us - t->begin_us) / 1000;

	return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

static void tell(const struct pxe_transfer *t, enum pxe_event_kind kind,
		 enum pxe_reason reason, uint64_t now_us)
{
	struct pxe_transfer_count count = count_of(t);
	struct pxe_event e = {
		.kind = kind,
		.reason = reason,
		.address = pxe_tftpd_addr_ip4(&t->peer),
		.bytes = count.bytes,
		.total_bytes = count.total_bytes,
		.duration_ms = took_ms(t, now_us),
		.resent = count.n_resent_blocks < UINT32_MAX
				  ? (uint32_t)count.n_resent_blocks
				  : UINT32_MAX,
		.by = "tftpd",
	};

	if (t->event_client[0] == '\0' && e.address == 0)
		return;
	/* the others are bounded already */
	if (kind != PXE_EVENT_FILE_PROGRESS &&
	    !pxe_telling_take(&t->server->telling, t->event_client, e.address,
			      now_us))
		return;
	(void)pxe_str_copy(e.client, sizeof(e.client), t->event_client);
	(void)pxe_str_copy(e.file, sizeof(e.file), t->file);
	pxe_tftpd_format_options(t, e.options, sizeof(e.options));
	pxe_state_report_event(t->server->state, &e);
}

/* Of small files only the end is told. */
static bool is_small(const struct pxe_transfer_count *count)
{
	return count->total_bytes < SMALL_FILE_BYTES;
}

/*
 * The beginning is told when the client has acknowledged something: it is
 * there, and wants more than the size.
 */
static void tell_start(struct pxe_transfer *t, uint64_t now_us)
{
	struct pxe_transfer_count count = count_of(t);

	t->is_start_told = true;
	if (t->is_loader || !is_small(&count))
		tell(t,
		     t->is_loader ? PXE_EVENT_LOADER_START
				  : PXE_EVENT_FILE_START,
		     PXE_REASON_OK, now_us);
	if (is_small(&count))
		t->told_us = UINT64_MAX; /* it never is due */
	else
		pxe_telling_begin(&t->server->telling, &t->told_us, now_us);
}

/* Called for each ACK. */
void pxe_tftpd_report_progress(struct pxe_transfer *t, uint64_t now_us)
{
	if (!t->is_start_told)
		tell_start(t, now_us);
	else if (pxe_telling_is_due(&t->server->telling, &t->told_us, now_us))
		tell(t, PXE_EVENT_FILE_PROGRESS, PXE_REASON_OK, now_us);
}

static enum pxe_event_kind end_kind(const struct pxe_transfer *t,
				    enum pxe_reason reason)
{
	if (reason == PXE_REASON_PROBE)
		return PXE_EVENT_FILE_PROBE;
	if (reason != PXE_REASON_OK)
		return PXE_EVENT_FILE_FAILED;
	return t->is_script   ? PXE_EVENT_SCRIPT
	       : t->is_loader ? PXE_EVENT_LOADER_DONE
			      : PXE_EVENT_FILE_DONE;
}

static void tell_end(struct pxe_transfer *t, enum pxe_event_kind kind,
		     enum pxe_reason reason, uint64_t now_us)
{
	if (t->is_start_told && t->told_us != UINT64_MAX)
		pxe_telling_end(&t->server->telling);
	tell(t, kind, reason, now_us);
}

/* "1.234 s (54.0 MB/s)" */
static void format_speed(uint64_t bytes, uint32_t ms, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	pxe_str_putf(&s, "%u.%03u s", ms / 1000, ms % 1000);
	if (bytes == 0 || ms == 0)
		return;
	pxe_str_puts(&s, " (");
	/* without overflow up to 16 PB */
	pxe_str_put_bytes(&s, bytes * 1000 / ms);
	pxe_str_puts(&s, "/s)");
}

static void log_end(const struct pxe_transfer *t, enum pxe_reason reason,
		    uint32_t ms)
{
	struct pxe_transfer_count count = count_of(t);
	char peer[PXE_TFTPD_PEER_TEXT], options[PXE_OPTIONS_TEXT], bytes[24],
		took[24], resent[24], speed[64];
	const struct pxe_log_field fields[] = {
		{ "PXE_EVENT", "tftp-transfer" },
		{ "PXE_REASON", pxe_reason_name(reason) },
		{ "PXE_MAC", t->client },
		{ "PXE_ADDRESS", peer },
		{ "PXE_FILE", t->file },
		{ "PXE_BYTES", bytes },
		{ "PXE_DURATION_MS", took },
		{ "PXE_RESENT", resent },
		{ "PXE_OPTIONS", options },
		{ "PXE_LOOKS", pxe_fingerprint_name(t->looks) },
	};

	pxe_tftpd_addr_format(&t->peer, peer);
	pxe_tftpd_format_options(t, options, sizeof(options));
	format_speed(count.bytes, ms, speed, sizeof(speed));
	snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)count.bytes);
	snprintf(took, sizeof(took), "%u", ms);
	snprintf(resent, sizeof(resent), "%llu",
		 (unsigned long long)count.n_resent_blocks);
	pxe_log_fields(PXE_LOG_INFO, fields, PXE_LEN(fields),
		       "%s%s%s %s: %s, %s of %llu octets in %s, %s blocks "
		       "sent again%s%s%s%s%s",
		       peer, t->client[0] != '\0' ? " " : "", t->client,
		       t->file, pxe_reason_name(reason), bytes,
		       (unsigned long long)count.total_bytes, speed, resent,
		       options[0] != '\0' ? ", " : "", options,
		       t->peer_said[0] != '\0' ? ", it said '" : "",
		       t->peer_said, t->peer_said[0] != '\0' ? "'" : "");
}

void pxe_tftpd_report_end(struct pxe_transfer *t, enum pxe_reason reason)
{
	uint64_t now_us = pxe_tftpd_now_us();
	enum pxe_event_kind kind = end_kind(t, reason);

	if (t->ops->report != NULL) {
		t->ops->report(t, reason);
		return;
	}
	/* what the script says, where it came through */
	if (reason == PXE_REASON_OK)
		reason = t->decided;
	t->server->n_reasons[reason]++;
	t->server->n_bytes += count_of(t).bytes;
	log_end(t, reason, took_ms(t, now_us));
	tell_end(t, kind, reason, now_us);
}

/* --- counters ------------------------------------------------------------ */

void pxe_tftpd_report_count(struct pxe_counts *counts, void *arg)
{
	struct pxe_tftpd *server = arg;
	uint32_t n = pxe_telling_left_out(&server->telling, pxe_tftpd_now_us());

	counts->running = server->plane.transfers.n;
	counts->bytes = server->n_bytes;
	for (int i = 0; i < PXE_N_REASONS; i++)
		counts->reasons[i] = server->n_reasons[i];
	if (n > 0)
		pxe_log(PXE_LOG_NOTICE,
			"pxe-stated was not told of %u beginnings and ends of "
			"transfers: there were too many in a second",
			n);
}

void pxe_tftpd_report_counts(const struct pxe_tftpd *server)
{
	char text[1024];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	for (int i = 0; i < PXE_N_REASONS; i++)
		if (server->n_reasons[i] > 0)
			pxe_str_putf(&s, "%s%s %llu", s.len > 0 ? ", " : "",
				     pxe_reason_name((enum pxe_reason)i),
				     (unsigned long long)server->n_reasons[i]);
	pxe_log(PXE_LOG_INFO, "requests since the start: %s; %llu octets sent",
		s.len > 0 ? text : "none", (unsigned long long)server->n_bytes);
}
