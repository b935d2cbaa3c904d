/* SPDX-License-Identifier: ISC */
/* Other servers of PXE on a link; what we sent, and who asked. */
#include <stdlib.h>
#include <string.h>

#include "dhcpd/asked.h"
#include "dhcpd/contend.h"
#include "dhcpd/sent.h"
#include "unit.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t other_mac[6] = { 2, 0, 0, 0, 0, 2 };

static const struct offer {
	const char *name;
	uint8_t op, type;
	uint32_t yiaddr;
	const char *class; /* option 60; NULL: none */
	const char *tags;  /* option 43, and its length */
	size_t n_tags;
	bool is_offer;
} offers[] = {
	{ "a proxy's", 2, PXE_DHCP_OFFER, 0, "PXEClient", NULL, 0, true },
	{ "HTTP Boot's", 2, PXE_DHCP_OFFER, 0, "HTTPClient", NULL, 0, true },
	{ "an address with 60", 2, PXE_DHCP_OFFER, 0x0a000005, "PXEClient",
	  NULL, 0, true },
	{ "an address with 43.6", 2, PXE_DHCP_OFFER, 0x0a000005, NULL,
	  "\6\1\10\377", 4, true },
	{ "a menu", 2, PXE_DHCP_OFFER, 0, NULL, "\11\6\0\1\3abc\377", 9, true },
	{ "an address only", 2, PXE_DHCP_OFFER, 0x0a000005, NULL, NULL, 0,
	  false },
	{ "another vendor's 43", 2, PXE_DHCP_OFFER, 0x0a000005, NULL,
	  "\1\4\12\0\0\1", 6, false },
	{ "43 as text", 2, PXE_DHCP_OFFER, 0x0a000005, NULL, "10.0.0.9", 8,
	  false },
	{ "another vendor's 60", 2, PXE_DHCP_OFFER, 0x0a000005, "MSFT 5.0",
	  NULL, 0, false },
	{ "an ACK", 2, PXE_DHCP_ACK, 0x0a000005, "PXEClient", NULL, 0, false },
	{ "a request", 1, PXE_DHCP_OFFER, 0, "PXEClient", NULL, 0, false },
};

static void make(const struct offer *o, uint32_t xid, struct pxe_dhcp_msg *msg)
{
	struct pxe_dhcp_out out;
	uint8_t buf[PXE_DHCP_PLAIN_BYTES];
	size_t len;

	pxe_dhcp_out_init(&out);
	out.head.op = o->op;
	out.head.hw = (struct pxe_hwaddr){ PXE_HTYPE_ETHERNET, 6, { 2 } };
	out.head.xid = xid;
	out.head.yiaddr = o->yiaddr;
	pxe_dhcp_out_put_u8(&out, PXE_OPT_TYPE, o->type);
	if (o->class != NULL)
		pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS, o->class,
				 strlen(o->class));
	if (o->tags != NULL)
		pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_INFO, o->tags, o->n_tags);
	ck_assert_int_eq(pxe_dhcp_build(&out, sizeof(buf), buf, sizeof(buf),
					&len, NULL),
			 0);
	ck_assert_int_eq(pxe_dhcp_parse(buf, len, msg), 0);
}

START_TEST(offers_of_what_to_boot)
{
	struct pxe_dhcp_msg msg;

	for (size_t i = 0; i < PXE_LEN(offers); i++) {
		make(&offers[i], 1, &msg);
		ck_assert_msg(pxe_contend_is_offer(&msg) == offers[i].is_offer,
			      "%s", offers[i].name);
	}
}
END_TEST

/* Heard at 1000 as an answer to `xid`, where ours was 7. */
static void hear_one(struct pxe_rival *r, uint32_t xid)
{
	struct pxe_dhcp_msg msg;

	pxe_rival_link_up(r, 0);
	ck_assert(pxe_rival_step(r, 0, 7).must_send);
	make(&offers[0], xid, &msg);
	ck_assert(pxe_contend_hear(r, &msg, 0x0a000002, other_mac, 1000)
			  .is_changed);
	ck_assert_int_eq(r->state, PXE_RIVAL_RIVAL);
}

/* The time of the step at which it is gone. */
static int64_t find_end(struct pxe_rival *r)
{
	while (r->n_seen > 0)
		(void)pxe_rival_step(r, r->next_ms, 8);
	ck_assert_int_eq(r->state, PXE_RIVAL_CLEAR);
	return r->sent_ms;
}

START_TEST(who_answers_us_is_gone_soon)
{
	struct pxe_rival r;

	pxe_rival_init(&r);
	hear_one(&r, 7);
	ck_assert_int_ge(find_end(&r), 1000 + PXE_RIVAL_GONE_MS);
	ck_assert_int_le(r.sent_ms,
			 1000 + PXE_RIVAL_GONE_MS + PXE_RIVAL_ASK_MS);
}
END_TEST

