/* SPDX-License-Identifier: ISC */
/*
 * Each record is a table of its members; one pair of functions for each kind
 * of member (run/state_kinds.h) writes and reads it.
 */
#include "run/state_codec.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "run/state_kinds.h"

#define WORDS(id, type, name_of, from_name)                                    \
	static const char *name_##id(unsigned value)                           \
	{                                                                      \
		return name_of((type)value);                                   \
	}                                                                      \
	static const struct pxe_state_words id = { name_##id, from_name };

WORDS(stage_words, enum pxe_stage, pxe_stage_name, pxe_stage_from_name)
WORDS(lease_words, enum pxe_lease_state, pxe_lease_state_name,
      pxe_lease_state_from_name)
WORDS(step_words, enum pxe_step, pxe_step_name, pxe_step_from_name)
WORDS(reason_words, enum pxe_reason, pxe_reason_name, pxe_reason_from_name)
WORDS(event_words, enum pxe_event_kind, pxe_event_name, pxe_event_from_name)

/* When a boot reached each step: an object of step: time. */
static json_t *put_steps(const struct pxe_state_member *m, const void *at)
{
	const int64_t *times = at;
	json_t *json = json_object();

	(void)m;
	for (unsigned i = 0; json != NULL && i < PXE_N_STEPS; i++)
		if (times[i] != 0 &&
		    json_object_set_new(json, pxe_step_name((enum pxe_step)i),
					json_integer(times[i])) < 0) {
			json_decref(json);
			return NULL;
		}
	return json;
}

static void write_steps(const struct pxe_state_member *m, const void *at,
			struct pxe_str *out)
{
	const int64_t *times = at;
	const char *before = "{\"";

	(void)m;
	for (unsigned i = 0; i < PXE_N_STEPS; i++) {
		if (times[i] == 0)
			continue;
		pxe_str_puts(out, before);
		pxe_str_puts(out, pxe_step_name((enum pxe_step)i));
		pxe_str_puts(out, "\":");
		pxe_str_put_u64(out, (uint64_t)times[i]);
		before = ",\"";
	}
	pxe_str_puts(out, "}");
}

/* Steps of a newer program are left out. */
static int get_steps(const struct pxe_state_member *m,
		     const struct pxe_state_value *v, void *at)
{
	const json_t *json = v->json, *value;
	int64_t *times = at;

	(void)m;
	if (!json_is_object(json))
		return -EBADMSG;
	for (unsigned i = 0; i < PXE_N_STEPS; i++) {
		value = json_object_get(json, pxe_step_name((enum pxe_step)i));
		if (value != NULL &&
		    (!json_is_integer(value) || json_integer_value(value) < 0))
			return -EBADMSG;
		times[i] = json_integer_value(value);
	}
	return 0;
}

static const struct pxe_state_kind some_steps = { put_steps, get_steps,
						 write_steps };

/* --- records ------------------------------------------------------------- */

/* clang-format off */
#define AT(record, field) \
	offsetof(struct record, field), sizeof(((struct record *)0)->field)
#define MUST PXE_STATE_MUST
#define MAY  PXE_STATE_MAY
#define TEXT    &pxe_state_a_text
#define KEY     &pxe_state_a_key
#define COPY    &pxe_state_a_key_copy
#define WORD    &pxe_state_a_word
#define NUMBER  &pxe_state_a_number
#define BOOL    &pxe_state_a_bool
#define ARCH    &pxe_state_an_arch
#define ADDRESS &pxe_state_an_address
#define HWADDR  &pxe_state_a_hwaddr
#define UUID    &pxe_state_a_uuid

static const struct pxe_state_member facts_members[] = {
	{ "hwaddr",        HWADDR,      MAY,  AT(pxe_facts, hw), NULL },
	{ "uuid",          UUID,        MAY,  AT(pxe_facts, uuid), NULL },
	{ "stage",         WORD,        MUST, AT(pxe_facts, stage), &stage_words },
	{ "arch",          ARCH,        MAY,  AT(pxe_facts, arch), NULL },
	{ "ipxe_tells",    BOOL,        MAY,  AT(pxe_facts, ipxe_tells), NULL },
	{ "ipxe_can_http", BOOL,        MAY,  AT(pxe_facts, ipxe_can_http), NULL },
	{ "ipxe_can_menu", BOOL,        MAY,  AT(pxe_facts, ipxe_can_menu), NULL },
	{ "ipxe_can_boot", BOOL,        MAY,  AT(pxe_facts, ipxe_can_boot), NULL },
	{ "vendor_class",  TEXT,        MAY,  AT(pxe_facts, vendor_class), NULL },
	{ "user_class",    TEXT,        MAY,  AT(pxe_facts, user_class), NULL },
	{ "host_name",     TEXT,        MAY,  AT(pxe_facts, host_name), NULL },
};
/* clang-format on */

static json_t *put_facts(const struct pxe_state_member *m, const void *at)
{
	(void)m;
	return pxe_state_facts_to_json(at);
}

static void write_facts(const struct pxe_state_member *m, const void *at,
			struct pxe_str *out)
{
	(void)m;
	pxe_state_facts_write(at, out);
}

static int get_facts(const struct pxe_state_member *m,
		     const struct pxe_state_value *v, void *at)
{
	(void)m;
	return pxe_state_facts_from_json(v->json, at);
}

static const struct pxe_state_kind the_facts = { put_facts, get_facts,
						write_facts };

/* clang-format off */
const struct pxe_state_member pxe_state_lease_members[] = {
	{ "address",       ADDRESS,     MUST, AT(pxe_lease, address), NULL },
	{ "client",        KEY,         MUST, AT(pxe_lease, client), NULL },
	{ "state",         WORD,        MUST, AT(pxe_lease, state), &lease_words },
	{ "start",         NUMBER,      MUST, AT(pxe_lease, start_s), NULL },
	{ "end",           NUMBER,      MUST, AT(pxe_lease, end_s), NULL },
	{ "host_name",     TEXT,        MAY,  AT(pxe_lease, host_name), NULL },
	{ "hwaddr",        HWADDR,      MAY,  AT(pxe_lease, hw), NULL },
	{ "boot",          BOOL,        MAY,  AT(pxe_lease, is_boot), NULL },
	{ "circuit",       NUMBER,      MAY,  AT(pxe_lease, circuit), NULL },
};

const size_t pxe_state_n_lease_members = PXE_LEN(pxe_state_lease_members);

static const struct pxe_state_member client_members[] = {
	{ "client",        KEY,         MUST, AT(pxe_client, key), NULL },
	{ "facts",         &the_facts,  MUST, AT(pxe_client, facts), NULL },
	{ "name",          TEXT,        MAY,  AT(pxe_client, name), NULL },
	{ "address",       ADDRESS,     MAY,  AT(pxe_client, address), NULL },
	{ "first_seen",    NUMBER,      MUST, AT(pxe_client, first_seen_s), NULL },
	{ "last_seen",     NUMBER,      MUST, AT(pxe_client, last_seen_s), NULL },
	{ "boots",         NUMBER,      MUST, AT(pxe_client, n_boots), NULL },
	{ "boot_started",  NUMBER,      MAY,  AT(pxe_client, boot_s), NULL },
	{ "step",          WORD,        MUST, AT(pxe_client, step), &step_words },
	{ "step_since",    NUMBER,      MUST, AT(pxe_client, step_s), NULL },
	{ "steps",         &some_steps, MAY,  AT(pxe_client, step_at_s), NULL },
	{ "reason",        WORD,        MAY,  AT(pxe_client, reason), &reason_words },
	{ "file",          TEXT,        MAY,  AT(pxe_client, file), NULL },
	{ "bytes",         NUMBER,      MAY,  AT(pxe_client, bytes), NULL },
	{ "total_bytes",   NUMBER,      MAY,  AT(pxe_client, total_bytes), NULL },
	{ "transfer_ms",   NUMBER,      MAY,  AT(pxe_client, transfer_ms), NULL },
	{ "resent",        NUMBER,      MAY,  AT(pxe_client, resent), NULL },
	{ "options",       TEXT,        MAY,  AT(pxe_client, options), NULL },
	{ "file_by",       TEXT,        MAY,  AT(pxe_client, file_by), NULL },
	{ "boot_bytes",    NUMBER,      MAY,  AT(pxe_client, boot_bytes), NULL },
	{ "loop_loaders",  NUMBER,      MAY,  AT(pxe_client, loop.n_loaders), NULL },
	{ "loop_scripts",  NUMBER,      MAY,  AT(pxe_client, loop.n_scripts), NULL },
	{ "loop_loader_at", NUMBER,     MAY,  AT(pxe_client, loop.loader_s), NULL },
	{ "loop_script_at", NUMBER,     MAY,  AT(pxe_client, loop.script_s), NULL },
	{ "held_since",    NUMBER,      MAY,  AT(pxe_client, loop.held_s), NULL },
	{ "held_until",    NUMBER,      MAY,  AT(pxe_client, loop.held_until_s), NULL },
};

static const struct pxe_state_member event_members[] = {
	{ "event",         WORD,        MUST, AT(pxe_event, kind), &event_words },
	{ "by",            TEXT,        MUST, AT(pxe_event, by), NULL },
	{ "client",        COPY,        MAY,  AT(pxe_event, client), NULL },
	{ "address",       ADDRESS,     MAY,  AT(pxe_event, address), NULL },
	{ "reason",        WORD,        MAY,  AT(pxe_event, reason), &reason_words },
	{ "file",          TEXT,        MAY,  AT(pxe_event, file), NULL },
	{ "bytes",         NUMBER,      MAY,  AT(pxe_event, bytes), NULL },
	{ "total_bytes",   NUMBER,      MAY,  AT(pxe_event, total_bytes), NULL },
	{ "duration_ms",   NUMBER,      MAY,  AT(pxe_event, duration_ms), NULL },
	{ "resent",        NUMBER,      MAY,  AT(pxe_event, resent), NULL },
	{ "options",       TEXT,        MAY,  AT(pxe_event, options), NULL },
};
/* clang-format on */

/* Zero in all its octets, an empty text, or PXE_ARCH_NONE. */
static bool is_absent(const struct pxe_state_member *m, const void *at)
{
	const char *octets = at;

	if (m->kind == ARCH)
		return *(const uint16_t *)at == PXE_ARCH_NONE;
	if (m->kind == TEXT || m->kind == COPY)
		return octets[0] == '\0';
	for (size_t i = 0; i < m->size; i++)
		if (octets[i] != 0)
			return false;
	return true;
}

static json_t *put_record(const struct pxe_state_member *members, size_t n,
			  const void *record)
{
	json_t *json = json_object();

	for (size_t i = 0; json != NULL && i < n; i++) {
		const struct pxe_state_member *m = &members[i];
		const void *at = (const char *)record + m->offset;

		if (m->need == MAY && is_absent(m, at))
			continue;
		if (json_object_set_new_nocheck(json, m->name,
						m->kind->put(m, at)) < 0) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

/* `before`, the name in quotes, a colon. */
static void write_name(char before, const char *name, struct pxe_str *out)
{
	const size_t n = strlen(name);
	char text[64];

	assert(n + 4 <= sizeof(text)); /* of our tables */
	text[0] = before;
	text[1] = '"';
	for (size_t i = 0; i < n; i++)
		text[2 + i] = name[i];
	text[n + 2] = '"';
	text[n + 3] = ':';
	pxe_str_putn(out, text, n + 4);
}

/* The text of what put_record() makes. */
static void write_record(const struct pxe_state_member *members, size_t n,
			 const void *record, struct pxe_str *out)
{
	char before = '{';

	/* every record has members that must be there */
	for (size_t i = 0; i < n; i++) {
		const struct pxe_state_member *m = &members[i];
		const void *at = (const char *)record + m->offset;

		if (m->need == MAY && is_absent(m, at))
			continue;
		write_name(before, m->name, out);
		m->kind->write(m, at, out);
		before = ',';
	}
	pxe_str_putc(out, '}');
}

static int get_value(const struct pxe_state_member *m, const json_t *json,
		     void *at)
{
	const int64_t number = json_integer_value(json);
	const bool flag = json_is_true(json);
	const struct pxe_state_value v = {
		.text = json_string_value(json),
		.number = json_is_integer(json) ? &number : NULL,
		.flag = json_is_boolean(json) ? &flag : NULL,
		.json = json,
	};

	return m->kind->get(m, &v, at);
}

static int get_record(const struct pxe_state_member *members, size_t n,
		      const json_t *json, void *record)
{
	if (!json_is_object(json))
		return -EBADMSG;
	for (size_t i = 0; i < n; i++) {
		const struct pxe_state_member *m = &members[i];
		const json_t *value = json_object_get(json, m->name);
		int r = 0;

		if (value != NULL && !json_is_null(value))
			r = get_value(m, value, (char *)record + m->offset);
		else if (m->need == MUST)
			r = -EBADMSG;
		if (r < 0)
			return r;
	}
	return 0;
}

/* What is absent is zero, whatever is left in it. */
static struct pxe_facts clean_facts(const struct pxe_facts *facts)
{
	struct pxe_facts copy = *facts;

	if (!copy.has_uuid)
		memset(&copy.uuid, 0, sizeof(copy.uuid));
	if (copy.hw.hlen == 0)
		memset(&copy.hw, 0, sizeof(copy.hw));
	return copy;
}

json_t *pxe_state_facts_to_json(const struct pxe_facts *facts)
{
	struct pxe_facts copy = clean_facts(facts);

	return put_record(facts_members, PXE_LEN(facts_members), &copy);
}

void pxe_state_facts_write(const struct pxe_facts *facts, struct pxe_str *out)
{
	struct pxe_facts copy = clean_facts(facts);

	write_record(facts_members, PXE_LEN(facts_members), &copy, out);
}

int pxe_state_facts_from_json(const json_t *json, struct pxe_facts *facts)
{
	struct pxe_facts got = { .arch = PXE_ARCH_NONE };
	int r = get_record(facts_members, PXE_LEN(facts_members), json, &got);

	if (r < 0)
		return r;
	got.has_uuid = pxe_uuid_is_unique(&got.uuid);
	*facts = got;
	return 0;
}

json_t *pxe_state_lease_to_json(const struct pxe_lease *lease)
{
	struct pxe_lease copy = *lease;

	if (copy.hw.hlen == 0) /* absent, whatever is left in it */
		memset(&copy.hw, 0, sizeof(copy.hw));
	return put_record(pxe_state_lease_members, pxe_state_n_lease_members,
			  &copy);
}

void pxe_state_lease_write(const struct pxe_lease *lease, struct pxe_str *out)
{
	write_record(pxe_state_lease_members, pxe_state_n_lease_members, lease,
		     out);
}

int pxe_state_lease_from_json(const json_t *json, struct pxe_lease *lease)
{
	struct pxe_lease got = { .address = 0 };
	int r = get_record(pxe_state_lease_members, pxe_state_n_lease_members,
			   json, &got);

	if (r == 0)
		*lease = got;
	return r;
}

json_t *pxe_state_client_to_json(const struct pxe_client *client)
{
	return put_record(client_members, PXE_LEN(client_members), client);
}

int pxe_state_client_from_json(const json_t *json, struct pxe_client *client)
{
	struct pxe_client got = { .key = NULL };
	int r = get_record(client_members, PXE_LEN(client_members), json, &got);

	if (r < 0)
		return r;
	pxe_str_copy(got.facts.key, sizeof(got.facts.key), got.key);
	*client = got;
	return 0;
}

void pxe_state_client_write(const struct pxe_client *client,
			    struct pxe_str *out)
{
	write_record(client_members, PXE_LEN(client_members), client, out);
}

json_t *pxe_state_event_to_json(const struct pxe_event *event)
{
	return put_record(event_members, PXE_LEN(event_members), event);
}

void pxe_state_event_write(const struct pxe_event *event, struct pxe_str *out)
{
	write_record(event_members, PXE_LEN(event_members), event, out);
}

int pxe_state_event_from_json(const json_t *json, struct pxe_event *event)
{
	struct pxe_event got = { .address = 0 };
	int r = get_record(event_members, PXE_LEN(event_members), json, &got);

	if (r == 0)
		*event = got;
	return r;
}
