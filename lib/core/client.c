/* SPDX-License-Identifier: ISC */
#include "core/client.h"

#include <errno.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"
#include "core/clock.h"
#include "core/conf.h"

/* A firmware repeats its DISCOVER for about a minute before it gives up. */
enum { SAME_BOOT_S = 120 };

static const struct {
	const char *name, *text;
} steps[PXE_N_STEPS] = {
#define X(id, name, text) [PXE_STEP_##id] = { name, text },
	PXE_STEPS(X)
#undef X
};

static const struct {
	const char *name;
	enum pxe_step step;
} events[PXE_N_EVENTS] = {
#define X(id, name, step) [PXE_EVENT_##id] = { name, PXE_STEP_##step },
	PXE_EVENTS(X)
#undef X
};

/* Does the record keep firmware's facts rather than those of `stage`? */
static bool keeps_facts(const struct pxe_client *client, enum pxe_stage stage)
{
	return stage == PXE_STAGE_OS && client->facts.key[0] != '\0' &&
	       client->facts.stage != PXE_STAGE_OS;
}

void pxe_client_learn(struct pxe_client *client, const struct pxe_facts *facts,
		      int64_t now_s)
{
	struct pxe_facts old = client->facts;

	client->stage = facts->stage;
	if (!keeps_facts(client, facts->stage))
		client->facts = *facts;
	if (!client->facts.has_uuid) {
		const struct pxe_facts *other = facts->has_uuid ? facts : &old;

		client->facts.has_uuid = other->has_uuid;
		client->facts.uuid = other->uuid;
	}
	if (facts->host_name[0] != '\0')
		pxe_str_copy(client->facts.host_name,
			     sizeof(client->facts.host_name), facts->host_name);
	else if (client->facts.host_name[0] == '\0')
		pxe_str_copy(client->facts.host_name,
			     sizeof(client->facts.host_name), old.host_name);
	if (client->first_seen_s == 0)
		client->first_seen_s = now_s;
	client->last_seen_s = now_s;
}

void pxe_client_learn_os(struct pxe_client *client, const char *host_name,
			 int64_t now_s)
{
	client->stage = PXE_STAGE_OS;
	if (host_name[0] != '\0')
		pxe_str_copy(client->facts.host_name,
			     sizeof(client->facts.host_name), host_name);
	if (client->first_seen_s == 0)
		client->first_seen_s = now_s;
	client->last_seen_s = now_s;
}

bool pxe_client_is_plain(const struct pxe_client *client)
{
	const struct pxe_facts *f = &client->facts;

	return f->stage == PXE_STAGE_OS && !f->has_uuid &&
	       f->vendor_class[0] == '\0' && f->user_class[0] == '\0' &&
	       f->arch == PXE_ARCH_NONE && client->n_boots == 0 &&
	       client->name[0] == '\0' && client->file[0] == '\0' &&
	       (client->step == PXE_STEP_NONE || client->step == PXE_STEP_OS);
}

/* Does a DISCOVER begin a boot? */
static bool discover_begins(const struct pxe_client *client, int64_t now_s)
{
	bool again = client->step == PXE_STEP_DISCOVER &&
		     now_s - client->boot_s < SAME_BOOT_S;

	if (again || client->stage == PXE_STAGE_OS)
		return false;
	if (client->stage != PXE_STAGE_IPXE)
		return true;
	/* iPXE comes after a ROM, or is the ROM */
	return client->step == PXE_STEP_NONE ||
	       client->step == PXE_STEP_DISCOVER ||
	       client->step >= PXE_STEP_IPXE;
}

static bool begins_boot(const struct pxe_client *client,
			const struct pxe_event *event, int64_t now_s)
{
	if (event->kind == PXE_EVENT_DHCP_DISCOVER)
		return discover_begins(client, now_s);
	return (event->kind == PXE_EVENT_DHCP_ACK ||
		event->kind == PXE_EVENT_DHCP_REQUEST) &&
	       (client->step == PXE_STEP_NONE ||
		client->step > PXE_STEP_LOADED);
}

static void begin_boot(struct pxe_client *client, int64_t now_s)
{
	client->n_boots++;
	client->boot_s = now_s;
	client->step = PXE_STEP_NONE;
	memset(client->step_at_s, 0, sizeof(client->step_at_s));
	client->reason = PXE_REASON_OK;
	client->file[0] = '\0';
	client->bytes = client->total_bytes = client->boot_bytes = 0;
	client->transfer_ms = client->resent = 0;
	client->options[0] = client->file_by[0] = '\0';
}

