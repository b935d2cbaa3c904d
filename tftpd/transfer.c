/* SPDX-License-Identifier: ISC */
/*
 * Running transfers.  xfer.c says what to do; here the file is read and the
 * blocks go out.  A function that returns false has freed the transfer.
 */
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/str.h"
#include "run/log.h"
#include "tftpd/server.h"

#define PACKETS_LATE 32  /* read before a timeout is believed */
#define PACKET_BYTES 600 /* of an ACK or ERROR; more is not looked at */

uint64_t pxe_transfer_hash(const void *buf, size_t len)
{
	const uint8_t *p = buf;
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 1099511628211u;
	return hash;
}

static void free_transfer(struct pxe_transfer *t)
{
	struct event *const events[] = { t->on_packet, t->on_room,
					 t->on_timer };

	for (size_t i = 0; i < PXE_LEN(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (t->fd >= 0)
		close(t->fd);
	if (t->file_fd >= 0)
		close(t->file_fd);
	free(t);
}

static void send_error(const struct pxe_transfer *t, enum pxe_tftp_code code,
		       const char *text)
{
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	int n = pxe_tftp_build_error(code, text, buf, sizeof(buf));

	if (n > 0)
		(void)send(t->fd, buf, (size_t)n, MSG_DONTWAIT);
}

/* The reasons that the client does not know of. */
static bool is_ours(enum pxe_reason reason)
{
	return reason == PXE_REASON_IO || reason == PXE_REASON_CHANGED ||
	       reason == PXE_REASON_INTERNAL;
}

static bool finish(struct pxe_transfer *t, enum pxe_reason reason)
{
	if (is_ours(reason))
		send_error(t, PXE_TFTP_UNDEFINED, pxe_reason_text(reason));
	pxe_tftpd_report_end(t, reason);
	pxe_tftpd_table_remove(t->server, t);
	free_transfer(t);
	return false;
}

static size_t stride_of(const struct pxe_transfer *t)
{
	return (size_t)t->terms.blksize + PXE_TFTP_HEAD_BYTES;
}

/* How many blocks from send_next on make one burst. */
static size_t burst_blocks(const struct pxe_transfer *t)
{
	uint64_t left = t->send_end - t->send_next;
	size_t n = PXE_TFTPD_BURST_BYTES / stride_of(t);

	if (n > PXE_TFTPD_BURST_BLOCKS)
		n = PXE_TFTPD_BURST_BLOCKS;
	if (n < 1)
		n = 1;
	return n < left ? n : (size_t)left;
}

/*
 * Reads `n` blocks from send_next on, each behind its header.
 * The octets of the burst, or -errno; -ENODATA if the file became shorter.
 */
static ssize_t fill_burst(struct pxe_transfer *t, size_t n)
{
	struct iovec iov[PXE_TFTPD_BURST_BLOCKS];
	uint8_t *at = t->server->burst;
	size_t want = 0;
	ssize_t got;

	for (size_t i = 0; i < n; i++) {
		uint64_t block = t->send_next + i;
		size_t len = pxe_xfer_block_bytes(&t->xfer, block);

		if (pxe_tftp_build_data((uint16_t)block, at,
					PXE_TFTP_HEAD_BYTES) < 0)
			return -EINVAL;
		iov[i] = (struct iovec) { at + PXE_TFTP_HEAD_BYTES, len };
		at += stride_of(t);
		want += len;
	}
	if (want > 0) {
		off_t offset = (off_t)((t->send_next - 1) * t->terms.blksize);

		do
			got = preadv(t->file_fd, iov, (int)n, offset);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			return -errno;
		if ((size_t)got < want)
			return -ENODATA;
	}
	return (ssize_t)(want + n * PXE_TFTP_HEAD_BYTES);
}

/* One datagram or, if `segment` > 0, many of that size.  0, -errno. */
static int send_octets(const struct pxe_transfer *t, const uint8_t *buf,
		       size_t len, uint16_t segment)
{
	union {
		char buf[CMSG_SPACE(sizeof(uint16_t))];
		struct cmsghdr align;
	} control = { .buf = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (segment > 0) {
		struct cmsghdr *c;

		mh.msg_control = &control;
		mh.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = IPPROTO_UDP;
		c->cmsg_type = UDP_SEGMENT;
		c->cmsg_len = CMSG_LEN(sizeof(segment));
		memcpy(CMSG_DATA(c), &segment, sizeof(segment));
	}
	return sendmsg(t->fd, &mh, MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* Errors by which the kernel says that it cannot cut datagrams on this way. */
static bool is_no_gso(int r)
{
	return r == -EINVAL || r == -EIO || r == -EOPNOTSUPP ||
	       r == -EMSGSIZE || r == -ENOPROTOOPT;
}

/*
 * Sends a burst of `n` blocks in `len` octets.  The number of blocks that
 * went out or were lost on the way (the timer repeats those), fewer than `n`
 * if the socket is full; -ECONNREFUSED.
 */
static ssize_t send_burst(struct pxe_transfer *t, size_t n, size_t len)
{
	size_t stride = stride_of(t);
	int r;

	if (n > 1 && !t->no_gso) {
		r = send_octets(t, t->server->burst, len, (uint16_t)stride);
		if (r == -EAGAIN)
			return 0;
		if (r == 0 || r == -ECONNREFUSED)
			return r == 0 ? (ssize_t)n : r;
		t->no_gso = is_no_gso(r);
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = i * stride;
		size_t size = len - at < stride ? len - at : stride;

		r = send_octets(t, t->server->burst + at, size, 0);
		if (r == -EAGAIN)
			return (ssize_t)i;
		if (r == -ECONNREFUSED)
			return r;
	}
	return (ssize_t)n;
}

/* 0, -ECONNREFUSED; what else goes wrong, the timer repairs. */
static int send_oack(struct pxe_transfer *t)
{
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	int n = pxe_tftp_build_oack(&t->terms.oack, buf, sizeof(buf));

	t->send_next = 1;
	if (n > 0 && send_octets(t, buf, (size_t)n, 0) == -ECONNREFUSED)
		return -ECONNREFUSED;
	return 0;
}

static bool apply(struct pxe_transfer *t, const struct pxe_xfer_todo *todo);

static bool happen(struct pxe_transfer *t, enum pxe_xfer_event_kind kind,
		   enum pxe_reason reason)
{
	struct pxe_xfer_event event = {
		.kind = kind,
		.reason = reason,
		.now_us = pxe_tftpd_now_us(),
	};
	struct pxe_xfer_todo todo;

	pxe_xfer_step(&t->xfer, &event, &todo);
	return apply(t, &todo);
}

static bool fail_reading(struct pxe_transfer *t, int error)
{
	if (error == -ENODATA)
		return happen(t, PXE_XFER_FAIL, PXE_REASON_CHANGED);
	pxe_log(PXE_LOG_ERR, "reading %s failed: %s", t->file,
		strerror(-error));
	return happen(t, PXE_XFER_FAIL, PXE_REASON_IO);
}

/* Sends what is due; waits for room where the socket has none. */
static bool send_due(struct pxe_transfer *t)
{
	ssize_t sent = 0;

	if (t->send_next == 0 && t->send_end > 0)
		sent = send_oack(t);
	while (sent >= 0 && t->send_next < t->send_end) {
		size_t n = burst_blocks(t);
		ssize_t len = fill_burst(t, n);

		if (len < 0)
			return fail_reading(t, (int)len);
		sent = send_burst(t, n, (size_t)len);
		if (sent < 0)
			break;
		t->send_next += (uint64_t)sent;
		if ((size_t)sent < n) {
			event_add(t->on_room, NULL);
			break;
		}
	}
	return sent >= 0 || happen(t, PXE_XFER_GONE, PXE_REASON_ABORTED);
}

static bool apply(struct pxe_transfer *t, const struct pxe_xfer_todo *todo)
{
	struct timeval tv = {
		.tv_sec = (time_t)(todo->timer_us / 1000000),
		.tv_usec = (suseconds_t)(todo->timer_us % 1000000),
	};

	if (todo->is_done)
		return finish(t, todo->reason);
	if (todo->timer_us > 0)
		event_add(t->on_timer, &tv);
	if (todo->n_blocks == 0)
		return true;
	t->send_next = todo->first_block;
	t->send_end = todo->first_block + todo->n_blocks;
	return send_due(t);
}

static bool take_packet(struct pxe_transfer *t, const uint8_t *buf, size_t len)
{
	struct pxe_xfer_event event = { .now_us = pxe_tftpd_now_us() };
	struct pxe_tftp_packet packet;
	struct pxe_xfer_todo todo;
	struct pxe_str s;

	if (pxe_tftp_parse(buf, len, &packet) < 0)
		return true; /* noise: the timer goes on */
	if (packet.op == PXE_TFTP_ACK) {
		event.kind = PXE_XFER_ACK;
		event.block = packet.block;
	} else if (packet.op == PXE_TFTP_ERROR) {
		event.kind = PXE_XFER_ERROR;
		event.code = packet.code;
		pxe_str_init(&s, t->peer_said, sizeof(t->peer_said));
		pxe_str_put_escaped(&s, packet.data, packet.data_len);
	} else {
		return true;
	}
	pxe_xfer_step(&t->xfer, &event, &todo);
	if (!apply(t, &todo))
		return false;
	if (todo.n_blocks > 0)
		pxe_tftpd_report_progress(t, event.now_us);
	return true;
}

/* Reads up to `most` packets of the client. */
static bool take_packets(struct pxe_transfer *t, int most)
{
	uint8_t buf[PACKET_BYTES];

	for (int i = 0; i < most; i++) {
		ssize_t n = recv(t->fd, buf, sizeof(buf), MSG_DONTWAIT);

		if (n >= 0) {
			if (!take_packet(t, buf, (size_t)n))
				return false;
		} else if (errno == ECONNREFUSED) {
			return happen(t, PXE_XFER_GONE, PXE_REASON_ABORTED);
		} else if (errno == EAGAIN) {
			break;
		}
		/* other errors of the network may pass: the timer decides */
	}
	return true;
}

static void on_packet(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	/* mostly there is one; looking for a second costs a system call */
	(void)take_packets(arg, 1);
}

static void on_room(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)send_due(arg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_transfer *t = arg;

	(void)fd;
	(void)what;
	/* under load the answer may wait in the socket: look there first */
	if (take_packets(t, PACKETS_LATE) &&
	    !event_pending(t->on_timer, EV_TIMEOUT, NULL))
		(void)happen(t, PXE_XFER_TIMEOUT, PXE_REASON_TIMEOUT);
}

static int make_events(struct pxe_transfer *t)
{
	struct event_base *base = t->server->d->base;

	t->on_packet =
		event_new(base, t->fd, EV_READ | EV_PERSIST, on_packet, t);
	t->on_room = event_new(base, t->fd, EV_WRITE, on_room, t);
	t->on_timer = evtimer_new(base, on_timer, t);
	if (t->on_packet == NULL || t->on_room == NULL || t->on_timer == NULL ||
	    event_add(t->on_packet, NULL) < 0)
		return -ENOMEM;
	return 0;
}

static void negotiate(struct pxe_transfer *t,
		      const struct pxe_tftp_packet *packet, uint64_t size)
{
	const struct pxe_conf *conf = t->server->conf;
	int family = t->peer.sa.sa_family;
	const struct pxe_negotiate_limits limits = {
		.max_blksize = conf->max_blksize,
		.max_windowsize = conf->max_windowsize,
		.mtu_bytes = pxe_tftpd_mtu(t->fd, family),
		.head_bytes = family == AF_INET6 ? PXE_NEGOTIATE_HEAD6_BYTES
						 : PXE_NEGOTIATE_HEAD4_BYTES,
		.size_bytes = size,
	};

	pxe_negotiate_decide(&packet->opts, &limits, &t->terms);
}

static void start(struct pxe_transfer *t, const struct pxe_xfer_params *params)
{
	struct pxe_xfer_todo todo;

	pxe_xfer_start(&t->xfer, params, t->begin_us, &todo);
	if (apply(t, &todo))
		pxe_tftpd_report_progress(t, t->begin_us);
}

int pxe_transfer_begin(struct pxe_tftpd *server, int fd,
		       const struct pxe_tftpd_request *req,
		       const struct pxe_tftp_packet *packet,
		       const struct pxe_tftpd_asked *asked)
{
	const struct pxe_boot_found *found = &asked->found;
	struct pxe_transfer *t = calloc(1, sizeof(*t));
	struct pxe_xfer_params params = { 0 };
	struct pxe_str s;

	if (t == NULL) {
		close(fd);
		close(found->file.fd);
		return -ENOMEM;
	}
	t->server = server;
	t->peer = req->peer;
	t->request_hash = pxe_transfer_hash(req->buf, req->len);
	t->fd = fd;
	t->file_fd = found->file.fd;
	t->is_loader = found->is_loader;
	t->is_script = found->is_script;
	t->looks = asked->looks;
	t->begin_us = pxe_tftpd_now_us();
	pxe_str_init(&s, t->file, sizeof(t->file));
	pxe_str_put_escaped(&s, found->name, strlen(found->name));
	(void)pxe_str_copy(t->client, sizeof(t->client),
			   pxe_asker_key(&asked->asker));
	(void)pxe_str_copy(t->event_client, sizeof(t->event_client),
			   pxe_asker_event_key(&asked->asker, &asked->means));
	if (make_events(t) < 0) {
		free_transfer(t);
		return -ENOMEM;
	}
	negotiate(t, packet, found->file.size_bytes);
	params.size_bytes = found->file.size_bytes;
	params.blksize = t->terms.blksize;
	params.windowsize = t->terms.windowsize;
	params.has_oack = t->terms.has_oack;
	params.asked_tsize = packet->opts.opt[PXE_TFTP_OPT_TSIZE].is_set;
	params.timeout_s = t->terms.timeout_s;
	params.max_timeout_ms = server->conf->tftp_timeout_ms;
	params.retries = server->conf->tftp_retries;
	pxe_tftpd_table_add(server, t);
	start(t, &params);
	return 0;
}

void pxe_transfer_repeat(struct pxe_transfer *t)
{
	struct pxe_xfer_params params = t->xfer.params;

	start(t, &params);
}

int pxe_transfer_take_socket(struct pxe_transfer *t)
{
	int fd = t->fd;

	t->fd = -1;
	(void)finish(t, PXE_REASON_ABORTED);
	return fd;
}

void pxe_transfer_stop_all(struct pxe_tftpd *server)
{
	for (size_t i = 0; i < PXE_TFTPD_BUCKETS; i++)
		while (server->bucket[i] != NULL) {
			struct pxe_transfer *t = server->bucket[i];

			send_error(t, PXE_TFTP_UNDEFINED,
				   "the server is being stopped");
			pxe_tftpd_report_end(t, PXE_REASON_INTERNAL);
			pxe_tftpd_table_remove(server, t);
			free_transfer(t);
		}
}
