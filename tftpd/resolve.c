/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "run/log.h"
#include "tftpd/server.h"

#define WARN_EVERY_S 60
#define HOST_TEXT    (INET6_ADDRSTRLEN + 2) /* an IPv6 address in brackets */

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

enum pxe_reason pxe_tftpd_ask(struct pxe_tftpd *server,
			      const struct pxe_datagram *req,
			      const struct pxe_tftp_packet *packet,
			      struct pxe_tftpd_asked *asked)
{
	char *name = asked->found.name;
	const struct pxe_asker_in in = {
		.conf = server->conf,
		.view = server->view,
		.neigh_fd = server->neigh_fd,
		.peer = &req->peer.sa,
		.said = &asked->means.id,
		.now_s = (int64_t)time(NULL),
	};
	enum pxe_reason reason;

	memset(&asked->found, 0, sizeof(asked->found));
	asked->found.file.fd = -1;
	reason = pxe_rootdir_clean_name(packet->file, packet->file_len, name,
					sizeof(asked->found.name));
	if (reason != PXE_REASON_OK)
		(void)pxe_str_copy(name, sizeof(asked->found.name),
				   packet->file);
	asked->looks = pxe_fingerprint_find(&packet->opts);
	pxe_boot_name_read(server->conf, name, &asked->means);
	pxe_asker_find(&in, &asked->asker);
	return reason;
}

/*
 * A name with the suffix of a BIOS, pasted where UEFI asks for it: its screen
 * goes black, and nothing else would say why.
 */
static void warn_of_looks(struct pxe_tftpd *server,
			  const struct pxe_tftpd_asked *asked)
{
	const struct pxe_boot_found *found = &asked->found;
	const char *key = pxe_asker_key(&asked->asker);

	if (asked->means.kind != PXE_BOOT_LOADER ||
	    found->family == PXE_FAMILY_NONE ||
	    !pxe_fingerprint_is_against(asked->looks, found->family) ||
	    !pxe_log_is_due(&server->looks_warned_s, now_s(), WARN_EVERY_S))
		return;
	pxe_log(PXE_LOG_WARNING,
		"%s asked for a loader as %s does, and gets that of %s: the "
		"other DHCP server may have the wrong name for it",
		key[0] != '\0' ? key : "a machine",
		pxe_fingerprint_text(asked->looks),
		pxe_family_text(found->family));
}

static void log_failure(const struct pxe_boot_found *found)
{
	const struct pxe_decision *d = &found->decision;

	if (d->rule != NULL && d->src.file != NULL)
		pxe_log(PXE_LOG_ERR, "%s: rule %s, %s:%u: %s", found->name,
			d->rule, d->src.file, d->src.line, strerror(errno));
	else
		pxe_log(PXE_LOG_ERR, "cannot open %s: %s", found->name,
			strerror(errno));
}

/* The address that was asked, for URLs. */
static void find_server(const union pxe_tftpd_addr *local,
			struct pxe_boot_ask *ask, char *host)
{
	char text[INET6_ADDRSTRLEN];

	ask->server_address = pxe_tftpd_addr_ip4(local);
	if (ask->server_address != 0 || local->sa.sa_family != AF_INET6 ||
	    inet_ntop(AF_INET6, &local->in6.sin6_addr, text, sizeof(text)) ==
		    NULL)
		return;
	snprintf(host, HOST_TEXT, "[%s]", text);
	ask->server_host = host;
}

enum pxe_reason pxe_tftpd_resolve(struct pxe_tftpd *server,
				  const struct pxe_datagram *req,
				  struct pxe_tftpd_asked *asked)
{
	static struct pxe_why_limit why_limit;
	static struct pxe_fold_cache folds;
	char name[PXE_ROOTDIR_NAME_TEXT], host[HOST_TEXT];
	struct pxe_boot_ask ask = {
		.conf = server->conf,
		.folds = &folds,
		.name = name,
		.means = &asked->means,
		.asker = &asked->asker,
		.is_ipxe_like = asked->looks == PXE_FINGERPRINT_IPXE,
		/* nobody else asks for it */
		.is_nameless_ipxe = asked->means.kind == PXE_BOOT_AUTOEXEC,
	};
	struct pxe_str text;
	enum pxe_reason reason;

	if (server->root_fd < 0)
		pxe_tftpd_open_root(server);
	if (server->root_fd < 0)
		return PXE_REASON_IO;
	ask.root_fd = server->root_fd;
	(void)pxe_str_copy(name, sizeof(name), asked->found.name);
	find_server(&req->local, &ask, host);
	pxe_str_init(&text, server->text, sizeof(server->text));
	reason = pxe_boot_file_find(&ask, &text, &asked->found);
	asked->text_bytes = text.len;
	if (reason == PXE_REASON_INTERNAL)
		log_failure(&asked->found);
	if (reason != PXE_REASON_OK)
		pxe_boot_file_explain(&ask, reason,
				      pxe_log_level() >= PXE_LOG_DEBUG,
				      &why_limit, now_s(), &asked->found);
	if (reason == PXE_REASON_OK) {
		pxe_boot_file_warn(&ask, &asked->found, server->warned_s,
				   now_s());
		warn_of_looks(server, asked);
	}
	return reason;
}