/* A packet that anybody may have sent silences nobody for long. */
START_TEST(who_was_heard_once_is_soon_forgotten)
{
	struct pxe_rival r;

	pxe_rival_init(&r);
	hear_one(&r, 55);
	ck_assert_int_ge(find_end(&r), 1000 + PXE_CONTEND_ONCE_MS);
	ck_assert_int_le(r.sent_ms,
			 1000 + PXE_CONTEND_ONCE_MS + PXE_RIVAL_ASK_MS);
}
END_TEST

START_TEST(who_answers_clients_only_is_remembered)
{
	const int64_t again_ms = 1000 + PXE_CONTEND_SURE_MS;
	struct pxe_dhcp_msg msg;
	struct pxe_rival r;

	pxe_rival_init(&r);
	hear_one(&r, 55);
	make(&offers[0], 56, &msg);
	(void)pxe_contend_hear(&r, &msg, 0x0a000002, other_mac, again_ms);
	ck_assert_int_ge(find_end(&r), again_ms + PXE_CONTEND_SHY_MS);
}
END_TEST

START_TEST(one_answer_to_us_is_enough)
{
	struct pxe_dhcp_msg msg;
	struct pxe_rival r;

	pxe_rival_init(&r);
	hear_one(&r, 55);
	make(&offers[0], 7, &msg);
	(void)pxe_contend_hear(&r, &msg, 0x0a000002, other_mac, 2000);
	make(&offers[0], 55, &msg);
	(void)pxe_contend_hear(&r, &msg, 0x0a000002, other_mac, 3000);
	ck_assert_int_le(find_end(&r),
			 3000 + PXE_RIVAL_GONE_MS + PXE_RIVAL_ASK_MS);
}
END_TEST

START_TEST(our_questions)
{
	static const uint16_t archs[] = { 0, 7 };
	uint8_t buf[PXE_DHCP_PLAIN_BYTES];
	struct pxe_opt_info info;
	struct pxe_dhcp_msg msg;
	struct pxe_rival r;

	for (unsigned i = 0; i < PXE_CONTEND_ASKS; i++) {
		int n = pxe_contend_build(mac, 7, i, buf, sizeof(buf));

		ck_assert_int_gt(n, 0);
		ck_assert_int_eq(pxe_dhcp_parse(buf, (size_t)n, &msg), 0);
		ck_assert_uint_eq(msg.type, PXE_DHCP_DISCOVER);
		ck_assert_uint_eq(msg.head.flags, PXE_DHCP_FLAG_BROADCAST);
		pxe_opt_parse(&msg, &info);
		ck_assert_int_eq(info.vendor, PXE_VENDOR_PXE);
		ck_assert_uint_eq(info.archs[0], archs[i]);
		pxe_rival_init(&r);
		r.xid = 7;
		ck_assert(pxe_rival_is_own(&r, mac, &msg));
		ck_assert(!pxe_contend_is_offer(&msg));
	}
	ck_assert_int_lt(pxe_contend_build(mac, 7, 0, buf, 100), 0);
}
END_TEST

START_TEST(what_we_sent_is_known)
{
	struct pxe_sent *sent = calloc(1, sizeof(*sent));
	uint32_t n;

	ck_assert_ptr_nonnull(sent);
	for (n = 0; n < 500; n++)
		pxe_sent_put(sent, &n, sizeof(n));
	for (n = 0; n < 500; n++)
		ck_assert(pxe_sent_has(sent, &n, sizeof(n)));
	for (n = 500; n < 1000; n++)
		ck_assert(!pxe_sent_has(sent, &n, sizeof(n)));
	free(sent);
}
END_TEST

START_TEST(who_asked_is_known)
{
	struct pxe_asked *asked = calloc(1, sizeof(*asked));
	const char *key = "52:54:00:00:00:01";

	ck_assert_ptr_nonnull(asked);
	ck_assert_ptr_null(pxe_asked_find(asked, key, 0));
	pxe_asked_put(asked, key, 9, PXE_STAGE_ROM);
	ck_assert_int_eq(pxe_asked_find(asked, key, 9)->stage, PXE_STAGE_ROM);
	ck_assert_ptr_null(pxe_asked_find(asked, key, 8));
	ck_assert_ptr_null(pxe_asked_find(asked, "52:54:00:00:00:02", 9));
	pxe_asked_put(asked, key, 10, PXE_STAGE_IPXE);
	ck_assert_int_eq(pxe_asked_find(asked, key, 10)->stage,
			 PXE_STAGE_IPXE);
	free(asked);
}
END_TEST

UNIT_MAIN("contend", offers_of_what_to_boot, who_answers_us_is_gone_soon,
	  who_was_heard_once_is_soon_forgotten,
	  who_answers_clients_only_is_remembered, one_answer_to_us_is_enough,
	  our_questions, what_we_sent_is_known, who_asked_is_known)
