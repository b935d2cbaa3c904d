/* SPDX-License-Identifier: ISC */
/*
 * Transfers that send a file.  xfer.c says what to do; here the blocks are
 * found and put into the queue.  A function that returns false has ended the
 * transfer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "run/log.h"
#include "tftpd/server.h"
#include "tftpd/source.h"
#include "tftpd/transfer.h"
#include "tftpd/xfer.h"

#define CHECK_US 5000 /* how long a file is taken to be what it was */

struct send {
	struct pxe_transfer t; /* first */
	struct pxe_xfer xfer;
	struct pxe_source *source;
	uint64_t send_next, send_end; /* blocks still to go out */
	bool is_checked;              /* the file is what it was */
};

static struct send *send_of(struct pxe_transfer *t)
{
	return (struct send *)t;
}

/* The reasons that the client does not know of. */
static bool is_ours(enum pxe_reason reason)
{
	return reason == PXE_REASON_IO || reason == PXE_REASON_CHANGED ||
	       reason == PXE_REASON_INTERNAL;
}

static bool finish(struct send *s, enum pxe_reason reason)
{
	if (is_ours(reason))
		pxe_transfer_send_error(&s->t, PXE_TFTP_UNDEFINED,
					pxe_reason_text(reason));
	pxe_transfer_end(&s->t, reason);
	return false;
}

/* --- blocks */

static size_t stride_of(const struct send *s)
{
	return (size_t)s->t.terms.blksize + PXE_TFTP_HEAD_BYTES;
}

/* How many blocks from send_next on make one message. */
static size_t burst_blocks(const struct send *s)
{
	uint64_t left = s->send_end - s->send_next;
	size_t n = PXE_PLANE_BURST_BYTES / stride_of(s);

	if (n > PXE_PLANE_BURST_BLOCKS)
		n = PXE_PLANE_BURST_BLOCKS;
	if (n < 1)
		n = 1;
	return n < left ? n : (size_t)left;
}

/* The octets of data of `n` blocks from `first` on. */
static size_t data_bytes(const struct send *s, uint64_t first, size_t n)
{
	return (n - 1) * s->t.terms.blksize +
	       pxe_xfer_block_bytes(&s->xfer, first + n - 1);
}

/*
 * Where the data of `n` blocks lies, and in *heads room for their headers:
 * in the mapping of the file, else behind the headers, read.
 * 0, -errno; -ENODATA if the file became shorter.
 */
static int find_data(struct send *s, size_t n, uint8_t **heads,
		     const uint8_t **data)
{
	size_t len = data_bytes(s, s->send_next, n);
	size_t head_len = n * PXE_TFTP_HEAD_BYTES;
	uint64_t offset = (s->send_next - 1) * s->t.terms.blksize;
	const uint8_t *found = pxe_source_find(s->source, offset, len);
	uint8_t *room = pxe_plane_reserve(&s->t.server->plane, 2 * n,
					  head_len + (found ? 0 : len));
	ssize_t got;

	if (room == NULL)
		return -EINVAL;
	*heads = room;
	*data = found != NULL ? found : room + head_len;
	if (found != NULL || len == 0)
		return 0;
	got = pxe_source_read(s->source, offset, room + head_len, len);
	if (got < 0)
		return (int)got;
	return (size_t)got < len ? -ENODATA : 0;
}

/* Queues the next `n` blocks as one message.  0, -errno as above. */
static int queue_blocks(struct send *s, size_t n)
{
	struct iovec iov[2 * PXE_PLANE_BURST_BLOCKS];
	const uint8_t *data;
	uint8_t *heads;
	int r = find_data(s, n, &heads, &data);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		uint64_t block = s->send_next + i;
		size_t len = pxe_xfer_block_bytes(&s->xfer, block);

		if (pxe_tftp_build_data(pxe_xfer_wire_block(&s->xfer, block),
					heads, PXE_TFTP_HEAD_BYTES) < 0)
			return -EINVAL;
		iov[2 * i] = (struct iovec) { heads, PXE_TFTP_HEAD_BYTES };
		/* the kernel only reads it */
		iov[2 * i + 1] =
			(struct iovec) { (void *)(uintptr_t)data, len };
		heads += PXE_TFTP_HEAD_BYTES;
		data += len;
	}
	pxe_plane_send_blocks(&s->t, s->send_next, iov, 2 * n,
			      n > 1 ? (uint16_t)stride_of(s) : 0);
	s->send_next += n;
	return 0;
}

