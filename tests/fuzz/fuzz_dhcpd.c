/* SPDX-License-Identifier: ISC */
/*
 * Any packets, one after the other, through all that is pure in pxe-dhcpd:
 * each reply can be built and parsed, and no address ever belongs to two
 * clients, or to one while it is blocked.
 *
 * Input: for each packet two octets of circumstances (see the two enums), its
 * length in two octets, and the packet.
 */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "dhcpd/apply.h"
#include "dhcpd/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	SERVER = 0x0a000001, /* 10.0.0.1 */
	FIRST = 0x0a000001,
	LAST = 0x0a000008,
	RESERVED = 0x0a000005,
	OUTSIDE = 0x0a000014, /* another reservation, not in the range */
	SECOND = 0x0a000110,  /* the range of another subnet of the link */
	SECOND_LAST = 0x0a000113,
};

/* Bits of a turn's octet. */
enum {
	TURN_UNICAST = 1,
	TURN_AWAY = 2,    /* pxe-stated is away */
	TURN_REFUSED = 4, /* or refuses what is to be committed */
	TURN_LATER = 8,   /* an hour passed */
	TURN_SLOW = 16,   /* the commit ends with the next packet */
	TURN_RESYNC = 32,
	TURN_BOOTP = 64,  /* is answered */
	TURN_NEVER = 128, /* one-address */
};

/* Bits of the octet after it: modes, ports, what else there is. */
enum {
	WHERE_PROXY = 1, /* the mode of both subnets; with EXTERNAL: of one */
	WHERE_EXTERNAL = 2,
	WHERE_BINL = 4,  /* it came in on port 4011 */
	WHERE_RIVAL = 8, /* another server makes PXE offers */
	WHERE_WIN = 16,  /* contend, and PXE 1.0 tags to UEFI */
	WHERE_MENU = 32,
	WHERE_NOBODY = 64, /* it came from 0.0.0.0 */
	WHERE_LINK = 128,  /* by an interface without a subnet */
};

