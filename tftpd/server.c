/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "run/log.h"
#include "run/neigh.h"
#include "tftpd/server.h"

#define REQUESTS_A_TURN   64 /* before running transfers get their turn */
#define DESCRIPTORS_EACH  2  /* of a transfer: socket and file */
#define DESCRIPTORS_OTHER 64

uint64_t pxe_tftpd_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* One machine may not take all transfers for itself. */
static size_t max_per_client(const struct pxe_tftpd *server)
{
	return (server->max_transfers + 1) / 2;
}

/* Tells the client why not.  `fd` is a socket to it, or negative. */
static void refuse(struct pxe_tftpd *server, int fd,
		   const struct pxe_tftpd_request *req,
		   const struct pxe_tftpd_asked *asked, enum pxe_reason reason)
{
	char text[PXE_TFTPD_ERROR_TEXT];
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	enum pxe_tftp_code code = pxe_tftpd_error_text(
		reason, &asked->found, text, sizeof(text));
	int n = pxe_tftp_build_error(code, text, buf, sizeof(buf));

	if (fd < 0)
		fd = pxe_tftpd_connect(&req->local, &req->peer);
	if (fd >= 0 && n > 0)
		(void)send(fd, buf, (size_t)n, MSG_DONTWAIT);
	if (fd >= 0)
		close(fd);
	pxe_tftpd_report_refused(server, req, asked, reason, text);
}

/* What speaks against serving this request at all? */
static enum pxe_reason check(const struct pxe_tftpd *server,
			     const struct pxe_tftp_packet *packet,
			     size_t n_same)
{
	if (packet->op == PXE_TFTP_WRQ)
		return PXE_REASON_WRITE_REFUSED;
	if (packet->mode != PXE_TFTP_MODE_OCTET)
		return PXE_REASON_BAD_MODE;
	if (server->n_transfers >= server->max_transfers ||
	    n_same >= max_per_client(server))
		return PXE_REASON_TOO_MANY;
	return PXE_REASON_OK;
}

/* Serves a request on the socket `fd`, or on a new one if it is negative. */
static void serve(struct pxe_tftpd *server, int fd,
		  const struct pxe_tftpd_request *req,
		  const struct pxe_tftp_packet *packet, size_t n_same)
{
	struct pxe_tftpd_asked asked;
	enum pxe_reason named = pxe_tftpd_ask(server, req, packet, &asked);
	enum pxe_reason reason = check(server, packet, n_same);

	if (reason == PXE_REASON_OK)
		reason = named;
	if (reason == PXE_REASON_OK)
		reason = pxe_tftpd_resolve(server, req, &asked);
	if (reason != PXE_REASON_OK) {
		refuse(server, fd, req, &asked, reason);
		return;
	}
	if (fd < 0)
		fd = pxe_tftpd_connect(&req->local, &req->peer);
	if (fd < 0) {
		pxe_tftpd_report_refused(server, req, &asked,
					 PXE_REASON_INTERNAL, strerror(-fd));
		close(asked.found.file.fd);
		return;
	}
	if (pxe_transfer_begin(server, fd, req, packet, &asked) < 0)
		pxe_tftpd_report_refused(server, req, &asked,
					 PXE_REASON_INTERNAL, "no memory");
}

/*
 * Anything but a request is dropped without an answer: two servers that
 * answer each other's ERRORs would never stop (CVE-2024-2169).  So are
 * requests to a broadcast address (RFC 1123 section 4.2.3.5).
 */
static void take_request(struct pxe_tftpd *server,
			 const struct pxe_tftpd_request *req)
{
	struct pxe_tftp_packet packet;
	struct pxe_transfer *running;
	bool was_cut = req->len > sizeof(req->buf);
	size_t n_same;
	int fd = -1;

	if (was_cut || pxe_tftp_parse(req->buf, req->len, &packet) < 0) {
		pxe_tftpd_report_refused(server, req, NULL,
					 PXE_REASON_BAD_PACKET, NULL);
		return;
	}
	if ((packet.op != PXE_TFTP_RRQ && packet.op != PXE_TFTP_WRQ) ||
	    !req->is_unicast || pxe_tftpd_addr_port(&req->peer) == 0) {
		pxe_tftpd_report_refused(server, req, NULL,
					 PXE_REASON_NOT_FOR_US, NULL);
		return;
	}
	running = pxe_tftpd_table_find(server, &req->peer, &n_same);
	if (running != NULL && pxe_xfer_acked_bytes(&running->xfer) == 0 &&
	    running->request_hash == pxe_transfer_hash(req->buf, req->len)) {
		pxe_transfer_repeat(running);
		return;
	}
	if (running != NULL) {
		fd = pxe_transfer_take_socket(running);
		n_same--;
	}
	serve(server, fd, req, &packet, n_same);
}

static void on_request(evutil_socket_t fd, short what, void *arg)
{
	static struct pxe_tftpd_request req;

	(void)what;
	for (int i = 0; i < REQUESTS_A_TURN; i++) {
		int r = pxe_tftpd_recv(fd, &req);

		if (r == -EAGAIN)
			break;
		if (r == 0)
			take_request(arg, &req);
	}
}

static void on_hello(const char *error, const json_t *params, bool more,
		     void *arg)
{
	(void)params, (void)more, (void)arg;
	if (error != NULL && strcmp(error, "Disconnected") != 0)
		pxe_log(PXE_LOG_WARNING, "pxe-stated does not know us: %s",
			error);
}

