/* SPDX-License-Identifier: ISC */
/*
 * The clients of tftp_load.  Their windows are those of RFC 7440: an ACK where
 * a window ends, at a gap, and at the end.
 */
#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wr.h"
#include "tests/bench/tftp_load.h"
#include "wire/tftp.h"

static void put_option(struct pxe_wr *wr, enum pxe_tftp_opt opt, uint32_t value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	pxe_wr_cstr(wr, pxe_tftp_opt_name(opt));
	pxe_wr_cstr(wr, text);
}

static void ask(struct load *l, struct client *c)
{
	struct pxe_wr wr;

	pxe_wr_init(&wr, c->out, sizeof(c->out));
	pxe_wr_u16(&wr, PXE_TFTP_RRQ);
	pxe_wr_cstr(&wr, l->o.name);
	pxe_wr_cstr(&wr, "octet");
	if (l->o.tsize)
		put_option(&wr, PXE_TFTP_OPT_TSIZE, 0);
	if (l->o.blksize > 0)
		put_option(&wr, PXE_TFTP_OPT_BLKSIZE, l->o.blksize);
	if (l->o.window > 1)
		put_option(&wr, PXE_TFTP_OPT_WINDOWSIZE, l->o.window);
	if (l->o.timeout_s > 0)
		put_option(&wr, PXE_TFTP_OPT_TIMEOUT, l->o.timeout_s);
	if (wr.bad)
		die("the name is too long");
	c->len = wr.len;
	say(l, c, false);
}

static void acknowledge(struct load *l, struct client *c, bool is_last)
{
	struct pxe_wr wr;

	pxe_wr_init(&wr, c->out, sizeof(c->out));
	pxe_wr_u16(&wr, PXE_TFTP_ACK);
	pxe_wr_u16(&wr, (uint16_t)(c->next - 1));
	c->len = wr.len;
	c->n_in = 0;
	say(l, c, is_last);
}

/* --- a transfer's life --- */

void begin(struct load *l, struct client *c)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int bytes = 1 << 20, on = 1;
	uint32_t i = l->n_started++;

	*c = (struct client) {
		.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			     0),
		.blksize = PXE_TFTP_BLKSIZE,
		.window = 1,
		.id = i,
		.next = 1,
		.begin_ns = clock_ns()
	};
	c->heard_ns = c->begin_ns;
	if (c->fd < 0)
		die("socket");
	if (l->o.n_addresses > 0)
		local.sin_addr.s_addr =
			htonl(l->first_address + i % l->o.n_addresses);
	if (bind(c->fd, (const void *)&local, sizeof(local)) < 0)
		die("bind");
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	if (l->o.gro)
		setsockopt(c->fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on));
	if (epoll_ctl(l->ep, EPOLL_CTL_ADD, c->fd, &event) < 0)
		die("epoll_ctl");
	ask(l, c);
}

void end(struct load *l, struct client *c, const char *why)
{
	if (c->fd >= 0)
		close(c->fd); /* else the last packet does it, when it left */
	c->fd = -1;
	l->last_ns = clock_ns();
	l->took_ns[c->id] = l->last_ns - c->begin_ns;
	l->n_data += c->arrived;
	l->n_blocks += c->next - 1;
	l->n_ended++;
	if (why != NULL) {
		l->n_failed++;
		if (l->why[0] == '\0')
			snprintf(l->why, sizeof(l->why), "%s", why);
	}
	if (l->n_started < l->o.n)
		begin(l, c);
}

static void take_oack(struct load *l, struct client *c,
		      const struct pxe_tftp_opts *opts)
{
	if (c->next > 1)
		return;
	if (opts->opt[PXE_TFTP_OPT_BLKSIZE].is_set)
		c->blksize = (uint32_t)opts->opt[PXE_TFTP_OPT_BLKSIZE].value;
	if (opts->opt[PXE_TFTP_OPT_WINDOWSIZE].is_set)
		c->window = (uint32_t)opts->opt[PXE_TFTP_OPT_WINDOWSIZE].value;
	if (opts->opt[PXE_TFTP_OPT_TSIZE].is_set &&
	    opts->opt[PXE_TFTP_OPT_TSIZE].value != l->size)
		end(l, c, "a wrong tsize");
	else if (c->blksize == 0 || c->window == 0)
		end(l, c, "an option is 0");
	else
		acknowledge(l, c, false);
}

