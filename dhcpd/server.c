/* SPDX-License-Identifier: ISC */
#include "dhcpd/report.h"
#include "dhcpd/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/pool.h"
#include "dhcpd/ears.h"
#include "dhcpd/lookout.h"
#include "run/log.h"
#include "run/rawsock.h"

/* --- links --- */

static void close_link(struct pxe_link *link)
{
	if (link->server->outbox != NULL)
		pxe_packet_flush(link->server);
	pxe_prober_leave(link);
	pxe_lookout_leave(link);
	pxe_ears_close(link);
	free(link);
}

static void find_hearing(const struct pxe_server *s,
			 const struct pxe_iface *iface,
			 struct pxe_hearing *hearing)
{
	const struct pxe_hearing_in in = { .conf = s->conf,
					   .addr = iface->addr,
					   .n_addr = iface->n_addr,
					   .own = s->own,
					   .n_own = s->n_own,
					   .is_ethernet = iface->is_ethernet };

	pxe_hearing_find(&in, hearing);
}

/* Where another server gives addresses, both are needed to know its replies
 * from ours, and whom they are for. */
static int make_memories(struct pxe_server *s)
{
	if (s->sent == NULL)
		s->sent = calloc(1, sizeof(*s->sent));
	if (s->asked == NULL)
		s->asked = calloc(1, sizeof(*s->asked));
	return s->sent != NULL && s->asked != NULL ? 0 : -ENOMEM;
}

static void log_served(const struct pxe_link *link)
{
	const struct pxe_hearing *h = &link->hearing;

	if (h->is_silent)
		pxe_log(PXE_LOG_NOTICE,
			"listening on %s: external, nothing is sent there",
			link->name);
	else if (h->binds_dhcp)
		pxe_log(PXE_LOG_NOTICE, "serving %s, port %u", link->name,
			link->port);
	else
		pxe_log(PXE_LOG_NOTICE,
			"serving %s as a proxy: port %u is listened to, not "
			"bound",
			link->name, link->port);
}

static int open_link(struct pxe_server *s, const struct pxe_iface *iface)
{
	struct pxe_link *link = calloc(1, sizeof(*link));
	int r = 0;

	if (link == NULL)
		return -ENOMEM;
	link->server = s;
	link->arp_fd = -1;
	pxe_rival_init(&link->rival);
	pxe_rival_init(&link->contend);
	link->ifindex = iface->ifindex;
	memcpy(link->name, iface->name, sizeof(link->name));
	link->port = s->conf->dhcp_port;
	link->binl_port = s->conf->binl_port;
	find_hearing(s, iface, &link->hearing);
	if (link->hearing.taps_host)
		r = make_memories(s);
	if (r == 0)
		r = pxe_ears_open(link);
	if (r < 0) {
		free(link);
		return r;
	}
	if (s->base != NULL)
		r = pxe_ears_start(link);
	if (r < 0) {
		close_link(link);
		return r;
	}
	link->next = s->links;
	s->links = link;
	log_served(link);
	return 0;
}

static bool is_listed(const struct pxe_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_interfaces; i++)
		if (strcmp(conf->interfaces[i], name) == 0)
			return true;
	return false;
}

/* Without a list: every interface that has an address in a subnet, or any
 * where none is needed. */
static bool is_wanted(const struct pxe_conf *conf,
		      const struct pxe_iface *iface)
{
	if (conf->n_interfaces > 0)
		return is_listed(conf, iface->name);
	for (size_t i = 0; i < iface->n_addr; i++)
		if (pxe_conf_find_subnet(conf, iface->addr[i].address) != NULL)
			return true;
	return conf->elsewhere != NULL && iface->is_ethernet &&
	       iface->n_addr > 0;
}

/* Takes over what is new about the link without a change of its sockets. */
static bool is_current(const struct pxe_server *s, struct pxe_link *link)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(s->ifaces, link->ifindex);
	struct pxe_hearing hearing;

	if (iface == NULL || strcmp(iface->name, link->name) != 0 ||
	    link->port != s->conf->dhcp_port ||
	    link->binl_port != s->conf->binl_port || !is_wanted(s->conf, iface))
		return false;
	find_hearing(s, iface, &hearing);
	if (!pxe_hearing_is_same(&hearing, &link->hearing))
		return false;
	link->hearing = hearing;
	return true;
}

static void close_stale_links(struct pxe_server *s)
{
	struct pxe_link **at = &s->links, *link;

	while ((link = *at) != NULL) {
		if (is_current(s, link)) {
			at = &link->next;
			continue;
		}
		*at = link->next;
		pxe_log(PXE_LOG_NOTICE, "not serving %s any more", link->name);
		close_link(link);
	}
}

struct pxe_link *pxe_server_find_link(const struct pxe_server *s,
				      unsigned ifindex)
{
	struct pxe_link *l = s->links;

	while (l != NULL && l->ifindex != ifindex)
		l = l->next;
	return l;
}

