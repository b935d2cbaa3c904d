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
#include "tftpd/reader.h"
#include "tftpd/server.h"
#include "tftpd/source.h"
#include "tftpd/terms.h"
#include "tftpd/transfer.h"
#include "tftpd/xfer.h"

#define CHECK_US 5000 /* how long a file is taken to be what it was */

struct send {
	struct pxe_transfer t; /* first */
	struct pxe_xfer xfer;
	struct pxe_reader reader;
	struct pxe_tftp_opts asked;
	bool is_counted;              /* how long it is in netascii; begun */
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
	       reason == PXE_REASON_INTERNAL ||
	       reason == PXE_REASON_BLOCK_SIZE;
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

/* Queues the next `n` blocks as one message.  0; -ENODATA if the file became
 * shorter, -errno. */
static int queue_blocks(struct send *s, size_t n)
{
	struct iovec iov[2 * PXE_PLANE_BURST_BLOCKS];
	size_t head_bytes = n * PXE_TFTP_HEAD_BYTES;
	struct pxe_reader_blocks blocks;
	const uint8_t *data;
	uint8_t *heads;
	int r = 0;

	pxe_reader_find(&s->reader, &s->xfer, s->send_next, n, &blocks);
	heads = pxe_plane_reserve(&s->t.server->plane, 2 * n,
				  head_bytes +
					  (blocks.data ? 0 : blocks.bytes));
	if (heads == NULL)
		return -EINVAL;
	data = blocks.data != NULL ? blocks.data : heads + head_bytes;
	if (blocks.data == NULL)
		r = pxe_reader_read(&s->reader, &s->xfer, &blocks,
				    heads + head_bytes);
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

static bool step(struct send *s, const struct pxe_xfer_event *event)
{
	struct pxe_xfer_todo todo;

	pxe_xfer_step(&s->xfer, event, &todo);
	return apply(s, &todo);
}

static bool happen(struct send *s, enum pxe_xfer_event_kind kind,
		   enum pxe_reason reason)
{
	const struct pxe_xfer_event event = {
		.kind = kind,
		.reason = reason,
		.now_us = s->t.server->plane.now_us,
	};

	return step(s, &event);
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
	return pxe_source_is_unchanged(s->reader.source,
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
	pxe_terms_learn(&s->t, &s->asked, todo);
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
	struct pxe_xfer_event lost = {
		.kind = PXE_XFER_LOST,
		.mtu_bytes = mtu,
		.now_us = t->server->plane.now_us,
	};

	if (error == ECONNREFUSED)
		(void)happen(s, PXE_XFER_GONE, PXE_REASON_ABORTED);
	else if (error == EMSGSIZE) {
		pxe_terms_learn_mtu(t, mtu);
		(void)step(s, &lost);
	} else if (error == EFAULT)
		(void)fail_reading(
			s, pxe_source_is_unchanged(s->reader.source, UINT64_MAX,
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

	if (s->reader.ascii != NULL)
		pxe_ascii_start(s->reader.ascii, params->blksize,
				params->windowsize);

	pxe_xfer_start(&s->xfer, params, s->t.server->plane.now_us, &todo);
	return apply(s, &todo);
}

static void repeat(struct pxe_transfer *t)
{
	struct pxe_xfer_params params = send_of(t)->xfer.params;

	if (send_of(t)->is_counted)
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
	pxe_reader_done(&send_of(t)->reader);
	pxe_source_close(&t->server->sources, send_of(t)->reader.source,
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

/* The first packet of what has `size` octets.  False: it ended. */
static bool begin(struct send *s, uint64_t size)
{
	const struct pxe_conf *conf = s->t.server->conf;
	const struct pxe_negotiated *terms = &s->t.terms;
	struct pxe_xfer_params params = { 0 };

	s->is_counted = true;
	pxe_terms_find(&s->t, &s->asked, size);
	params.size_bytes = size;
	params.head_bytes = pxe_terms_head_bytes(&s->t);
	params.blksize = terms->blksize;
	params.windowsize = terms->windowsize;
	params.has_oack = terms->has_oack;
	params.asked_tsize = s->asked.opt[PXE_TFTP_OPT_TSIZE].is_set;
	params.timeout_us = terms->timeout_us;
	params.rollover = terms->rollover;
	params.max_timeout_ms = conf->tftp_timeout_ms;
	params.retries = conf->tftp_retries;
	return start(s, &params);
}

/* In netascii the size is not that of the file, and may have to be counted. */
static bool begin_ascii(struct send *s)
{
	uint64_t size;

	if (!pxe_source_ascii_bytes(&s->t.server->sources, s->reader.source,
				    &size))
		return true; /* pxe_send_counted() goes on */
	if (size == PXE_SOURCE_NO_COUNT)
		return finish(s, PXE_REASON_IO);
	if (pxe_reader_use_ascii(&s->reader) < 0)
		return finish(s, PXE_REASON_INTERNAL);
	return begin(s, size);
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
	struct pxe_source *source = NULL;
	int r = open_source(server, asked, &source);

	if (r == 0 && s == NULL) {
		pxe_source_close(&server->sources, source,
				 server->plane.now_us);
		r = -ENOMEM;
	}
	if (r < 0) {
		free(s);
		return r;
	}
	s->reader.source = source;
	s->asked = packet->opts;
	r = pxe_transfer_init(&s->t, server, &send_ops, in, asked);
	if (r < 0) {
		done(&s->t);
		free(s);
		return r;
	}
	if (packet->mode == PXE_TFTP_MODE_NETASCII)
		(void)begin_ascii(s);
	else
		(void)begin(s, pxe_source_bytes(source));
	return 0;
}

/* One that waits for the size of `source`; NULL. */
static struct send *find_waiting(const struct pxe_tftpd *server,
				 const struct pxe_source *source)
{
	struct pxe_hash_node *node;
	size_t at = 0;

	while ((node = pxe_hash_walk(&server->plane.transfers, &at)) != NULL) {
		struct pxe_transfer *t = (struct pxe_transfer *)node;

		if (t->ops == &send_ops && !send_of(t)->is_counted &&
		    send_of(t)->reader.source == source)
			return send_of(t);
	}
	return NULL;
}

void pxe_send_counted(struct pxe_source *source, void *arg)
{
	struct pxe_tftpd *server = arg;
	struct send *s;

	(void)pxe_plane_begin(&server->plane);
	while ((s = find_waiting(server, source)) != NULL)
		(void)begin_ascii(s);
	pxe_plane_end(&server->plane);
}
