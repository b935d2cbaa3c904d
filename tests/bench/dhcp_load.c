/* SPDX-License-Identifier: ISC */
/*
 * Many DHCP clients behind a relay, as perfdhcp makes them, but in large
 * batches, so that one core is enough to keep a fast server busy.  Every
 * exchange is the four messages of a client of its own; or, with -k renew,
 * REQUEST and ACK of a client that got its address in this run.
 *
 * Without -r there are always -w exchanges under way; with -r they begin at a
 * fixed rate, whatever the server does.  One line a phase goes to stdout.
 * Nothing is sent twice: what is not answered within -d ms is lost.
 *
 * Many messages go out as one that the kernel cuts at the server's socket, so
 * that the processors are the server's.  Packet sockets see them uncut: for
 * servers that read those there is -1, one message by one.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/rd.h"
#include "base/wr.h"
#include "wire/dhcp.h"
#include "wire/dhcp_opt.h"

/* OUT_BYTES: what a client pads to (RFC 1542 section 2.1) */
enum { BATCH = 64, OUT_MAX = 1024, OUT_BYTES = 300, IN_BYTES = 1500 };

enum state { IDLE, DISCOVERING, REQUESTING, DONE, REFUSED, LOST };

struct exchange {
	uint64_t sent_ns;
	uint32_t offer_ns, ack_ns; /* how long the answers took */
	enum state state;
};

struct options {
	const char *server, *relay, *label;
	uint32_t n, first, cycle, window, rate, seconds, drop_ms;
	bool is_renew, is_probe, is_single;
};

struct load {
	struct options o;
	int fd;
	uint32_t relay, tag; /* tag: of this run's transactions */
	struct exchange *exchange;
	uint32_t *address; /* of each client, 0: none yet */
	uint32_t n_started, n_ended, oldest, n_done, n_lost, n_refused;
	uint64_t begin_ns, last_ns;
	uint32_t *owner; /* hash table of addresses: client + 1 */
	uint32_t owner_cap, n_twice, n_moved;
	struct out {
		uint32_t exchange;
		uint8_t buf[OUT_BYTES];
	} out[OUT_MAX];
	size_t n_out;
};

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "dhcp_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- sending --- */

static uint32_t client_of(const struct load *l, uint32_t i)
{
	return l->o.cycle > 0 ? l->o.first + i % l->o.cycle : l->o.first + i;
}

static void put_u32_option(struct pxe_wr *wr, uint8_t code, uint32_t value)
{
	pxe_wr_u8(wr, code);
	pxe_wr_u8(wr, 4);
	pxe_wr_u32(wr, value);
}

static void put_head(const struct load *l, struct pxe_wr *wr, uint32_t i,
		     uint32_t ciaddr)
{
	const uint8_t start[] = { PXE_DHCP_BOOTREQUEST, PXE_HTYPE_ETHERNET, 6,
				  1 }; /* hops */
	const uint8_t oui[] = { 0x02, 0x00 };

	pxe_wr_bytes(wr, start, sizeof(start));
	pxe_wr_u32(wr, l->tag + i);
	pxe_wr_u32(wr, 0); /* secs, flags */
	pxe_wr_u32(wr, ciaddr);
	pxe_wr_fill(wr, 0, 8);
	pxe_wr_u32(wr, l->relay);
	pxe_wr_bytes(wr, oui, sizeof(oui));
	pxe_wr_u32(wr, client_of(l, i));
	pxe_wr_fill(wr, 0,
		    PXE_HWADDR_MAX - 6 + PXE_DHCP_SNAME_BYTES +
			    PXE_DHCP_FILE_BYTES);
	pxe_wr_u32(wr, PXE_DHCP_MAGIC);
}

