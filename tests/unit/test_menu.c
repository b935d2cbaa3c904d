/* SPDX-License-Identifier: ISC */
/* Menus: what a machine sees, in each language, and mistakes in boot.conf. */
#include "core/menu.h"

#include <string.h>

#include "core/script.h"
#include "tests/conf_try.h"
#include "unit.h"

static const char boot_conf[] =
	"menu { title = \"Hall\"  timeout = 7 }\n"
	"submenu \"tools\" { title = \"Tools\"  key = \"t\"  gap = \" \" }\n"
	"submenu \"staff\" { password = \"hushword\" }\n"
	"submenu \"empty\" { title = \"Not for you\" }\n"
	"target \"arm\" { type = \"chain\" url = \"arm.efi\"\n"
	"  families = { \"aa64\" } submenu = \"empty\" }\n"
	"target \"win\" { type = \"chain\" url = \"win.efi\"\n"
	"  families = { \"uefi\", \"bios\" } key = \"w\" gap = \"Play\" }\n"
	"target \"mem\" { title = \"Memory || test\" type = \"chain\"\n"
	"  url = \"mem.efi\" submenu = \"tools\" key = \"m\" }\n"
	"target \"never\" { type = \"reboot\" hidden = yes }\n"
	"target \"secret\" { type = \"reboot\" hidden = yes key = \"x\" }\n"
	"target \"wipe\" { type = \"chain\" url = \"wipe.efi\"\n"
	"  submenu = \"staff\" }\n"
	"target \"local\" { title = \"Disk\" type = \"local\" }\n"
	"target \"shell\" { type = \"shell\" submenu = \"tools\" }\n"
	"target \"setup\" { type = \"linux\" kernel = \"k\" once = yes\n"
	"  args = \"done={{done-url}}\" key = \"s\" }\n";

static const char hosts_conf[] =
	"host \"a\" { mac = \"52:54:00:00:00:01\" }\n"
	"host \"b\" { mac = \"52:54:00:00:00:02\" menu-default = \"mem\"\n"
	"  menu-timeout = 30 }\n"
	"host \"c\" { mac = \"52:54:00:00:00:03\" menu-default = \"arm\"\n"
	"  menu-timeout = 0 }\n";

static struct conf_try try;
static char text[PXE_SCRIPT_MAX];

static void setup(void)
{
	conf_try_init(&try);
	conf_try_write(&try, "boot.conf", boot_conf, 0);
	conf_try_write(&try, "hosts.conf", hosts_conf, 0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
}

static void teardown(void)
{
	conf_try_done(&try);
}

static struct pxe_menu menu_of(const char *host, enum pxe_family family)
{
	return (struct pxe_menu) {
		.conf = try.conf,
		.host = pxe_conf_find_host_name(try.conf, host),
		.family = family,
	};
}

/* The names of a page's items, those of submenus in brackets. */
static const char *page_of(const struct pxe_menu *menu,
			   const struct pxe_conf_submenu *page)
{
	static char names[256];
	struct pxe_menu_item item;
	struct pxe_str str;

	pxe_str_init(&str, names, sizeof(names));
	for (size_t at = 0; pxe_menu_next(menu, page, &at, &item);)
		pxe_str_putf(&str, item.target != NULL ? "%s " : "[%s] ",
			     item.target != NULL ? item.target->name
						 : item.submenu->name);
	return names;
}

START_TEST(a_machine_sees_what_is_for_its_family)
{
	struct pxe_menu menu;

	setup();
	menu = menu_of("a", PXE_FAMILY_UEFI);
	ck_assert_str_eq(page_of(&menu, NULL),
			 "win [tools] [staff] local secret ");
	ck_assert_str_eq(page_of(&menu, &try.conf->submenus[0]), "mem shell ");
	ck_assert_str_eq(page_of(&menu, &try.conf->submenus[1]), "wipe ");
	ck_assert_str_eq(page_of(&menu, &try.conf->submenus[2]), "");
	menu.family = PXE_FAMILY_AA64;
	ck_assert_str_eq(page_of(&menu, NULL),
			 "[empty] [tools] [staff] local secret ");
	menu.family = PXE_FAMILY_NONE;
	ck_assert_str_eq(page_of(&menu, NULL),
			 "[empty] win [tools] [staff] local secret ");
	teardown();
}
END_TEST

START_TEST(a_host_has_its_own_default_and_timeout)
{
	static const struct {
		const char *host, *dflt;
		enum pxe_family family;
		uint32_t timeout_s;
	} rows[] = {
		{ "a", "local", PXE_FAMILY_UEFI, 7 },
		{ "b", "mem", PXE_FAMILY_UEFI, 30 },
		{ "c", "arm", PXE_FAMILY_AA64, 0 },
		/* not in its menu */
		{ "c", "local", PXE_FAMILY_BIOS, 0 },
		{ "nobody", "local", PXE_FAMILY_NONE, 7 },
	};

	setup();
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_menu menu = menu_of(rows[i].host, rows[i].family);

		ck_assert_str_eq(pxe_menu_default(&menu)->name, rows[i].dflt);
		ck_assert_uint_eq(pxe_menu_timeout_s(&menu),
				  rows[i].timeout_s);
	}
	teardown();
}
END_TEST

