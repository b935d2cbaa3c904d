/* SPDX-License-Identifier: ISC */
/* What transfers of both directions have in common: begin, deadline, end. */
#include "tftpd/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tftpd/server.h"

uint64_t pxe_transfer_hash(const void *buf, size_t len)
{
	const uint8_t *p = buf;
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 1099511628211u;
	return hash;
}

/* --- the deadline */

static void arm(struct pxe_transfer *t, uint64_t now_us)
{
	uint64_t in_us = t->deadline_us > now_us ? t->deadline_us - now_us : 0;
	struct timeval tv = {
		.tv_sec = (time_t)(in_us / 1000000),
		.tv_usec = (suseconds_t)(in_us % 1000000),
	};

	t->armed_us = t->deadline_us;
	(void)event_add(&t->timer, &tv);
}

void pxe_transfer_set_deadline(struct pxe_transfer *t, uint64_t in_us)
{
	uint64_t now_us = t->server->plane.now_us;

	t->deadline_us = now_us + in_us;
	if (t->armed_us == 0 || t->deadline_us < t->armed_us)
		arm(t, now_us);
}

/* Under load the answer may wait in the socket: it is looked for there
 * before a timeout is believed. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_transfer *t = arg;
	struct pxe_plane *plane = &t->server->plane;
	uint64_t now_us = pxe_plane_begin(plane);

	(void)fd, (void)what;
	t->armed_us = 0;
	if (now_us >= t->deadline_us) {
		plane->late = t;
		pxe_plane_read(t->socket);
		if (plane->late == NULL) {
			pxe_plane_end(plane); /* it ended */
			return;
		}
		plane->late = NULL;
	}
	if (now_us >= t->deadline_us)
		t->ops->late(t);
	else if (t->armed_us == 0)
		arm(t, now_us);
	pxe_plane_end(plane);
}

/* --- those whose client has not answered, the oldest first */

static void list_unproven(struct pxe_transfer *t)
{
	struct pxe_tftpd *server = t->server;

	t->older = server->newest_unproven;
	if (t->older != NULL)
		t->older->newer = t;
	else
		server->oldest_unproven = t;
	server->newest_unproven = t;
}

void pxe_transfer_prove(struct pxe_transfer *t)
{
	struct pxe_tftpd *server = t->server;

	if (t->is_proven)
		return;
	t->is_proven = true;
	if (t->older != NULL)
		t->older->newer = t->newer;
	else
		server->oldest_unproven = t->newer;
	if (t->newer != NULL)
		t->newer->older = t->older;
	else
		server->newest_unproven = t->older;
	t->older = t->newer = NULL;
}

/* --- begin and end */

int pxe_transfer_init(struct pxe_transfer *t, struct pxe_tftpd *server,
		      const struct pxe_transfer_ops *ops,
		      const struct pxe_datagram *in,
		      const struct pxe_tftpd_asked *asked)
{
	const struct pxe_boot_found *found = &asked->found;
	struct pxe_str s;
	int r;

	t->ops = ops;
	t->server = server;
	t->peer = in->peer;
	t->local = in->local;
	t->request_hash = pxe_transfer_hash(in->buf, in->len);
	t->is_loader = found->is_loader;
	t->is_script = found->is_script;
	t->decided = found->is_text ? found->decision.reason : PXE_REASON_OK;
	t->looks = asked->looks;
	t->begin_us = server->plane.now_us;
	pxe_str_init(&s, t->file, sizeof(t->file));
	pxe_str_put_escaped(&s, found->name, strlen(found->name));
	(void)pxe_str_copy(t->client, sizeof(t->client),
			   pxe_asker_key(&asked->asker));
	(void)pxe_str_copy(t->event_client, sizeof(t->event_client),
			   pxe_asker_event_key(&asked->asker, &asked->means));
	t->socket = pxe_plane_join(&server->plane, in);
	if (t->socket == NULL)
		return -EMFILE;
	r = pxe_plane_table_add(&server->plane, t);
	if (r < 0 ||
	    event_assign(&t->timer, server->d->base, -1, 0, on_timer, t) < 0) {
		pxe_plane_leave(&server->plane, t);
		return -ENOMEM;
	}
	list_unproven(t);
	return 0;
}

void pxe_transfer_send_error(struct pxe_transfer *t, enum pxe_tftp_code code,
			     const char *text)
{
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	int n = pxe_tftp_build_error(code, text, buf, sizeof(buf));

	if (n > 0)
		pxe_plane_send(t->socket, &t->local, &t->peer, buf, (size_t)n);
}

void pxe_transfer_keep_said(struct pxe_transfer *t,
			    const struct pxe_tftp_packet *packet)
{
	struct pxe_str s;

	pxe_str_init(&s, t->peer_said, sizeof(t->peer_said));
	pxe_str_put_escaped(&s, packet->data, packet->data_len);
}

void pxe_transfer_report(struct pxe_transfer *t, enum pxe_reason reason)
{
	if (!t->is_reported)
		pxe_tftpd_report_end(t, reason);
	t->is_reported = true;
}

void pxe_transfer_end(struct pxe_transfer *t, enum pxe_reason reason)
{
	struct pxe_plane *plane = &t->server->plane;

	pxe_transfer_report(t, reason);
	pxe_transfer_prove(t); /* out of the list */
	(void)event_del(&t->timer);
	if (reason == PXE_REASON_OK || reason == PXE_REASON_PROBE)
		pxe_parted_add(&plane->parted, &t->peer, plane->now_us);
	pxe_plane_leave(plane, t);
	t->ops->done(t);
	pxe_plane_table_remove(plane, t);
}

void pxe_transfer_stop_all(struct pxe_tftpd *server)
{
	struct pxe_hash_node *node;
	size_t at = 0;

	if (server->plane.batch == NULL)
		return;
	(void)pxe_plane_begin(&server->plane);
	while ((node = pxe_hash_walk(&server->plane.transfers, &at)) != NULL) {
		struct pxe_transfer *t = (struct pxe_transfer *)node;

		pxe_transfer_send_error(t, PXE_TFTP_UNDEFINED,
					"the server is being stopped");
		pxe_transfer_end(t, PXE_REASON_INTERNAL);
		at = 0;
	}
	pxe_plane_end(&server->plane);
}