/* Queues a DISCOVER, or a REQUEST of `server` (0: a renewal of ciaddr). */
static void queue(struct load *l, uint32_t i, uint8_t type, uint32_t requested,
		  uint32_t server)
{
	static const uint8_t asked[] = {
		PXE_OPT_SUBNET_MASK, PXE_OPT_BROADCAST,   2,
		PXE_OPT_ROUTERS,     PXE_OPT_DOMAIN_NAME, PXE_OPT_DNS_SERVERS,
		PXE_OPT_HOST_NAME
	};
	struct out *out = &l->out[l->n_out++];
	bool is_renewal = type == PXE_DHCP_REQUEST && server == 0;
	struct pxe_wr wr;

	pxe_wr_init(&wr, out->buf, sizeof(out->buf));
	put_head(l, &wr, i, is_renewal ? requested : 0);
	pxe_wr_u8(&wr, PXE_OPT_TYPE);
	pxe_wr_u8(&wr, 1);
	pxe_wr_u8(&wr, type);
	if (type == PXE_DHCP_REQUEST && !is_renewal) {
		put_u32_option(&wr, PXE_OPT_REQUESTED_ADDRESS, requested);
		put_u32_option(&wr, PXE_OPT_SERVER_ID, server);
	}
	pxe_wr_u8(&wr, PXE_OPT_PARAMETER_LIST);
	pxe_wr_u8(&wr, sizeof(asked));
	pxe_wr_bytes(&wr, asked, sizeof(asked));
	pxe_wr_u8(&wr, PXE_OPT_END);
	pxe_wr_fill(&wr, PXE_OPT_PAD, sizeof(out->buf) - wr.len);
	out->exchange = i;
}

static void wait_for(const struct load *l, short what, uint64_t ns)
{
	struct pollfd p = { .fd = l->fd, .events = what };
	struct timespec ts = { (time_t)(ns / 1000000000u),
			       (long)(ns % 1000000000u) };

	if (ppoll(&p, 1, &ts, NULL) < 0 && errno != EINTR)
		die("poll");
}

static void flush(struct load *l)
{
	const size_t most = l->o.is_single ? 1 : BATCH;
	struct iovec iov[BATCH];
	size_t at = 0;

	while (at < l->n_out) {
		struct msghdr mh = { .msg_iov = iov };
		uint64_t now = clock_ns();

		for (; mh.msg_iovlen < most && at + mh.msg_iovlen < l->n_out;
		     mh.msg_iovlen++) {
			struct out *out = &l->out[at + mh.msg_iovlen];

			l->exchange[out->exchange].sent_ns = now;
			iov[mh.msg_iovlen] =
				(struct iovec) { out->buf, sizeof(out->buf) };
		}
		if (sendmsg(l->fd, &mh, MSG_DONTWAIT) >= 0)
			at += mh.msg_iovlen;
		else if (errno == EAGAIN || errno == ENOBUFS)
			wait_for(l, POLLOUT, 1000000);
		else if (errno != ECONNREFUSED)
			die("send");
	}
	l->n_out = 0;
}

/* Begins what is due: a full window, or what the rate says. */
static void begin_some(struct load *l, uint64_t now)
{
	uint64_t due = l->o.n;

	if (l->o.seconds > 0 &&
	    now - l->begin_ns >= l->o.seconds * UINT64_C(1000000000))
		l->o.n = l->n_started; /* no more; the rest may end */
	if (l->o.rate > 0)
		due = (now - l->begin_ns) * l->o.rate / 1000000000u + 1;
	while (l->n_started < l->o.n && l->n_started < due &&
	       l->n_out < OUT_MAX / 2 &&
	       (l->o.rate > 0 || l->n_started - l->n_ended < l->o.window)) {
		uint32_t i = l->n_started++;
		uint32_t own = l->address[client_of(l, i) - l->o.first];
		bool is_renewal = l->o.is_renew && own != 0;

		l->exchange[i].state = is_renewal ? REQUESTING : DISCOVERING;
		queue(l, i, is_renewal ? PXE_DHCP_REQUEST : PXE_DHCP_DISCOVER,
		      is_renewal ? own : 0, 0);
	}
}

/* --- receiving --- */

struct reply {
	uint32_t xid, address, server;
	uint8_t type;
};

static bool parse(const uint8_t *buf, size_t len, struct reply *out)
{
	struct pxe_rd rd;

	*out = (struct reply) { 0 };
	pxe_rd_init(&rd, buf, len);
	pxe_rd_skip(&rd, 4);
	out->xid = pxe_rd_u32(&rd);
	pxe_rd_skip(&rd, 8);
	out->address = pxe_rd_u32(&rd);
	pxe_rd_skip(&rd, PXE_DHCP_HEAD_BYTES - 20);
	while (rd.left > 0) {
		uint8_t code = pxe_rd_u8(&rd);
		struct pxe_rd value;

		if (code == PXE_OPT_END)
			break;
		value = pxe_rd_sub(&rd, pxe_rd_u8(&rd));
		if (code == PXE_OPT_TYPE)
			out->type = pxe_rd_u8(&value);
		if (code == PXE_OPT_SERVER_ID)
			out->server = pxe_rd_u32(&value);
	}
	return !rd.bad && out->type != 0;
}