START_TEST(a_submenu_lends_its_password)
{
	static const struct {
		const char *target, *password;
	} rows[] = {
		{ "wipe", "hushword" },
		{ "mem", NULL },
		{ "local", NULL },
	};

	setup();
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_pstr_eq(pxe_menu_password(pxe_conf_find_target(
					  try.conf, rows[i].target)),
				  rows[i].password);
	teardown();
}
END_TEST

static void render(enum pxe_script_kind kind, const char *host,
		   enum pxe_family family)
{
	static const struct pxe_hwaddr hw = {
		1, 6, { 0x52, 0x54, 0, 0, 0, 1 }
	};
	const struct pxe_expand_vars vars = {
		.host = pxe_conf_find_host_name(try.conf, host),
		.hw = &hw,
		.family = family,
		.server_address = 0x0a000001,
		.http_port = 80,
		.is_http = true,
	};
	struct pxe_decision d = { .give = PXE_GIVE_MENU, .rule = "r" };
	struct pxe_str out;

	pxe_str_init(&out, text, sizeof(text));
	ck_assert_int_eq(pxe_script_render(kind, try.conf, &d, &vars, &out),
			 0);
}

/* Each of the lines is in the script, in this order. */
static void has_in_order(const char *const *lines, size_t n)
{
	const char *at = text;

	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(at, lines[i]);

		ck_assert_msg(found != NULL, "'%s' is not in or behind:\n%s",
			      lines[i], at);
		at = found + strlen(lines[i]);
	}
}

START_TEST(ipxe_has_everything)
{
	static const char *const lines[] = {
		"\n:again\nmenu -- Hall\n"
		"item --gap -- Play\n"
		"item --key w t1 win\n"
		"item --gap -- \n"
		"item --key t m0 Tools\n"
		"item m1 staff\n"
		"item t6 Disk\n"
		"item --key x t4 \n"
		"choose --default m0 --timeout 30000 chosen || goto cancelled\n"
		"goto ${chosen}\n",
		":m0\nmenu -- Tools\n"
		"item --key m t2 Memory ${nil}|| test\n"
		"item t7 shell\n"
		"item --gap --\n"
		"item again Back\n"
		"choose --default t2 --timeout 30000 chosen || goto again\n"
		"goto ${chosen}\n",
		":m1\nmenu -- staff\n"
		"item t5 wipe\n"
		"item --gap --\n"
		"item again Back\n"
		"choose chosen || goto again\n"
		"goto ${chosen}\n",
		":t1\nset what win\n",
		":t5\n"
		"set what wipe\n"
		"set username wipe\n"
		"login || goto again\n"
		"chain --replace --autofree http://${username:uristring}:"
		"${password:uristring}@10.0.0.1/boot.ipxe"
		"?mac=52-54-00-00-00-01&target=wipe || goto refused\n",
		":refused\n"
		"clear username ||\n"
		"clear password ||\n"
		"echo\n"
		"echo ${what} was refused\n",
		":failed\n",
	};

	setup();
	render(PXE_SCRIPT_IPXE, "b", PXE_FAMILY_UEFI);
	has_in_order(lines, PXE_LEN(lines));
	ck_assert_ptr_null(strstr(text, "wipe.efi"));
	ck_assert_ptr_null(strstr(text, "hushword"));
	ck_assert_ptr_null(strstr(text, "never"));
	ck_assert_ptr_null(strstr(text, "arm"));
	teardown();
}
END_TEST

