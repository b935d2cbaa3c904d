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
#include "tftpd/habits.h"
#include "tftpd/server.h"

#define REQUEST_BYTES     2048 /* longer ones are refused */
#define DESCRIPTORS_EACH  1    /* of a transfer: its file */
#define DESCRIPTORS_OTHER 128
#define TIDY_EVERY_S      5
#define JOB_THREADS       2

/* So long after its original a copy of a request may come. */
#define COPY_US 50000

/* With who has not answered, when all transfers are taken. */
#define PATIENCE_US 1000000

/* Tells the client why not. */
static void refuse(struct pxe_tftpd *server, const struct pxe_datagram *req,
		   const struct pxe_tftpd_asked *asked, enum pxe_reason reason)
{
	char text[PXE_TFTPD_ERROR_TEXT];
	enum pxe_tftp_code code =
		asked->is_upload
			? pxe_receive_error_text(reason, asked->found.name,
						 text, sizeof(text))
			: pxe_tftpd_error_text(reason, &asked->found, text,
					       sizeof(text));

	pxe_plane_refuse(&server->plane, req, code, text);
	pxe_tftpd_report_refused(server, req, asked, reason, text);
}

/*
 * All transfers are taken: the oldest of those whose client never said a word
 * goes, if it had time to.  A flood of requests with false addresses does not
 * keep the true ones out.
 */
static bool make_room(struct pxe_tftpd *server)
{
	struct pxe_transfer *oldest = server->oldest_unproven;

	if (oldest == NULL ||
	    server->plane.now_us - oldest->begin_us < PATIENCE_US)
		return false;
	pxe_transfer_end(oldest, PXE_REASON_TIMEOUT);
	return true;
}

/* What speaks against serving this request at all? */
static enum pxe_reason check(struct pxe_tftpd *server,
			     const struct pxe_tftp_packet *packet,
			     size_t n_same)
{
	if (packet->op == PXE_TFTP_WRQ && server->conf->upload_dir[0] == '\0')
		return PXE_REASON_WRITE_REFUSED;
	if (packet->mode != PXE_TFTP_MODE_OCTET &&
	    packet->mode != PXE_TFTP_MODE_NETASCII)
		return PXE_REASON_BAD_MODE;
	if (n_same >= server->conf->max_per_client ||
	    (server->plane.transfers.n >= server->max_transfers &&
	     !make_room(server)))
		return PXE_REASON_TOO_MANY;
	return PXE_REASON_OK;
}

static void serve(struct pxe_tftpd *server, const struct pxe_datagram *req,
		  const struct pxe_tftp_packet *packet, size_t n_same)
{
	struct pxe_tftpd_asked asked;
	enum pxe_reason named = pxe_tftpd_ask(server, req, packet, &asked);
	enum pxe_reason reason = check(server, packet, n_same);
	int r;

	asked.is_upload = packet->op == PXE_TFTP_WRQ;
	if (reason == PXE_REASON_OK)
		reason = named;
	if (reason == PXE_REASON_OK && asked.is_upload)
		reason = pxe_receive_begin(server, req, packet, &asked);
	else if (reason == PXE_REASON_OK)
		reason = pxe_tftpd_resolve(server, req, &asked);
	if (reason != PXE_REASON_OK) {
		refuse(server, req, &asked, reason);
		return;
	}
	if (asked.is_upload)
		return;
	r = pxe_send_begin(server, req, packet, &asked);
	if (r < 0)
		pxe_tftpd_report_refused(server, req, &asked,
					 PXE_REASON_INTERNAL, strerror(-r));
}

/*
 * Is it the request of a running transfer once more?  The answer was lost, or
 * the network doubled the request; later it is from a machine that was reset.
 * Who goes on to another address of this host wants to hear from that one.
 */
static bool take_copy(struct pxe_transfer *running,
		      const struct pxe_datagram *req)
{
	uint64_t age_us = running->server->plane.now_us - running->begin_us;

	if (running->is_reported ||
	    !pxe_tftpd_addr_is_equal(&running->local, &req->local) ||
	    running->request_hash != pxe_transfer_hash(req->buf, req->len) ||
	    (running->is_proven && age_us > COPY_US))
		return false;
	if (!running->is_proven)
		running->ops->repeat(running);
	return true;
}

/*
 * Anything but a request is dropped without an answer: two servers that
 * answer each other's ERRORs would never stop (CVE-2024-2169).  So are
 * requests to a broadcast address (RFC 1123 section 4.2.3.5).
 */
