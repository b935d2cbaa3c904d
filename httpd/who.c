/* SPDX-License-Identifier: ISC */
#include "httpd/who.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/ip4.h"
#include "base/str.h"
#include "run/fd.h"

/* A query says it more plainly than a name does. */
static void add_query(const struct pxe_route *route, struct pxe_boot_id *said)
{
	if (route->has_hw) {
		said->has_hw = true;
		said->hw = route->hw;
	}
	if (route->has_uuid) {
		said->has_uuid = true;
		said->uuid = route->uuid;
	}
}

void pxe_who_format_address(const struct pxe_conn *conn, char *text)
{
	const struct sockaddr_in6 *in6 = (const void *)&conn->peer;
	uint32_t address =
		pxe_asker_address((const struct sockaddr *)&conn->peer);

	if (address != 0)
		pxe_ip4_format(address, text, PXE_WHO_ADDRESS_TEXT);
	else if (conn->peer.ss_family != AF_INET6 ||
		 inet_ntop(AF_INET6, &in6->sin6_addr, text,
			   PXE_WHO_ADDRESS_TEXT) == NULL)
		pxe_str_copy(text, PXE_WHO_ADDRESS_TEXT, "-");
}

/* Does this host ask itself?  Then it is an administrator who looks. */
static bool is_self(const struct pxe_conn *conn)
{
	struct sockaddr_storage local = { 0 };
	socklen_t len = sizeof(local);
	uint8_t here[16], there[16];

	if (getsockname(conn->fd, (struct sockaddr *)&local, &len) < 0)
		return false;
	pxe_asker_octets((const struct sockaddr *)&local, here);
	pxe_asker_octets((const struct sockaddr *)&conn->peer, there);
	return memcmp(here, there, sizeof(here)) == 0;
}

void pxe_who_find(struct pxe_conn *conn, const struct pxe_route *route,
		  const struct pxe_boot_name *means, struct pxe_asker *asker)
{
	struct pxe_boot_id said = means->id;
	const struct pxe_asker_in in = {
		.conf = conn->worker->server->conf,
		.view = conn->worker->server->view,
		.neigh_fd = conn->worker->neigh_fd,
		.peer = (const struct sockaddr *)&conn->peer,
		.said = &said,
		.now_s = (int64_t)time(NULL),
		.near = &conn->near,
	};

	add_query(route, &said);
	pxe_asker_find(&in, asker);
	/* a look at what a machine would get takes nothing away from it */
	if (asker->way == PXE_ASKER_BY_SAID && is_self(conn))
		asker->is_doubtful = true;
}

bool pxe_who_is_told(const struct pxe_conn *conn, const struct pxe_asker *asker,
		     const struct pxe_boot_name *means)
{
	return pxe_asker_event_key(asker, means)[0] != '\0' ||
	       !pxe_state_view_is_fresh(conn->worker->server->view);
}

/* The address, or the text that stands for it. */
static void find_address(struct pxe_conn *conn, struct pxe_boot_ask *ask,
			 char *host, size_t cap)
{
	struct sockaddr_storage local = { 0 };
	const struct sockaddr_in6 *in6 = (const void *)&local;
	socklen_t len = sizeof(local);
	char text[INET6_ADDRSTRLEN];

	ask->server_address = conn->server_address;
	if (ask->server_address != 0 ||
	    getsockname(conn->fd, (struct sockaddr *)&local, &len) < 0)
		return;
	conn->server_address =
		pxe_asker_address((const struct sockaddr *)&local);
	ask->server_address = conn->server_address;
	if (ask->server_address != 0 || local.ss_family != AF_INET6 ||
	    inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)) == NULL)
		return;
	snprintf(host, cap, "[%s]", text);
	ask->server_host = host;
}

/* Can it stand in a URL of a script?  Not "%41", which each loader reads as it
 * likes, and no IPv6 address without its brackets. */
static bool is_for_urls(const char *host)
{
	return host[0] == '[' ||
	       (host[0] != '\0' && strchr(host, '%') == NULL &&
		strchr(host, ':') == strrchr(host, ':'));
}

/* The guard has seen that it is a host: nothing that a script minds. */
static void find_https(struct pxe_conn *conn, struct pxe_boot_ask *ask,
		       char *text, size_t cap)
{
	const char *named = pxe_conn_field(conn, "Host");
	char address[PXE_IP4_TEXT] = "";

	if (ask->server_address != 0)
		pxe_ip4_format(ask->server_address, address, sizeof(address));
	if (named != NULL && is_for_urls(named))
		pxe_str_copy(text, cap, named);
	else
		snprintf(text, cap, "%s:%u",
			 ask->server_host != NULL ? ask->server_host : address,
			 pxe_fd_port(conn->fd));
	ask->https_host = text;
}

void pxe_who_find_server(struct pxe_conn *conn, struct pxe_boot_ask *ask,
			 struct pxe_who_server *texts)
{
	find_address(conn, ask, texts->host, sizeof(texts->host));
	if (conn->tls != NULL)
		find_https(conn, ask, texts->https, sizeof(texts->https));
}
