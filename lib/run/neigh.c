/* SPDX-License-Identifier: ISC */
#include "run/neigh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ANSWERS_MAX 8 /* late ones of earlier questions are passed over */
#define ADDRESS_MAX 16

/* An address as attributes carry it. */
struct target {
	uint8_t family;
	uint8_t len;
	uint8_t octets[ADDRESS_MAX];
	unsigned ifindex; /* 0: not known */
};

/* One question: header, body, attributes. */
struct question {
	struct nlmsghdr head;
	union {
		struct rtmsg route;
		struct ndmsg neigh;
	} body;
	uint8_t attributes[64];
};

union answer {
	struct nlmsghdr head;
	uint8_t octets[4096];
};

int pxe_neigh_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			NETLINK_ROUTE);

	return fd >= 0 ? fd : -errno;
}

static int read_target(const struct sockaddr *address, struct target *t)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	memset(t, 0, sizeof(*t));
	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		t->family = AF_INET;
		t->len = sizeof(in.sin_addr);
		memcpy(t->octets, &in.sin_addr, t->len);
		return 0;
	}
	if (address->sa_family != AF_INET6)
		return -ENOENT;
	memcpy(&in6, address, sizeof(in6));
	t->family = AF_INET6;
	t->len = sizeof(in6.sin6_addr);
	memcpy(t->octets, &in6.sin6_addr, t->len);
	t->ifindex = in6.sin6_scope_id;
	if (memcmp(t->octets, mapped, sizeof(mapped)) == 0) {
		t->family = AF_INET;
		t->len = 4;
		t->ifindex = 0;
		memmove(t->octets, t->octets + sizeof(mapped), t->len);
	}
	return 0;
}

static void put_attribute(struct question *q, unsigned short type,
			  const void *value, size_t len)
{
	size_t at = NLMSG_ALIGN(q->head.nlmsg_len);
	struct rtattr attribute = {
		.rta_type = type,
		.rta_len = (unsigned short)RTA_LENGTH(len),
	};

	memcpy((uint8_t *)q + at, &attribute, sizeof(attribute));
	memcpy((uint8_t *)q + at + RTA_LENGTH(0), value, len);
	q->head.nlmsg_len = (uint32_t)(at + RTA_LENGTH(len));
}

/*
 * Sends a question and reads its answer of `type`.  0; -ENOENT and other
 * errors that the kernel answers with.
 */
static int ask(int fd, struct question *q, uint16_t type, union answer *answer)
{
	static _Thread_local uint32_t seq;
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int error;

	q->head.nlmsg_flags = NLM_F_REQUEST;
	q->head.nlmsg_seq = ++seq;
	if (sendto(fd, q, q->head.nlmsg_len, MSG_DONTWAIT,
		   (const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	for (int i = 0; i < ANSWERS_MAX; i++) {
		ssize_t n = recv(fd, answer, sizeof(*answer), MSG_DONTWAIT);

		if (n < 0)
			return -errno;
		if (!NLMSG_OK(&answer->head, (size_t)n) ||
		    answer->head.nlmsg_seq != q->head.nlmsg_seq)
			continue;
		if (answer->head.nlmsg_type == type)
			return 0;
		if (answer->head.nlmsg_type != NLMSG_ERROR)
			continue;
		memcpy(&error, NLMSG_DATA(&answer->head), sizeof(error));
		return error < 0 ? error : -ENOENT;
	}
	return -ENOENT;
}

/*
 * The attribute `type` behind a body of `body_len` octets, with its length;
 * NULL: there is none.
 */
static const void *find_attribute(const union answer *answer, size_t body_len,
				  unsigned short type, size_t *len)
{
	const uint8_t *at = (const uint8_t *)NLMSG_DATA(&answer->head) +
			    NLMSG_ALIGN(body_len);
	size_t head = NLMSG_LENGTH(NLMSG_ALIGN(body_len));
	size_t left = answer->head.nlmsg_len > head
			      ? answer->head.nlmsg_len - head
			      : 0;

	while (left >= sizeof(struct rtattr)) {
		struct rtattr attribute;
		size_t step;

		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) ||
		    attribute.rta_len > left)
			break;
		if (attribute.rta_type == type) {
			*len = attribute.rta_len - RTA_LENGTH(0);
			return at + RTA_LENGTH(0);
		}
		step = RTA_ALIGN(attribute.rta_len);
		if (step > left)
			break;
		at += step;
		left -= step;
	}
	return NULL;
}

/* The interface on whose network `t` is; -ENOENT: on none. */
static int find_link(int fd, const struct target *t, unsigned *ifindex)
{
	struct question q = {
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
		.head.nlmsg_type = RTM_GETROUTE,
		.body.route.rtm_family = t->family,
		.body.route.rtm_dst_len = (unsigned char)(t->len * 8),
	};
	union answer answer;
	struct rtmsg route;
	const void *oif;
	size_t len;
	int r;

	put_attribute(&q, RTA_DST, t->octets, t->len);
	if (t->ifindex != 0)
		put_attribute(&q, RTA_OIF, &t->ifindex, sizeof(t->ifindex));
	r = ask(fd, &q, RTM_NEWROUTE, &answer);
	if (r < 0)
		return r == -ENETUNREACH || r == -EHOSTUNREACH ? -ENOENT : r;
	memcpy(&route, NLMSG_DATA(&answer.head), sizeof(route));
	if (route.rtm_type != RTN_UNICAST ||
	    find_attribute(&answer, sizeof(route), RTA_GATEWAY, &len) ||
	    find_attribute(&answer, sizeof(route), RTA_VIA, &len))
		return -ENOENT;
	oif = find_attribute(&answer, sizeof(route), RTA_OIF, &len);
	if (oif == NULL || len != sizeof(*ifindex))
		return -ENOENT;
	memcpy(ifindex, oif, sizeof(*ifindex));
	return 0;
}

/* What the kernel believes to be so, if not always of this moment. */
static bool is_valid(unsigned state)
{
	return (state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE |
			 NUD_PERMANENT)) != 0;
}

static int find_neighbour(int fd, const struct target *t, unsigned ifindex,
			  struct pxe_hwaddr *hw)
{
	struct question q = {
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(struct ndmsg)),
		.head.nlmsg_type = RTM_GETNEIGH,
		.body.neigh.ndm_family = t->family,
		.body.neigh.ndm_ifindex = (int)ifindex,
	};
	struct pxe_hwaddr found = { .htype = PXE_HTYPE_ETHERNET };
	union answer answer;
	struct ndmsg neigh;
	const void *octets;
	size_t len;
	int r;

	put_attribute(&q, NDA_DST, t->octets, t->len);
	r = ask(fd, &q, RTM_NEWNEIGH, &answer);
	if (r < 0)
		return r;
	memcpy(&neigh, NLMSG_DATA(&answer.head), sizeof(neigh));
	octets = find_attribute(&answer, sizeof(neigh), NDA_LLADDR, &len);
	/* six octets are Ethernet or look like it; others have no record */
	if (octets == NULL || len != 6 || !is_valid(neigh.ndm_state))
		return -ENOENT;
	found.hlen = (uint8_t)len;
	memcpy(found.addr, octets, len);
	if (pxe_hwaddr_is_zero(&found))
		return -ENOENT;
	*hw = found;
	return 0;
}

int pxe_neigh_find(int fd, const struct sockaddr *address,
		   struct pxe_hwaddr *hw)
{
	struct target t;
	unsigned ifindex;
	int r = read_target(address, &t);

	if (r == 0)
		r = find_link(fd, &t, &ifindex);
	return r < 0 ? r : find_neighbour(fd, &t, ifindex, hw);
}
