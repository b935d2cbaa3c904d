/* SPDX-License-Identifier: ISC */
/* The path of tftp_load's packets: some are lost, some take longer. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/tftp_load.h"

/* All are held back as long, so they leave in the order in which they came. */
struct held {
	uint64_t due_ns;
	int fd;
	bool is_connected, is_last;
	size_t len;
	uint8_t buf[OUT_BYTES];
};

/* splitmix64 */
bool is_lost(struct load *l)
{
	uint64_t z = l->random += 0x9e3779b97f4a7c15u;

	if (l->o.loss <= 0)
		return false;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (double)(z >> 11) * 0x1p-53 < l->o.loss / 100;
}

static void send_now(const struct load *l, const struct held *h,
		     const uint8_t *buf)
{
	const struct sockaddr *to = (const void *)&l->server;

	/* what fails here comes again by the timer, as on any network */
	if (h->is_connected)
		(void)!send(h->fd, buf, h->len, MSG_DONTWAIT);
	else
		(void)!sendto(h->fd, buf, h->len, MSG_DONTWAIT, to,
			      sizeof(l->server));
	if (h->is_last)
		close(h->fd);
}

static struct held *find_held_room(struct load *l)
{
	if (l->n_held == l->held_cap) {
		size_t cap = l->held_cap > 0 ? 2 * l->held_cap : 1024;
		struct held *wider = calloc(cap, sizeof(*wider));

		if (wider == NULL)
			die("no memory");
		for (size_t i = 0; i < l->n_held; i++)
			wider[i] = l->held[(l->held_head + i) % l->held_cap];
		free(l->held);
		l->held = wider;
		l->held_cap = cap;
		l->held_head = 0;
	}
	return &l->held[(l->held_head + l->n_held++) % l->held_cap];
}

void say(struct load *l, struct client *c, bool is_last)
{
	struct held h = { .fd = c->fd,
			  .is_connected = c->is_connected,
			  .is_last = is_last,
			  .len = c->len };

	if (is_lost(l)) {
		if (is_last)
			close(c->fd);
	} else if (l->o.delay_us == 0) {
		send_now(l, &h, c->out);
	} else {
		h.due_ns = clock_ns() + l->o.delay_us * UINT64_C(1000);
		memcpy(h.buf, c->out, c->len);
		*find_held_room(l) = h;
	}
	if (is_last)
		c->fd = -1;
}

uint64_t send_due(struct load *l, uint64_t most)
{
	while (l->n_held > 0) {
		const struct held *h = &l->held[l->held_head];
		uint64_t now = clock_ns();

		if (h->due_ns > now)
			return h->due_ns - now < most ? h->due_ns - now : most;
		send_now(l, h, h->buf);
		l->held_head = (l->held_head + 1) % l->held_cap;
		l->n_held--;
	}
	return most;
}
