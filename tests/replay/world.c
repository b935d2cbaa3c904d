/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "core/lease.h"
#include "dhcpd/apply.h"
#include "dhcpd/reply.h"
#include "run/conf_load.h"
#include "tests/replay/replay.h"

void world_init(struct world *w)
{
	*w = (struct world) { .stated = STATED_PROMPT, .now_s = BASE_S };
	w->book = pxe_book_new();
	w->durable = pxe_lease_table_new();
	w->untold = pxe_lease_table_new();
	assert(w->book != NULL && w->durable != NULL && w->untold != NULL);
}

void world_done(struct world *w)
{
	pxe_book_free(w->book);
	pxe_lease_table_free(w->durable);
	pxe_lease_table_free(w->untold);
	pxe_conf_free(w->conf);
}

bool world_configure(struct world *w, struct pxe_conf *conf)
{
	uint32_t own[ADDRS_MAX];

	for (size_t i = 0; i < w->n_addr; i++)
		own[i] = w->addr[i].address;
	if (pxe_book_configure(w->book, conf, own, w->n_addr) < 0)
		return false;
	pxe_conf_free(w->conf);
	w->conf = conf;
	return true;
}

/* At a (re)connection: what was given back is told, then ListLeases. */
static void resync(struct world *w)
{
	struct pxe_lease_table *copy = pxe_lease_table_new();
	const struct pxe_lease *l;
	size_t at = 0;

	assert(copy != NULL);
	while ((l = pxe_lease_table_next(w->untold, &at)) != NULL)
		if (pxe_lease_table_set(w->durable, l) < 0)
			assert(false);
	pxe_lease_table_free(w->untold);
	w->untold = pxe_lease_table_new();
	assert(w->untold != NULL);
	at = 0;
	while ((l = pxe_lease_table_next(w->durable, &at)) != NULL)
		if (pxe_lease_table_set(copy, l) < 0)
			assert(false);
	pxe_book_replace(w->book, copy, w->now_s);
	w->has_leases = true;
}

void world_restart(struct world *w)
{
	uint32_t own[ADDRS_MAX];
	int r;

	for (size_t i = 0; i < w->n_addr; i++)
		own[i] = w->addr[i].address;
	pxe_book_free(w->book);
	w->book = pxe_book_new();
	assert(w->book != NULL);
	r = pxe_book_configure(w->book, w->conf, own, w->n_addr);
	assert(r == 0);
	(void)r;
	w->n = 0;
	w->has_leases = false;
	pxe_lease_table_free(w->untold); /* it is forgotten */
	w->untold = pxe_lease_table_new();
	assert(w->untold != NULL);
	if (w->stated != STATED_AWAY)
		resync(w);
}

/* pxe-stated's answer to the commit that an outcome waits for. */
static void end_commit(struct world *w, struct outcome *o,
		       enum pxe_reason reason)
{
	const bool is_done = reason == PXE_REASON_OK;
	int r = pxe_book_end(w->book, o->address, o->replaces, is_done);

	assert(r == 0);
	if (is_done) {
		const struct pxe_lease *l = pxe_book_find(w->book, o->address);

		assert(l != NULL);
		(void)!pxe_lease_table_remove(w->durable, o->replaces);
		r = pxe_lease_table_set(w->durable, l);
		assert(r == 0);
	} else {
		o->reply = 0;
		o->reason = reason;
	}
	o->is_waiting = false;
}

static enum pxe_reason commit_reason(const struct world *w)
{
	switch (w->stated) {
	case STATED_AWAY:
		return PXE_REASON_STATE_AWAY;
	case STATED_REFUSES:
		return w->refusal;
	case STATED_PROMPT:
	case STATED_SLOW:
		break;
	}
	return PXE_REASON_OK;
}

void world_set_stated(struct world *w, enum stated stated,
		      enum pxe_reason refusal)
{
	const bool was_away = w->stated == STATED_AWAY;

	w->stated = stated;
	w->refusal = refusal;
	for (size_t i = 0; i < w->n && stated != STATED_SLOW; i++) {
		struct outcome *o =
			&w->outcome[(w->first + i) % PXE_LEN(w->outcome)];

		if (o->is_waiting)
			end_commit(w, o, commit_reason(w));
	}
	if (was_away && stated != STATED_AWAY)
		resync(w);
}

/* ReleaseLease, DeclineLease. */
static void tell(struct world *w, const struct pxe_lease *lease)
{
	if (pxe_lease_table_set(w->stated != STATED_AWAY ? w->durable
							 : w->untold,
				lease) < 0)
		assert(false);
}

static struct outcome *add_outcome(struct world *w)
{
	struct outcome *o;

	assert(w->n < PXE_LEN(w->outcome));
	o = &w->outcome[(w->first + w->n++) % PXE_LEN(w->outcome)];
	*o = (struct outcome) { .flavour = "" };
	return o;
}

static void act(struct world *w, const struct pxe_decide_in *in,
		const struct pxe_dhcp_decision *d, struct outcome *o)
{
	struct pxe_lease lease;

	o->reason = d->reason;
	o->reply = d->reply;
	o->dest = d->dest;
	o->flavour = d->flavour;
	(void)pxe_str_copy(o->client, sizeof(o->client), d->client);
	if (d->reply != 0 && pxe_reply_build(in->conf, in->msg, in->facts, d,
					     o->buf, &o->len) < 0) {
		o->reason = PXE_REASON_INTERNAL;
		o->reply = 0;
		return;
	}
	if (pxe_apply_decision(in, d, &lease) < 0)
		assert(false);
	if (d->op != PXE_LEASE_OP_COMMIT) {
		if (lease.address != 0)
			tell(w, &lease);
		return;
	}
	o->is_waiting = true;
	o->address = lease.address;
	o->replaces = pxe_book_find_replaced(w->book, &lease);
	if (w->stated != STATED_SLOW)
		end_commit(w, o, commit_reason(w));
}

void world_receive(struct world *w, const struct pxe_arrival *from,
		   uint16_t port, const void *buf, size_t len)
{
	static struct pxe_dhcp_msg msg;
	static struct pxe_facts facts;
	struct pxe_dhcp_decision decision;
	struct pxe_decide_in in = {
		.conf = w->conf,
		.book = w->book,
		.msg = &msg,
		.facts = &facts,
		.arrival = *from,
		.port = port != 0 ? port : w->conf->dhcp_port,
		.now_s = w->now_s,
		.rival = w->rival,
		.has_pxe_rival = w->has_pxe_rival,
		.has_leases = w->has_leases,
		.is_state_up = w->stated != STATED_AWAY && w->has_leases,
		.can_tell = true,
	};
	struct outcome *o = add_outcome(w);

	in.arrival.addr = w->addr;
	in.arrival.n_addr = w->n_addr;
	in.arrival.address6 = "fd00:16::1";
	if (pxe_dhcp_parse(buf, len, &msg) < 0) {
		o->reason = PXE_REASON_BAD_PACKET;
		return;
	}
	pxe_facts_read(&msg, &facts);
	pxe_book_expire(w->book, w->now_s);
	pxe_decide_message(&in, &decision);
	act(w, &in, &decision, o);
}

struct outcome *world_take(struct world *w)
{
	struct outcome *o = &w->outcome[w->first];

	if (w->n == 0 || o->is_waiting)
		return NULL;
	w->first = (w->first + 1) % PXE_LEN(w->outcome);
	w->n--;
	return o;
}
