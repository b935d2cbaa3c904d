/* SPDX-License-Identifier: ISC */
#include "dhcpd/record.h"

#include "base/ip4.h"
#include "dhcpd/report.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "wire/dhcp_opt.h"

/* What a REQUEST to another server means for the boot, by who asks.  The step
 * that follows is that of an ACK: most switches keep that from us. */
static const enum pxe_event_kind request_events[PXE_N_STAGES] = {
	[PXE_STAGE_OS] = PXE_EVENT_DHCP_OS,
	[PXE_STAGE_ROM] = PXE_EVENT_DHCP_REQUEST,
	[PXE_STAGE_HTTP] = PXE_EVENT_DHCP_REQUEST,
	[PXE_STAGE_UBOOT] = PXE_EVENT_DHCP_REQUEST,
	[PXE_STAGE_IPXE] = PXE_EVENT_DHCP_IPXE,
};

static void send_event(struct pxe_server *s, const struct pxe_summary *sum,
		       enum pxe_event_kind kind)
{
	pxe_report_event(s, sum->facts.key, kind, sum->reason,
			 kind == PXE_EVENT_DHCP_DISCOVER ? 0 : sum->asked);
}

static void record_boot(struct pxe_server *s, const struct pxe_summary *sum)
{
	if (sum->type == PXE_DHCP_DISCOVER)
		pxe_report_event(s, sum->facts.key, PXE_EVENT_DHCP_DISCOVER,
				 PXE_REASON_OK, 0);
	if (sum->reply == PXE_DHCP_OFFER)
		send_event(s, sum, PXE_EVENT_DHCP_OFFER);
	else if (sum->reply == PXE_DHCP_ACK)
		send_event(s, sum, pxe_report_ack_event(sum->facts.stage));
	else if (pxe_report_is_refusal(sum) && pxe_report_has_refusal(s))
		send_event(s, sum, PXE_EVENT_DHCP_REFUSED);
}

/* Options of an ordinary client are news only with the address. */
void pxe_record_request(struct pxe_server *s, const struct pxe_summary *sum)
{
	const bool is_boot = pxe_facts_is_boot(&sum->facts);
	const bool has_asked =
		sum->type == PXE_DHCP_REQUEST && sum->asked != 0;

	if (s->asked != NULL)
		pxe_asked_put(s->asked, sum->facts.key, sum->xid,
			      sum->facts.stage);
	if (is_boot || has_asked)
		pxe_report_facts(s, sum);
	if (has_asked && sum->reply == 0)
		pxe_report_event(s, sum->facts.key,
				 request_events[sum->facts.stage],
				 PXE_REASON_OK, sum->asked);
	if (is_boot)
		record_boot(s, sum);
}

/* --- what the other server says --- */

static void log_reply(struct pxe_server *s, const struct pxe_link *link,
		      const struct pxe_dhcp_msg *msg, const char *key,
		      uint32_t server)
{
	char address[PXE_IP4_TEXT], from[PXE_IP4_TEXT];
	const struct pxe_log_field fields[] = {
		{ "PXE_MAC", key },
		{ "PXE_ADDRESS", address },
		{ "PXE_EVENT", pxe_dhcp_type_name(msg->type) },
		{ "PXE_INTERFACE", link->name },
	};

	if (pxe_log_level() < PXE_LOG_INFO || !pxe_report_has_line(s))
		return;
	pxe_ip4_format(msg->head.yiaddr, address, sizeof(address));
	pxe_ip4_format(server, from, sizeof(from));
	pxe_log_fields(PXE_LOG_INFO, fields, PXE_LEN(fields),
		       "heard on %s: %s %s for %.60s from %s", link->name,
		       pxe_dhcp_type_name(msg->type), address, key, from);
}

void pxe_record_reply(struct pxe_link *link, const struct pxe_dhcp_msg *msg,
		      uint32_t src)
{
	struct pxe_server *s = link->server;
	const struct pxe_asked_row *row;
	struct pxe_facts facts; /* its key is that of the client */

	pxe_facts_read(msg, &facts);
	row = pxe_asked_find(s->asked, facts.key, msg->head.xid);
	if (row == NULL)
		return;
	log_reply(s, link, msg, facts.key,
		  pxe_dhcp_get_u32(msg, PXE_OPT_SERVER_ID, src));
	if (msg->type == PXE_DHCP_NAK)
		pxe_report_event(s, facts.key, PXE_EVENT_DHCP_NAK,
				 PXE_REASON_OK, 0);
	else if (msg->type == PXE_DHCP_OFFER && row->stage != PXE_STAGE_OS &&
		 msg->head.yiaddr != 0)
		pxe_report_event(s, facts.key, PXE_EVENT_DHCP_OFFER,
				 PXE_REASON_OK, msg->head.yiaddr);
	else if ((msg->type == PXE_DHCP_ACK || msg->type == PXE_DHCP_BOOTP) &&
		 msg->head.yiaddr != 0)
		pxe_report_event(s, facts.key,
				 pxe_report_ack_event(row->stage),
				 PXE_REASON_OK, msg->head.yiaddr);
}