/* The block that is waited for. */
static void take_block(struct load *l, struct client *c,
		       const struct pxe_tftp_packet *p)
{
	uint64_t at = (c->next - 1) * c->blksize;
	bool is_last = p->data_len < c->blksize;

	if (at + p->data_len > l->size ||
	    memcmp(l->file + at, p->data, p->data_len) != 0 ||
	    (is_last && at + p->data_len != l->size)) {
		end(l, c, "wrong octets");
		return;
	}
	c->next++;
	c->n_in++;
	c->has_gap = false;
	l->n_octets += p->data_len;
	if (is_last || c->n_in == c->window)
		acknowledge(l, c, is_last);
	if (is_last) {
		l->blksize = c->blksize;
		l->window = c->window;
		end(l, c, NULL);
	}
}

static void take_data(struct load *l, struct client *c,
		      const struct pxe_tftp_packet *p)
{
	uint16_t distance = (uint16_t)(p->block - c->next);

	if (distance == 0) {
		take_block(l, c, p);
	} else if (distance < 0x8000) {
		/* a gap: one ACK for it, and one for each window that was
		 * sent again without what is missing */
		if (!c->has_gap || (int16_t)(p->block - c->ahead) <= 0)
			acknowledge(l, c, false);
		c->has_gap = true;
		c->ahead = p->block;
	} else if (distance == 0xffff) {
		acknowledge(l, c, false); /* the ACK of it was lost */
	}
}

void take(struct load *l, struct client *c, const uint8_t *buf, size_t len,
	  uint64_t now)
{
	struct pxe_tftp_packet p;

	if (pxe_tftp_parse(buf, len, &p) < 0) {
		end(l, c, "no TFTP packet");
		return;
	}
	c->arrived += p.op == PXE_TFTP_DATA;
	if (is_lost(l))
		return;
	c->heard_ns = now;
	if (p.op == PXE_TFTP_DATA) {
		take_data(l, c, &p);
	} else if (p.op == PXE_TFTP_OACK) {
		take_oack(l, c, &p.opts);
	} else if (p.op == PXE_TFTP_ERROR) {
		char why[64];

		snprintf(why, sizeof(why), "ERROR %u: %.*s", p.code,
			 (int)p.data_len, (const char *)p.data);
		end(l, c, why);
	}
}

/* --- all of them --- */

void wake_silent(struct load *l, uint64_t now)
{
	uint64_t silence_ns = l->o.silence_ms * UINT64_C(1000000);

	for (uint32_t i = 0; i < l->o.n_clients; i++) {
		struct client *c = &l->client[i];

		if (c->fd < 0 || now < c->heard_ns + silence_ns)
			continue;
		c->heard_ns = now;
		c->has_gap = false;
		if (c->next > 1)
			acknowledge(l, c, false);
		else
			say(l, c, false); /* the request, or ACK 0 */
	}
}

void cut(struct load *l)
{
	struct pxe_wr wr;

	l->o.n = l->n_started;
	l->o.delay_us = 0;
	l->o.loss = 0;
	for (uint32_t i = 0; i < l->o.n_clients; i++) {
		struct client *c = &l->client[i];

		if (c->fd < 0)
			continue;
		pxe_wr_init(&wr, c->out, sizeof(c->out));
		pxe_wr_u16(&wr, PXE_TFTP_ERROR);
		pxe_wr_u16(&wr, PXE_TFTP_UNDEFINED);
		pxe_wr_cstr(&wr, "no more time");
		c->len = wr.len;
		if (c->is_connected)
			say(l, c, true);
		l->n_cut++;
		end(l, c, NULL);
	}
}