static const uint8_t router[] = { 10, 0, 0, 2 };
static struct pxe_conf_opt opts[] = {
	{ .code = 3, .len = sizeof(router), .value = router }
};
/* Of all, and of a host, which goes before; long ones that do not fit. */
static const uint8_t octets[1000] = { 1 };
static struct pxe_conf_opt root_opts[] = {
	{ .code = 224, .len = 1, .value = octets },
	{ .code = 43, .len = 255, .value = octets },
};
static struct pxe_conf_opt host_opts[] = {
	{ .code = 3, .len = sizeof(router), .value = router },
	{ .code = 224, .len = 300, .value = octets },
	{ .code = 225, .len = sizeof(octets), .value = octets },
	{ .code = 226, .len = 0, .value = octets },
};
static struct pxe_conf_id host_id = { router, sizeof(router) };
static struct pxe_ip4_range range = { FIRST, LAST };
static struct pxe_ip4_range second = { SECOND, SECOND_LAST };
static struct pxe_conf_subnet subnets[] = {
	{ .src = { .file = "" },
	  .net = { 0x0a000000, 24 },
	  .ranges = &range,
	  .n_ranges = 1,
	  .lease_s = 600,
	  .max_lease_s = 6000,
	  .shared_network = "office",
	  .server_name = "",
	  .file = "",
	  .opts = opts,
	  .n_opts = 1 },
	{ .src = { .file = "" },
	  .net = { 0x0a000100, 24 },
	  .ranges = &second,
	  .n_ranges = 1,
	  .lease_s = 30,
	  .max_lease_s = 6000,
	  .shared_network = "office",
	  .server_name = "boot",
	  .file = "some.file" },
};
static struct pxe_conf_loader loaders[] = {
	{ { .file = "" }, PXE_FAMILY_BIOS, "undionly.kpxe" },
	{ { .file = "" }, PXE_FAMILY_UEFI, "a b/ipxe.efi" },
	{ { .file = "" }, PXE_FAMILY_RPI, "bootcode.bin" },
	{ { .file = "" }, PXE_FAMILY_IA32, "pxelinux.0" },
};
static struct pxe_hwaddr dock = { 1, 3, { 0x00, 0xe0, 0x4c } };
static struct pxe_hwaddr host_hw = { 1, 6, { 0x52, 0x54, 0, 0, 0, 1 } };
static struct pxe_conf_host hosts[] = {
	{ .src = { .file = "" },
	  .name = "alpha",
	  .server_name = "",
	  .file = "",
	  .hw = &host_hw,
	  .n_hw = 1,
	  .address = RESERVED },
	{ .src = { .file = "" },
	  .name = "beta",
	  .server_name = "beta.example.org",
	  .file = "dir/beta file.efi",
	  .next_server = 0x0a000003,
	  .lease_s = 7000,
	  .ids = &host_id,
	  .n_ids = 1,
	  .opts = host_opts,
	  .n_opts = PXE_LEN(host_opts),
	  .has_uuid = true,
	  .uuid = { { 1, 2, 3 } },
	  .address = OUTSIDE },
};
static uint32_t item_servers[] = { 0x0a000009, SERVER };
static enum pxe_family item_families[] = { PXE_FAMILY_BIOS };
static struct pxe_conf_pxe_item items[] = {
	{ .name = "disk", .title = "Disk", .file = "", .is_local = true },
	{ .name = "net", .title = "Net", .file = "", .type = 0x8001 },
	{ .name = "bios",
	  .title = "Other",
	  .file = "other.0",
	  .type = 1,
	  .families = item_families,
	  .n_families = 1 },
	{ .name = "far",
	  .title = "Far",
	  .file = "",
	  .type = 2,
	  .servers = item_servers,
	  .n_servers = 1 },
	{ .name = "both",
	  .title = "Both",
	  .file = "",
	  .type = 3,
	  .servers = item_servers,
	  .n_servers = 2 },
};
static struct pxe_conf_subnet elsewhere = { .src = { .file = "" },
					    .shared_network = "",
					    .server_name = "",
					    .file = "" };
static struct pxe_conf conf = {
	/* a turn changes some of it */
	.dhcp_port = 67,
	.binl_port = 4011,
	.pxe_menu = { { .file = "" }, "F8", 0 },
	.pxe_items = items,
	.http_port = 16000,
	.opts = root_opts,
	.n_opts = PXE_LEN(root_opts),
	.subnets = subnets,
	.n_subnets = PXE_LEN(subnets),
	.shared_macs = &dock,
	.n_shared_macs = 1,
	.loaders = loaders,
	.n_loaders = PXE_LEN(loaders),
	.hosts = hosts,
	.n_hosts = PXE_LEN(hosts),
};
static const struct pxe_if_addr addr = { SERVER, 24 };
static const struct pxe_if_addr far_addr = { 0xc0a80001, 24 };

static void check(bool holds)
{
	if (!holds)
		abort();
}

struct state {
	struct pxe_book *book;
	int64_t now_s;
	uint32_t pending, replaces; /* addresses of a commit; 0: none */
};

/* Beside another server nothing is given, refused or said of the network, and
 * who boots is told to. */
