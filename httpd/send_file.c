/* SPDX-License-Identifier: ISC */
#include "httpd/send_file.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <unistd.h>

#include "httpd/account.h"
#include "httpd/cond.h"
#include "httpd/media.h"
#include "httpd/range.h"
#include "httpd/server.h"

enum { COPY_MAX = 32 * 1024 }; /* files to this size go behind the headers */

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
static int fill_body(struct pxe_http_job *job, int *fd, uint64_t first,
		     uint64_t *n, struct evbuffer *body)
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

static void send_body(struct pxe_http_job *job, int *fd, uint64_t first,
		      uint64_t n)
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
		pxe_job_clear(job);
		pxe_job_fail(job, r == -ENODATA  ? PXE_REASON_CHANGED
				  : r == -ENOMEM ? PXE_REASON_INTERNAL
						 : PXE_REASON_IO);
	} else {
		pxe_job_put_length(job, n);
		if (!a->is_head) {
			pxe_job_set_sends(job, n);
			a->size_bytes = n;
			pxe_account_start(job->conn);
		}
		pxe_conn_send(job->conn, body);
	}
	if (body != NULL)
		evbuffer_free(body);
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

/* The whole file or the part that was asked for. */
static void send_range(struct pxe_http_job *job, int *fd, uint64_t size,
		       bool looks_at_range)
{
	const char *value = pxe_job_field(job, "Range");
	struct pxe_range range = { 0 };
	char text[80];
	enum pxe_range_kind kind = PXE_RANGE_WHOLE;

	/* RFC 9110 section 14.2: only GET has ranges */
	if (looks_at_range && !job->answer->is_head)
		kind = pxe_range_read(value, size, &range);
	if (kind == PXE_RANGE_BAD) {
		snprintf(text, sizeof(text), "bytes */%llu",
			 (unsigned long long)size);
		pxe_job_put(job, "Content-Range", text);
		pxe_job_fail(job, PXE_REASON_BAD_RANGE);
		return;
	}
	pxe_job_put(job, "Content-Type",
		    pxe_media_type(job->worker->server->conf, job->found.name));
	if (kind == PXE_RANGE_WHOLE) {
		job->answer->status = 200;
		send_body(job, fd, 0, size);
		return;
	}
	snprintf(text, sizeof(text), "bytes %llu-%llu/%llu",
		 (unsigned long long)range.first,
		 (unsigned long long)range.last, (unsigned long long)size);
	pxe_job_put(job, "Content-Range", text);
	job->answer->status = 206;
	send_body(job, fd, range.first, range.last - range.first + 1);
}

void pxe_send_file(struct pxe_http_job *job, struct pxe_rootdir_file *file)
{
	struct pxe_cond_version version;
	struct pxe_cond_fields fields;

	pxe_cond_version(file->size_bytes, file->mtime_s, file->mtime_ns,
			 file->ino, &version);
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
		send_range(job, &file->fd, file->size_bytes,
			   pxe_cond_is_range(&version, &fields));
		break;
	}
	if (file->fd >= 0)
		close(file->fd);
}
