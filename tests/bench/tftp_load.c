/* SPDX-License-Identifier: ISC */
/*
 * Many TFTP clients in one process, cheap enough that a fast server is what is
 * measured.  Each transfer has a socket of its own, connected as soon as the
 * server's port is known, and with -a an address of its own as well; every
 * octet is compared with the file on this side.  -c transfers are under way
 * until -n are done or -t is over, when those that run end with an ERROR.
 *
 * A client that hears nothing for -r ms says its last word again:
 * the default is EDK2's, so that under loss the server's timer counts.
 *
 * -l loses packets in both directions, by a seed; -d holds every packet back
 * that goes out: more round trip, where the kernel has no netem.  -g lets the
 * kernel join datagrams on the way in (UDP_GRO), which makes this program
 * cheaper than any firmware; off, each is taken from the queue by itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/tftp_load.h"
#include "wire/tftp.h"

enum { BATCH = 64, IN_BYTES = 65536, EVENTS = 256 };

uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void die(const char *what)
{
	fprintf(stderr, "tftp_load: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* --- receiving --- */

static uint8_t in[BATCH][IN_BYTES];
static struct mmsghdr mm[BATCH];
static struct iovec iov[BATCH];
static struct sockaddr_in from;
static _Alignas(struct cmsghdr) uint8_t control[BATCH][64];

static void prepare(size_t i, bool gro)
{
	iov[i] = (struct iovec) { in[i], IN_BYTES };
	mm[i].msg_hdr =
		(struct msghdr) { .msg_name = i == 0 ? &from : NULL,
				  .msg_namelen = i == 0 ? sizeof(from) : 0,
				  .msg_iov = &iov[i],
				  .msg_iovlen = 1,
				  .msg_control = gro ? control[i] : NULL,
				  .msg_controllen =
					  gro ? sizeof(control[i]) : 0 };
}

/* Octets of each datagram but the last of those that came as one. */
static size_t find_stride(const struct mmsghdr *m)
{
	struct msghdr *hdr = (struct msghdr *)(uintptr_t)&m->msg_hdr;
	struct cmsghdr *cm = CMSG_FIRSTHDR(hdr);
	int value;

	for (; cm != NULL; cm = CMSG_NXTHDR(hdr, cm))
		if (cm->cmsg_level == IPPROTO_UDP && cm->cmsg_type == UDP_GRO) {
			memcpy(&value, CMSG_DATA(cm), sizeof(value));
			return (size_t)value;
		}
	return m->msg_len;
}

static void receive(struct load *l, struct client *c)
{
	uint32_t id = c->id;
	unsigned most = c->window < BATCH ? c->window : BATCH;
	uint64_t now;
	int n;

	n = recvmmsg(c->fd, mm, most, MSG_DONTWAIT, NULL);
	if (n < 0) {
		if (errno == ECONNREFUSED)
			end(l, c, "the port is closed");
		return;
	}
	now = clock_ns();
	if (!c->is_connected) {
		c->is_connected = true;
		if (connect(c->fd, (const void *)&from, sizeof(from)) < 0)
			die("connect");
	}
	for (int i = 0; i < n; i++) {
		size_t stride = find_stride(&mm[i]), len = mm[i].msg_len;

		for (size_t at = 0; at < len && c->fd >= 0 && c->id == id;
		     at += stride)
			take(l, c, in[i] + at,
			     len - at < stride ? len - at : stride, now);
		prepare((size_t)i, l->o.gro);
	}
}

/* --- the loop --- */

