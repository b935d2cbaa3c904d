/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "core/arch.h"
#include "dhcpd/record.h"
#include "dhcpd/report.h"
#include "dhcpd/server.h"
#include "run/log.h"

enum {
	LINES_A_SECOND = 200,	/* of packets; what is more is counted */
	REFUSALS_A_SECOND = 50, /* reported as events */
	POOL_EMPTY_EVERY_S = 60,
	OTHER_SERVER_EVERY_S = 600,
};

/* --- events --- */

/* What an ACK means for the boot, by who asked. */
static const enum pxe_event_kind ack_events[PXE_N_STAGES] = {
	[PXE_STAGE_OS] = PXE_EVENT_DHCP_OS,
	[PXE_STAGE_ROM] = PXE_EVENT_DHCP_ACK,
	[PXE_STAGE_HTTP] = PXE_EVENT_DHCP_ACK,
	[PXE_STAGE_UBOOT] = PXE_EVENT_DHCP_ACK,
	[PXE_STAGE_IPXE] = PXE_EVENT_DHCP_IPXE,
};

/* Silence and NAKs that say nothing about how the machine fares. */
bool pxe_report_is_refusal(const struct pxe_summary *sum)
{
	switch (sum->reason) {
	case PXE_REASON_BAD_PACKET:
	case PXE_REASON_NOT_FOR_US:
	case PXE_REASON_NO_CLIENT_ID:
	case PXE_REASON_OTHER_SERVER:
	case PXE_REASON_PENDING:
	case PXE_REASON_RELEASED:
	case PXE_REASON_PROXY: /* another server answers */
	case PXE_REASON_EXTERNAL:
	case PXE_REASON_LOCAL_BOOT:
		return false;
	default:
		return sum->reply == 0 || sum->reply == PXE_DHCP_NAK;
	}
}

enum pxe_event_kind pxe_report_ack_event(enum pxe_stage stage)
{
	return ack_events[stage];
}

void pxe_report_event(struct pxe_server *s, const char *client,
		      enum pxe_event_kind kind, enum pxe_reason reason,
		      uint32_t address)
{
	struct pxe_event e = { .kind = kind,
			       .reason = reason,
			       .address = address,
			       .by = "dhcpd" };

	(void)pxe_str_copy(e.client, sizeof(e.client), client);
	pxe_state_report_event(s->state, &e);
}

static void send_event(struct pxe_server *s, const struct pxe_summary *sum,
		       enum pxe_event_kind kind, enum pxe_reason reason)
{
	pxe_report_event(s, sum->facts.key, kind, reason,
			 sum->reply != 0 ? sum->address : 0);
}

/* Does a packet of an operating system say more than its lease does? */
static bool is_telling(const struct pxe_summary *sum)
{
	const struct pxe_facts *f = &sum->facts;

	return f->has_uuid || f->vendor_class[0] != '\0' ||
	       f->user_class[0] != '\0' || sum->host[0] != '\0';
}

/* Facts of machines that boot, whenever they speak; of others once, when they
 * get an address. */
void pxe_report_facts(struct pxe_server *s, const struct pxe_summary *sum)
{
	if (!pxe_facts_is_boot(&sum->facts) &&
	    (!is_telling(sum) || !pxe_told_is_news(s->told, &sum->facts,
						   sum->host, s->mono_s)))
		return;
	pxe_state_report_facts(s->state, &sum->facts, sum->host);
}

/* Is there still room for refusals in this second? */
bool pxe_report_has_refusal(struct pxe_server *s)
{
	if (s->refused_s != s->mono_s) {
		s->refused_s = s->mono_s;
		s->n_refused = 0;
	}
	return s->n_refused++ < REFUSALS_A_SECOND;
}