START_TEST(grub_has_pages_and_keys)
{
	static const char *const lines[] = {
		"\nset default='m0>t2'\nset timeout=30\n",
		"menuentry 'win' --id t1 --hotkey=w {\n",
		"submenu 'Tools' --id m0 --hotkey=t {\n"
		"menuentry 'Memory || test' --id t2 --hotkey=m {\n",

		"submenu 'staff' --id m1 {\n"
		"menuentry 'wipe (iPXE asks for its password)' --id t5 {\n"
		"echo 'wipe cannot be started:'\n"
		"echo 'iPXE asks for its password.'\n",
		"menuentry 'Disk' --id t6 {\n",
	};
	static const char *const plain[] = {
		"menuentry 'Memory || test'", "menuentry 'shell' --id t7",
	};

	setup();
	render(PXE_SCRIPT_GRUB, "b", PXE_FAMILY_UEFI);
	has_in_order(plain, PXE_LEN(plain));
	has_in_order(lines, PXE_LEN(lines));
	ck_assert_ptr_null(strstr(text, "wipe.efi"));
	ck_assert_ptr_null(strstr(text, "hushword"));
	render(PXE_SCRIPT_GRUB, "a", PXE_FAMILY_UEFI);
	ck_assert_ptr_nonnull(strstr(text, "set default=t6\nset timeout=7\n"));
	teardown();
}
END_TEST

START_TEST(pxelinux_has_one_page)
{
	static const char *const lines[] = {
		"SAY Hall\n",
		"SAY  Play\n"
		"SAY   -      win (",
		"SAY  \n"
		"SAY  Tools:\n"
		"SAY   -      Memory || test (",
		"SAY  staff:\n"
		"SAY   -      wipe (",
		"SAY   local  Disk\n",
		"SAY Or wait 7 seconds for: local\n"
		"TIMEOUT 70\n"
		"DEFAULT local\n",
		"LABEL secret\n",
		"LABEL local\n",
	};

	setup();
	render(PXE_SCRIPT_PXELINUX, "a", PXE_FAMILY_BIOS);
	has_in_order(lines, PXE_LEN(lines));
	ck_assert_ptr_null(strstr(text, "SAY   secret"));
	ck_assert_ptr_null(strstr(text, "LABEL never"));
	teardown();
}
END_TEST

START_TEST(uboot_has_what_it_can_start)
{
	setup();
	render(PXE_SCRIPT_PXELINUX, "a", PXE_FAMILY_UB64);
	ck_assert_ptr_nonnull(strstr(text, "MENU TITLE Hall\nPROMPT 1\n"
					   "TIMEOUT 70\nDEFAULT local\n"
					   "LABEL local\n"));
	ck_assert_ptr_null(strstr(text, "wipe"));
	ck_assert_ptr_null(strstr(text, "LABEL secret"));
	teardown();
}
END_TEST

