/* SPDX-License-Identifier: ISC */
/* How pxe-dhcpd works on a network, and the menu of PXE firmware. */
#include <string.h>

#include "core/conf.h"
#include "tests/conf_try.h"
#include "unit.h"

#define SUBNET                                                                 \
	"subnet \"10.0.0.0/24\" { ranges = \"10.0.0.10-10.0.0.20\" "
#define ITEM(n, more) "pxe-item \"" n "\" { " more " }\n"
#define TEN  "0123456789"
#define LONG TEN TEN TEN TEN TEN TEN "1"

/* What is told, an error or a warning, and nothing else. */
static const struct {
	const char *file, *text, *where, *words; /* where NULL: nothing */
} told[] = {
	{ "dhcpd.conf", "mode = \"proxy\"", NULL, NULL },
	{ "dhcpd.conf", "mode = \"external\"", NULL, NULL },
	{ "dhcpd.conf", "mode = \"proxy\"\nsubnet \"10.0.0.0/24\" { }", NULL,
	  NULL },
	{ "dhcpd.conf", "authoritative = no", "dhcpd.conf:0: warning",
	  "there is no subnet" },
	{ "dhcpd.conf", "mode = \"routed\"\n" SUBNET "}", "dhcpd.conf:1: error",
	  "there is \"internal\", \"proxy\", \"external\"" },
	{ "dhcpd.conf", "mode = \"proxy\"\ncontend = \"delay\"",
	  "dhcpd.conf:2: error", "there is \"yield\", \"win\"" },
	{ "dhcpd.conf", "mode = \"proxy\"\n" SUBNET "}",
	  "dhcpd.conf:2: warning", "mode = \"proxy\" gives no addresses" },
	{ "dhcpd.conf", SUBNET "\nmode = \"external\" }",
	  "dhcpd.conf:1: warning", "mode = \"external\" gives no addresses" },
	{ "dhcpd.conf", "mode = \"proxy\"\n" SUBNET "mode = \"internal\" }",
	  NULL, NULL },
	{ "pxe.conf", "binl-port = 67", "pxe.conf:1: error",
	  "dhcp-port and binl-port are both 67" },
	{ "pxe.conf", "binl-port = 0", "pxe.conf:1: error", "from 1" },
	/* the menu */
	{ "dhcpd.conf", SUBNET "}\npxe-menu { }", "dhcpd.conf:2: error",
	  "pxe-menu without items" },
	{ "dhcpd.conf", SUBNET "}\npxe-menu { }\npxe-menu { }\n" ITEM("a", ""),
	  "dhcpd.conf:3: error", "there is a pxe-menu already" },
	{ "dhcpd.conf", SUBNET "}\npxe-menu { timeout = 255 }\n" ITEM("a", ""),
	  "dhcpd.conf:2: error", "from 0 to 254" },
	{ "dhcpd.conf", SUBNET "}\n" ITEM("a b", ""), "dhcpd.conf:2: error",
	  "is not a name" },
	{ "dhcpd.conf", SUBNET "}\n" ITEM("a", "local = yes  type = 9"),
	  "dhcpd.conf:2: error", "is the local disk and has no type" },
	{ "dhcpd.conf",
	  SUBNET "}\n" ITEM("a", "servers = { \"10.0.0.3\" } file = \"b\" "
				 "families = { \"bios\" }"),
	  "dhcpd.conf:2: error", "has a file and servers" },
	{ "dhcpd.conf", SUBNET "}\n" ITEM("a", "file = \"b.0\""),
	  "dhcpd.conf:2: error", "add families = { \"bios\" }" },
	{ "dhcpd.conf", SUBNET "}\n" ITEM("a", "families = { \"efi\" }"),
	  "dhcpd.conf:2: error", "did you mean \"uefi\"" },
	{ "dhcpd.conf", SUBNET "}\n" ITEM("a", "") ITEM("b", "type = 32768"),
	  "dhcpd.conf:3: error", "has the type of \"a\" of line 2" },
	{ "dhcpd.conf",
	  SUBNET "}\n" ITEM("a", "local = yes") ITEM("b", "local = yes"),
	  "dhcpd.conf:3: error", "is the local disk, as \"a\" of line 2" },
	{ "dhcpd.conf", SUBNET "}\n" ITEM("a", "title = \"" LONG "123456789\""),
	  "dhcpd.conf:2: error", "give 1 to 69" },
	{ "dhcpd.conf",
	  SUBNET "}\n" ITEM("a", "title = \"" LONG "\"")
		  ITEM("b", "title = \"" LONG "\"")
			  ITEM("c", "title = \"" LONG "\"")
				  ITEM("d", "title = \"" LONG "\""),
	  "dhcpd.conf:2: error", "and firmware takes 24 of 255" },
	/* the same, but for different machines */
	{ "dhcpd.conf",
	  SUBNET "}\n" ITEM("a", "title = \"" LONG "\"")
		  ITEM("b", "title = \"" LONG "\" families = { \"bios\" }")
			  ITEM("c", "title = \"" LONG
				    "\" families = { \"uefi\", \"ia32\" }")
				  ITEM("d", "title = \"" LONG
					    "\" families = { \"uefi\" }"),
	  NULL, NULL },
	{ "hosts.conf",
	  "host \"a\" { mac = \"02:00:00:00:00:01\" address = \"10.9.0.1\" }",
	  "dhcpd.conf:0: warning", "there is no subnet" },
};