/* Notes whose the address is; no other client may have it. */
static void note_address(struct load *l, uint32_t i, uint32_t address)
{
	uint32_t client = client_of(l, i);
	uint32_t *own = &l->address[client - l->o.first];
	uint32_t at = (address * 2654435761u) % l->owner_cap;

	if (*own != 0 && *own != address)
		l->n_moved++;
	*own = address;
	while (l->owner[2 * at] != 0 && l->owner[2 * at] != address)
		at = (at + 1) % l->owner_cap;
	if (l->owner[2 * at] == address && l->owner[2 * at + 1] != client)
		l->n_twice++;
	l->owner[2 * at] = address;
	l->owner[2 * at + 1] = client;
}

static void end_exchange(struct load *l, uint32_t i, enum state state,
			 uint64_t now)
{
	l->exchange[i].state = state;
	l->n_ended++;
	l->n_done += state == DONE;
	l->n_refused += state == REFUSED;
	l->n_lost += state == LOST;
	if (state != LOST)
		l->last_ns = now;
}

static void take(struct load *l, const struct reply *reply, uint64_t now)
{
	uint32_t i = reply->xid - l->tag;
	struct exchange *e = &l->exchange[i];

	if (i >= l->n_started)
		return; /* of another run */
	if (e->state == DISCOVERING && reply->type == PXE_DHCP_OFFER) {
		e->offer_ns = (uint32_t)(now - e->sent_ns);
		e->state = REQUESTING;
		queue(l, i, PXE_DHCP_REQUEST, reply->address, reply->server);
	} else if (e->state == REQUESTING && reply->type == PXE_DHCP_ACK) {
		e->ack_ns = (uint32_t)(now - e->sent_ns);
		note_address(l, i, reply->address);
		end_exchange(l, i, DONE, now);
	} else if (e->state == REQUESTING && reply->type == PXE_DHCP_NAK) {
		end_exchange(l, i, REFUSED, now);
	}
}

static void receive(struct load *l)
{
	static uint8_t buf[BATCH][IN_BYTES];
	struct mmsghdr mm[BATCH];
	struct iovec iov[BATCH];
	struct reply reply;
	uint64_t now;
	int n;

	for (size_t i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec) { buf[i], IN_BYTES };
		mm[i] = (struct mmsghdr) { .msg_hdr = { .msg_iov = &iov[i],
							.msg_iovlen = 1 } };
	}
	do {
		n = recvmmsg(l->fd, mm, BATCH, MSG_DONTWAIT, NULL);
		now = clock_ns();
		for (int i = 0; i < n; i++)
			if (parse(buf[i], mm[i].msg_len, &reply))
				take(l, &reply, now);
	} while (n == BATCH && l->n_out < OUT_MAX / 2);
}

static void drop_late(struct load *l, uint64_t now)
{
	uint64_t late_ns = l->o.drop_ms * UINT64_C(1000000);

	for (; l->oldest < l->n_started; l->oldest++) {
		struct exchange *e = &l->exchange[l->oldest];

		if (e->state >= DONE)
			continue;
		if (now < e->sent_ns + late_ns)
			return;
		end_exchange(l, l->oldest, LOST, now);
	}
}

/* --- one phase --- */

