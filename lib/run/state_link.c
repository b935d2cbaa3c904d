/* SPDX-License-Identifier: ISC */
#include "run/state_link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_BYTES = 65536, /* what one read asks for */
	FIRST_BYTES = 4096, /* most peers never send more at once */
	IDLE_BYTES = 262144 /* an empty buffer larger than this is given back */
};

int pxe_state_link_init(struct pxe_state_link *link, int fd, size_t max)
{
	*link = (struct pxe_state_link) { .fd = fd, .out = evbuffer_new() };
	pxe_varlink_init(&link->in, NULL, max);
	if (link->out != NULL)
		return 0;
	pxe_state_link_done(link);
	return -ENOMEM;
}

void pxe_state_link_done(struct pxe_state_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	free(link->in.buf);
	if (link->out != NULL)
		evbuffer_free(link->out);
	*link = (struct pxe_state_link) { .fd = -1 };
}

static int resize(struct pxe_state_link *link, size_t cap)
{
	char *buf = realloc(link->in.buf, cap);

	if (buf == NULL)
		return -ENOMEM;
	link->in.buf = buf;
	link->in_cap = cap;
	return 0;
}

/* Room for at least one octet.  0, -ENOBUFS, -ENOMEM. */
static int make_room(struct pxe_state_link *link)
{
	/* compacting leaves at most as many taken octets as others */
	size_t most = 2 * (link->in.max + 1) + READ_BYTES;
	size_t cap = link->in_cap;

	pxe_varlink_compact(&link->in);
	if (link->in.len == 0 && cap > IDLE_BYTES)
		return resize(link, READ_BYTES);
	if (link->in.len < cap)
		return 0;
	if (cap == most)
		return -ENOBUFS;
	cap = cap == 0 ? FIRST_BYTES : cap * 2;
	return resize(link, cap < most ? cap : most);
}

int pxe_state_link_read(struct pxe_state_link *link)
{
	int r = make_room(link);
	size_t room;
	ssize_t n;

	if (r < 0)
		return r;
	room = link->in_cap - link->in.len;
	if (room > READ_BYTES)
		room = READ_BYTES;
	do
		n = recv(link->fd, link->in.buf + link->in.len, room,
			 MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	link->in.len += (size_t)n;
	return (int)n;
}

int pxe_state_link_next(struct pxe_state_link *link, const char **text,
			size_t *len)
{
	return pxe_varlink_next(&link->in, text, len);
}

int pxe_state_link_put(struct pxe_state_link *link, const char *text,
		       size_t len)
{
	struct evbuffer_iovec v;
	char *to;

	if (len > PXE_VARLINK_MAX_BYTES)
		return -EMSGSIZE;
	if (evbuffer_reserve_space(link->out, (ev_ssize_t)len + 1, &v, 1) < 1)
		return -ENOMEM;
	to = v.iov_base;
	memcpy(to, text, len);
	to[len] = '\0';
	v.iov_len = len + 1;
	return evbuffer_commit_space(link->out, &v, 1) < 0 ? -ENOMEM : 0;
}

int pxe_state_link_put_json(struct pxe_state_link *link, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	int r;

	if (text == NULL)
		return -ENOMEM;
	r = pxe_state_link_put(link, text, strlen(text));
	free(text);
	return r;
}

size_t pxe_state_link_unsent(const struct pxe_state_link *link)
{
	return evbuffer_get_length(link->out);
}

int pxe_state_link_flush(struct pxe_state_link *link)
{
	while (evbuffer_get_length(link->out) > 0) {
		struct evbuffer_iovec v[16];
		struct msghdr msg = { .msg_iov = (struct iovec *)v };
		int n = evbuffer_peek(link->out, -1, NULL, v, 16);
		ssize_t sent;

		msg.msg_iovlen = (size_t)(n < 16 ? n : 16);
		sent = sendmsg(link->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EWOULDBLOCK ? -EAGAIN : -errno;
		evbuffer_drain(link->out, (size_t)sent);
	}
	return 0;
}
