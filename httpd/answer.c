/* SPDX-License-Identifier: ISC */
/*
 * A request becomes an answer: a file or a part of it, a script, an error.
 */
#include "httpd/answer.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "httpd/account.h"
#include "httpd/cond.h"
#include "httpd/range.h"
#include "httpd/route.h"
#include "httpd/server.h"
#include "httpd/who.h"
#include "run/log.h"
#include "run/rootdir.h"

enum {
	COPY_MAX = 32 * 1024,  /* files to this size go behind the headers */
	SMALL_MAX = 64 * 1024, /* files below it are told of when they end */
};

/* What one request is about, while it is answered. */
struct job {
	struct pxe_conn *conn;
	struct pxe_server *server;
	struct pxe_http_answer *answer;
	struct pxe_route route;
	struct pxe_boot_name means;
	struct pxe_asker who;
	struct pxe_boot_found found;
	struct evkeyvalq *out; /* header fields */
	enum pxe_sends
		sends; /* a loader or script; NOTHING: a file by its size */
};

/* Reasons and the status that they have in HTTP; 500 for all others. */
static const struct {
	enum pxe_reason reason;
	int status;
} statuses[] = {
	{ PXE_REASON_BAD_NAME, 400 },     { PXE_REASON_OUTSIDE, 403 },
	{ PXE_REASON_FORBIDDEN, 403 },    { PXE_REASON_NOT_A_FILE, 403 },
	{ PXE_REASON_WRONG_MACHINE, 403 },
	{ PXE_REASON_NOT_FOUND, 404 },    { PXE_REASON_IGNORED, 404 },
	{ PXE_REASON_NO_LOADER, 404 },    { PXE_REASON_UNKNOWN_ARCH, 404 },
	{ PXE_REASON_PRECONDITION, 412 }, { PXE_REASON_BAD_RANGE, 416 },
	{ PXE_REASON_LOOP, 503 },
};

static int status_of(enum pxe_reason reason)
{
	for (size_t i = 0; i < PXE_LEN(statuses); i++)
		if (statuses[i].reason == reason)
			return statuses[i].status;
	return 500;
}

static void put_field(struct job *job, const char *name, const char *value)
{
	evhttp_add_header(job->out, name, value);
}

static void put_length(struct job *job, uint64_t bytes)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	put_field(job, "Content-Length", text);
}

/* Sends a text that was made for this request. */
static void send_text(struct job *job, int status, const char *text, size_t len)
{
	struct evbuffer *body = job->answer->is_head ? NULL : evbuffer_new();

	job->answer->status = status;
	if (body != NULL && evbuffer_add(body, text, len) == 0)
		job->answer->size_bytes = len;
	put_field(job, "Content-Type", "text/plain; charset=utf-8");
	put_field(job, "Cache-Control", "no-store");
	put_length(job, len);
	pxe_conn_send(job->conn, body);
	if (body != NULL)
		evbuffer_free(body);
}

static void fail(struct job *job, enum pxe_reason reason)
{
	char text[300];
	const char *hint = job->found.why.hint;
	int status = status_of(reason);
	int n = snprintf(text, sizeof(text), "%d %s: %s%s%s%s\n", status,
			 pxe_reason_name(reason), pxe_reason_text(reason),
			 hint[0] != '\0' ? " (" : "", hint,
			 hint[0] != '\0' ? ")" : "");

	job->answer->reason = reason;
	send_text(job, status, text, (size_t)n);
}

/* --- files -----------------------------------------------------------------
 */

/*
 * `n` octets from `offset` on are read behind the headers.  How many there
 * were, which is less for a file that has just become shorter; -errno.
 */
static int64_t read_small(int fd, uint64_t offset, size_t n,
			  struct evbuffer *body)
{
	struct evbuffer_iovec vec;
	size_t got = 0;

