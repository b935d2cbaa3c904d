/* SPDX-License-Identifier: ISC */
/* Whole configurations: what becomes of every key, lists and missing files. */
#include <errno.h>
#include <string.h>

#include "core/conf.h"
#include "tests/conf_try.h"
#include "tests/hex.h"
#include "unit.h"

START_TEST(a_whole_configuration_is_read)
{
	const struct pxe_conf_subnet *subnet;
	const struct pxe_conf_target *target;
	const struct pxe_conf_host *host;
	const struct pxe_conf *conf;
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "pxe.conf",
		       "interfaces = { \"eth1\", 'br0' }\n"
		       "server-address = \"10.0.0.1\"\n",
		       0);
	conf_try_write(&try, "dhcpd.conf",
		       "authoritative = On\nuser = \"pxe-dhcpd\"\n"
		       "lease-time = 600\nmax-lease-time = 1200\n"
		       "subnet \"10.0.0.0/24\" {\n"
		       "  ranges = { \"10.0.0.10-10.0.0.20\" }\n"
		       "  ranges += { \"10.0.0.30\" }\n"
		       "  lease-time = 700\n  next-server = \"10.0.0.2\"\n"
		       "  routers = { \"10.0.0.1\", \"10.0.0.3\" }\n"
		       "  domain-name = \"example.org\"\n}\n",
		       0);
	conf_try_write(&try, "boot.conf",
		       "unknown = \"hold\"\n"
		       "loader \"aa64\" { file = \"snp.efi\" }\n"
		       "target \"debian\" { title = \"Debian\" type = linux\n"
		       "  kernel = \"http://x/linux\"\n"
		       "  initrd = { \"http://x/a\", \"http://x/b\" }\n"
		       "  args = \"quiet {{host.name}}\" }\n"
		       "menu { timeout = 0 }\n",
		       0);
	conf_try_write(&try, "hosts.conf",
		       "host \"alpha\" {\n"
		       "  mac = { \"02:00:00:00:00:01\", \"020000000002\" }\n"
		       "  uuid = \"4c4c4544-0042-3510-8051-b4c04f4a3132\"\n"
		       "  address = \"10.0.0.100\" boot = \"debian\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	conf = try.conf;
	ck_assert_uint_eq(conf->n_interfaces, 2);
	ck_assert_str_eq(conf->interfaces[1], "br0");
	ck_assert_uint_eq(conf->server_address, 0x0a000001);
	ck_assert(conf->is_authoritative);
	subnet = &conf->subnets[0];
	ck_assert_uint_eq(subnet->n_ranges, 2);
	ck_assert_uint_eq(subnet->ranges[1].first, 0x0a00001e);
	ck_assert_uint_eq(subnet->lease_s, 700);
	ck_assert_uint_eq(subnet->max_lease_s, 1200);
	ck_assert_uint_eq(subnet->next_server, 0x0a000002);
	ck_assert_uint_eq(subnet->n_opts, 2);
	ck_assert_uint_eq(subnet->opts[0].code, 3);
	ck_assert_uint_eq(subnet->opts[0].len, 8);
	ck_assert_mem_eq(subnet->opts[0].value, "\x0a\0\0\1\x0a\0\0\3", 8);
	ck_assert_uint_eq(conf->unknown, PXE_UNKNOWN_HOLD);
	ck_assert_str_eq(pxe_conf_find_loader(conf, PXE_FAMILY_AA64)->file,
			 "snp.efi");
	ck_assert_uint_eq(conf->n_targets, 2);
	ck_assert_int_eq(conf->targets[0].type, PXE_TARGET_LOCAL);
	target = pxe_conf_find_target(conf, "debian");
	ck_assert_uint_eq(target->n_initrds, 2);
	ck_assert_str_eq(target->initrds[1], "http://x/b");
	ck_assert_uint_eq(target->src.line, 3);
	ck_assert_uint_eq(conf->menu.timeout_s, 0);
	ck_assert_str_eq(conf->menu.title, "Network boot");
	ck_assert_str_eq(conf->menu.dflt->name, "local");
	host = pxe_conf_find_host_name(conf, "alpha");
	ck_assert_ptr_eq(host->boot, target);
	ck_assert_uint_eq(host->n_hw, 2);
	ck_assert(host->has_uuid);
	ck_assert_ptr_eq(pxe_conf_find_host_address(conf, 0x0a000064), host);
	conf_try_done(&try);
}
END_TEST

