/* SPDX-License-Identifier: ISC */
#include "httpd/send_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "httpd/account.h"
#include "httpd/cond.h"
#include "httpd/media.h"
#include "httpd/range.h"
#include "httpd/server.h"
#include "run/fd.h"
#include "run/loader_check.h"

enum {
	COPY_MAX = 32 * 1024,   /* bodies to this size go behind the headers */
	HELD_BYTES = 64 * 1024, /* of a file whose last octets are held back */
};

/*
 * `n` octets from `first` on are read behind the headers.  How many there
 * were, which is less for a file that has just become shorter; -errno.
 */
static int64_t add_small(struct pxe_http_job *job, int fd, uint64_t first,
			 size_t n)
{
	char *to = pxe_job_reserve(job, n);
	ssize_t got;

	if (to == NULL)
		return -ENOMEM;
	got = pxe_fd_read_at(fd, first, to, n);
	if (got < 0)
		return got;
	return pxe_job_commit(job, (size_t)got) < 0 ? -ENOMEM : got;
}

/* What an answer takes of a file. */
struct body {
	struct pxe_rootdir_file *file;
	const char *type;
	struct pxe_ranges set;
	uint64_t boundary; /* of several parts */
	uint64_t n_bytes;  /* of the body */
	bool is_large;     /* not copied: left to the kernel */
	bool is_made;      /* nobody is told of it */
};

/* One range of the file; -ENODATA: it has just become shorter. */
static int put_range(struct pxe_http_job *job, struct body *b,
		     const struct pxe_range *range)
{
	uint64_t n = pxe_range_bytes(range);
	int64_t got;

	if (b->is_large)
		return pxe_job_add_file(job, range->first, n);
	got = add_small(job, b->file->fd, range->first, (size_t)n);
	if (got < 0 || (uint64_t)got == n)
		return got < 0 ? (int)got : 0;
	/* a part was announced with its last octet, which must be there */
	if (job->answer->status == 206)
		return -ENODATA;
	b->n_bytes = (uint64_t)got;
	return 0;
}

