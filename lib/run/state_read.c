/* SPDX-License-Identifier: ISC */
/*
 * CommitLease and ListLeases' answers without jansson, which takes several
 * times as long as all the rest.  What is not as our own programs write it is
 * left to jansson: nothing is accepted here that it would not take, too.
 */
#include <string.h>

#include "base/ip4.h"
#include "run/state_codec.h"
#include "run/state_kinds.h"

/* A cursor over the text, and where its strings go. */
struct cursor {
	const char *at, *end;
	char *texts;
	size_t room;
};

static bool take(struct cursor *c, const char *what)
{
	size_t n = strlen(what);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, what, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* A string of plain ASCII, copied: NULL if it is not one. */
static const char *take_text(struct cursor *c)
{
	char *text = c->texts;
	size_t n = 0;

	if (!take(c, "\""))
		return NULL;
	while (c->at + n < c->end && c->at[n] >= ' ' && c->at[n] < 0x7f &&
	       c->at[n] != '"' && c->at[n] != '\\')
		n++;
	if (c->at + n == c->end || c->at[n] != '"' || n >= c->room)
		return NULL;
	memcpy(text, c->at, n);
	text[n] = '\0';
	c->at += n + 1;
	c->texts += n + 1;
	c->room -= n + 1;
	return text;
}

/* Up to 18 digits, which fit; no sign, no leading zero. */
static bool take_number(struct cursor *c, int64_t *number)
{
	const char *at = c->at;
	int64_t value = 0;

	for (; at < c->end && *at >= '0' && *at <= '9'; at++) {
		if (at - c->at == 18)
			return false;
		value = value * 10 + (*at - '0');
	}
	if (at == c->at || (*c->at == '0' && at - c->at > 1))
		return false;
	c->at = at;
	*number = value;
	return true;
}

static bool take_flag(struct cursor *c, bool *flag)
{
	*flag = take(c, "true");
	return *flag || take(c, "false");
}

static bool take_value(struct cursor *c, const struct pxe_state_member *m,
		       void *at)
{
	struct pxe_state_value v = { .text = NULL };
	int64_t number;
	bool flag;

	if (c->at < c->end && *c->at == '"')
		v.text = take_text(c);
	else if (take_number(c, &number))
		v.number = &number;
	else if (take_flag(c, &flag))
		v.flag = &flag;
	/* the next octet shows whether a number went on */
	return m->kind->get(m, &v, at) == 0;
}

/* The name of a member and its colon; NULL: it is none of these.  `likely` is
 * tried first: our own programs write members in the order of the table. */
static const struct pxe_state_member *take_name(
	struct cursor *c, const struct pxe_state_member *members, size_t n,
	size_t likely)
{
	for (size_t k = 0; k < n; k++) {
		const size_t i = likely + k;
		const struct pxe_state_member *m = &members[i < n ? i : i - n];
		size_t len = strlen(m->name);

		if ((size_t)(c->end - c->at) > len + 2 && c->at[0] == '"' &&
		    memcmp(c->at + 1, m->name, len) == 0 &&
		    c->at[len + 1] == '"' && c->at[len + 2] == ':') {
			c->at += len + 3;
			return m;
		}
	}
	return NULL;
}

/* Members up to the closing brace; at most 32, each once. */
static bool take_members(struct cursor *c,
			 const struct pxe_state_member *members, size_t n,
			 void *record)
{
	uint32_t seen = 0;
	size_t next = 0;

	do {
		const struct pxe_state_member *m =
			take_name(c, members, n, next);
		uint32_t bit = m != NULL ? 1u << (m - members) : 0;

		if (m == NULL || (seen & bit) != 0 ||
		    !take_value(c, m, (char *)record + m->offset))
			return false;
		seen |= bit;
		next = (size_t)(m - members) + 1;
	} while (take(c, ","));
	for (size_t i = 0; i < n; i++)
		if (members[i].need == PXE_STATE_MUST && (seen >> i & 1) == 0)
			return false;
	return take(c, "}");
}

#define AT(field)                                                              \
	offsetof(struct pxe_state_commit_params, field),                       \
		sizeof(((struct pxe_state_commit_params *)0)->field), NULL

static const struct pxe_state_member more_members[] = {
	{ "replaces", &pxe_state_an_address, PXE_STATE_MAY, AT(replaces) },
	{ "now", &pxe_state_a_number, PXE_STATE_MAY, AT(now_s) },
	{ "os", &pxe_state_a_bool, PXE_STATE_MAY, AT(is_os) },
};

bool pxe_state_commit_read(const char *text, size_t len,
			   struct pxe_state_commit_params *params)
{
	struct cursor c = { text, text + len, params->texts,
			    sizeof(params->texts) };

	params->lease = (struct pxe_lease) { .address = 0 };
	params->replaces = 0;
	params->now_s = 0;
	params->is_os = false;
	if (!take(&c, "{\"lease\":{") ||
	    !take_members(&c, pxe_state_lease_members,
			  pxe_state_n_lease_members, &params->lease))
		return false;
	if (take(&c, ",") ? !take_members(&c, more_members,
					  PXE_LEN(more_members), params)
			  : !take(&c, "}"))
		return false;
	return c.at == c.end;
}

bool pxe_state_leases_read(const char *text, size_t len,
			   int (*put)(const struct pxe_lease *lease, void *arg),
			   void *arg)
{
	char texts[1024];
	struct cursor c = { text, text + len, texts, sizeof(texts) };

	if (!take(&c, "{\"parameters\":{\"leases\":["))
		return false;
	do {
		struct pxe_lease lease = { .address = 0 };

		c.texts = texts;
		c.room = sizeof(texts);
		if (!take(&c, "{") ||
		    !take_members(&c, pxe_state_lease_members,
				  pxe_state_n_lease_members, &lease) ||
		    put(&lease, arg) < 0)
			return false;
	} while (take(&c, ","));
	return take(&c, "]},\"continues\":true}") && c.at == c.end;
}

const char *pxe_state_commit_from_json(const json_t *json,
				       struct pxe_state_commit_params *params)
{
	const json_t *replaces = json_object_get(json, "replaces");

	*params = (struct pxe_state_commit_params) {
		.now_s = json_integer_value(json_object_get(json, "now")),
		.is_os = json_is_true(json_object_get(json, "os")),
	};
	if (json_is_string(replaces) &&
	    pxe_ip4_parse(json_string_value(replaces), &params->replaces) < 0)
		return "replaces";
	if (pxe_state_lease_from_json(json_object_get(json, "lease"),
				      &params->lease) < 0)
		return "lease";
	return NULL;
}