static void run(struct load *l)
{
	l->begin_ns = l->last_ns = clock_ns();
	while (l->n_started < l->o.n || l->n_ended < l->n_started) {
		uint64_t now = clock_ns(), ns = 10000000, due;

		begin_some(l, now);
		flush(l);
		if (l->o.rate > 0 && l->n_started < l->o.n) {
			due = l->begin_ns +
			      l->n_started * UINT64_C(1000000000) / l->o.rate;
			now = clock_ns();
			ns = due > now ? due - now : 0;
		}
		wait_for(l, POLLIN, ns);
		receive(l);
		drop_late(l, clock_ns());
		if (l->o.is_probe && l->n_done > 0)
			l->o.n = l->n_started = l->n_ended;
	}
	flush(l);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void print_times(const char *name, uint32_t *ns, size_t n)
{
	double sum = 0;

	if (n == 0)
		return;
	qsort(ns, n, sizeof(*ns), compare);
	for (size_t i = 0; i < n; i++)
		sum += ns[i];
	printf(" %s_ms=%.3f %s_p50_ms=%.3f %s_p99_ms=%.3f %s_max_ms=%.3f", name,
	       sum / (double)n / 1e6, name, ns[n / 2] / 1e6, name,
	       ns[n * 99 / 100] / 1e6, name, ns[n - 1] / 1e6);
}

static void report(const struct load *l)
{
	uint32_t *ns = calloc(l->n_started + 1, sizeof(*ns));
	double seconds = (double)(l->last_ns - l->begin_ns) / 1e9;
	size_t n = 0;

	if (ns == NULL)
		die("no memory");
	printf("%s exchanges=%u lost=%u refused=%u twice=%u moved=%u "
	       "seconds=%.3f rate=%.0f",
	       l->o.label, l->n_done, l->n_lost, l->n_refused, l->n_twice,
	       l->n_moved, seconds, seconds > 0 ? l->n_done / seconds : 0.0);
	for (uint32_t i = 0; i < l->n_started; i++)
		if (l->exchange[i].offer_ns > 0)
			ns[n++] = l->exchange[i].offer_ns;
	print_times("offer", ns, n);
	n = 0;
	for (uint32_t i = 0; i < l->n_started; i++)
		if (l->exchange[i].state == DONE)
			ns[n++] = l->exchange[i].ack_ns;
	print_times("ack", ns, n);
	printf("\n");
	free(ns);
}

/* --- the command --- */

static int open_socket(const struct options *o, uint32_t *relay)
{
	struct sockaddr_in local = { .sin_family = AF_INET,
				     .sin_port = htons(PXE_DHCP_SERVER_PORT) };
	struct sockaddr_in server = local;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int bytes = 8 << 20, on = 1, segment = OUT_BYTES;

	if (fd < 0 || inet_pton(AF_INET, o->relay, &local.sin_addr) != 1 ||
	    inet_pton(AF_INET, o->server, &server.sin_addr) != 1)
		die("addresses");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	if (bind(fd, (const void *)&local, sizeof(local)) < 0)
		die(o->relay);
	if (!o->is_single && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment,
					sizeof(segment)) < 0)
		die("UDP_SEGMENT");
	if (connect(fd, (const void *)&server, sizeof(server)) < 0)
		die(o->server);
	*relay = ntohl(local.sin_addr.s_addr);
	return fd;
}

static void usage(void)
{
	fprintf(stderr,
		"usage: dhcp_load [-n EXCHANGES] [-f FIRST-CLIENT] "
		"[-c CLIENTS] [-w WINDOW | -r RATE]\n"
		"  [-t SECONDS] [-d DROP-MS] [-k renew|probe] [-l LABEL] [-1] "
		"RELAY-ADDRESS SERVER\n");
	exit(2);
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const char letters[] = "nfcwrtd";
	uint32_t *const numbers[] = { &o->n,      &o->first, &o->cycle,
				      &o->window, &o->rate,  &o->seconds,
				      &o->drop_ms };
	int c;

	while ((c = getopt(argc, argv, "n:f:c:w:r:t:d:k:l:1")) != -1) {
		const char *at = c != '?' ? strchr(letters, c) : NULL;

		if (at != NULL)
			*numbers[at - letters] =
				(uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'k')
			o->is_renew =
				!(o->is_probe = strcmp(optarg, "probe") == 0);
		else if (c == 'l')
			o->label = optarg;
		else if (c == '1')
			o->is_single = true;
		else
			usage();
	}
	if (argc - optind != 2 || o->n == 0)
		usage();
	o->relay = argv[optind];
	o->server = argv[optind + 1];
}

int main(int argc, char **argv)
{
	static struct load l = { .o = { .n = 1000,
					.first = 1,
					.window = 64,
					.drop_ms = 1000,
					.label = "dhcp_load" } };
	size_t n_clients;

	parse_options(argc, argv, &l.o);
	n_clients = l.o.cycle > 0 ? l.o.cycle : l.o.n;
	l.owner_cap = (uint32_t)(2 * n_clients + 64);
	l.exchange = calloc(l.o.n, sizeof(*l.exchange));
	l.address = calloc(n_clients, sizeof(*l.address));
	l.owner = calloc(l.owner_cap, 2 * sizeof(*l.owner));
	if (l.exchange == NULL || l.address == NULL || l.owner == NULL)
		die("no memory");
	l.tag = (uint32_t)getpid() << 16 ^ (uint32_t)clock_ns();
	l.fd = open_socket(&l.o, &l.relay);
	run(&l);
	report(&l);
	return l.n_twice > 0 ? 1 : 0;
}