static void check_beside(const struct pxe_decide_in *in,
			 const struct pxe_dhcp_decision *d,
			 const struct pxe_dhcp_msg *msg)
{
	static const uint8_t never[] = { 1, 3, 28, 51, 58, 59 };

	check(d->op == PXE_LEASE_OP_NONE);
	check(d->reply == PXE_DHCP_OFFER || d->reply == PXE_DHCP_ACK);
	check(pxe_facts_is_boot(in->facts));
	check(msg->head.yiaddr == 0 || (d->is_binl && d->has_item));
	check(msg->head.yiaddr == 0 ||
	      msg->head.yiaddr == in->msg->head.ciaddr);
	for (size_t i = 0; i < PXE_LEN(never); i++)
		check(!pxe_dhcp_find(msg, never[i], NULL));
	check(d->is_binl || in->msg->head.ciaddr != 0 ||
	      (msg->head.flags & PXE_DHCP_FLAG_BROADCAST) != 0);
	check(!in->has_pxe_rival || d->is_binl || in->msg->head.giaddr != 0 ||
	      d->subnet->contend == PXE_CONTEND_WIN);
	/* 4011 is answered where it was asked from */
	check(!d->is_binl || in->msg->head.giaddr != 0 ||
	      d->dest.port == in->arrival.src_port);
}

/* Whatever is sent can be read, and gives nobody a blocked address. */
static void check_reply(const struct pxe_decide_in *in,
			const struct pxe_dhcp_decision *d)
{
	static struct pxe_dhcp_msg msg;
	uint8_t buf[PXE_REPLY_MAX_BYTES];
	size_t len;

	if (pxe_reply_build(&conf, in->msg, in->facts, d, buf, &len) < 0)
		return; /* what it wants echoed is too long */
	check(len <= PXE_REPLY_MAX_BYTES && len >= PXE_DHCP_MIN_BYTES);
	check(pxe_dhcp_parse(buf, len, &msg) == 0);
	check(msg.type == (d->is_permanent ? PXE_DHCP_BOOTP : d->reply));
	check(!d->is_permanent || d->lease_s == 0);
	check(msg.head.op == PXE_DHCP_BOOTREPLY);
	check(msg.head.xid == in->msg->head.xid);
	check(d->dest.kind != PXE_DEST_NONE);
	if (d->mode == PXE_MODE_PROXY || d->is_binl) {
		check_beside(in, d, &msg);
		return;
	}
	check(msg.head.yiaddr == (d->reply == PXE_DHCP_NAK ? 0 : d->address));
	if (d->address == 0)
		return;
	check((d->address > FIRST + 1 && d->address <= LAST) ||
	      (d->address >= SECOND && d->address <= SECOND_LAST) ||
	      d->address == OUTSIDE);
	check(pxe_ip4_net_has(&d->subnet->net, d->address));
	check(d->address != RESERVED || d->host == &hosts[0]);
	check(d->address != OUTSIDE || d->host == &hosts[1]);
}

static void end_commit(struct state *s, bool is_done)
{
	if (s->pending != 0)
		check(pxe_book_end(s->book, s->pending, s->replaces, is_done) ==
		      0);
	s->pending = 0;
}

/* What a decision promises the client is its own in the book. */
static void check_owner(const struct state *s,
			const struct pxe_dhcp_decision *d)
{
	const struct pxe_book_ask other = { .subnet = d->subnet,
					    .client = "somebody else",
					    .now_s = s->now_s };

	if (d->address != 0 &&
	    (d->op == PXE_LEASE_OP_OFFER || d->op == PXE_LEASE_OP_COMMIT))
		check(!pxe_book_may_have(s->book, &other, d->address));
	if (d->op == PXE_LEASE_OP_OFFER)
		check(pxe_book_find_offer(s->book, d->client, d->subnet) ==
		      d->address);
}

/* The modes and the rest of `where`. */
static void set_modes(uint8_t where)
{
	const enum pxe_mode mode = (where & WHERE_PROXY) ? PXE_MODE_PROXY
				   : (where & WHERE_EXTERNAL)
					   ? PXE_MODE_EXTERNAL
					   : PXE_MODE_INTERNAL;

	subnets[0].mode = conf.mode = elsewhere.mode = mode;
	subnets[1].mode = (where & WHERE_EXTERNAL) ? PXE_MODE_EXTERNAL : mode;
	conf.elsewhere = mode == PXE_MODE_INTERNAL ? NULL : &elsewhere;
	for (size_t i = 0; i < PXE_LEN(subnets); i++) {
		subnets[i].contend = (where & WHERE_WIN) ? PXE_CONTEND_WIN
							 : PXE_CONTEND_YIELD;
		subnets[i].has_uefi_pxe10 = (where & WHERE_WIN) != 0;
	}
	conf.n_pxe_items = (where & WHERE_MENU) ? PXE_LEN(items) : 0;
}

