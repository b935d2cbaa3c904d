/* SPDX-License-Identifier: ISC */
/* What is written without jansson is what jansson writes. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "run/state_codec.h"
#include "unit.h"

static const char *const texts[] = {
	"",	       "plain",		   "with \"quotes\"",
	"back\\slash", "tab\tand\x1b",	   "\xc3\xa4 \xe2\x82\xac",
	"\xff\xfe",    "\x7f delete",	   "/slash/",
	"{}[]:,'",     "\xed\xa0\x80 bad", "0123456789",
};

static char buf[4096];

static struct pxe_str begin(void)
{
	struct pxe_str s;

	pxe_str_init(&s, buf, sizeof(buf));
	return s;
}

/* Does `written` say what jansson makes of `json`, which goes? */
static void check_same(const struct pxe_str *written, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	ck_assert_ptr_nonnull(text);
	ck_assert(!written->cut);
	ck_assert_str_eq(written->buf, text);
	free(text);
	json_decref(json);
}

static void check_facts(const struct pxe_facts *facts)
{
	struct pxe_str s = begin();

	pxe_state_facts_write(facts, &s);
	check_same(&s, pxe_state_facts_to_json(facts));
}

START_TEST(facts_are_the_same)
{
	struct pxe_facts f = { .arch = PXE_ARCH_NONE };

	check_facts(&f);
	f = (struct pxe_facts) { .hw = { 1, 6, { 2, 0, 0, 0xab, 0, 1 } },
				 .stage = PXE_STAGE_IPXE,
				 .arch = 65534,
				 .has_uuid = true,
				 .uuid = { { 1, 2, 3, 0xff } },
				 .ipxe_can_http = true };
	for (size_t i = 0; i < PXE_LEN(texts); i++) {
		pxe_str_copy(f.host_name, sizeof(f.host_name), texts[i]);
		pxe_str_copy(f.user_class, sizeof(f.user_class),
			     texts[(i + 5) % PXE_LEN(texts)]);
		check_facts(&f);
	}
	f.has_uuid = false; /* what is left of it is not written */
	f.hw.hlen = 0;
	check_facts(&f);
}
END_TEST

START_TEST(leases_are_the_same)
{
	struct pxe_lease l = { .address = 0xffffffff,
			       .state = PXE_LEASE_DECLINED,
			       .end_s = PXE_LEASE_FOREVER_S,
			       .client = "id:0102" };
	struct pxe_str s = begin();

	pxe_state_lease_write(&l, &s);
	check_same(&s, pxe_state_lease_to_json(&l));
	l.hw = (struct pxe_hwaddr) { 32, 3, { 1, 2, 3 } };
	l.is_boot = true;
	l.circuit = INT64_MAX;
	for (size_t i = 0; i < PXE_LEN(texts); i++) {
		pxe_str_copy(l.host_name, sizeof(l.host_name), texts[i]);
		s = begin();
		pxe_state_lease_write(&l, &s);
		check_same(&s, pxe_state_lease_to_json(&l));
	}
}
END_TEST

START_TEST(clients_are_the_same)
{
	struct pxe_client c = { .key = "52:54:00:12:34:56",
				.total_bytes = UINT64_MAX,
				.n_boots = UINT32_MAX };
	struct pxe_str s = begin();

	pxe_state_client_write(&c, &s);
	check_same(&s, pxe_state_client_to_json(&c));
	for (unsigned i = 0; i < PXE_N_STEPS; i++)
		c.step_at_s[i] = i % 3;
	c.reason = PXE_REASON_NOT_FOUND;
	c.address = 0x0a000001;
	for (size_t i = 0; i < PXE_LEN(texts); i++) {
		pxe_str_copy(c.file, sizeof(c.file), texts[i]);
		pxe_str_copy(c.name, sizeof(c.name), texts[i]);
		s = begin();
		pxe_state_client_write(&c, &s);
		check_same(&s, pxe_state_client_to_json(&c));
	}
}
END_TEST

START_TEST(events_are_the_same)
{
	struct pxe_event e = { .kind = PXE_EVENT_UP, .by = "httpd" };
	struct pxe_str s = begin();

	pxe_state_event_write(&e, &s);
	check_same(&s, pxe_state_event_to_json(&e));
	e.address = 1;
	e.reason = PXE_REASON_TIMEOUT;
	e.duration_ms = UINT32_MAX;
	e.resent = 1;
	for (size_t i = 0; i < PXE_LEN(texts); i++) {
		pxe_str_copy(e.file, sizeof(e.file), texts[i]);
		pxe_str_copy(e.options, sizeof(e.options), texts[i]);
		s = begin();
		pxe_state_event_write(&e, &s);
		check_same(&s, pxe_state_event_to_json(&e));
	}
}
END_TEST

START_TEST(what_does_not_fit_is_said)
{
	const struct pxe_lease l = { .client = "id:0102" };
	struct pxe_str s;

	pxe_str_init(&s, buf, 40);
	pxe_state_lease_write(&l, &s);
	ck_assert(s.cut);
}
END_TEST

UNIT_MAIN("state_write", facts_are_the_same, leases_are_the_same,
	  clients_are_the_same, events_are_the_same, what_does_not_fit_is_said)