/* What pxe-stated hears: facts, then what happened. */
static void send_events(struct pxe_server *s, const struct pxe_summary *sum)
{
	const bool is_boot = pxe_facts_is_boot(&sum->facts);
	const bool is_ack = sum->reply == PXE_DHCP_ACK &&
			    sum->type == PXE_DHCP_REQUEST;

	if (sum->facts.key[0] == '\0')
		return;
	if (sum->mode != PXE_MODE_INTERNAL) {
		pxe_record_request(s, sum);
		return;
	}
	if (pxe_report_is_refusal(sum) && !pxe_report_has_refusal(s))
		return;
	if ((is_boot && (sum->type == PXE_DHCP_DISCOVER ||
			 sum->type == PXE_DHCP_REQUEST)) ||
	    is_ack)
		pxe_report_facts(s, sum);
	if (is_boot && sum->type == PXE_DHCP_DISCOVER)
		send_event(s, sum, PXE_EVENT_DHCP_DISCOVER, PXE_REASON_OK);
	if (is_ack && !sum->is_told)
		send_event(s, sum, ack_events[sum->facts.stage], sum->reason);
	else if (pxe_report_is_refusal(sum))
		send_event(s, sum, PXE_EVENT_DHCP_REFUSED, sum->reason);
	else if (is_boot && sum->reply == PXE_DHCP_OFFER)
		send_event(s, sum, PXE_EVENT_DHCP_OFFER, sum->reason);
}

/* --- log --- */

/* Is there still room for lines in this second? */
bool pxe_report_has_line(struct pxe_server *s)
{
	if (s->log_s != s->mono_s) {
		pxe_report_tick(s);
		s->log_s = s->mono_s;
		s->n_logged = 0;
	}
	if (s->n_logged++ < LINES_A_SECOND)
		return true;
	s->n_unlogged++;
	return false;
}

void pxe_report_tick(struct pxe_server *s)
{
	if (s->n_unlogged == 0 || s->log_s == s->mono_s)
		return;
	pxe_log(PXE_LOG_NOTICE, "%u more packets were not logged",
		s->n_unlogged);
	s->n_unlogged = 0;
}

/* BOOTP has one kind of reply, without a number. */
static const char *reply_name(const struct pxe_summary *sum)
{
	return sum->type == PXE_DHCP_BOOTP ? "REPLY"
					   : pxe_dhcp_type_name(sum->reply);
}

static void put_address(struct pxe_str *line, const char *before,
			uint32_t address)
{
	char text[PXE_IP4_TEXT];

	if (address == 0)
		return;
	pxe_ip4_format(address, text, sizeof(text));
	pxe_str_putf(line, "%s%s", before, text);
}

/* "REQUEST renewing 52:54:.. eth1: ACK 10.0.0.5 for 3600 s, ok, rom x64 UEFI,
 * loads ipxe.efi"; always in this order. */
static void put_line(const struct pxe_summary *sum, struct pxe_str *line)
{
	const struct pxe_facts *f = &sum->facts;

	pxe_str_puts(line, pxe_dhcp_type_name(sum->type));
	if (sum->flavour[0] != '\0')
		pxe_str_putf(line, " %s", sum->flavour);
	pxe_str_putf(line, " from %.60s", f->key[0] != '\0' ? f->key : "-");
	if (sum->lease[0] != '\0')
		pxe_str_putf(line, " as %s", sum->lease);
	if (sum->host[0] != '\0')
		pxe_str_putf(line, " (%s)", sum->host);
	pxe_str_putf(line, " on %s", sum->interface);
	put_address(line, " by relay ", sum->relay);
	pxe_str_putf(line, ": %s",
		     sum->reply != 0 ? reply_name(sum) : "silence");
	put_address(line, " ", sum->address);
	if (sum->reply != 0 && sum->lease_s > 0)
		pxe_str_putf(line, " for %lld s", (long long)sum->lease_s);
	pxe_str_putf(line, ", %s", pxe_reason_name(sum->reason));
	put_address(line, " ", sum->other_server);
	if (pxe_facts_is_boot(f))
		pxe_str_putf(line, ", %s %s", pxe_stage_name(f->stage),
			     pxe_arch_name(f->arch));
	if (sum->reply != 0 && sum->file[0] != '\0')
		pxe_str_putf(line, ", loads %s", sum->file);
}

