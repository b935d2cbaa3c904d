/* SPDX-License-Identifier: ISC */
#include "tftpd/receive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run/log.h"
#include "tftpd/intake.h"
#include "tftpd/server.h"
#include "tftpd/terms.h"
#include "tftpd/transfer.h"

#define WARN_EVERY_S  60
#define COUNT_EVERY_S 1
#define PATIENCE_US   1000000 /* with who has sent nothing yet */
#define MIB           (1024ull * 1024)

struct receive {
	struct pxe_transfer t; /* first */
	struct pxe_intake intake;
	struct pxe_upload *upload; /* NULL: it is there */
	uint64_t announced_bytes;  /* 0: the client did not say */
	bool is_told;              /* how it ended */
};

static struct receive *receive_of(struct pxe_transfer *t)
{
	return (struct receive *)t;
}

static long long now_s(void)
{
	return (long long)(pxe_tftpd_now_us() / 1000000);
}

/* --- the directory */

void pxe_receive_open(struct pxe_tftpd *server)
{
	const char *path = server->conf->upload_dir;
	const struct pxe_upload_limits limits = {
		.total_bytes = server->conf->upload_total_mib * MIB,
		.may_overwrite = server->conf->may_overwrite,
	};
	struct pxe_receiver *r = &server->receiver;
	struct pxe_upload_dir *dir = NULL;
	int error = 0;

	if (path[0] != '\0')
		/* what has a temporary name may be of an upload under way */
		error = pxe_upload_dir_open(path, &limits, r->dir == NULL,
					    &dir);
	pxe_upload_dir_close(r->dir);
	r->dir = dir;
	if (error < 0 && pxe_log_is_due(&r->warned_s, now_s(), WARN_EVERY_S))
		pxe_log(PXE_LOG_ERR, "cannot open upload-dir %s: %s", path,
			strerror(-error));
}

void pxe_receive_close(struct pxe_tftpd *server)
{
	pxe_upload_dir_close(server->receiver.dir);
	server->receiver.dir = NULL;
}

/* --- what happens */

static void send_error(struct receive *r, enum pxe_reason reason)
{
	char text[PXE_TFTPD_ERROR_TEXT];
	enum pxe_tftp_code code =
		pxe_receive_error_text(reason, r->t.file, text, sizeof(text));

	pxe_transfer_send_error(&r->t, code, text);
}

/* The OACK, or the ACK of a block. */
static void send_ack(struct receive *r, const struct pxe_intake_todo *todo)
{
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	int n = todo->is_oack
			? pxe_tftp_build_oack(&r->t.terms.oack, buf,
					      sizeof(buf))
			: pxe_tftp_build_ack(todo->block, buf, sizeof(buf));

	if (n > 0)
		pxe_plane_send(r->t.socket, &r->t.local, &r->t.peer, buf,
			       (size_t)n);
}

static void tell(struct pxe_transfer *t, enum pxe_reason reason)
{
	struct receive *r = receive_of(t);

	if (r->is_told)
		return;
	r->is_told = true;
	t->server->receiver.n_uploads--;
	if (reason == PXE_REASON_OK)
		t->server->receiver.n_bytes += r->intake.bytes;
	pxe_receive_tell(t, reason);
}

static void apply(struct receive *r, const struct pxe_intake_todo *todo,
		  const struct pxe_tftp_packet *packet);

static void happen(struct receive *r, enum pxe_intake_event_kind kind,
		   enum pxe_reason reason)
{
	const struct pxe_intake_event event = {
		.kind = kind,
		.reason = reason,
		.now_us = r->t.server->plane.now_us,
	};
	struct pxe_intake_todo todo;

	pxe_intake_step(&r->intake, &event, &todo);
	apply(r, &todo, NULL);
}