static void on_state_up(void *arg)
{
	struct pxe_tftpd *server = arg;

	if (pxe_state_call(server->state, "Hello",
			   json_pack("{s:s}", "name", "pxe-tftpd"), on_hello,
			   NULL) < 0)
		pxe_log(PXE_LOG_DEBUG, "pxe-stated was not greeted");
	pxe_log(PXE_LOG_INFO, "connected to pxe-stated");
}

static void on_state_down(void *arg)
{
	(void)arg;
	pxe_log(PXE_LOG_WARNING, "pxe-stated is away: files go on, virtual "
				 "names from what was last known");
}

static const struct pxe_state_client_ops state_ops = {
	.up = on_state_up,
	.down = on_state_down,
	.failed = pxe_daemon_log_unreached,
};

/* Raises the limit of descriptors; as many transfers as it then allows. */
static size_t fit_transfers(size_t wanted)
{
	rlim_t need = wanted * DESCRIPTORS_EACH + DESCRIPTORS_OTHER;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return wanted;
	if (limit.rlim_cur < need) {
		struct rlimit more = limit;

		more.rlim_cur = need;
		if (more.rlim_max < need)
			more.rlim_max = need; /* only root may */
		if (setrlimit(RLIMIT_NOFILE, &more) < 0) {
			more = limit;
			more.rlim_cur = limit.rlim_max;
			(void)setrlimit(RLIMIT_NOFILE, &more);
		}
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= need)
		return wanted;
	wanted = limit.rlim_cur > DESCRIPTORS_OTHER + DESCRIPTORS_EACH
			 ? (limit.rlim_cur - DESCRIPTORS_OTHER) /
				   DESCRIPTORS_EACH
			 : 1;
	pxe_log(PXE_LOG_WARNING,
		"the limit of open files allows only %zu transfers: raise "
		"LimitNOFILE or lower max-transfers",
		wanted);
	return wanted;
}

static int open_server(struct pxe_daemon *d)
{
	struct pxe_tftpd *server = d->self;

	server->d = d;
	server->conf = d->conf;
	server->max_transfers = fit_transfers(d->conf->max_transfers);
	return pxe_tftpd_listen(server);
}

static int start_server(struct pxe_daemon *d)
{
	struct pxe_tftpd *server = d->self;

	/* as the final user: nothing is served that it may not see */
	pxe_tftpd_open_root(server);
	server->neigh_fd = pxe_neigh_open();
	if (server->neigh_fd < 0)
		pxe_log(PXE_LOG_WARNING,
			"the neighbour table cannot be read: %s",
			strerror(-server->neigh_fd));
	server->state = pxe_state_client_new(d->base, d->conf->state_socket,
					     &state_ops, server);
	server->view = pxe_state_view_new(d->base, d->conf->state_socket);
	if (server->state == NULL || server->view == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < server->n_listen; i++) {
		server->listen_ev[i] =
			event_new(d->base, server->listen_fd[i],
				  EV_READ | EV_PERSIST, on_request, server);
		if (server->listen_ev[i] == NULL ||
		    event_add(server->listen_ev[i], NULL) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* What only a restart can change. */
static void warn_fixed(const struct pxe_conf *old, const struct pxe_conf *new)
{
	bool is_listen_same = old->n_tftp_listen == new->n_tftp_listen;

	for (size_t i = 0; is_listen_same && i < new->n_tftp_listen; i++)
		is_listen_same =
			strcmp(old->tftp_listen[i], new->tftp_listen[i]) == 0;
	if (!is_listen_same || old->tftp_port != new->tftp_port ||
	    strcmp(old->state_socket, new->state_socket) != 0)
		pxe_log(PXE_LOG_WARNING, "listen, tftp-port and state-socket "
					 "change with the next restart");
}

/* Transfers under way keep their file and their terms. */
static int reload_server(struct pxe_daemon *d, const struct pxe_conf *conf)
{
	struct pxe_tftpd *server = d->self;

	warn_fixed(d->conf, conf);
	server->max_transfers = fit_transfers(conf->max_transfers);
	server->conf = conf;
	pxe_tftpd_open_root(server);
	return 0;
}

static void stop_server(struct pxe_daemon *d)
{
	struct pxe_tftpd *server = d->self;

	if (server->d == NULL)
		return;
	pxe_transfer_stop_all(server);
	pxe_tftpd_report_counts(server);
	pxe_tftpd_listen_close(server);
	pxe_state_client_free(server->state);
	pxe_state_view_free(server->view);
	if (server->root_fd >= 0)
		close(server->root_fd);
	if (server->neigh_fd >= 0)
		close(server->neigh_fd);
}

static void write_status(struct pxe_daemon *d, char *text, size_t cap)
{
	const struct pxe_tftpd *server = d->self;

	snprintf(text, cap,
		 "%zu transfers running, %llu done, %llu octets; "
		 "pxe-stated is %s",
		 server->n_transfers,
		 (unsigned long long)server->n_reasons[PXE_REASON_OK],
		 (unsigned long long)server->n_bytes,
		 pxe_state_view_is_fresh(server->view) ? "connected" : "away");
}

const struct pxe_daemon_ops pxe_tftpd_ops = {
	.open = open_server,
	.start = start_server,
	.reload = reload_server,
	.stop = stop_server,
	.status = write_status,
};
