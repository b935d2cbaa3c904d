/* SPDX-License-Identifier: ISC */
/* What is told of uploads. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "run/log.h"
#include "tftpd/receive.h"
#include "tftpd/server.h"
#include "tftpd/transfer.h"

/* Why a file is not taken: code, and words before its name. */
static const struct {
	enum pxe_reason reason;
	enum pxe_tftp_code code;
	bool has_name;
	const char *text;
} refusals[] = {
	{ PXE_REASON_WRITE_REFUSED, PXE_TFTP_ACCESS, false,
	  "this server only reads, it takes no files" },
	{ PXE_REASON_EXISTS, PXE_TFTP_EXISTS, true,
	  "there is a file of that name, and it stays" },
	{ PXE_REASON_TOO_LARGE, PXE_TFTP_DISK_FULL, true,
	  "larger than this server takes" },
	{ PXE_REASON_DISK_FULL, PXE_TFTP_DISK_FULL, true,
	  "this server has no room left for" },
	{ PXE_REASON_NOT_FOUND, PXE_TFTP_NOT_FOUND, true,
	  "there is no such directory here" },
	{ PXE_REASON_FORBIDDEN, PXE_TFTP_ACCESS, true,
	  "the server may not write" },
	{ PXE_REASON_OUTSIDE, PXE_TFTP_ACCESS, true,
	  "outside the directory of uploads" },
	{ PXE_REASON_NOT_A_FILE, PXE_TFTP_ACCESS, true,
	  "something else than a file has that name" },
	{ PXE_REASON_BAD_NAME, PXE_TFTP_ACCESS, false,
	  "the file name cannot be used; none may begin with a dot" },
	{ PXE_REASON_BAD_MODE, PXE_TFTP_ILLEGAL, false,
	  "only the transfer modes octet and netascii are known" },
	{ PXE_REASON_BAD_PACKET, PXE_TFTP_ILLEGAL, false,
	  "a block is longer than agreed" },
	{ PXE_REASON_TOO_MANY, PXE_TFTP_UNDEFINED, false,
	  "too many transfers, try again later" },
	{ PXE_REASON_IO, PXE_TFTP_UNDEFINED, true, "writing failed" },
};

enum pxe_tftp_code pxe_receive_error_text(enum pxe_reason reason,
					  const char *name, char *text,
					  size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	for (size_t i = 0; i < PXE_LEN(refusals); i++) {
		if (refusals[i].reason != reason)
			continue;
		pxe_str_puts(&s, refusals[i].text);
		if (refusals[i].has_name) {
			pxe_str_puts(&s, ": ");
			pxe_str_put_escaped(&s, name, strlen(name));
		}
		return refusals[i].code;
	}
	pxe_str_puts(&s, pxe_reason_text(reason));
	return PXE_TFTP_UNDEFINED;
}

static void tell_stated(const struct pxe_transfer *t, enum pxe_reason reason,
			const struct pxe_transfer_count *count, unsigned ms)
{
	struct pxe_event e = {
		.kind = reason == PXE_REASON_OK ? PXE_EVENT_UPLOAD_DONE
						: PXE_EVENT_UPLOAD_FAILED,
		.reason = reason,
		.address = pxe_tftpd_addr_ip4(&t->peer),
		.bytes = count->bytes,
		.total_bytes = reason == PXE_REASON_OK ? count->bytes
						       : count->total_bytes,
		.duration_ms = ms,
		.resent = count->n_resent_blocks < UINT32_MAX
				  ? (uint32_t)count->n_resent_blocks
				  : UINT32_MAX,
		.by = "tftpd",
	};

	if ((t->event_client[0] == '\0' && e.address == 0) ||
	    !pxe_telling_take(&t->server->telling, t->event_client, e.address,
			      t->server->plane.now_us))
		return;
	(void)pxe_str_copy(e.client, sizeof(e.client), t->event_client);
	(void)pxe_str_copy(e.file, sizeof(e.file), t->file);
	pxe_tftpd_format_options(t, e.options, sizeof(e.options));
	pxe_state_report_event(t->server->state, &e);
}

static void log_end(const struct pxe_transfer *t, enum pxe_reason reason,
		    const struct pxe_transfer_count *count, unsigned ms)
{
	char peer[PXE_TFTPD_PEER_TEXT], options[128], bytes[24], took[24];
	char resent[24];
	const struct pxe_log_field fields[] = {
		{ "PXE_EVENT", "tftp-upload" },
		{ "PXE_REASON", pxe_reason_name(reason) },
		{ "PXE_MAC", t->client },
		{ "PXE_ADDRESS", peer },
		{ "PXE_FILE", t->file },
		{ "PXE_BYTES", bytes },
		{ "PXE_DURATION_MS", took },
		{ "PXE_RESENT", resent },
		{ "PXE_OPTIONS", options },
	};

	pxe_tftpd_addr_format(&t->peer, peer);
	pxe_tftpd_format_options(t, options, sizeof(options));
	snprintf(bytes, sizeof(bytes), "%llu",
		 (unsigned long long)count->bytes);
	snprintf(took, sizeof(took), "%u", ms);
	snprintf(resent, sizeof(resent), "%llu",
		 (unsigned long long)count->n_resent_blocks);
	pxe_log_fields(PXE_LOG_INFO, fields, PXE_LEN(fields),
		       "%s%s%s %s: upload: %s, %s octets received in %s ms, "
		       "%s blocks came again%s%s%s%s%s",
		       peer, t->client[0] != '\0' ? " " : "", t->client,
		       t->file, pxe_reason_name(reason), bytes, took, resent,
		       options[0] != '\0' ? ", " : "", options,
		       t->peer_said[0] != '\0' ? ", it said '" : "",
		       t->peer_said, t->peer_said[0] != '\0' ? "'" : "");
}

void pxe_receive_tell(struct pxe_transfer *t, enum pxe_reason reason)
{
	uint64_t us = t->server->plane.now_us - t->begin_us;
	struct pxe_transfer_count count;

	t->ops->count(t, &count);
	t->server->n_reasons[reason]++;
	log_end(t, reason, &count, (unsigned)(us / 1000));
	tell_stated(t, reason, &count, (unsigned)(us / 1000));
}