START_TEST(an_empty_list_is_not_the_default)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "stated.conf", "admin-group = \"\"\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	ck_assert_uint_eq(try.conf->n_lease_users, 1);
	ck_assert_uint_eq(try.conf->n_report_users, 3);
	conf_try_write(&try, "stated.conf",
		       "lease-users = {}\nreport-users = { # nobody\n}\n", 0);
	conf_try_write(&try, "dhcpd.conf",
		       "subnet \"10.0.0.0/24\" { routers = {} ranges = {} }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	ck_assert_uint_eq(try.conf->n_lease_users, 0);
	ck_assert_uint_eq(try.conf->n_report_users, 0);
	ck_assert_uint_eq(try.conf->subnets[0].n_opts, 0);
	ck_assert_uint_eq(try.conf->subnets[0].n_ranges, 0);
	conf_try_write(&try, "stated.conf",
		       "lease-users = {}\nlease-users += { \"a\" }\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	ck_assert_uint_eq(try.conf->n_lease_users, 1);
	ck_assert_str_eq(try.conf->lease_users[0], "a");
	conf_try_write(&try, "hosts.conf", "\nhost \"a\" { mac = { } }\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "hosts.conf:2: error", "neither mac"));
	conf_try_done(&try);
}
END_TEST

START_TEST(files_that_are_missing_are_warned_of)
{
	struct conf_try try;
	char text[256];

	conf_try_init(&try);
	snprintf(text, sizeof(text), "boot-root = \"%s\"\n", try.dir);
	conf_try_write(&try, "pxe.conf", text, 0);
	conf_try_write(&try, "boot.conf",
		       "loader \"bios\" { file = \"not-there\" }\n"
		       "loader \"opal\" { file = \"pxe.conf\" }\n"
		       "loader \"ia32\" { file = \".\" }\n"
		       "target \"a\" { type = \"linux\" kernel = \"none\"\n"
		       "initrd = { \"boot.conf\", \"nor-this\", \"http://x\" "
		       "} }\n"
		       "target \"b\" { type = \"chain\" url = \"/no.efi\" }\n"
		       "target \"c\" { type = \"chain\" url = "
		       "\"pxe_loader_bios\" }\n"
		       "target \"d\" { type = \"chain\" url = \"boot.ipxe\" }\n"
		       "target \"e\" { type = \"chain\" url = \"{{mac}}\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	ck_assert(conf_try_has(&try, "boot.conf:1: warning", "not-there"));
	ck_assert(conf_try_has(&try, "boot.conf:3: warning", "not a file"));
	ck_assert(conf_try_has(&try, "boot.conf:4: warning", "none"));
	ck_assert(conf_try_has(&try, "boot.conf:4: warning", "nor-this"));
	ck_assert(conf_try_has(&try, "boot.conf:6: warning", "/no.efi: "));
	/* what is made when it is asked for is not missing */
	for (int line = 7; line <= 9; line++) {
		snprintf(text, sizeof(text), "boot.conf:%d: warning", line);
		ck_assert(!conf_try_has(&try, text, "put the file there"));
	}
	conf_try_write(&try, "pxe.conf", "boot-root = \"/nonexistent\"\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	ck_assert(conf_try_has(&try, "pxe.conf:1: warning", "boot-root"));
	conf_try_done(&try);
}
END_TEST

/* Copies the octets of vectors/pe/NAME.hex to a file in the directory. */
static void write_loader(struct conf_try *try, const char *name)
{
	char path[128];
	uint8_t head[4096];
	int n;

	snprintf(path, sizeof(path), "pe/%s", name);
	n = hex_read_vector(path, head, sizeof(head));
	ck_assert_int_gt(n, 0);
	conf_try_write(try, name, (const char *)head, (size_t)n);
}

START_TEST(loaders_fit_their_machines)
{
	struct conf_try try;
	char text[256];

	conf_try_init(&try);
	snprintf(text, sizeof(text), "boot-root = \"%s\"\n", try.dir);
	conf_try_write(&try, "pxe.conf", text, 0);
	write_loader(&try, "ipxe-undionly.kpxe");
	write_loader(&try, "ipxe-snponly.efi");
	write_loader(&try, "grubnetaa64.efi");
	conf_try_write(&try, "boot.conf",
		       "loader \"bios\" { file = \"ipxe-undionly.kpxe\" }\n"
		       "loader \"uefi\" { file = \"ipxe-snponly.efi\" }\n"
		       "loader \"aa64\" { file = \"grubnetaa64.efi\" }\n",
		       0);
	conf_try_load(&try, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	ck_assert_uint_eq(try.n, 0);

	conf_try_write(&try, "boot.conf",
		       "loader \"bios\" { file = \"ipxe-snponly.efi\" }\n"
		       "loader \"uefi\" { file = \"grubnetaa64.efi\" }\n"
		       "loader \"aa64\" { file = \"ipxe-undionly.kpxe\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, -EINVAL);
	ck_assert_uint_eq(try.n_errors, 3);
	ck_assert(conf_try_has(&try, "boot.conf:1: error", "program for x64"));
	ck_assert(conf_try_has(&try, "boot.conf:2: error", "for arm64"));
	ck_assert(conf_try_has(&try, "boot.conf:3: error", "no EFI program"));
	ck_assert(conf_try_has(&try, "boot.conf:3", "loaders install aa64"));
	/* what is not below the boot root is not sent, and not looked at */
	snprintf(text, sizeof(text), "ln -s %s/ipxe-snponly.efi %s/away",
		 try.dir, try.dir);
	ck_assert_int_eq(system(text), 0);
	conf_try_write(&try, "boot.conf",
		       "loader \"bios\" { file = \"away\" }\n", 0);
	conf_try_load(&try, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT);
	ck_assert_int_eq(try.result, 0);
	ck_assert(conf_try_has(&try, "boot.conf:1: warning", "outside-root"));
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_whole", a_whole_configuration_is_read,
	  an_empty_list_is_not_the_default,
	  files_that_are_missing_are_warned_of, loaders_fit_their_machines)