static void take(struct state *s, uint8_t turn, uint8_t where, const void *buf,
		 size_t len)
{
	static struct pxe_dhcp_msg msg;
	static struct pxe_facts facts;
	struct pxe_dhcp_decision d;
	struct pxe_lease lease;
	struct pxe_decide_in in = {
		.conf = &conf,
		.book = s->book,
		.msg = &msg,
		.facts = &facts,
		.arrival = { .addr = (where & WHERE_LINK) ? &far_addr : &addr,
			     .n_addr = 1,
			     .dst = (turn & TURN_UNICAST) ? SERVER
							  : PXE_IP4_BROADCAST,
			     .src = (where & WHERE_NOBODY) ? 0 : 0x0a000007,
			     .src_port = 1234 },
		.port = (where & WHERE_BINL) ? 4011 : 67,
		.has_pxe_rival = (where & WHERE_RIVAL) != 0,
		.has_leases = true,
		.is_state_up = (turn & TURN_AWAY) == 0,
		.can_tell = true,
	};

	if (pxe_dhcp_parse(buf, len, &msg) < 0)
		return;
	set_modes(where);
	s->now_s += (turn & TURN_LATER) ? 3600 : 1;
	in.now_s = s->now_s;
	conf.bootp =
		(turn & TURN_BOOTP) ? PXE_BOOTP_PERMANENT : PXE_BOOTP_REFUSE;
	conf.one_address = (turn & TURN_NEVER) ? PXE_ONE_ADDRESS_NEVER
					       : PXE_ONE_ADDRESS_BOOTING;
	pxe_facts_read(&msg, &facts);
	pxe_book_expire(s->book, s->now_s);
	pxe_decide_message(&in, &d);
	check(d.reason < PXE_N_REASONS);
	check((d.reply != 0) == (d.dest.kind != PXE_DEST_NONE));
	check(d.mode != PXE_MODE_EXTERNAL ||
	      (d.reply == 0 && d.op == PXE_LEASE_OP_NONE));
	check(d.mode == PXE_MODE_INTERNAL || d.op == PXE_LEASE_OP_NONE);
	if (d.reply != 0)
		check_reply(&in, &d);
	check(pxe_apply_decision(&in, &d, &lease) == 0);
	check_owner(s, &d);
	end_commit(s, (turn & TURN_REFUSED) == 0);
	if (d.op != PXE_LEASE_OP_COMMIT)
		return;
	s->pending = lease.address;
	s->replaces = pxe_book_find_replaced(s->book, &lease);
	if ((turn & TURN_SLOW) == 0)
		end_commit(s, (turn & TURN_REFUSED) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t own = SERVER;
	struct state s = { .book = pxe_book_new(), .now_s = 1000000 };
	struct pxe_rd rd;

	pxe_rd_init(&rd, data, size);
	check(s.book != NULL);
	check(pxe_book_configure(s.book, &conf, &own, 1) == 0);
	while (rd.left > 0) {
		uint8_t turn = pxe_rd_u8(&rd), where = pxe_rd_u8(&rd);
		struct pxe_rd packet = pxe_rd_sub(&rd, pxe_rd_u16(&rd));

		if ((turn & TURN_RESYNC) != 0) {
			struct pxe_lease_table *t = pxe_lease_table_new();

			check(t != NULL);
			pxe_book_replace(s.book, t, s.now_s);
		}
		take(&s, turn, where, packet.p, packet.left);
	}
	pxe_book_free(s.book);
	return 0;
}
