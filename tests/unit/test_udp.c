/* SPDX-License-Identifier: ISC */
/* On the loopback interface. */
#include "run/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/rawsock.h"
#include "unit.h"

static struct pxe_udp_packet packets[2 * PXE_UDP_BATCH];

static uint16_t port_of(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	ck_assert_int_eq(getsockname(fd, (void *)&a, &len), 0);
	return ntohs(a.sin_port);
}

/* All that waits, as `packets`: how many. */
static int receive(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct pxe_udp_inbox *inbox = pxe_udp_inbox_new();
	int n = 0, r;

	ck_assert_int_eq(poll(&p, 1, 5000), 1);
	do {
		r = pxe_udp_recv(fd, inbox);
		for (; pxe_udp_next(inbox, &packets[n]); n++)
			;
	} while (r == 1);
	pxe_udp_inbox_free(inbox);
	return n;
}

START_TEST(test_tells_where_a_datagram_came_from)
{
	int a = pxe_udp_open(0, "lo"), b = pxe_udp_open(0, NULL);
	struct pxe_udp_inbox *inbox = pxe_udp_inbox_new();
	struct pxe_udp_dest dest = { .dst = INADDR_LOOPBACK,
				     .src = INADDR_LOOPBACK + 1 };

	ck_assert_int_ge(a, 0);
	ck_assert_int_ge(b, 0);
	ck_assert_int_eq(pxe_udp_recv(a, inbox), -EAGAIN);
	ck_assert(!pxe_udp_next(inbox, &packets[0]));
	pxe_udp_inbox_free(inbox);
	dest.port = port_of(a);
	ck_assert_int_eq(pxe_udp_send(b, &dest, "hello", 5), 0);
	ck_assert_int_eq(receive(a), 1);
	ck_assert_uint_eq(packets[0].src, INADDR_LOOPBACK + 1);
	ck_assert_uint_eq(packets[0].dst, INADDR_LOOPBACK);
	ck_assert_uint_eq(packets[0].src_port, port_of(b));
	ck_assert_uint_eq(packets[0].ifindex, if_nametoindex("lo"));
	ck_assert_uint_eq(packets[0].len, 5);
	ck_assert_int_eq(memcmp(packets[0].buf, "hello", 5), 0);
	close(a);
	close(b);
}
END_TEST

START_TEST(test_reads_many_and_cuts)
{
	static const uint8_t big[PXE_UDP_MAX_BYTES + 100];
	int a = pxe_udp_open(0, "lo"), b = pxe_udp_open(0, NULL);
	struct pxe_udp_dest dest = { .dst = INADDR_LOOPBACK,
				     .port = port_of(a) };

	for (int i = 0; i < PXE_UDP_BATCH + 3; i++)
		ck_assert_int_eq(pxe_udp_send(b, &dest, "x", 1), 0);
	ck_assert_int_eq(pxe_udp_send(b, &dest, "", 0), 0);
	ck_assert_int_eq(receive(a), PXE_UDP_BATCH + 4);
	ck_assert_uint_eq(packets[PXE_UDP_BATCH + 2].len, 1);
	ck_assert_uint_eq(packets[PXE_UDP_BATCH + 3].len, 0);
	ck_assert_int_eq(pxe_udp_send(b, &dest, big, sizeof(big)), 0);
	ck_assert_int_eq(receive(a), 1);
	ck_assert_uint_eq(packets[0].len, PXE_UDP_MAX_BYTES);
	close(a);
	close(b);
}
END_TEST

/* Datagrams that the kernel may hand over as one. */
START_TEST(test_takes_trains_apart)
{
	enum { N = 40, SIZE = 300, LAST = 17 };
	int a = pxe_udp_open(0, "lo"), b = pxe_udp_open(0, NULL), size = SIZE;
	struct pxe_udp_dest dest = { .dst = INADDR_LOOPBACK,
				     .src = INADDR_LOOPBACK + 1,
				     .port = port_of(a) };
	static uint8_t octets[N * SIZE + LAST];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i / SIZE + 1);
	ck_assert_int_eq(setsockopt(b, IPPROTO_UDP, UDP_SEGMENT, &size,
				    sizeof(size)),
			 0);
	ck_assert_int_eq(pxe_udp_send(b, &dest, octets, sizeof(octets)), 0);
	ck_assert_int_eq(pxe_udp_send(b, &dest, "x", 1), 0);
	ck_assert_int_eq(receive(a), N + 2);
	for (size_t i = 0; i <= N; i++) {
		ck_assert_uint_eq(packets[i].len, i < N ? SIZE : LAST);
		ck_assert_uint_eq(packets[i].buf[0], i + 1);
		ck_assert_uint_eq(packets[i].src, INADDR_LOOPBACK + 1);
		ck_assert_uint_eq(packets[i].dst, INADDR_LOOPBACK);
		ck_assert_uint_eq(packets[i].src_port, port_of(b));
	}
	ck_assert_uint_eq(packets[N + 1].len, 1);
	close(a);
	close(b);
}
END_TEST

START_TEST(test_sends_many_in_order)
{
	static uint8_t big[66000];
	int a = pxe_udp_open(0, "lo"), b = pxe_udp_open(0, NULL);
	struct pxe_udp_dest dest = { .dst = INADDR_LOOPBACK,
				     .src = INADDR_LOOPBACK + 1,
				     .port = port_of(a) };
	struct pxe_udp_datagram d[PXE_UDP_BATCH + 1];

	for (size_t i = 0; i < PXE_LEN(d); i++)
		d[i] = (struct pxe_udp_datagram) { dest, &"ab"[i % 2], 1 };
	ck_assert_int_eq(pxe_udp_send_many(b, d, PXE_LEN(d)), PXE_UDP_BATCH);
	ck_assert_int_eq(receive(a), PXE_UDP_BATCH);
	for (size_t i = 0; i < PXE_UDP_BATCH; i++)
		ck_assert_int_eq(packets[i].buf[0], "ab"[i % 2]);
	ck_assert_uint_eq(packets[0].src, INADDR_LOOPBACK + 1);
	/* one that cannot be sent keeps the others from it */
	d[2] = (struct pxe_udp_datagram) { dest, big, 66000 };
	ck_assert_int_eq(pxe_udp_send_many(b, d, 5), 2);
	ck_assert_int_eq(pxe_udp_send_many(b, &d[2], 3), -EMSGSIZE);
	close(a);
	close(b);
}
END_TEST

START_TEST(test_says_why_it_cannot_open)
{
	int a = pxe_udp_open(0, NULL);

	ck_assert_int_eq(pxe_udp_open(port_of(a), NULL), -EADDRINUSE);
	ck_assert_int_eq(pxe_udp_open(0, "no-such-if0"), -ENODEV);
	ck_assert_int_eq(pxe_rawsock_send(a, 1, "short", 5), -EINVAL);
	close(a);
}
END_TEST

UNIT_MAIN("udp", test_tells_where_a_datagram_came_from,
	  test_reads_many_and_cuts, test_takes_trains_apart,
	  test_sends_many_in_order, test_says_why_it_cannot_open)
