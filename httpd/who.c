/* SPDX-License-Identifier: ISC */
#include "httpd/who.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

uint32_t pxe_who_address(const struct sockaddr_storage *peer)
{
	const struct sockaddr_in *in = (const void *)peer;
	const struct sockaddr_in6 *in6 = (const void *)peer;
	uint32_t mapped;

	if (peer->ss_family == AF_INET)
		return ntohl(in->sin_addr.s_addr);
	if (peer->ss_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		return 0;
	memcpy(&mapped, in6->sin6_addr.s6_addr + 12, sizeof(mapped));
	return ntohl(mapped);
}

/* What the query says becomes facts of an iPXE that nobody has seen. */
static void believe(const struct pxe_route *route, struct pxe_facts *said)
{
	memset(said, 0, sizeof(*said));
	said->stage = PXE_STAGE_IPXE;
	said->arch = PXE_ARCH_NONE;
	if (route->has_hw) {
		said->hw = route->hw;
		pxe_hwaddr_format(&route->hw, said->key, sizeof(said->key));
	}
	said->has_uuid = route->has_uuid;
	said->uuid = route->uuid;
}

void pxe_who_find(struct pxe_conn *conn, const struct pxe_route *route,
		  struct pxe_who *who)
{
	const struct pxe_server *server = conn->server;
	const struct pxe_client *client = NULL;

	who->address = pxe_who_address(&conn->peer);
	who->facts = NULL;
	who->host = NULL;
	if (who->address != 0)
		client =
			pxe_state_view_find_address(server->view, who->address);
	if (client == NULL && (route->has_hw || route->has_uuid)) {
		believe(route, &who->said);
		who->facts = &who->said;
		if (route->has_hw)
			client = pxe_state_view_find(server->view,
						     who->said.key);
	}
	who->is_recorded = client != NULL;
	who->is_held = client != NULL &&
		       pxe_loop_is_held(&client->loop, time(NULL));
	who->is_told = who->is_recorded || who->facts != NULL ||
		       !pxe_state_view_is_fresh(server->view);
	if (client != NULL) {
		who->facts = &client->facts;
		who->host = pxe_client_find_host(client, server->conf);
	} else if (who->facts != NULL) {
		who->host = pxe_conf_find_host(server->conf, &who->facts->hw,
					       who->facts->has_uuid
						       ? &who->facts->uuid
						       : NULL);
	}
}

void pxe_who_decide(struct pxe_conn *conn, const struct pxe_who *who,
		    enum pxe_ask ask, enum pxe_family family,
		    struct pxe_decision *decision)
{
	const struct pxe_policy_in in = {
		.conf = conn->server->conf,
		.facts = who->facts,
		.host = who->host,
		.is_held = who->is_held,
		.ask = ask,
		.family = family,
	};

	pxe_policy_decide(&in, decision);
}

/*
 * Where the client reached us: what URLs of its script begin with.  An IPv6
 * address goes to `host`, of HOST_TEXT octets.
 */
#define HOST_TEXT (INET6_ADDRSTRLEN + 2)

static void find_server(const struct pxe_conn *conn,
			struct pxe_expand_vars *vars, char *host)
{
	struct sockaddr_storage local = { 0 };
	const struct sockaddr_in6 *in6 = (const void *)&local;
	socklen_t len = sizeof(local);
	char text[INET6_ADDRSTRLEN];

	vars->server_address = conn->server->conf->server_address;
	if (vars->server_address != 0 ||
	    getsockname(conn->fd, (struct sockaddr *)&local, &len) < 0)
		return;
	vars->server_address = pxe_who_address(&local);
	if (vars->server_address != 0 || local.ss_family != AF_INET6 ||
	    inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)) == NULL)
		return;
	snprintf(host, HOST_TEXT, "[%s]", text);
	vars->server_host = host;
}

int pxe_who_render(struct pxe_conn *conn, const struct pxe_who *who,
		   const struct pxe_decision *decision)
{
	struct pxe_server *server = conn->server;
	const struct pxe_facts *facts = who->facts;
	struct pxe_expand_vars vars = {
		.host = who->host,
		.client_address = who->address,
		.http_port = server->conf->http_port,
		.is_http = true,
	};
	char host[HOST_TEXT];
	struct pxe_str out;
	int r;

	if (facts != NULL && facts->hw.hlen > 0)
		vars.hw = &facts->hw;
	if (facts != NULL && facts->has_uuid)
		vars.uuid = &facts->uuid;
	find_server(conn, &vars, host);
	pxe_str_init(&out, server->script, sizeof(server->script));
	r = pxe_script_render(PXE_SCRIPT_IPXE, server->conf, decision, &vars,
			      &out);
	return r < 0 ? r : (int)out.len;
}