static void run(struct load *l)
{
	struct epoll_event events[EVENTS];
	uint64_t look_ns = 50000000, look_at, now;

	for (uint32_t i = 0; i < l->o.n_clients; i++)
		l->client[i].fd = -1;
	for (size_t i = 0; i < BATCH; i++)
		prepare(i, l->o.gro);
	l->begin_ns = l->last_ns = clock_ns();
	look_at = l->begin_ns + look_ns;
	for (uint32_t i = 0; i < l->o.n_clients && l->n_started < l->o.n; i++)
		begin(l, &l->client[i]);
	while (l->n_ended < l->n_started || l->n_held > 0) {
		uint64_t ns = send_due(l, look_ns);
		struct timespec ts = { 0, (long)ns };
		int n = epoll_pwait2(l->ep, events, EVENTS, &ts, NULL);

		for (int i = 0; i < n; i++)
			receive(l, events[i].data.ptr);
		if (n == EVENTS || (now = clock_ns()) < look_at)
			continue;
		look_at = now + look_ns;
		wake_silent(l, now);
		if (now - l->begin_ns >= l->o.limit_s * UINT64_C(1000000000))
			cut(l);
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void report(struct load *l)
{
	double s = (double)(l->last_ns - l->begin_ns) / 1e9;
	uint32_t n = l->n_ended, done = n - l->n_failed - l->n_cut;

	qsort(l->took_ns, n, sizeof(*l->took_ns), compare);
	printf("%s transfers=%u failed=%u cut=%u seconds=%.4f rate=%.1f "
	       "MB/s=%.2f MB=%.3f p50_ms=%.3f p99_ms=%.3f resent=%lld "
	       "blksize=%u window=%u%s%s\n",
	       l->o.label, done, l->n_failed, l->n_cut, s, done / s,
	       (double)l->n_octets / 1e6 / s, (double)l->n_octets / 1e6,
	       (double)l->took_ns[n / 2] / 1e6,
	       (double)l->took_ns[n * 99 / 100] / 1e6,
	       (long long)(l->n_data - l->n_blocks), l->blksize, l->window,
	       l->why[0] != '\0' ? " why=" : "", l->why);
}

/* --- the command --- */

static void usage(void)
{
	fprintf(stderr,
		"usage: tftp_load [-n TRANSFERS] [-c AT-A-TIME] [-b BLKSIZE] "
		"[-w WINDOWSIZE] [-s (tsize)]\n"
		"  [-o TIMEOUT-OPTION] [-l LOSS-PERCENT] [-S SEED] "
		"[-d MICROSECONDS] [-r SILENCE-MS]\n"
		"  [-t SECONDS] [-a FIRST-ADDRESS -A ADDRESSES] [-p PORT] [-g] "
		"[-L LABEL]\n  SERVER NAME LOCAL-FILE\n");
	exit(2);
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const char letters[] = "ncbworSdtAp";
	uint32_t *const numbers[] = {
		&o->n,         &o->n_clients,   &o->blksize, &o->window,
		&o->timeout_s, &o->silence_ms,  &o->seed,    &o->delay_us,
		&o->limit_s,   &o->n_addresses, &o->port
	};
	int c;

	while ((c = getopt(argc, argv, "n:c:b:w:o:r:S:d:t:A:p:l:a:L:sg")) !=
	       -1) {
		const char *at = c != '?' ? strchr(letters, c) : NULL;

		if (at != NULL)
			*numbers[at - letters] =
				(uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'l')
			o->loss = strtod(optarg, NULL);
		else if (c == 'a')
			o->first = optarg;
		else if (c == 'L')
			o->label = optarg;
		else if (c == 's')
			o->tsize = true;
		else if (c == 'g')
			o->gro = true;
		else
			usage();
	}
	if (argc - optind != 3 || o->n == 0 || o->n_clients == 0 ||
	    (o->n_addresses > 0) != (o->first != NULL))
		usage();
	o->server = argv[optind];
	o->name = argv[optind + 1];
	o->local = argv[optind + 2];
}

static void map_file(struct load *l)
{
	int fd = open(l->o.local, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0)
		die(l->o.local);
	l->size = (size_t)st.st_size;
	l->file = mmap(NULL, l->size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd,
		       0);
	if (l->file == MAP_FAILED)
		die(l->o.local);
	close(fd);
}

int main(int argc, char **argv)
{
	static struct load l = { .o = { .n = 1,
					.n_clients = 1,
					.port = PXE_TFTP_PORT,
					.silence_ms = 4000,
					.limit_s = 60,
					.seed = 1,
					.label = "tftp_load" } };
	struct in_addr first;

	parse_options(argc, argv, &l.o);
	map_file(&l);
	l.server.sin_family = AF_INET;
	l.server.sin_port = htons((uint16_t)l.o.port);
	if (inet_pton(AF_INET, l.o.server, &l.server.sin_addr) != 1)
		usage();
	if (l.o.first != NULL) {
		if (inet_pton(AF_INET, l.o.first, &first) != 1)
			usage();
		l.first_address = ntohl(first.s_addr);
	}
	l.random = l.o.seed;
	l.ep = epoll_create1(EPOLL_CLOEXEC);
	l.client = calloc(l.o.n_clients, sizeof(*l.client));
	l.took_ns = calloc(l.o.n, sizeof(*l.took_ns));
	if (l.ep < 0 || l.client == NULL || l.took_ns == NULL)
		die("start");
	prctl(PR_SET_TIMERSLACK, 1L);
	run(&l);
	report(&l);
	return l.n_failed + l.n_cut > 0 ? 1 : 0;
}