static void log_line(const struct pxe_summary *sum)
{
	char text[512], address[PXE_IP4_TEXT] = "", relay[PXE_IP4_TEXT] = "";
	const bool is_boot = pxe_facts_is_boot(&sum->facts);
	const struct pxe_log_field fields[] = {
		{ "PXE_MAC", sum->facts.key },
		{ "PXE_LEASE", sum->lease },
		{ "PXE_ADDRESS", address },
		{ "PXE_REASON", pxe_reason_name(sum->reason) },
		{ "PXE_EVENT", pxe_dhcp_type_name(sum->type) },
		{ "PXE_REPLY", sum->reply != 0 ? reply_name(sum) : "" },
		{ "PXE_STAGE", pxe_stage_name(sum->facts.stage) },
		{ "PXE_ARCH", is_boot ? pxe_arch_name(sum->facts.arch) : "" },
		{ "PXE_FILE", sum->file },
		{ "PXE_HOST", sum->host },
		{ "PXE_INTERFACE", sum->interface },
		{ "PXE_RELAY", relay },
	};
	struct pxe_str line;

	if (sum->address != 0)
		pxe_ip4_format(sum->address, address, sizeof(address));
	if (sum->relay != 0)
		pxe_ip4_format(sum->relay, relay, sizeof(relay));
	pxe_str_init(&line, text, sizeof(text));
	put_line(sum, &line);
	pxe_log_fields(PXE_LOG_INFO, fields, PXE_LEN(fields), "%s", text);
}

/* What an administrator has to act upon, once in a while. */
static void warn(struct pxe_server *s, const struct pxe_summary *sum)
{
	char text[PXE_IP4_TEXT];

	if (sum->reason == PXE_REASON_POOL_EMPTY &&
	    pxe_log_is_due(&s->pool_empty_s, s->mono_s, POOL_EMPTY_EVERY_S))
		pxe_log(PXE_LOG_WARNING,
			"no free address is left on %s: give its subnet "
			"larger ranges or a shorter lease-time",
			sum->interface);
	if (sum->reason == PXE_REASON_OTHER_SERVER &&
	    pxe_log_is_due(&s->other_s, s->mono_s, OTHER_SERVER_EVERY_S)) {
		pxe_ip4_format(sum->other_server, text, sizeof(text));
		pxe_log(PXE_LOG_NOTICE,
			"another DHCP server answers on %s: %s", sum->interface,
			text);
	}
	if (sum->reason == PXE_REASON_DECLINED &&
	    pxe_log_is_due(&s->declined_s, s->mono_s, 1)) {
		pxe_ip4_format(sum->address, text, sizeof(text));
		pxe_log(PXE_LOG_WARNING,
			"%s is in use by a stranger, says %.60s: quarantined",
			text, sum->facts.key);
	}
}

void pxe_report_end(struct pxe_server *s, const struct pxe_summary *sum)
{
	s->reasons[sum->reason]++;
	if (pxe_log_level() >= PXE_LOG_INFO && pxe_report_has_line(s))
		log_line(sum);
	warn(s, sum);
	send_events(s, sum);
}

void pxe_report_bad(struct pxe_server *s, const char *interface, uint32_t src,
		    size_t len)
{
	char text[PXE_IP4_TEXT];
	const struct pxe_log_field fields[] = {
		{ "PXE_ADDRESS", text },
		{ "PXE_REASON", pxe_reason_name(PXE_REASON_BAD_PACKET) },
		{ "PXE_INTERFACE", interface },
	};

	s->reasons[PXE_REASON_BAD_PACKET]++;
	if (pxe_log_level() < PXE_LOG_INFO || !pxe_report_has_line(s))
		return;
	pxe_ip4_format(src, text, sizeof(text));
	pxe_log_fields(PXE_LOG_INFO, fields, PXE_LEN(fields),
		       "%zu octets from %s on %s: silence, %s", len, text,
		       interface, pxe_reason_name(PXE_REASON_BAD_PACKET));
}

void pxe_report_flood(struct pxe_server *s, const char *interface,
		      const struct pxe_hwaddr *hw, bool begins)
{
	char text[PXE_HWADDR_TEXT];
	const struct pxe_log_field fields[] = {
		{ "PXE_MAC", text },
		{ "PXE_REASON", pxe_reason_name(PXE_REASON_RATE_LIMIT) },
		{ "PXE_INTERFACE", interface },
	};

	s->reasons[PXE_REASON_RATE_LIMIT]++;
	if (!begins || !pxe_report_has_line(s))
		return;
	pxe_hwaddr_format(hw, text, sizeof(text));
	pxe_log_fields(PXE_LOG_WARNING, fields, PXE_LEN(fields),
		       "%s on %s sends more than %u messages a second: "
		       "silence, %s",
		       text, interface, s->conf->rate_limit,
		       pxe_reason_name(PXE_REASON_RATE_LIMIT));
}
