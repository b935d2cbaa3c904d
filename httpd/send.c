/* SPDX-License-Identifier: ISC */
/*
 * What goes out: the head of an answer, and the pieces of its body.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "httpd/account.h"
#include "httpd/conn.h"
#include "httpd/io.h"
#include "httpd/server.h"

enum {
	ONCE = 512 * 1024,  /* of a file, in one call */
	TURN = 1024 * 1024, /* then others have theirs */
};

const char *pxe_send_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} rows[] = {
		{ 200, "OK" },
		{ 206, "Partial Content" },
		{ 301, "Moved Permanently" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 410, "Gone" },
		{ 412, "Precondition Failed" },
		{ 414, "URI Too Long" },
		{ 416, "Range Not Satisfiable" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].status == status)
			return rows[i].phrase;
	return "Error";
}

uint64_t pxe_conn_body_bytes(const struct pxe_conn *conn)
{
	const struct pxe_http_answer *a = &conn->answer;
	uint64_t sent = conn->sent_bytes > a->before_bytes
				? conn->sent_bytes - a->before_bytes
				: 0;

	return sent < a->size_bytes ? sent : a->size_bytes;
}

/* --- the answer is made ----------------------------------------------------
 */

const char *pxe_send_date(struct pxe_worker *worker)
{
	time_t now = time(NULL);

	if (now != worker->date_s) {
		worker->date_s = now;
		pxe_cond_date_format(now, worker->date, sizeof(worker->date));
	}
	return worker->date;
}

/* All before the body.  Its length. */
static size_t put_head(const struct pxe_conn *conn, const char *fields,
		       size_t n_fields, char *head, size_t cap)
{
	const struct pxe_http_answer *a = &conn->answer;
	struct pxe_str s;

	pxe_str_init(&s, head, cap);
	pxe_str_puts(&s, "HTTP/1.1 ");
	pxe_str_put_u64(&s, (uint64_t)a->status);
	pxe_str_putc(&s, ' ');
	pxe_str_puts(&s, pxe_send_phrase(a->status));
	pxe_str_puts(&s, "\r\nDate: ");
	pxe_str_puts(&s, pxe_send_date(conn->worker));
	pxe_str_puts(&s, "\r\n");
	pxe_str_putn(&s, fields, n_fields);
	/* RFC 9112 section 9.3 */
	if (conn->guard.wants_close)
		pxe_str_puts(&s, "Connection: close\r\n");
	else if (a->is_http10)
		pxe_str_puts(&s, "Connection: keep-alive\r\n");
	pxe_str_puts(&s, "\r\n");
	return s.len;
}

void pxe_conn_send(struct pxe_conn *conn, const char *fields, size_t n_fields)
{
	struct pxe_scratch *scratch = &conn->worker->scratch;
	char head[PXE_SCRATCH_HEAD];
	size_t n = put_head(conn, fields, n_fields, head, sizeof(head));

	/* the head goes before the body, where there is room for it */
	conn->out = (struct pxe_out) {
		.text = scratch->text + PXE_SCRATCH_HEAD - n,
		.pieces = scratch->pieces,
		.n_pieces = conn->answer.is_head ? 1 : scratch->n_pieces,
	};
	memcpy(conn->out.text, head, n);
	if (conn->answer.is_head)
		scratch->pieces[0] = (struct pxe_piece) { 0 };
	scratch->pieces[0].n_text += n;
	conn->answer.before_bytes = conn->sent_bytes + n;
	conn->out.stop =
		conn->answer.reached != NULL
			? conn->answer.before_bytes + conn->answer.stop_bytes
			: UINT64_MAX;
}

/* --- the answer goes out
 * -------------------------------------------------------
 */

void pxe_conn_send_stop(struct pxe_conn *conn)
{
	free(conn->out.own_text);
	free(conn->out.own_pieces);
	memset(&conn->out, 0, sizeof(conn->out));
	if (conn->answer.fd >= 0)
		close(conn->answer.fd);
	conn->answer.fd = -1;
}