static void take_request(const struct pxe_datagram *req, void *arg)
{
	struct pxe_tftpd *server = arg;
	struct pxe_tftp_packet packet;
	struct pxe_transfer *running;
	size_t n_same;

	if (req->len > REQUEST_BYTES ||
	    pxe_tftp_parse(req->buf, req->len, &packet) < 0) {
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
	running =
		pxe_plane_table_find_peer(&server->plane, &req->peer, &n_same);
	if (running != NULL && take_copy(running, req))
		return;
	if (running != NULL) {
		/* it begins another one from the same port */
		pxe_transfer_end(running, PXE_REASON_ABORTED);
		n_same--;
	}
	serve(server, req, &packet, n_same);
}

static void take_stranger(const struct pxe_datagram *in, void *arg)
{
	pxe_tftpd_report_refused(arg, in, NULL, PXE_REASON_NOT_FOR_US, NULL);
}

static const struct pxe_plane_ops plane_ops = {
	.request = take_request,
	.stranger = take_stranger,
};

static void on_tidy(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_tftpd *server = arg;

	(void)fd, (void)what;
	pxe_sources_tidy(&server->sources, pxe_plane_begin(&server->plane));
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
	.lost = pxe_daemon_log_lost,
};

/* Raises the limit of descriptors; as many transfers as it then allows. */
static size_t fit_transfers(const struct pxe_conf *conf)
{
	size_t wanted = conf->max_transfers;
	size_t other = DESCRIPTORS_OTHER + conf->max_uploads; /* directories */
	rlim_t need = wanted * DESCRIPTORS_EACH + other;
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
	wanted = limit.rlim_cur > other + DESCRIPTORS_EACH
			 ? (limit.rlim_cur - other) / DESCRIPTORS_EACH
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
	server->max_transfers = fit_transfers(d->conf);
	server->plane.is_single_port = d->conf->is_tftp_single_port;
	server->plane.may_fragment = d->conf->may_tftp_fragment;
	if (pxe_plane_open(&server->plane, d->base, &plane_ops, server) < 0 ||
	    pxe_sources_init(&server->sources) < 0)
		return -ENOMEM;
	return pxe_tftpd_listen(server);
}

static int start_server(struct pxe_daemon *d)
{
	static const struct timeval every = { .tv_sec = TIDY_EVERY_S };
	struct pxe_tftpd *server = d->self;

	/* as the final user: nothing is served that it may not see */
	pxe_tftpd_open_root(server);
	pxe_receive_open(server);
	server->neigh_fd = pxe_neigh_open();
	if (server->neigh_fd < 0)
		pxe_log(PXE_LOG_WARNING,
			"the neighbour table cannot be read: %s",
			strerror(-server->neigh_fd));
	server->state = pxe_state_client_new(d->base, d->conf->state_socket,
					     &state_ops, server);
	server->view = pxe_state_view_new(d->base, d->conf->state_socket,
					  PXE_VIEW_CLIENTS | PXE_VIEW_ORDERS);
	if (server->state == NULL || server->view == NULL)
		return -ENOMEM;
	server->teller = pxe_state_teller_new(d->base, server->state,
					      pxe_tftpd_report_count, server);
	if (server->teller == NULL)
		return -ENOMEM;
	/* where the stack lies is not known to a peer */
	server->habits = pxe_habits_new(pxe_tftpd_now_us() ^
					(uint64_t)(uintptr_t)&server);
	if (server->habits == NULL)
		return -ENOMEM;
	server->jobs = pxe_jobs_new(d->base, JOB_THREADS);
	if (server->jobs == NULL)
		return -errno;
	pxe_sources_count_with(&server->sources, server->jobs, pxe_send_counted,
			       server);
	server->tidy = event_new(d->base, -1, EV_PERSIST, on_tidy, server);
	if (server->tidy == NULL || event_add(server->tidy, &every) < 0)
		return -ENOMEM;
	return pxe_plane_listen(&server->plane);
}

/* What only a restart can change. */
static void warn_fixed(const struct pxe_conf *old, const struct pxe_conf *new)
{
	bool is_listen_same = old->n_tftp_listen == new->n_tftp_listen;

	for (size_t i = 0; is_listen_same && i < new->n_tftp_listen; i++)
		is_listen_same =
			strcmp(old->tftp_listen[i], new->tftp_listen[i]) == 0;
	if (!is_listen_same || old->tftp_port != new->tftp_port ||
	    old->is_tftp_single_port != new->is_tftp_single_port ||
	    old->may_tftp_fragment != new->may_tftp_fragment ||
	    strcmp(old->state_socket, new->state_socket) != 0)
		pxe_log(PXE_LOG_WARNING,
			"listen, tftp-port, single-port, fragments and "
			"state-socket change with the next restart");
}

/* Transfers under way keep their file and their terms. */
static int reload_server(struct pxe_daemon *d, const struct pxe_conf *conf)
{
	struct pxe_tftpd *server = d->self;

	warn_fixed(d->conf, conf);
	server->max_transfers = fit_transfers(conf);
	server->conf = conf;
	pxe_tftpd_open_root(server);
	pxe_receive_open(server);
	return 0;
}

static void stop_server(struct pxe_daemon *d)
{
	struct pxe_tftpd *server = d->self;

	if (server->d == NULL)
		return;
	pxe_transfer_stop_all(server);
	pxe_jobs_free(server->jobs);
	pxe_receive_close(server);
	pxe_tftpd_report_counts(server);
	pxe_plane_close(&server->plane);
	pxe_sources_done(&server->sources);
	pxe_habits_free(server->habits);
	if (server->tidy != NULL)
		event_free(server->tidy);
	pxe_state_teller_free(server->teller);
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
		 server->plane.transfers.n,
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