static void on_committed(enum pxe_reason reason, void *arg)
{
	struct receive *r = arg;
	struct pxe_plane *plane = &r->t.server->plane;

	(void)pxe_plane_begin(plane);
	/* descriptors and buffer are not needed to linger */
	pxe_upload_free(r->upload);
	r->upload = NULL;
	happen(r, PXE_INTAKE_COMMITTED, reason);
	pxe_plane_end(plane);
}

/* Somebody may have removed files by hand: that is found out at once. */
static void count_anew(struct pxe_tftpd *server)
{
	struct pxe_receiver *r = &server->receiver;

	if (r->dir != NULL &&
	    pxe_log_is_due(&r->counted_s, now_s(), COUNT_EVERY_S))
		pxe_upload_dir_recount(r->dir, server->jobs);
}

/* Data and commit.  OK, or why it cannot go on. */
static enum pxe_reason store(struct receive *r,
			     const struct pxe_intake_todo *todo,
			     const struct pxe_tftp_packet *packet)
{
	enum pxe_reason reason = PXE_REASON_OK;

	if (todo->has_write)
		reason = pxe_upload_write(r->upload, packet->data,
					  packet->data_len);
	if (reason == PXE_REASON_DISK_FULL)
		count_anew(r->t.server);
	if (reason == PXE_REASON_OK && todo->has_commit &&
	    pxe_upload_commit(r->upload, r->t.server->jobs, on_committed, r) <
		    0)
		reason = PXE_REASON_INTERNAL;
	return reason;
}

static void apply(struct receive *r, const struct pxe_intake_todo *todo,
		  const struct pxe_tftp_packet *packet)
{
	enum pxe_reason reason = store(r, todo, packet);

	if (reason != PXE_REASON_OK) {
		happen(r, PXE_INTAKE_FAIL, reason);
		return;
	}
	if (todo->has_cancel)
		pxe_upload_cancel(r->upload);
	if (todo->has_ack)
		send_ack(r, todo);
	if (todo->timer_us > 0)
		pxe_transfer_set_deadline(&r->t, todo->timer_us);
	if (todo->has_error)
		send_error(r, todo->reason);
	if (todo->is_done)
		tell(&r->t, todo->reason);
	if (todo->is_over)
		pxe_transfer_end(&r->t,
				 todo->is_done ? todo->reason : PXE_REASON_OK);
}

static void take(struct pxe_transfer *t, const struct pxe_tftp_packet *packet)
{
	struct receive *r = receive_of(t);
	struct pxe_intake_event event = { .now_us = t->server->plane.now_us };
	struct pxe_intake_todo todo;

	if (packet->op == PXE_TFTP_DATA) {
		event.kind = PXE_INTAKE_BLOCK;
		event.block = packet->block;
		event.len = (uint32_t)packet->data_len;
		pxe_transfer_prove(t);
	} else if (packet->op == PXE_TFTP_ERROR) {
		event.kind = PXE_INTAKE_ERROR;
		pxe_transfer_keep_said(t, packet);
	} else {
		return;
	}
	pxe_intake_step(&r->intake, &event, &todo);
	apply(r, &todo, packet);
}

/* --- the operations of a transfer */

static void be_late(struct pxe_transfer *t)
{
	happen(receive_of(t), PXE_INTAKE_TIMEOUT, PXE_REASON_TIMEOUT);
}

static void fail(struct pxe_transfer *t, int error, uint32_t mtu)
{
	(void)mtu; /* what we send is short */
	if (error == ECONNREFUSED)
		happen(receive_of(t), PXE_INTAKE_GONE, PXE_REASON_ABORTED);
}

/* Nothing waits for room: the timer repeats an ACK that did not go. */
static void resume(struct pxe_transfer *t, uint64_t first)
{
	(void)t;
	(void)first;
}

static void repeat(struct pxe_transfer *t)
{
	happen(receive_of(t), PXE_INTAKE_REQUEST, PXE_REASON_OK);
}

static void count(const struct pxe_transfer *t, struct pxe_transfer_count *out)
{
	const struct receive *r = (const struct receive *)t;

	out->bytes = r->intake.bytes;
	out->total_bytes = r->announced_bytes;
	out->n_resent_blocks = r->intake.n_doubled_blocks;
}