/* The scratch is needed for other answers. */
static int keep(struct pxe_out *out)
{
	size_t n_pieces = out->n_pieces - out->at, n_text = 0;
	size_t n = n_pieces * sizeof(*out->pieces);

	if (out->own_pieces != NULL)
		return 0;
	for (size_t i = out->at; i < out->n_pieces; i++)
		n_text += out->pieces[i].n_text;
	out->own_pieces = malloc(n);
	out->own_text = n_text > 0 ? malloc(n_text) : NULL;
	if (out->own_pieces == NULL || (n_text > 0 && out->own_text == NULL))
		return -ENOMEM;
	memcpy(out->own_pieces, out->pieces + out->at, n);
	if (n_text > 0)
		memcpy(out->own_text, out->text, n_text);
	out->pieces = out->own_pieces;
	out->text = out->own_text;
	out->n_pieces = n_pieces;
	out->at = 0;
	return 0;
}

/* Was the file that is being sent written meanwhile, or is it even shorter than
 * what was promised? */
static bool is_changed(const struct pxe_http_answer *a)
{
	struct stat st;

	if (a->fd < 0 || fstat(a->fd, &st) < 0)
		return false;
	return (uint64_t)st.st_size < a->end_bytes ||
	       (a->may_change && (st.st_mtim.tv_sec != a->mtime_s ||
				  (uint32_t)st.st_mtim.tv_nsec != a->mtime_ns));
}

static int fail(struct pxe_conn *conn, int error)
{
	struct pxe_http_answer *a = &conn->answer;

	if (is_changed(a))
		a->reason = PXE_REASON_CHANGED;
	else if (error == -EIO)
		a->reason = PXE_REASON_IO;
	return error;
}

/* Some of the present piece. */
static int64_t send_piece(struct pxe_conn *conn, struct pxe_piece *piece,
			  short *what)
{
	struct pxe_out *out = &conn->out;
	uint64_t max = out->stop - conn->sent_bytes;
	int64_t n;

	if (piece->n_text > 0) {
		n = pxe_io_write(conn, out->text,
				 piece->n_text < max ? piece->n_text : max,
				 piece->n_text < max &&
					 (piece->n_file > 0 ||
					  out->at + 1 < out->n_pieces),
				 what);
		if (n > 0) {
			out->text += n;
			piece->n_text -= (size_t)n;
		}
		return n;
	}
	if (max > piece->n_file)
		max = piece->n_file;
	/* half of the old and half of the new is not to be taken for a file */
	if (max <= ONCE && is_changed(&conn->answer))
		return -ENODATA;
	n = pxe_io_write_file(conn, conn->answer.fd, piece->first,
			      max < ONCE ? max : ONCE, what);
	if (n > 0) {
		piece->first += (uint64_t)n;
		piece->n_file -= (uint64_t)n;
	}
	return n;
}

int pxe_conn_send_on(struct pxe_conn *conn)
{
	struct pxe_out *out = &conn->out;
	int64_t turn = 0, n = 1;
	short what = EV_WRITE;

	while (out->at < out->n_pieces && turn < TURN &&
	       conn->sent_bytes < out->stop) {
		struct pxe_piece *piece = &out->pieces[out->at];

		if (piece->n_text == 0 && piece->n_file == 0) {
			out->at++;
			continue;
		}
		n = send_piece(conn, piece, &what);
		if (n < 0)
			break;
		conn->sent_bytes += (uint64_t)n;
		turn += n;
	}
	conn->is_held = conn->sent_bytes >= out->stop;
	if (out->at == out->n_pieces && !conn->is_held)
		return 1;
	if (n < 0 && n != -EAGAIN)
		return fail(conn, (int)n);
	if (keep(out) < 0)
		return -ENOMEM;
	if (turn > 0) {
		pxe_conn_enter(conn, PXE_CONN_ANSWER);
		pxe_account_progress(conn);
	}
	pxe_conn_wait(conn, conn->is_held ? 0 : what);
	return 0;
}

void pxe_conn_go_on(struct pxe_conn *conn)
{
	conn->answer.reached = NULL;
	conn->out.stop = UINT64_MAX;
	conn->is_held = false;
}

void pxe_conn_cut(struct pxe_conn *conn, enum pxe_reason reason)
{
	pxe_conn_go_on(conn);
	conn->answer.reason = reason;
	conn->is_cut = true;
}