static void send_oack(struct send *s)
{
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	int n = pxe_tftp_build_oack(&s->t.terms.oack, buf, sizeof(buf));

	s->send_next = 1;
	if (n > 0)
		pxe_plane_send(s->t.socket, &s->t.local, &s->t.peer, buf,
			       (size_t)n);
}

/* --- what happens */

static bool apply(struct send *s, const struct pxe_xfer_todo *todo);

static bool happen(struct send *s, enum pxe_xfer_event_kind kind,
		   enum pxe_reason reason)
{
	struct pxe_xfer_event event = {
		.kind = kind,
		.reason = reason,
		.now_us = s->t.server->plane.now_us,
	};
	struct pxe_xfer_todo todo;

	pxe_xfer_step(&s->xfer, &event, &todo);
	return apply(s, &todo);
}

static bool fail_reading(struct send *s, int error)
{
	if (error == -ENODATA)
		return happen(s, PXE_XFER_FAIL, PXE_REASON_CHANGED);
	pxe_log(PXE_LOG_ERR, "reading %s failed: %s", s->t.file,
		strerror(-error));
	return happen(s, PXE_XFER_FAIL, PXE_REASON_IO);
}

/*
 * A machine must not boot half of the old file and half of the new one: this is
 * looked at from time to time, and before the last block goes out.
 */
static bool is_still_same(struct send *s)
{
	uint64_t now_us = s->t.server->plane.now_us;
	bool is_last = s->send_end > s->xfer.last_block && !s->is_checked;
	uint64_t since_us = now_us > CHECK_US ? now_us - CHECK_US : 0;

	s->is_checked = s->is_checked || is_last;
	return pxe_source_is_unchanged(s->source,
				       is_last ? UINT64_MAX : since_us, now_us);
}

/* Queues what is due. */
static bool send_due(struct send *s)
{
	if (!is_still_same(s))
		return fail_reading(s, -ENODATA);
	if (s->send_next == 0 && s->send_end > 0)
		send_oack(s);
	while (s->send_next < s->send_end) {
		int r = queue_blocks(s, burst_blocks(s));

		if (r < 0)
			return fail_reading(s, r);
	}
	return true;
}

static bool apply(struct send *s, const struct pxe_xfer_todo *todo)
{
	if (todo->is_done)
		return finish(s, todo->reason);
	if (todo->timer_us > 0)
		pxe_transfer_set_deadline(&s->t, todo->timer_us);
	if (todo->n_blocks == 0)
		return true;
	s->send_next = todo->first_block;
	s->send_end = todo->first_block + todo->n_blocks;
	return send_due(s);
}

static void take(struct pxe_transfer *t, const struct pxe_tftp_packet *packet)
{
	struct send *s = send_of(t);
	struct pxe_xfer_event event = { .now_us = t->server->plane.now_us };
	struct pxe_xfer_todo todo;

	if (packet->op == PXE_TFTP_ACK) {
		event.kind = PXE_XFER_ACK;
		event.block = packet->block;
		pxe_transfer_prove(t);
	} else if (packet->op == PXE_TFTP_ERROR) {
		event.kind = PXE_XFER_ERROR;
		event.code = packet->code;
		pxe_transfer_keep_said(t, packet);
	} else {
		return;
	}
	pxe_xfer_step(&s->xfer, &event, &todo);
	if (apply(s, &todo) && todo.n_blocks > 0)
		pxe_tftpd_report_progress(t, event.now_us);
}

static void be_late(struct pxe_transfer *t)
{
	(void)happen(send_of(t), PXE_XFER_TIMEOUT, PXE_REASON_TIMEOUT);
}

static void fail(struct pxe_transfer *t, int error, uint32_t mtu)
{
	struct send *s = send_of(t);

	(void)mtu;
	if (error == ECONNREFUSED)
		(void)happen(s, PXE_XFER_GONE, PXE_REASON_ABORTED);
	else if (error == EFAULT)
		(void)fail_reading(
			s, pxe_source_is_unchanged(s->source, UINT64_MAX,
						   t->server->plane.now_us)
				   ? -EIO
				   : -ENODATA);
}

