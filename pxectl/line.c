/* SPDX-License-Identifier: ISC */
#include "pxectl/line.h"

#include "base/ip4.h"
#include "base/str.h"
#include "core/arch.h"
#include "pxectl/text.h"

/* What happened, in words. */
static const char *const happened[PXE_N_EVENTS] = {
	[PXE_EVENT_DHCP_DISCOVER] = "asks for an address",
	[PXE_EVENT_DHCP_OFFER] = "was offered an address",
	[PXE_EVENT_DHCP_ACK] = "has its address and the loader's name",
	[PXE_EVENT_DHCP_IPXE] = "iPXE has its address and the script's URL",
	[PXE_EVENT_DHCP_OS] = "the operating system has its address",
	[PXE_EVENT_DHCP_REQUEST] = "asks another server for its address",
	[PXE_EVENT_DHCP_NAK] = "was refused by another server",
	[PXE_EVENT_DHCP_REFUSED] = "was refused",
	[PXE_EVENT_UPLOAD_DONE] = "sent us",
	[PXE_EVENT_UPLOAD_FAILED] = "could not send us",
	[PXE_EVENT_LOADER_START] = "fetches its loader",
	[PXE_EVENT_LOADER_DONE] = "has its loader",
	[PXE_EVENT_SCRIPT] = "has its boot script",
	[PXE_EVENT_FILE_START] = "fetches",
	[PXE_EVENT_FILE_PROGRESS] = "fetches",
	[PXE_EVENT_FILE_DONE] = "has",
	[PXE_EVENT_FILE_FAILED] = "did not get",
	[PXE_EVENT_FILE_PROBE] = "asks for the size of",
	[PXE_EVENT_UP] = "IS UP",
	[PXE_EVENT_INSTALLED] = "IS INSTALLED",
	[PXE_EVENT_INSTALL_FAILED] = "could not be installed",
};

/* The step that an event leads to; NONE: the client stays where it is. */
static const enum pxe_step steps[PXE_N_EVENTS] = {
#define X(id, name, step) [PXE_EVENT_##id] = PXE_STEP_##step,
	PXE_EVENTS(X)
#undef X
};

const char *pxe_line_machine(const struct pxe_client *client)
{
	enum pxe_family family = pxe_arch_family(client->facts.arch);

	if (client->facts.arch == PXE_ARCH_NONE)
		return "?";
	return family != PXE_FAMILY_NONE ? pxe_family_text(family)
					 : pxe_arch_name(client->facts.arch);
}

/* Appends clean text in `width` columns, and two more. */
static void put_column(struct pxe_str *out, const char *text, size_t width,
		       bool utf8)
{
	char clean[512];
	struct pxe_str s;

	pxe_str_init(&s, clean, sizeof(clean));
	pxe_text_clean(&s, text, utf8);
	pxe_str_puts(out, clean);
	for (size_t has = pxe_text_width(clean); has < width + 2; has++)
		pxe_str_putc(out, ' ');
}

static void put_transfer(struct pxe_str *out, const struct pxe_event *event,
			 bool utf8)
{
	uint64_t rate = event->duration_ms > 0
				? event->bytes * 1000 / event->duration_ms
				: 0;

	/* calls that say so have an answer, too, of a few octets */
	if (event->kind >= PXE_EVENT_UP ||
	    (event->bytes == 0 && event->total_bytes == 0))
		return;
	pxe_str_puts(out, "  ");
	if (event->kind == PXE_EVENT_FILE_PROBE) {
		pxe_str_put_bytes(out, event->total_bytes);
		return;
	}
	pxe_screen_put_transfer(out, event->bytes, event->total_bytes, utf8);
	if (rate > 0) {
		pxe_str_puts(out, ", ");
		pxe_str_put_bytes(out, rate);
		pxe_str_puts(out, "/s");
	}
	if (event->resent > 0)
		pxe_str_putf(out, ", %u block%s sent again", event->resent,
			     event->resent == 1 ? "" : "s");
}

static void put_details(struct pxe_str *out, const struct pxe_event *event,
			bool utf8)
{
	char address[PXE_IP4_TEXT];

	pxe_str_puts(out, happened[event->kind]);
	if (event->file[0] != '\0' && event->kind < PXE_EVENT_INSTALLED) {
		pxe_str_putc(out, ' ');
		pxe_text_clean(out, event->file, utf8);
	}
	if (event->address != 0 && event->kind < PXE_EVENT_LOADER_START) {
		pxe_ip4_format(event->address, address, sizeof(address));
		pxe_str_putf(out, " (%s)", address);
	}
	put_transfer(out, event, utf8);
	if (event->reason != PXE_REASON_OK &&
	    event->kind != PXE_EVENT_FILE_PROBE)
		pxe_str_putf(out, ": %s (%s)", pxe_reason_name(event->reason),
			     pxe_reason_text(event->reason));
}

void pxe_line_note(const struct pxe_event *event, struct pxe_followed *followed)
{
	if (followed != NULL && steps[event->kind] != PXE_STEP_NONE)
		followed->printed_step = steps[event->kind];
}

enum pxe_tint pxe_line_tint(const struct pxe_event *event)
{
	if (event->kind == PXE_EVENT_UP || event->kind == PXE_EVENT_INSTALLED)
		return PXE_TINT_GOOD;
	if (event->reason == PXE_REASON_PROBE)
		return PXE_TINT_FAINT;
	if (event->kind == PXE_EVENT_FILE_FAILED ||
	    event->kind == PXE_EVENT_UPLOAD_FAILED ||
	    event->kind == PXE_EVENT_INSTALL_FAILED ||
	    event->kind == PXE_EVENT_DHCP_REFUSED)
		return PXE_TINT_BAD;
	return PXE_TINT_NONE;
}

/* Who it is: name, key or address, and what; the step it is on. */
static void put_client(struct pxe_str *out, const struct pxe_event *event,
		       const struct pxe_followed *followed, bool utf8)
{
	enum pxe_step step = steps[event->kind];
	const char *who = event->client, *what = "?";
	char address[PXE_IP4_TEXT];

	if (who[0] == '\0') {
		pxe_ip4_format(event->address, address, sizeof(address));
		who = address;
	}
	if (followed != NULL) {
		const struct pxe_client *client = &followed->client;

		if (client->name[0] != '\0')
			who = client->name;
		what = pxe_line_machine(client);
		/* the record may be ahead of the lines */
		if (step == PXE_STEP_NONE)
			step = followed->printed_step;
		if (step == PXE_STEP_NONE)
			step = client->step;
	}
	put_column(out, who, 17, utf8);
	put_column(out, what, 11, utf8);
	put_column(out, pxe_step_name(step), 8, utf8);
}

void pxe_line_write(const struct pxe_event *event,
		    const struct pxe_followed *followed, int64_t at_ms,
		    bool utf8, char *text, size_t cap)
{
	int64_t took = followed != NULL && followed->boot_ms > 0 &&
				       at_ms > followed->boot_ms
			       ? at_ms - followed->boot_ms
			       : 0;
	char clock[PXE_TEXT_SHORT];
	struct pxe_str s;

	pxe_text_clock(at_ms / 1000, clock, sizeof(clock));
	pxe_str_init(&s, text, cap);
	pxe_str_putf(&s, "%s %5lld.%llds  ", clock, (long long)took / 1000,
		     (long long)took / 100 % 10);
	put_client(&s, event, followed, utf8);
	put_details(&s, event, utf8);
}