static void log_unserved(const struct pxe_server *s, const char *name, int r)
{
	if (r == -EADDRINUSE)
		pxe_log(PXE_LOG_ERR,
			"port %u on %s belongs to another program: stop the "
			"DHCP server that runs there",
			s->conf->dhcp_port, name);
	else if (r == -EPFNOSUPPORT)
		pxe_log(PXE_LOG_ERR,
			"cannot listen on %s: only Ethernet interfaces can be "
			"external",
			name);
	else
		pxe_log(PXE_LOG_ERR, "cannot serve %s: %s", name, strerror(-r));
}

/*
 * Serves the interfaces that are wanted and there.  `is_loud`: says what is
 * missing.  0, or the last error that kept one from being served.
 */
static int update_links(struct pxe_server *s, bool is_loud)
{
	const struct pxe_iface *list;
	int r = 0;
	size_t n;

	close_stale_links(s);
	list = pxe_ifaces_list(s->ifaces, &n);
	for (size_t i = 0; i < n; i++) {
		int e;

		if (!is_wanted(s->conf, &list[i]) ||
		    pxe_server_find_link(s, list[i].ifindex) != NULL)
			continue;
		e = open_link(s, &list[i]);
		if (e < 0) {
			r = e;
			if (is_loud)
				log_unserved(s, list[i].name, e);
		}
	}
	s->is_short = r < 0;
	for (struct pxe_link *l = s->links; l != NULL; l = l->next)
		s->is_short |= !pxe_ears_complete(l, is_loud);
	if (s->base != NULL) {
		pxe_prober_update(s);
		pxe_lookout_update(s);
	}
	for (size_t i = 0; i < s->conf->n_interfaces && is_loud; i++)
		if (pxe_ifaces_find_name(s->ifaces, s->conf->interfaces[i]) ==
		    NULL)
			pxe_log(PXE_LOG_WARNING,
				"interface %s is not there: it is served as "
				"soon as it comes",
				s->conf->interfaces[i]);
	if (s->conf->n_interfaces == 0 && s->links == NULL && is_loud)
		pxe_log(PXE_LOG_WARNING,
			"no interface has an address in a subnet of "
			"dhcpd.conf yet: nothing is served");
	return r;
}

/* --- configuration --- */

/* This host's addresses, to be freed; NULL: no memory. */
static uint32_t *list_own(const struct pxe_server *s, size_t *n_own)
{
	const struct pxe_iface *list;
	size_t n, at = 0, sum = 1;
	uint32_t *own;

	list = pxe_ifaces_list(s->ifaces, &n);
	for (size_t i = 0; i < n; i++)
		sum += list[i].n_addr;
	own = calloc(sum, sizeof(*own));
	for (size_t i = 0; i < n && own != NULL; i++)
		for (size_t k = 0; k < list[i].n_addr; k++)
			own[at++] = list[i].addr[k].address;
	*n_own = at;
	return own;
}

/* Takes `conf` and the host's addresses into the book, if they are new. */
static int configure_book(struct pxe_server *s, const struct pxe_conf *conf,
			  bool is_new)
{
	size_t n;
	uint32_t *own = list_own(s, &n);
	int r;

	if (own == NULL)
		return -ENOMEM;
	if (!is_new && n == s->n_own &&
	    memcmp(own, s->own, n * sizeof(*own)) == 0) {
		free(own);
		return 0;
	}
	r = pxe_book_configure(s->book, conf, own, n);
	if (r == -E2BIG)
		pxe_log(PXE_LOG_ERR,
			"a subnet's ranges have more than %u addresses: make "
			"them smaller",
			PXE_POOL_MAX);
	if (r < 0) {
		free(own);
		return r;
	}
	free(s->own);
	s->own = own;
	s->n_own = n;
	return 0;
}

static void on_ifaces_changed(void *arg)
{
	struct pxe_server *s = arg;

	if (configure_book(s, s->conf, false) < 0)
		pxe_log(PXE_LOG_WARNING,
			"no memory to take new addresses of this host over");
	(void)!update_links(s, false);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_server *s = arg;

	(void)fd;
	(void)what;
	pxe_server_read_clocks(s);
	pxe_book_expire(s->book, s->now_s);
	pxe_commit_tick(s);
	pxe_report_tick(s);
	pxe_alarms_tick(s);
	if (s->is_short)
		(void)!update_links(s, false);
}

/* --- life --- */

/* What nobody else knows; a weak one only makes guessing easier. */
static uint64_t make_seed(const struct pxe_server *s)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uintptr_t)s->book;
	return seed;
}