static void resume(struct pxe_transfer *t, uint64_t first)
{
	struct send *s = send_of(t);

	if (first < s->xfer.next)
		first = s->xfer.next; /* it came by another copy */
	if (first < s->send_next)
		s->send_next = first;
	(void)send_due(s);
}

static bool start(struct send *s, const struct pxe_xfer_params *params)
{
	struct pxe_xfer_todo todo;

	pxe_xfer_start(&s->xfer, params, s->t.server->plane.now_us, &todo);
	return apply(s, &todo);
}

static void repeat(struct pxe_transfer *t)
{
	struct pxe_xfer_params params = send_of(t)->xfer.params;

	(void)start(send_of(t), &params);
}

static void count(const struct pxe_transfer *t, struct pxe_transfer_count *out)
{
	const struct pxe_xfer *x = &((const struct send *)t)->xfer;

	out->bytes = pxe_xfer_acked_bytes(x);
	out->total_bytes = x->params.size_bytes;
	out->n_resent_blocks = x->n_resent_blocks;
}

static void done(struct pxe_transfer *t)
{
	pxe_source_close(&t->server->sources, send_of(t)->source,
			 t->server->plane.now_us);
}

static const struct pxe_transfer_ops send_ops = {
	.take = take,
	.late = be_late,
	.fail = fail,
	.resume = resume,
	.repeat = repeat,
	.count = count,
	.done = done,
};

/* --- begin */

static void negotiate(struct pxe_transfer *t,
		      const struct pxe_tftp_packet *packet, uint64_t size)
{
	const struct pxe_conf *conf = t->server->conf;
	const struct pxe_negotiate_limits limits = {
		.max_blksize = conf->max_blksize,
		.max_windowsize = conf->max_windowsize,
		.mtu_bytes =
			conf->may_tftp_fragment ? 0 : pxe_plane_mtu(&t->peer),
		.head_bytes = t->peer.sa.sa_family == AF_INET6
				      ? PXE_NEGOTIATE_HEAD6_BYTES
				      : PXE_NEGOTIATE_HEAD4_BYTES,
		.rollover = conf->tftp_rollover,
		.size_bytes = size,
	};

	pxe_negotiate_decide(&packet->opts, &limits, &t->terms);
}

/* A source for what was found; takes its file over. */
static int open_source(struct pxe_tftpd *server,
		       const struct pxe_tftpd_asked *asked,
		       struct pxe_source **source)
{
	if (asked->found.is_text)
		return pxe_source_open_text(&server->sources, server->text,
					    asked->text_bytes, source);
	return pxe_source_open(&server->sources, &asked->found.file, source);
}

int pxe_send_begin(struct pxe_tftpd *server, const struct pxe_datagram *in,
		   const struct pxe_tftp_packet *packet,
		   const struct pxe_tftpd_asked *asked)
{
	struct send *s = calloc(1, sizeof(*s));
	struct pxe_xfer_params params = { 0 };
	struct pxe_source *source;
	int r = open_source(server, asked, &source);

	if (r < 0 || s == NULL) {
		free(s);
		if (r == 0)
			pxe_source_close(&server->sources, source,
					 server->plane.now_us);
		return -ENOMEM;
	}
	s->source = source;
	r = pxe_transfer_init(&s->t, server, &send_ops, in, asked);
	if (r < 0) {
		done(&s->t);
		free(s);
		return r;
	}
	params.size_bytes = pxe_source_bytes(source);
	negotiate(&s->t, packet, params.size_bytes);
	params.blksize = s->t.terms.blksize;
	params.windowsize = s->t.terms.windowsize;
	params.has_oack = s->t.terms.has_oack;
	params.asked_tsize = packet->opts.opt[PXE_TFTP_OPT_TSIZE].is_set;
	params.timeout_us = s->t.terms.timeout_us;
	params.rollover = s->t.terms.rollover;
	params.max_timeout_ms = server->conf->tftp_timeout_ms;
	params.retries = server->conf->tftp_retries;
	(void)start(s, &params);
	return 0;
}