	if (evbuffer_reserve_space(body, (ev_ssize_t)n, &vec, 1) < 1)
		return -ENOMEM;
	while (got < n) {
		ssize_t r = pread(fd, (char *)vec.iov_base + got, n - got,
				  (off_t)(offset + got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	vec.iov_len = got;
	return evbuffer_commit_space(body, &vec, 1) < 0 ? -ENOMEM
							: (int64_t)got;
}

/*
 * `n` octets from `offset` on go by sendfile(): the flag must be there before
 * the file is.  The descriptor belongs to the buffer afterwards.
 */
static int add_large(int fd, uint64_t offset, uint64_t n, struct evbuffer *body)
{
	evbuffer_set_flags(body, EVBUFFER_FLAG_DRAINS_TO_FD);
	return evbuffer_add_file(body, fd, (ev_off_t)offset, (ev_off_t)n);
}

/* Octets `first` to `first + n` of an open file become the body. */
static int fill_body(struct job *job, int *fd, uint64_t first, uint64_t *n,
		     struct evbuffer *body)
{
	int64_t got;

	if (*n > COPY_MAX) {
		if (add_large(*fd, first, *n, body) < 0)
			return -ENOMEM;
		job->answer->fd = *fd;
		job->answer->end_bytes = first + *n;
		*fd = -1;
		return 0;
	}
	got = read_small(*fd, first, (size_t)*n, body);
	if (got < 0)
		return (int)got;
	/* a part was announced with its last octet, which must be there */
	if ((uint64_t)got < *n && job->answer->status == 206)
		return -ENODATA;
	*n = (uint64_t)got;
	return 0;
}

static void set_sends(struct job *job, uint64_t n)
{
	if (!pxe_who_is_told(job->conn, &job->who, &job->means))
		job->answer->sends = PXE_SENDS_NOTHING;
	else if (job->sends != PXE_SENDS_NOTHING)
		job->answer->sends = job->sends;
	else
		job->answer->sends =
			n < SMALL_MAX ? PXE_SENDS_SMALL_FILE : PXE_SENDS_FILE;
}

static void send_body(struct job *job, int *fd, uint64_t first, uint64_t n)
{
	struct pxe_http_answer *a = job->answer;
	struct evbuffer *body = NULL;
	int r = 0;

	if (!a->is_head) {
		body = evbuffer_new();
		r = body != NULL ? fill_body(job, fd, first, &n, body)
				 : -ENOMEM;
	}
	if (r < 0) {
		evhttp_clear_headers(job->out);
		fail(job, r == -ENODATA  ? PXE_REASON_CHANGED
			  : r == -ENOMEM ? PXE_REASON_INTERNAL
					 : PXE_REASON_IO);
	} else {
		put_length(job, n);
		if (!a->is_head) {
			set_sends(job, n);
			a->size_bytes = n;
			pxe_account_start(job->conn);
		}
		pxe_conn_send(job->conn, body);
	}
	if (body != NULL)
		evbuffer_free(body);
}

/* No body: not modified, or nothing that the client wants. */
static void send_empty(struct job *job, int status)
{
	job->answer->status = status;
	pxe_conn_send(job->conn, NULL);
}

static void get_cond_fields(const struct job *job, struct pxe_cond_fields *f)
{
	const struct evkeyvalq *in =
		evhttp_request_get_input_headers(job->answer->req);

	f->if_match = evhttp_find_header(in, "If-Match");
	f->if_unmodified_since = evhttp_find_header(in, "If-Unmodified-Since");
	f->if_none_match = evhttp_find_header(in, "If-None-Match");
	f->if_modified_since = evhttp_find_header(in, "If-Modified-Since");
	f->if_range = evhttp_find_header(in, "If-Range");
}

static void put_version(struct job *job, const struct pxe_cond_version *version)
{
	char date[PXE_COND_DATE_TEXT];

	pxe_cond_date_format(version->mtime_s, date, sizeof(date));
	put_field(job, "Last-Modified", date);
	put_field(job, "ETag", version->etag);
	put_field(job, "Accept-Ranges", "bytes");
}

/* The whole file or the part that was asked for. */
static void send_range(struct job *job, int *fd, uint64_t size,
		       bool looks_at_range)
{
	const char *value = evhttp_find_header(evhttp_request_get_input_headers(
						       job->answer->req),
					       "Range");
	struct pxe_range range = { 0 };
	char text[80];
	enum pxe_range_kind kind = PXE_RANGE_WHOLE;

	/* RFC 9110 section 14.2: only GET has ranges */
	if (looks_at_range && !job->answer->is_head)
		kind = pxe_range_read(value, size, &range);
	if (kind == PXE_RANGE_BAD) {
		snprintf(text, sizeof(text), "bytes */%llu",
			 (unsigned long long)size);
		put_field(job, "Content-Range", text);
		fail(job, PXE_REASON_BAD_RANGE);
		return;
	}
	put_field(job, "Content-Type", pxe_route_media_type(job->found.name));
	if (kind == PXE_RANGE_WHOLE) {
		job->answer->status = 200;
		send_body(job, fd, 0, size);
		return;
	}
	snprintf(text, sizeof(text), "bytes %llu-%llu/%llu",
		 (unsigned long long)range.first,
		 (unsigned long long)range.last, (unsigned long long)size);
	put_field(job, "Content-Range", text);
	job->answer->status = 206;
	send_body(job, fd, range.first, range.last - range.first + 1);
}

static void send_file(struct job *job, struct pxe_rootdir_file *file)
{
	struct pxe_cond_version version;
	struct pxe_cond_fields fields;

	pxe_cond_version(file->size_bytes, file->mtime_s, file->mtime_ns,
			 file->ino, &version);
	get_cond_fields(job, &fields);
	switch (pxe_cond_check(&version, &fields)) {
	case PXE_COND_FAILED:
		fail(job, PXE_REASON_PRECONDITION);
		break;
	case PXE_COND_NOT_MODIFIED:
		put_version(job, &version);
		send_empty(job, 304);
		break;
	case PXE_COND_SEND:
		put_version(job, &version);
		send_range(job, &file->fd, file->size_bytes,
			   pxe_cond_is_range(&version, &fields));
		break;
	}
	if (file->fd >= 0)
		close(file->fd);
}

/* --- what a name stands for --------------------------------------------------
 */

/* Nothing is served; what went wrong here gets a line of its own. */
static void fail_found(struct job *job, const struct pxe_boot_found *found,
		       enum pxe_reason reason)
{
	const struct pxe_decision *d = &found->decision;

	if (reason == PXE_REASON_INTERNAL && d->rule != NULL)
		pxe_log(PXE_LOG_ERR, "%s: rule %s, %s:%u: %s", found->name,
			d->rule, d->src.file, d->src.line, strerror(errno));
	else if (reason == PXE_REASON_INTERNAL || reason == PXE_REASON_IO)
		pxe_log(PXE_LOG_WARNING, "%s: %s", found->name,
			strerror(errno));
	else if (found->why.text[0] != '\0')
		pxe_log(PXE_LOG_INFO, "%s: %s", found->name, found->why.text);
	if (!job->answer->is_head && !found->is_quiet)
		set_sends(job, 0);
	fail(job, reason);
}

static bool is_ipxe_like(const struct job *job)
{
	const char *agent = evhttp_find_header(
		evhttp_request_get_input_headers(job->answer->req),
		"User-Agent");

	return agent != NULL && pxe_str_has_prefix(agent, "iPXE/");
}

/* iPXE asks without a query if another DHCP server named the URL. */
static bool is_nameless_ipxe(const struct job *job)
{
	return is_ipxe_like(job) &&
	       strchr(evhttp_request_get_uri(job->answer->req), '?') == NULL;
}

static void send_script(struct job *job, const struct pxe_boot_found *found,
			const struct pxe_str *text)
{
	if (!job->answer->is_head)
		job->answer->sends = PXE_SENDS_SCRIPT;
	job->answer->reason = found->decision.reason;
	send_text(job, 200, text->buf, text->len);
}

static void answer_file(struct job *job)
{
	static struct pxe_why_limit limit;
	static struct pxe_fold_cache folds;
	struct pxe_boot_found *found = &job->found;
	char host[PXE_WHO_HOST_TEXT];
	struct pxe_boot_ask ask = {
		.conf = job->server->conf,
		.root_fd = job->server->root_fd,
		.folds = &folds,
		.name = job->route.path,
		.means = &job->means,
		.asker = &job->who,
		.is_http = true,
		.is_ipxe_like = is_ipxe_like(job),
		.is_nameless_ipxe = is_nameless_ipxe(job),
	};
	struct pxe_str text;
	enum pxe_reason reason;

	pxe_who_find_server(job->conn, &ask, host);
	pxe_str_init(&text, job->server->script, sizeof(job->server->script));
	reason = pxe_boot_file_find(&ask, &text, found);
	job->sends = found->is_script	? PXE_SENDS_SCRIPT
		     : found->is_loader ? PXE_SENDS_LOADER
					: PXE_SENDS_NOTHING;
	if (reason != PXE_REASON_OK) {
		pxe_boot_file_explain(&ask, reason, false, &limit,
				      pxe_server_now_ms() / 1000, found);
		fail_found(job, found, reason);
		return;
	}
	pxe_boot_file_warn(&ask, found, job->server->warned_s,
			   pxe_server_now_ms() / 1000);
	if (found->is_text)
		send_script(job, found, &text);
	else
		send_file(job, &found->file);
}

static void answer_callback(struct job *job)
{
	static const char text[] = "ok\n";

	job->answer->reason = job->who.client != NULL || job->who.host != NULL
				      ? PXE_REASON_OK
				      : PXE_REASON_UNKNOWN_CLIENT;
	if (!job->answer->is_head)
		job->answer->sends = PXE_SENDS_CALLBACK;
	send_text(job, 200, text, strlen(text));
}

static void (*const answers[])(struct job *) = {
	[PXE_ROUTE_FILE] = answer_file,
	[PXE_ROUTE_CALLBACK] = answer_callback,
};

/* Whom and what all events of this request are about. */
static void set_event(struct job *job, const char *file)
{
	struct pxe_event *e = &job->answer->event;
	struct pxe_str s;

	e->address = job->who.address;
	pxe_str_copy(e->client, sizeof(e->client),
		     pxe_asker_event_key(&job->who, &job->means));
	pxe_str_init(&s, e->file, sizeof(e->file));
	pxe_str_put_escaped(&s, file, strlen(file));
	pxe_str_copy(e->by, sizeof(e->by), "httpd");
}

void pxe_answer_request(struct evhttp_request *req, void *arg)
{
	struct job job = { .server = arg };
	enum pxe_reason reason;

	job.conn = pxe_conn_find(job.server, req);
	if (job.conn == NULL) { /* there was no memory to guard it */
		evhttp_connection_free(evhttp_request_get_connection(req));
		return;
	}
	pxe_conn_begin(job.conn, req);
	job.answer = &job.conn->answer;
	job.out = evhttp_request_get_output_headers(req);
	reason = pxe_route_find(evhttp_request_get_uri(req), &job.route);
	pxe_boot_name_read(job.server->conf, job.route.path, &job.means);
	pxe_who_find(job.conn, &job.route, &job.means, &job.who);
	set_event(&job, job.route.path);
	if (reason != PXE_REASON_OK) {
		fail(&job, reason);
		return;
	}
	answers[job.route.kind](&job);
}