static int put_parts(struct pxe_http_job *job, struct body *b)
{
	char text[PXE_RANGE_HEAD_TEXT];
	struct pxe_str s;
	int r;

	for (size_t i = 0; i <= b->set.n; i++) {
		pxe_str_init(&s, text, sizeof(text));
		pxe_range_put_head(&s, b->boundary, b->type, &b->set, i,
				   b->file->size_bytes);
		if (pxe_job_add_text(job, text, s.len) < 0)
			return -ENOMEM;
		if (i == b->set.n)
			break;
		r = put_range(job, b, &b->set.range[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The octets of the body; what is large is left to the kernel. */
static int fill(struct pxe_http_job *job, struct body *b)
{
	b->is_large = b->n_bytes > COPY_MAX;
	if (b->is_large) {
		pxe_job_take_file(job, b->file);
		job->answer->may_change = !b->is_made;
	}
	if (b->set.n > 1)
		return put_parts(job, b);
	return b->n_bytes > 0 ? put_range(job, b, &b->set.range[0]) : 0;
}

/* The body stops before the last octets of a file that is held back. */
static void stop_before_last(struct pxe_http_job *job, const struct body *b)
{
	uint64_t size = b->file->size_bytes, left = UINT64_MAX;

	for (size_t i = 0; i < b->set.n; i++)
		if (b->set.range[i].last + 1 == size)
			left = b->n_bytes < HELD_BYTES ? b->n_bytes
						       : HELD_BYTES;
	if (left == UINT64_MAX)
		return;
	/* of several parts, any may be the last: none goes before */
	pxe_job_stop_at(job, b->set.n > 1 ? 0 : b->n_bytes - left,
			job->on_last);
}

static void send_body(struct pxe_http_job *job, struct body *b)
{
	struct pxe_http_answer *a = job->answer;
	int r = a->is_head ? 0 : fill(job, b);

	if (r < 0) {
		pxe_job_clear(job);
		pxe_job_fail(job, r == -ENODATA  ? PXE_REASON_CHANGED
				  : r == -ENOMEM ? PXE_REASON_INTERNAL
						 : PXE_REASON_IO);
		return;
	}
	pxe_job_put_length(job, b->n_bytes);
	if (!a->is_head) {
		if (!b->is_made)
			pxe_job_set_sends(job, b->n_bytes);
		a->size_bytes = b->n_bytes;
		pxe_account_start(job->conn);
		if (job->on_last != NULL)
			stop_before_last(job, b);
	}
	pxe_job_send(job, a->status);
}

static void get_cond_fields(const struct pxe_http_job *job,
			    struct pxe_cond_fields *f)
{
	f->if_match = pxe_job_field(job, "If-Match");
	f->if_unmodified_since = pxe_job_field(job, "If-Unmodified-Since");
	f->if_none_match = pxe_job_field(job, "If-None-Match");
	f->if_modified_since = pxe_job_field(job, "If-Modified-Since");
	f->if_range = pxe_job_field(job, "If-Range");
}

static void put_version(struct pxe_http_job *job,
			const struct pxe_cond_version *version)
{
	char date[PXE_COND_DATE_TEXT];

	pxe_cond_date_format(version->mtime_s, date, sizeof(date));
	pxe_job_put(job, "Last-Modified", date);
	pxe_job_put(job, "ETag", version->etag);
	pxe_job_put(job, "Accept-Ranges", "bytes");
}

static void send_whole(struct pxe_http_job *job, struct body *b)
{
	pxe_job_put(job, "Content-Type", b->type);
	job->answer->status = 200;
	b->n_bytes = b->file->size_bytes;
	b->set.n = 1;
	b->set.range[0] = (struct pxe_range) { 0, b->n_bytes - 1 };
	send_body(job, b);
}

static void send_part(struct pxe_http_job *job, struct body *b)
{
	char text[80];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_range_put_one(&s, &b->set.range[0], b->file->size_bytes);
	pxe_job_put(job, "Content-Type", b->type);
	pxe_job_put(job, "Content-Range", text);
	job->answer->status = 206;
	b->n_bytes = pxe_range_bytes(&b->set.range[0]);
	send_body(job, b);
}

static void send_parts(struct pxe_http_job *job, struct body *b)
{
	char text[80];
	struct pxe_str s;

	if (getrandom(&b->boundary, sizeof(b->boundary), 0) < 0)
		b->boundary = (uint64_t)pxe_server_now_ms();
	pxe_str_init(&s, text, sizeof(text));
	pxe_range_put_type(&s, b->boundary);
	pxe_job_put(job, "Content-Type", text);
	job->answer->status = 206;
	b->n_bytes = pxe_range_body_bytes(b->boundary, b->type, &b->set,
					  b->file->size_bytes);
	send_body(job, b);
}

static void send_no_part(struct pxe_http_job *job, struct body *b)
{
	char text[40];

	snprintf(text, sizeof(text), "bytes */%llu",
		 (unsigned long long)b->file->size_bytes);
	pxe_job_put(job, "Content-Range", text);
	pxe_job_fail(job, PXE_REASON_BAD_RANGE);
}

static void (*const senders[])(struct pxe_http_job *, struct body *) = {
	[PXE_RANGE_WHOLE] = send_whole,
	[PXE_RANGE_PART] = send_part,
	[PXE_RANGE_PARTS] = send_parts,
	[PXE_RANGE_BAD] = send_no_part,
};

/*
 * Firmware of UEFI takes a program by its type, or by the end of its name
 * (EDK2 HttpBootSupport.c): where the name says nothing, the file does.
 */
static const char *find_type(const struct pxe_http_job *job, int fd)
{
	const char *type =
		pxe_media_type(job->worker->server->conf, job->found.name);
	const char *agent = pxe_job_field(job, "User-Agent");
	struct pxe_pe pe;

	if (agent == NULL || !pxe_str_has_prefix(agent, "UefiHttpBoot/") ||
	    strcmp(type, PXE_MEDIA_OTHER) != 0)
		return type;
	return pxe_loader_read(fd, &pe) == 0 && pe.is_pe ? "application/efi"
							 : type;
}

/* The whole file or the parts that were asked for. */
static void send_range(struct pxe_http_job *job, struct pxe_rootdir_file *file,
		       bool looks_at_range)
{
	struct body b = { .file = file };
	enum pxe_range_kind kind = PXE_RANGE_WHOLE;

	b.type = find_type(job, file->fd);
	/* RFC 9110 section 14.2: only GET has ranges */
	if (looks_at_range && !job->answer->is_head)
		kind = pxe_range_read(pxe_job_field(job, "Range"),
				      file->size_bytes, &b.set);
	senders[kind](job, &b);
}

void pxe_send_file(struct pxe_http_job *job, struct pxe_rootdir_file *file)
{
	const struct pxe_cond_file about = {
		.size_bytes = file->size_bytes,
		.mtime_s = file->mtime_s,
		.ctime_s = file->ctime_s,
		.mtime_ns = file->mtime_ns,
		.ctime_ns = file->ctime_ns,
		.dev = file->dev,
		.ino = file->ino,
	};
	struct pxe_cond_version version;
	struct pxe_cond_fields fields;

	pxe_cond_version(&about, time(NULL), &version);
	get_cond_fields(job, &fields);
	switch (pxe_cond_check(&version, &fields)) {
	case PXE_COND_FAILED:
		pxe_job_fail(job, PXE_REASON_PRECONDITION);
		break;
	case PXE_COND_NOT_MODIFIED:
		put_version(job, &version);
		pxe_job_send_empty(job, 304);
		break;
	case PXE_COND_SEND:
		put_version(job, &version);
		send_range(job, file, pxe_cond_is_range(&version, &fields));
		break;
	}
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

void pxe_send_made(struct pxe_http_job *job, struct pxe_rootdir_file *file,
		   const char *type)
{
	struct body b = { .file = file, .type = type, .is_made = true };

	send_whole(job, &b);
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