static int open_parts(struct pxe_server *s)
{
	s->book = pxe_book_new();
	s->inbox = pxe_udp_inbox_new();
	s->packet = calloc(1, sizeof(*s->packet));
	s->rate = pxe_rate_new(make_seed(s));
	if (s->book == NULL || s->inbox == NULL || s->packet == NULL ||
	    s->rate == NULL)
		return -ENOMEM;
	s->ifaces = pxe_ifaces_new();
	if (s->ifaces == NULL)
		return errno != 0 ? -errno : -ENOMEM;
	return pxe_commit_init(s);
}

static int server_open(struct pxe_daemon *d)
{
	struct pxe_server *s = d->self;
	int r;

	s->conf = d->conf;
	s->raw_fd = s->ip_fd = -1;
	r = open_parts(s);
	if (r < 0) {
		pxe_log(PXE_LOG_ERR, "cannot start: %s", strerror(-r));
		return r;
	}
	r = configure_book(s, d->conf, true);
	if (r < 0)
		return r;
	s->raw_fd = pxe_rawsock_open();
	if (s->raw_fd < 0)
		pxe_log(PXE_LOG_WARNING,
			"no packet socket (%s): clients without an address "
			"are answered by broadcast",
			strerror(-s->raw_fd));
	return update_links(s, true);
}

static int server_start(struct pxe_daemon *d)
{
	const struct timeval second = { .tv_sec = 1 };
	struct pxe_server *s = d->self;
	int r;

	s->base = d->base;
	pxe_server_start_clocks(s);
	r = pxe_packet_start(s);
	for (struct pxe_link *l = s->links; l != NULL && r == 0; l = l->next)
		r = pxe_ears_start(l);
	s->tick = event_new(s->base, -1, EV_PERSIST, on_tick, s);
	if (s->tick == NULL || event_add(s->tick, &second) < 0)
		r = -ENOMEM;
	if (r == 0)
		r = pxe_ifaces_follow(s->ifaces, s->base, on_ifaces_changed, s);
	if (r == 0)
		r = pxe_commit_connect(s);
	if (r == 0) {
		pxe_prober_update(s);
		pxe_lookout_update(s);
	}
	if (r < 0)
		pxe_log(PXE_LOG_ERR, "cannot start: %s", strerror(-r));
	return r;
}

static int server_reload(struct pxe_daemon *d, const struct pxe_conf *conf)
{
	struct pxe_server *s = d->self;
	int r = configure_book(s, conf, true);

	if (r < 0) {
		if (r != -E2BIG)
			pxe_log(PXE_LOG_ERR, "cannot reload: %s", strerror(-r));
		return r;
	}
	s->conf = conf;
	if (pxe_commit_connect(s) < 0)
		pxe_log(PXE_LOG_ERR, "no memory to connect to %s",
			conf->state_socket);
	(void)!update_links(s, true);
	pxe_alarms_changed(s);
	return 0;
}

static void server_stop(struct pxe_daemon *d)
{
	struct pxe_server *s = d->self;
	struct pxe_link *link;

	pxe_prober_done(s);
	pxe_lookout_done(s);
	while ((link = s->links) != NULL) {
		s->links = link->next;
		close_link(link);
	}
	if (s->tick != NULL)
		event_free(s->tick);
	pxe_packet_stop(s);
	pxe_commit_done(s);
	pxe_ifaces_free(s->ifaces);
	pxe_book_free(s->book);
	pxe_rate_free(s->rate);
	pxe_udp_inbox_free(s->inbox);
	free(s->packet);
	free(s->own);
	free(s->sent);
	free(s->asked);
	if (s->raw_fd >= 0)
		close(s->raw_fd);
	if (s->ip_fd >= 0)
		close(s->ip_fd);
}

/* "in step", or since when it is not, in local time. */
static void format_state(const struct pxe_server *s, char *text, size_t cap)
{
	time_t since = (time_t)s->away_s;
	struct tm tm;

	snprintf(text, cap, "%s", s->is_in_step ? "in step" : "away");
	if (!s->is_in_step && since != 0 && localtime_r(&since, &tm) != NULL)
		(void)strftime(text, cap, "away since %F %T", &tm);
}

static void server_status(struct pxe_daemon *d, char *text, size_t cap)
{
	const struct pxe_server *s = d->self;
	char state[64];

	format_state(s, state, sizeof(state));
	snprintf(text, cap,
		 "%llu packets, %llu replies, %zu leases, %zu pending, "
		 "pxe-stated %s",
		 (unsigned long long)s->n_packets,
		 (unsigned long long)s->n_replies,
		 s->book != NULL ? pxe_book_count_leases(s->book) : 0,
		 s->book != NULL ? pxe_book_count_pending(s->book) : 0,
		 state);
}

const struct pxe_daemon_ops pxe_server_ops = {
	.open = server_open,
	.start = server_start,
	.reload = server_reload,
	.stop = server_stop,
	.status = server_status,
};
