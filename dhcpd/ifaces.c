/* SPDX-License-Identifier: ISC */
#include "dhcpd/ifaces.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

struct list {
	struct pxe_iface *iface;
	size_t n;
};

struct pxe_ifaces {
	struct list list;
	int fd; /* rtnetlink */
	struct event *event;
	void (*changed)(void *arg);
	void *arg;
};

static void free_list(struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->iface[i].addr);
	free(list->iface);
	*list = (struct list){ .iface = NULL };
}

/* The interface of that name, added if it is not there; NULL: no memory.  An
 * address may carry a label: "eth0:1" belongs to eth0. */
static struct pxe_iface *get_iface(struct list *list, const char *label)
{
	struct pxe_iface *i;
	char name[IFNAMSIZ];
	char *colon;

	(void)pxe_str_copy(name, sizeof(name), label);
	colon = strchr(name, ':');
	if (colon != NULL)
		*colon = '\0';
	for (size_t k = 0; k < list->n; k++)
		if (strcmp(list->iface[k].name, name) == 0)
			return &list->iface[k];
	i = realloc(list->iface, (list->n + 1) * sizeof(*i));
	if (i == NULL)
		return NULL;
	list->iface = i;
	i += list->n++;
	*i = (struct pxe_iface){ .ifindex = if_nametoindex(name) };
	(void)pxe_str_copy(i->name, sizeof(i->name), name);
	return i;
}

static void read_link(struct pxe_iface *i, const struct ifaddrs *ifa)
{
	struct sockaddr_ll ll;

	memcpy(&ll, ifa->ifa_addr, sizeof(ll));
	i->ifindex = (unsigned)ll.sll_ifindex;
	i->is_up = (ifa->ifa_flags & IFF_UP) != 0;
	i->is_running = (ifa->ifa_flags & IFF_RUNNING) != 0;
	i->is_ethernet = ll.sll_hatype == ARPHRD_ETHER &&
			 ll.sll_halen == sizeof(i->mac);
	if (i->is_ethernet)
		memcpy(i->mac, ll.sll_addr, sizeof(i->mac));
}

static int read_addr(struct pxe_iface *i, const struct ifaddrs *ifa)
{
	struct sockaddr_in sin, mask = { .sin_addr.s_addr = INADDR_NONE };
	struct pxe_if_addr *a;

	a = realloc(i->addr, (i->n_addr + 1) * sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	i->addr = a;
	memcpy(&sin, ifa->ifa_addr, sizeof(sin));
	if (ifa->ifa_netmask != NULL)
		memcpy(&mask, ifa->ifa_netmask, sizeof(mask));
	a += i->n_addr++;
	a->address = ntohl(sin.sin_addr.s_addr);
	a->prefix = (uint8_t)__builtin_popcount(mask.sin_addr.s_addr);
	return 0;
}

/* The first that is good beyond the link: iPXE would need the link's name. */
static void read_addr6(struct pxe_iface *i, const struct ifaddrs *ifa)
{
	struct sockaddr_in6 sin6;

	memcpy(&sin6, ifa->ifa_addr, sizeof(sin6));
	if (i->address6[0] != '\0' || IN6_IS_ADDR_LINKLOCAL(&sin6.sin6_addr) ||
	    IN6_IS_ADDR_LOOPBACK(&sin6.sin6_addr))
		return;
	(void)inet_ntop(AF_INET6, &sin6.sin6_addr, i->address6,
			sizeof(i->address6));
}

static int read_list(struct list *list)
{
	struct ifaddrs *all;
	int r = 0;

	*list = (struct list){ .iface = NULL };
	if (getifaddrs(&all) < 0)
		return -errno;
	for (struct ifaddrs *ifa = all; ifa != NULL && r == 0;
	     ifa = ifa->ifa_next) {
		struct pxe_iface *i;

		if (ifa->ifa_addr == NULL ||
		    (ifa->ifa_addr->sa_family != AF_INET &&
		     ifa->ifa_addr->sa_family != AF_INET6 &&
		     ifa->ifa_addr->sa_family != AF_PACKET))
			continue;
		i = get_iface(list, ifa->ifa_name);
		if (i == NULL)
			r = -ENOMEM;
		else if (ifa->ifa_addr->sa_family == AF_PACKET)
			read_link(i, ifa);
		else if (ifa->ifa_addr->sa_family == AF_INET6)
			read_addr6(i, ifa);
		else
			r = read_addr(i, ifa);
	}
	freeifaddrs(all);
	if (r < 0)
		free_list(list);
	return r;
}

static int open_netlink(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK,
				    .nl_groups = RTMGRP_LINK |
						 RTMGRP_IPV4_IFADDR |
						 RTMGRP_IPV6_IFADDR };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (const void *)&addr, sizeof(addr)) < 0) {
		int e = errno;

		close(fd);
		errno = e;
		fd = -1;
	}
	return fd;
}

struct pxe_ifaces *pxe_ifaces_new(void)
{
	struct pxe_ifaces *ifaces = calloc(1, sizeof(*ifaces));
	int r;

	if (ifaces == NULL)
		return NULL;
	/* first the news, then the list: nothing falls between */
	ifaces->fd = open_netlink();
	r = ifaces->fd < 0 ? -errno : read_list(&ifaces->list);
	if (r < 0) {
		pxe_ifaces_free(ifaces);
		errno = -r;
		return NULL;
	}
	return ifaces;
}

void pxe_ifaces_free(struct pxe_ifaces *ifaces)
{
	if (ifaces == NULL)
		return;
	if (ifaces->event != NULL)
		event_free(ifaces->event);
	if (ifaces->fd >= 0)
		close(ifaces->fd);
	free_list(&ifaces->list);
	free(ifaces);
}

/* What changed does not matter, and some of it may be lost (ENOBUFS). */
static void on_news(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_ifaces *ifaces = arg;
	struct list list;
	char buf[8192];
	ssize_t n;

	(void)what;
	do
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	while (n > 0 || (n < 0 && (errno == EINTR || errno == ENOBUFS)));
	if (read_list(&list) < 0)
		return; /* the next news, or the caller's own timer */
	free_list(&ifaces->list);
	ifaces->list = list;
	ifaces->changed(ifaces->arg);
}

int pxe_ifaces_follow(struct pxe_ifaces *ifaces, struct event_base *base,
		      void (*changed)(void *arg), void *arg)
{
	ifaces->changed = changed;
	ifaces->arg = arg;
	ifaces->event = event_new(base, ifaces->fd, EV_READ | EV_PERSIST,
				  on_news, ifaces);
	if (ifaces->event == NULL || event_add(ifaces->event, NULL) < 0)
		return -ENOMEM;
	return 0;
}

const struct pxe_iface *pxe_ifaces_list(const struct pxe_ifaces *ifaces,
					size_t *n)
{
	*n = ifaces->list.n;
	return ifaces->list.iface;
}

const struct pxe_iface *pxe_ifaces_find(const struct pxe_ifaces *ifaces,
					unsigned ifindex)
{
	for (size_t i = 0; i < ifaces->list.n; i++)
		if (ifaces->list.iface[i].ifindex == ifindex)
			return &ifaces->list.iface[i];
	return NULL;
}

const struct pxe_iface *pxe_ifaces_find_name(const struct pxe_ifaces *ifaces,
					     const char *name)
{
	for (size_t i = 0; i < ifaces->list.n; i++)
		if (strcmp(ifaces->list.iface[i].name, name) == 0)
			return &ifaces->list.iface[i];
	return NULL;
}