static void done(struct pxe_transfer *t)
{
	pxe_upload_free(receive_of(t)->upload);
}

static const struct pxe_transfer_ops receive_ops = {
	.take = take,
	.late = be_late,
	.fail = fail,
	.resume = resume,
	.repeat = repeat,
	.count = count,
	.report = tell,
	.done = done,
};

/* --- begin */

/*
 * All uploads are taken: the oldest of those whose client sent nothing goes, if
 * it had time to, lest a few requests with false addresses keep all others
 * out.
 */
static bool make_room(struct pxe_tftpd *server)
{
	struct pxe_transfer *t = server->oldest_unproven;

	while (t != NULL && t->ops != &receive_ops)
		t = t->newer;
	if (t == NULL || server->plane.now_us - t->begin_us < PATIENCE_US)
		return false;
	pxe_transfer_end(t, PXE_REASON_TIMEOUT);
	return true;
}

static enum pxe_reason open_upload(struct pxe_tftpd *server,
				   const struct pxe_tftp_packet *packet,
				   const struct pxe_tftpd_asked *asked,
				   struct pxe_upload **upload)
{
	uint64_t announced = packet->opts.opt[PXE_TFTP_OPT_TSIZE].value;
	struct pxe_receiver *r = &server->receiver;
	enum pxe_reason reason;

	if (announced > server->conf->upload_limit_mib * MIB)
		return PXE_REASON_TOO_LARGE;
	if (r->n_uploads >= server->conf->max_uploads && !make_room(server))
		return PXE_REASON_TOO_MANY;
	if (r->dir == NULL)
		pxe_receive_open(server);
	if (r->dir == NULL)
		return PXE_REASON_IO;
	reason = pxe_upload_open(r->dir, asked->found.name,
				 packet->mode == PXE_TFTP_MODE_NETASCII,
				 announced, upload);
	if (reason == PXE_REASON_DISK_FULL)
		count_anew(server);
	return reason;
}

static void start(struct receive *r, const struct pxe_tftp_packet *packet)
{
	const struct pxe_conf *conf = r->t.server->conf;
	struct pxe_intake_params params = {
		.limit_bytes = conf->upload_limit_mib * MIB,
		.max_timeout_ms = conf->tftp_timeout_ms,
		.retries = conf->tftp_retries,
	};
	struct pxe_intake_todo todo;

	pxe_terms_find(&r->t, &packet->opts, r->announced_bytes);
	params.blksize = r->t.terms.blksize;
	params.windowsize = r->t.terms.windowsize;
	params.has_oack = r->t.terms.has_oack;
	params.timeout_us = r->t.terms.timeout_us;
	params.rolls_to_1 = r->t.terms.rollover == 1;
	pxe_intake_start(&r->intake, &params, r->t.server->plane.now_us, &todo);
	apply(r, &todo, NULL);
}

enum pxe_reason pxe_receive_begin(struct pxe_tftpd *server,
				  const struct pxe_datagram *in,
				  const struct pxe_tftp_packet *packet,
				  const struct pxe_tftpd_asked *asked)
{
	struct receive *r = calloc(1, sizeof(*r));
	enum pxe_reason reason;

	if (r == NULL)
		return PXE_REASON_INTERNAL;
	reason = open_upload(server, packet, asked, &r->upload);
	if (reason != PXE_REASON_OK) {
		free(r);
		return reason;
	}
	if (pxe_transfer_init(&r->t, server, &receive_ops, in, asked) < 0) {
		pxe_upload_free(r->upload);
		free(r);
		return PXE_REASON_INTERNAL;
	}
	server->receiver.n_uploads++;
	r->announced_bytes = packet->opts.opt[PXE_TFTP_OPT_TSIZE].value;
	start(r, packet);
	return PXE_REASON_OK;
}