START_TEST(what_is_wrong_is_told)
{
	for (size_t i = 0; i < PXE_LEN(told); i++) {
		struct conf_try try;
		size_t others = told[i].where == NULL ? 0 : 1;

		conf_try_init(&try);
		conf_try_write(&try, told[i].file, told[i].text, 0);
		if (strcmp(told[i].file, "pxe.conf") == 0)
			conf_try_load(&try, PXE_CONF_FILE_PXE);
		else
			conf_try_load(&try, PXE_CONF_FILE_PXE |
						    PXE_CONF_FILE_DHCPD |
						    PXE_CONF_FILE_HOSTS);
		if (try.n != others)
			conf_try_print(&try);
		ck_assert_msg(told[i].where == NULL ||
				      conf_try_has(&try, told[i].where,
						   told[i].words),
			      "%s", told[i].text);
		ck_assert_msg(try.n == others, "%s", told[i].text);
		conf_try_done(&try);
	}
}
END_TEST

static void load(struct conf_try *try, const char *text)
{
	conf_try_init(try);
	conf_try_write(try, "dhcpd.conf", text, 0);
	conf_try_write(try, "hosts.conf",
		       "host \"a\" { mac = \"02:00:00:00:00:01\"\n"
		       "address = \"10.9.0.1\" }",
		       0);
	conf_try_load(try, CONF_TRY_ALL);
	if (try->conf == NULL)
		conf_try_print(try);
	ck_assert_ptr_nonnull(try->conf);
}

START_TEST(subnets_inherit_the_mode)
{
	struct conf_try try;
	const struct pxe_conf *c;

	load(&try, "mode = \"proxy\"\ncontend = \"win\"\nuefi-pxe10 = yes\n"
		   "subnet \"10.0.0.0/24\" { }\n"
		   "subnet \"10.0.1.0/24\" { mode = \"external\" "
		   "contend = \"yield\" uefi-pxe10 = no }\n");
	c = try.conf;
	ck_assert_int_eq(c->subnets[0].mode, PXE_MODE_PROXY);
	ck_assert_int_eq(c->subnets[0].contend, PXE_CONTEND_WIN);
	ck_assert(c->subnets[0].has_uefi_pxe10);
	ck_assert_int_eq(c->subnets[1].mode, PXE_MODE_EXTERNAL);
	ck_assert_int_eq(c->subnets[1].contend, PXE_CONTEND_YIELD);
	ck_assert(!c->subnets[1].has_uefi_pxe10);
	/* what is said outside holds everywhere else, and for its hosts */
	ck_assert_ptr_nonnull(c->elsewhere);
	ck_assert_int_eq(c->elsewhere->mode, PXE_MODE_PROXY);
	ck_assert_int_eq(c->elsewhere->contend, PXE_CONTEND_WIN);
	ck_assert(pxe_ip4_net_has(&c->elsewhere->net, 0xffffffff));
	ck_assert_str_eq(c->elsewhere->file, "");
	ck_assert_uint_eq(c->hosts[0].address, 0x0a090001);
	ck_assert_uint_eq(c->binl_port, 4011);
	conf_try_done(&try);

	load(&try, "");
	ck_assert_int_eq(try.conf->mode, PXE_MODE_INTERNAL);
	ck_assert_ptr_null(try.conf->elsewhere);
	ck_assert_uint_eq(try.conf->n_pxe_items, 0);
	conf_try_done(&try);
}
END_TEST

START_TEST(items_stand_in_their_order)
{
	struct conf_try try;
	const struct pxe_conf_pxe_item *i;

	load(&try,
	     "mode = \"proxy\"\n"
	     "pxe-menu { prompt = \"F8\" timeout = 0 }\n" ITEM(
		     "disk", "local = yes title = \"Disk\"") ITEM("net", "")
		     ITEM("bios", "type = 5 file = \"b.0\" "
				  "families = { \"bios\", "
				  "\"rpi\" }") ITEM("wds", "servers = "
							   "{ \"10.0.0.8\", "
							   "\"10.0.0.9\" }"));
	i = try.conf->pxe_items;
	ck_assert_uint_eq(try.conf->n_pxe_items, 4);
	ck_assert_str_eq(try.conf->pxe_menu.prompt, "F8");
	ck_assert_uint_eq(try.conf->pxe_menu.timeout_s, 0);
	ck_assert(i[0].is_local);
	ck_assert_uint_eq(i[0].type, 0);
	ck_assert_str_eq(i[0].title, "Disk");
	ck_assert_str_eq(i[1].title, "net");
	ck_assert_uint_eq(i[1].type, 0x8001);
	ck_assert(pxe_conf_pxe_item_fits(&i[1], PXE_FAMILY_UEFI));
	ck_assert_uint_eq(i[2].type, 5);
	ck_assert_str_eq(i[2].file, "b.0");
	ck_assert(pxe_conf_pxe_item_fits(&i[2], PXE_FAMILY_RPI));
	ck_assert(!pxe_conf_pxe_item_fits(&i[2], PXE_FAMILY_UEFI));
	ck_assert_uint_eq(i[3].n_servers, 2);
	ck_assert_uint_eq(i[3].servers[1], 0x0a000009);
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_modes", what_is_wrong_is_told, subnets_inherit_the_mode,
	  items_stand_in_their_order)