static void reach_step(struct pxe_client *client, enum pxe_step step,
		       int64_t now_s)
{
	client->step_at_s[step] = now_s;
	if (step <= client->step)
		return;
	client->step = step;
	client->step_s = now_s;
}

/* What is said about the transfer of a file. */
static void apply_file(struct pxe_client *client, const struct pxe_event *event)
{
	if (event->file[0] == '\0')
		return;
	pxe_str_copy(client->file, sizeof(client->file), event->file);
	client->bytes = event->bytes;
	client->total_bytes = event->total_bytes;
	client->transfer_ms = event->duration_ms;
	client->resent = event->resent;
	pxe_str_copy(client->options, sizeof(client->options), event->options);
	pxe_str_copy(client->file_by, sizeof(client->file_by), event->by);
	if (event->kind != PXE_EVENT_LOADER_START &&
	    event->kind != PXE_EVENT_FILE_START &&
	    event->kind != PXE_EVENT_FILE_PROGRESS)
		client->boot_bytes += event->bytes;
}

/* Reasons that say what something was, not that it failed. */
static bool is_failure(enum pxe_reason reason)
{
	return reason != PXE_REASON_OK && reason != PXE_REASON_NOT_A_BOOT &&
	       reason != PXE_REASON_PROBE;
}

void pxe_client_apply(struct pxe_client *client, const struct pxe_event *event,
		      int64_t now_s)
{
	enum pxe_step step = events[event->kind].step;

	if (client->first_seen_s == 0)
		client->first_seen_s = now_s;
	client->last_seen_s = now_s;
	if (begins_boot(client, event, now_s))
		begin_boot(client, now_s);
	else if (event->kind == PXE_EVENT_DHCP_DISCOVER)
		step = PXE_STEP_NONE; /* of the OS, or repeated */
	/* what it wants to get rid of says nothing about its boot */
	if (event->kind != PXE_EVENT_UPLOAD_FAILED && is_failure(event->reason))
		client->reason = event->reason;
	else if (step != PXE_STEP_NONE)
		client->reason = PXE_REASON_OK;
	if (step != PXE_STEP_NONE)
		reach_step(client, step, now_s);
	/* who only asked for a size gets the file next, or has what it needs */
	if (event->kind >= PXE_EVENT_LOADER_START &&
	    event->kind != PXE_EVENT_FILE_PROBE)
		apply_file(client, event);
}

const struct pxe_conf_host *
pxe_client_find_host(const struct pxe_client *client,
		     const struct pxe_conf *conf)
{
	const struct pxe_facts *facts = &client->facts;
	const struct pxe_conf_host *host = pxe_conf_find_host(
		conf, &facts->hw, facts->has_uuid ? &facts->uuid : NULL);

	if (host != NULL || client->name[0] == '\0')
		return host;
	host = pxe_conf_find_host_name(conf, client->name);
	/* the name may be of an older configuration */
	return host != NULL && host->n_ids > 0 ? host : NULL;
}

bool pxe_client_is_key(const char *text)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (!pxe_is_alnum(text[n]) && text[n] != ':' && text[n] != '-')
			return false;
	return n > 0 && n < PXE_CLIENT_KEY_TEXT;
}

const char *pxe_step_name(enum pxe_step step)
{
	return (unsigned)step < PXE_N_STEPS ? steps[step].name : "?";
}

const char *pxe_step_text(enum pxe_step step)
{
	return (unsigned)step < PXE_N_STEPS ? steps[step].text : "?";
}

int pxe_step_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_STEPS; i++)
		if (strcmp(steps[i].name, name) == 0)
			return i;
	return -ENOENT;
}

const char *pxe_event_name(enum pxe_event_kind kind)
{
	return (unsigned)kind < PXE_N_EVENTS ? events[kind].name : "?";
}

int pxe_event_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_EVENTS; i++)
		if (strcmp(events[i].name, name) == 0)
			return i;
	return -ENOENT;
}

/* 0 is no time. */
static void move_time(int64_t *time_s, int64_t by_s)
{
	if (*time_s != 0)
		*time_s = pxe_clock_move(*time_s, by_s, INT64_MAX);
}

void pxe_client_move(struct pxe_client *client, int64_t by_s)
{
	struct pxe_loop *loop = &client->loop;
	int64_t *const times[] = { &client->first_seen_s, &client->last_seen_s,
				   &client->boot_s,	  &client->step_s,
				   &loop->loader_s,	  &loop->script_s,
				   &loop->held_s,	  &loop->held_until_s };

	for (size_t i = 0; i < PXE_LEN(times); i++)
		move_time(times[i], by_s);
	for (size_t i = 0; i < PXE_N_STEPS; i++)
		move_time(&client->step_at_s[i], by_s);
}
