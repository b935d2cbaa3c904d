/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "core/loader_name.h"
#include "core/policy.h"
#include "run/log.h"
#include "tftpd/server.h"

#define WARN_EVERY_S 60

static long long now_s(void)
{
	return (long long)(pxe_tftpd_now_us() / 1000000);
}

void pxe_tftpd_open_root(struct pxe_tftpd *server)
{
	const char *path = server->conf->boot_root;
	int fd = pxe_rootdir_open(path);

	if (server->root_fd >= 0)
		close(server->root_fd);
	server->root_fd = fd < 0 ? -1 : fd;
	if (fd < 0 &&
	    pxe_log_is_due(&server->root_warned_s, now_s(), WARN_EVERY_S))
		pxe_log(PXE_LOG_ERR, "cannot open boot-root %s: %s%s", path,
			strerror(-fd),
			fd == -ENOSYS ? " (openat2 needs Linux 5.6)" : "");
}

/* Is `name` (clean) the file of a configured loader? */
static bool is_loader_file(const struct pxe_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_loaders; i++) {
		const char *file = conf->loaders[i].file;

		while (file[0] == '/')
			file++;
		if (strcmp(file, name) == 0)
			return true;
	}
	return false;
}

/* The name says what we know better: people paste examples. */
static void warn(struct pxe_tftpd *server, const struct pxe_loader_name *name,
		 enum pxe_family family, const struct pxe_client *client)
{
	const struct pxe_conf *conf = server->conf;

	if (name->port != 0 && name->port != conf->http_port &&
	    pxe_log_is_due(&server->port_warned_s, now_s(), WARN_EVERY_S))
		pxe_log(PXE_LOG_WARNING,
			"a virtual loader name says port %u, but http-port is "
			"%u: correct the other DHCP server's file name",
			name->port, conf->http_port);
	if (name->family != PXE_FAMILY_NONE && name->family != family &&
	    pxe_log_is_due(&server->family_warned_s, now_s(), WARN_EVERY_S))
		pxe_log(PXE_LOG_WARNING,
			"%s asked for the loader '%s', but is %s and gets '%s'",
			client != NULL ? client->key : "a machine",
			pxe_family_name(name->family), pxe_family_text(family),
			pxe_family_name(family));
}

/* The file of a virtual loader name for `client` into found->name. */
static enum pxe_reason choose_loader(struct pxe_tftpd *server,
				     const struct pxe_loader_name *name,
				     const struct pxe_client *client,
				     struct pxe_tftpd_found *found)
{
	struct pxe_policy_in in = {
		.conf = server->conf,
		.ask = PXE_ASK_LOADER,
		.family = name->family,
	};
	struct pxe_decision decision;

	if (client != NULL) {
		in.is_held = pxe_loop_is_held(&client->loop, time(NULL));
		in.facts = &client->facts;
		in.host = pxe_client_find_host(client, server->conf);
	}
	pxe_policy_decide(&in, &decision);
	found->family = name->family;
	if (client != NULL &&
	    pxe_arch_family(client->facts.arch) != PXE_FAMILY_NONE)
		found->family = pxe_arch_family(client->facts.arch);
	if (decision.give != PXE_GIVE_LOADER)
		return decision.reason;
	found->family = decision.loader->family;
	warn(server, name, found->family, client);
	return pxe_rootdir_clean_name(decision.loader->file,
				      strlen(decision.loader->file),
				      found->name, sizeof(found->name));
}

enum pxe_reason pxe_tftpd_resolve(struct pxe_tftpd *server,
				  const struct pxe_tftp_packet *packet,
				  const struct pxe_client *client,
				  struct pxe_tftpd_found *found)
{
	struct pxe_loader_name name;
	enum pxe_reason reason;

	found->is_loader = false;
	found->family = PXE_FAMILY_NONE;
	found->name[0] = '\0';
	reason = pxe_rootdir_clean_name(packet->file, packet->file_len,
					found->name, sizeof(found->name));
	if (reason != PXE_REASON_OK)
		return reason;
	if (pxe_loader_name_parse(found->name, &name) == 0) {
		found->is_loader = true;
		reason = choose_loader(server, &name, client, found);
		if (reason != PXE_REASON_OK)
			return reason;
	} else {
		found->is_loader = is_loader_file(server->conf, found->name);
		/* as the policy says of those with a virtual name */
		if (found->is_loader && client != NULL &&
		    pxe_loop_is_held(&client->loop, time(NULL)))
			return PXE_REASON_LOOP;
	}
	if (server->root_fd < 0)
		pxe_tftpd_open_root(server);
	if (server->root_fd < 0)
		return PXE_REASON_IO;
	reason = pxe_rootdir_open_file(server->root_fd, found->name,
				       &found->file);
	if (reason == PXE_REASON_INTERNAL)
		pxe_log(PXE_LOG_ERR, "cannot open %s: %s", found->name,
			strerror(errno));
	return reason;
}
