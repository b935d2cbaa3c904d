/* SPDX-License-Identifier: ISC */
#include "tftpd/terms.h"

#include "tftpd/habits.h"
#include "tftpd/server.h"
#include "tftpd/transfer.h"

/* A client as habits.h wants it. */
struct key {
	uint8_t octets[PXE_HABITS_CLIENT_BYTES];
};

static struct key key_of(const struct pxe_transfer *t)
{
	struct key key;

	pxe_asker_octets(&t->peer.sa, key.octets);
	return key;
}

uint16_t pxe_terms_head_bytes(const struct pxe_transfer *t)
{
	return t->peer.sa.sa_family == AF_INET6 ? PXE_NEGOTIATE_HEAD6_BYTES
						: PXE_NEGOTIATE_HEAD4_BYTES;
}

void pxe_terms_find(struct pxe_transfer *t, const struct pxe_tftp_opts *asked,
		    uint64_t size_bytes)
{
	const struct pxe_conf *conf = t->server->conf;
	const struct key client = key_of(t);
	struct pxe_habits_limits habit;
	struct pxe_negotiate_limits limits = {
		.mtu_bytes = pxe_plane_mtu(&t->peer),
		.head_bytes = pxe_terms_head_bytes(t),
		.may_fragment = conf->may_tftp_fragment,
		.rollover = conf->tftp_rollover,
		.size_bytes = size_bytes,
	};

	pxe_negotiate_limit(conf, client.octets, &limits);
	pxe_habits_find(t->server->habits, client.octets, asked,
			t->server->plane.now_us, &habit);
	if (habit.max_blksize < limits.max_blksize)
		limits.max_blksize = habit.max_blksize;
	limits.no_options = habit.no_options;
	pxe_negotiate_decide(asked, &limits, &t->terms);
}

void pxe_terms_learn(const struct pxe_transfer *t,
		     const struct pxe_tftp_opts *asked,
		     const struct pxe_xfer_todo *todo)
{
	struct pxe_habits *habits = t->server->habits;
	uint64_t now_us = t->server->plane.now_us;
	struct key client;

	if (todo->suspect_bytes == 0 && todo->passed_bytes == 0 &&
	    !todo->is_refused)
		return; /* as nearly always */
	client = key_of(t);
	if (todo->suspect_bytes > 0)
		pxe_habits_suspect(habits, client.octets, todo->suspect_bytes,
				   now_us);
	if (todo->passed_bytes > 0)
		pxe_habits_succeeded(habits, client.octets, todo->passed_bytes,
				     now_us);
	if (todo->is_refused)
		pxe_habits_refuses_options(habits, client.octets, asked,
					   now_us);
}

void pxe_terms_learn_mtu(const struct pxe_transfer *t, uint32_t mtu_bytes)
{
	const struct key client = key_of(t);

	if (mtu_bytes > 0)
		pxe_habits_mtu(t->server->habits, client.octets, mtu_bytes,
			       pxe_terms_head_bytes(t),
			       t->server->plane.now_us);
}