START_TEST(a_menu_without_anything_says_so)
{
	setup();
	for (size_t i = 0; i < try.conf->n_targets; i++)
		try.conf->targets[i].is_hidden = true;
	for (size_t i = 0; i < try.conf->n_targets; i++)
		try.conf->targets[i].key = "";
	render(PXE_SCRIPT_IPXE, "a", PXE_FAMILY_UEFI);
	ck_assert_ptr_nonnull(strstr(
		text, "item again Nothing here is for this machine\nchoose "
		      "chosen || goto cancelled\n"));
	teardown();
}
END_TEST

START_TEST(mistakes_are_told)
{
	static const struct {
		const char *boot, *hosts, *told;
	} rows[] = {
		{ "target \"a\" { type = \"shell\" key = \"-\" }\n", "",
		  "boot.conf:1: error: \"a\": key = \"-\" is neither a letter "
		  "nor a digit: give another" },
		{ "target \"a\" { type = \"shell\" key = \"x\" }\n"
		  "target \"b\" { type = \"shell\" key = \"x\" }\n",
		  "",
		  "boot.conf:2: error: key = \"x\" of \"b\" is that of \"a\"" },
		{ "target \"a\" { type = \"shell\" key = \"x\" }\n"
		  "target \"b\" { type = \"shell\" submenu = \"s\" }\n"
		  "submenu \"s\" { key = \"x\" }\n",
		  "",
		  "boot.conf:3: error: key = \"x\" of \"s\" is that of \"a\"" },
		{ "target \"a\" { type = \"shell\" submenu = \"sub\" }\n"
		  "submenu \"subs\" { }\n",
		  "",
		  "boot.conf:1: error: submenu = \"sub\": there is no such "
		  "submenu: did you mean \"subs\"?" },
		{ "submenu \"s\" { }\n", "",
		  "boot.conf:1: warning: submenu \"s\" is empty" },
		{ "submenu \"s\" { }\nsubmenu \"s\" { }\n"
		  "target \"a\" { type = \"shell\" submenu = \"s\" }\n",
		  "",
		  "boot.conf:2: error: submenu \"s\" is there already" },
		{ "target \"a\" { type = \"shell\" hidden = yes }\n",
		  "host \"h\" { mac = \"52:54:00:00:00:01\"\n"
		  "menu-default = \"a\" }\n",
		  "hosts.conf:1: error: host \"h\": menu-default = \"a\" is in "
		  "no menu" },
	};

	setup();
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		bool is_there = false;

		conf_try_done(&try);
		conf_try_init(&try);
		conf_try_write(&try, "boot.conf", rows[i].boot, 0);
		conf_try_write(&try, "hosts.conf", rows[i].hosts, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		conf_try_print(&try);
		for (size_t k = 0; k < try.n; k++)
			is_there |= pxe_str_has_prefix(try.told[k],
						       rows[i].told);
		ck_assert_msg(is_there, "row %zu: %s", i, rows[i].told);
	}
	teardown();
}
END_TEST

START_TEST(the_same_key_where_nobody_sees_both)
{
	conf_try_init(&try);
	conf_try_write(&try, "boot.conf",
		       "submenu \"s\" { key = \"s\" }\n"
		       "target \"a\" { type = \"shell\" key = \"x\"\n"
		       "families = { \"bios\" } }\n"
		       "target \"b\" { type = \"shell\" key = \"x\"\n"
		       "families = { \"uefi\", \"ia32\" } }\n"
		       "target \"c\" { type = \"shell\" key = \"x\"\n"
		       "submenu = \"s\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_uint_eq(try.n_errors, 0);
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("menu", a_machine_sees_what_is_for_its_family,
	  a_host_has_its_own_default_and_timeout, a_submenu_lends_its_password,
	  ipxe_has_everything, grub_has_pages_and_keys, pxelinux_has_one_page,
	  uboot_has_what_it_can_start, a_menu_without_anything_says_so,
	  mistakes_are_told, the_same_key_where_nobody_sees_both)
