/* SPDX-License-Identifier: ISC */
#include "boot_file_env.h"

START_TEST(virtual_names)
{
	set_up();
	gets_nothing("pxe_loader", PXE_REASON_UNKNOWN_ARCH, false);
	gets_file("pxe_loader_bios", "bios.0");
	ck_assert(found.is_loader && found.family == PXE_FAMILY_BIOS);
	know(7);
	gets_file("pxe_loader_bios", "secure/shim.efi");
	asker.is_old = true;
	gets_file("pxe_loader_bios", "bios.0");
	gets_file("pxe_loader", "secure/shim.efi");
	know(6);
	gets_nothing("pxe_loader", PXE_REASON_WRONG_MACHINE, false);
	ck_assert_int_eq(found.family, PXE_FAMILY_IA32);
	make("pxe_loader", false);
	gets_file("pxe_loader", "pxe_loader");
	tear_down();
}
END_TEST

/* That a boot ROM asks as iPXE does is no proof: its DHCP must have said so. */
START_TEST(an_ipxe_that_asks_again)
{
	set_up();
	know(0);
	is_ipxe_like = true;
	gets_file("pxe_loader_bios", "bios.0");
	facts.stage = PXE_STAGE_IPXE;
	gets_text("pxe_loader_bios", "#!ipxe");
	asker.is_old = true;
	gets_file("pxe_loader_bios", "bios.0");
	tear_down();
}
END_TEST

#define ASKS_WHO "#!ipxe\nchain --autofree --replace "
#define BY       "/boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid}\n"

/* The URL is absolute; without an address of ours, the server that it asked. */
START_TEST(who_asks)
{
	set_up();
	is_ipxe = is_http = true;
	gets_text("boot.ipxe", ASKS_WHO "http://10.77.0.1:16000" BY);
	conf.http_port = 80;
	gets_text("boot.ipxe", ASKS_WHO "http://10.77.0.1" BY);
	conf.server_address = 0x0a4d0009;
	gets_text("boot.ipxe", ASKS_WHO "http://10.77.0.9" BY);
	conf.server_address = 0;
	conf.http_port = 16000;
	server_address = 0;
	server_host = "[fd77::1]";
	gets_text("boot.ipxe", ASKS_WHO "http://[fd77::1]:16000" BY);
	server_host = NULL;
	gets_text("boot.ipxe", ASKS_WHO BY);
	tear_down();
}
END_TEST

START_TEST(scripts)
{
	set_up();
	gets_text("boot.ipxe", "#!ipxe");
	ck_assert_ptr_null(strstr(text.buf, "ifopen"));
	gets_text("x/autoexec.ipxe", "#!ipxe\nisset ${ip}");
	is_ipxe = true;
	gets_text("autoexec.ipxe", "chain --autofree --replace "
				   "http://10.77.0.1:16000/boot.ipxe?mac=");
	is_http = true;
	gets_text("boot.ipxe", ASKS_WHO);
	know(7); /* by its neighbour entry only: it may have a UUID to tell */
	gets_text("boot.ipxe", ASKS_WHO);
	asker.way = PXE_ASKER_BY_SAID;
	gets_text("boot.ipxe", "# no host: ");
	make("autoexec.ipxe", false);
	gets_file("autoexec.ipxe", "autoexec.ipxe");
	ck_assert(found.is_script);
	conf.unknown = PXE_UNKNOWN_IGNORE;
	gets_nothing("boot.ipxe", PXE_REASON_IGNORED, false);
	conf.unknown = PXE_UNKNOWN_MENU;
	tear_down();
}
END_TEST

#define UUID "77777777-0000-4000-8000-525400abcdef"

START_TEST(configurations)
{
	set_up();
	gets_nothing("pxelinux.cfg/default", PXE_REASON_NOT_FOUND, true);
	gets_nothing("grub/grub.cfg-0A4D", PXE_REASON_NOT_FOUND, true);
	know(0);
	gets_text("pxelinux.cfg/" UUID, "");
	gets_text("pxelinux.cfg/default", "");
	gets_text("a/grub.cfg", "");
	make("pxelinux.cfg/01-52-54-00-ab-cd-ef", false);
	gets_nothing("pxelinux.cfg/" UUID, PXE_REASON_NOT_FOUND, true);
	gets_file("pxelinux.cfg/01-52-54-00-ab-cd-ef",
		  "pxelinux.cfg/01-52-54-00-ab-cd-ef");
	gets_text("pxelinux.cfg/0A4D0065", "");
	gets_text("a/pxelinux.cfg/" UUID, "");
	drop("pxelinux.cfg/01-52-54-00-ab-cd-ef");
	make("pxelinux.cfg/0A4D00", false);
	gets_nothing("pxelinux.cfg/0A4D0065", PXE_REASON_NOT_FOUND, true);
	gets_text("pxelinux.cfg/0A4D0", "");
	tear_down();
}
END_TEST

START_TEST(second_stages)
{
	set_up();
	gets_file("grubx64.efi", "secure/grubx64.efi");
	gets_nothing("grubaa64.efi", PXE_REASON_NOT_FOUND, true);
	gets_nothing("revocations.efi", PXE_REASON_NOT_FOUND, true);
	know(7);
	gets_file("revocations.efi", "secure/revocations.efi");
	gets_nothing("mmx64.efi", PXE_REASON_WRONG_MACHINE, false);
	gets_nothing("ipxe.efi", PXE_REASON_NOT_FOUND, true);
	know(0);
	gets_nothing("revocations.efi", PXE_REASON_NOT_FOUND, true);
	gets_nothing("else.efi", PXE_REASON_NOT_FOUND, false);
	tear_down();
}
END_TEST

START_TEST(a_machine_that_is_held)
{
	set_up();
	know(7);
	asker.is_held = true;
	make("boot.ipxe", false);
	make("pxelinux.cfg/default", false);
	gets_nothing("pxe_loader", PXE_REASON_LOOP, false);
	gets_nothing("secure/shim.efi", PXE_REASON_LOOP, false);
	gets_text("boot.ipxe", "#!ipxe");
	gets_text("pxelinux.cfg/" UUID, "");
	ck_assert_int_eq(found.decision.give, PXE_GIVE_HOLD);
	gets_file("secure/grubx64.efi", "secure/grubx64.efi");
	tear_down();
}
END_TEST

#define OWN "52-54-00-ab-cd-ef"

/* Files that are a machine's own come first, whatever its request says. */
START_TEST(directories_of_machines)
{
	static const uint8_t ip6[16] = { 0xfd, 0x77, [15] = 2 };

	set_up();
	run("cd", "&& mkdir -p " OWN "/secure " OWN "/pxelinux.cfg "
		  "10.77.0.101 fd77::2 52-54-00-00-00-01");
	make(OWN "/bios.0", false);
	make(OWN "/secure/shim.efi", true);
	make(OWN "/both", false);
	make("10.77.0.101/both", false);
	make("10.77.0.101/third", false);
	make("fd77::2/sixth", false);
	make("third", false);
	know(7);
	gets_file("bios.0", "bios.0");
	conf.n_client_dirs = 2;
	gets_file("bios.0", "bios.0"); /* nobody knows its address */
	asker.hw = facts.hw;
	gets_file("bios.0", OWN "/bios.0");
	gets_file("both", OWN "/both");
	gets_file("third", "10.77.0.101/third");
	gets_file("secure/grubx64.efi", "secure/grubx64.efi");
	gets_nothing("sixth", PXE_REASON_NOT_FOUND, false);
	ck_assert_str_eq(found.name, "sixth");
	/* the loader of the policy, what comes behind it, and its own text */
	gets_file("pxe_loader", OWN "/secure/shim.efi");
	gets_file("grubx64.efi", "secure/grubx64.efi");
	make(OWN "/secure/grubx64.efi", true);
	gets_file("grubx64.efi", OWN "/secure/grubx64.efi");
	gets_text("pxelinux.cfg/01-" OWN, "");
	make(OWN "/pxelinux.cfg/default", false);
	gets_nothing("pxelinux.cfg/01-" OWN, PXE_REASON_NOT_FOUND, true);
	gets_file("pxelinux.cfg/default", OWN "/pxelinux.cfg/default");
	make(OWN "/boot.ipxe", false);
	gets_file("boot.ipxe", OWN "/boot.ipxe");
	/* the order is that of the configuration */
	dirs[0] = PXE_CLIENT_DIR_ADDRESS;
	dirs[1] = PXE_CLIENT_DIR_MAC;
	gets_file("both", "10.77.0.101/both");
	asker.address = 0;
	memcpy(asker.octets, ip6, sizeof(ip6));
	gets_file("sixth", "fd77::2/sixth");
	dirs[0] = PXE_CLIENT_DIR_MAC;
	dirs[1] = PXE_CLIENT_DIR_ADDRESS;
	/* it is held all the same */
	asker.is_held = true;
	gets_nothing("secure/shim.efi", PXE_REASON_LOOP, false);
	gets_nothing("bios.0", PXE_REASON_LOOP, false);
	gets_text("boot.ipxe", "#!ipxe");
	tear_down();
}
END_TEST

START_TEST(directories_of_machines_are_no_way_out)
{
	set_up();
	run("cd", "&& mkdir " OWN " " OWN "/taken && ln -s /etc " OWN "/etc");
	make("taken", false);
	know(7);
	asker.hw = facts.hw;
	conf.n_client_dirs = 1;
	gets_nothing("../../etc/passwd", PXE_REASON_OUTSIDE, false);
	gets_nothing("../etc/passwd", PXE_REASON_OUTSIDE, false);
	gets_nothing("etc/passwd", PXE_REASON_OUTSIDE, false);
	ck_assert_str_eq(found.name, OWN "/etc/passwd");
	gets_nothing("secure/../../bios.0", PXE_REASON_OUTSIDE, false);
	gets_file("secure/../bios.0", "secure/../bios.0");
	/* what is there in its place is not passed over in silence */
	gets_nothing("taken", PXE_REASON_NOT_A_FILE, false);
	run("cd", "&& rm -r " OWN " && ln -s /etc " OWN);
	gets_nothing("passwd", PXE_REASON_OUTSIDE, false);
	tear_down();
}
END_TEST

START_TEST(names_in_another_case)
{
	set_up();
	gets_nothing("BIOS.0", PXE_REASON_NOT_FOUND, false);
	ck_assert_ptr_nonnull(strstr(found.why.hint, "there is bios.0"));
	conf.folds_case = true;
	gets_file("BIOS.0", "bios.0");
	ck_assert(found.is_loader);
	gets_file("Secure/GrubX64.EFI", "secure/grubx64.efi");
	make("GRUBAA64.EFI", false);
	gets_file("grubaa64.efi", "GRUBAA64.EFI");
	know(0);
	make("pxelinux.cfg/01-52-54-00-AB-CD-EF", false);
	gets_nothing("pxelinux.cfg/" UUID, PXE_REASON_NOT_FOUND, true);
	gets_file("pxelinux.cfg/01-52-54-00-ab-cd-ef",
		  "pxelinux.cfg/01-52-54-00-AB-CD-EF");
	/* in its own directory first, by any case too */
	conf.n_client_dirs = 1;
	asker.hw = facts.hw;
	run("cd", "&& mkdir 52-54-00-AB-CD-EF");
	make("52-54-00-AB-CD-EF/Bios.0", false);
	gets_file("bios.0", "52-54-00-AB-CD-EF/Bios.0");
	/* who is held gets neither loader nor script by another case */
	make("boot.ipxe", false);
	make("52-54-00-AB-CD-EF/autoexec.ipxe", false);
	gets_file("BOOT.IPXE", "boot.ipxe");
	asker.is_held = true;
	gets_nothing("BIOS.0", PXE_REASON_LOOP, false);
	gets_nothing("BOOT.IPXE", PXE_REASON_NOT_FOUND, false);
	gets_nothing("AUTOEXEC.ipxe", PXE_REASON_NOT_FOUND, false);
	tear_down();
}
END_TEST

/* A name that has the boot root's own path before it. */
START_TEST(names_with_the_boot_root)
{
	char name[128];

	set_up();
	know(7);
	snprintf(name, sizeof(name), "%s/secure/grubx64.efi", dir + 1);
	gets_file(name, "secure/grubx64.efi");
	snprintf(name, sizeof(name), "%s/pxe_loader_bios", dir + 1);
	gets_file(name, "secure/shim.efi");
	snprintf(name, sizeof(name), "%s/boot.ipxe", dir + 1);
	gets_text(name, "#!ipxe");
	snprintf(name, sizeof(name), "%s/pxelinux.cfg/default", dir + 1);
	gets_text(name, "");
	snprintf(name, sizeof(name), "%s/../etc/passwd", dir + 1);
	gets_nothing(name, PXE_REASON_OUTSIDE, false);
	snprintf(name, sizeof(name), "%s/none", dir + 1);
	gets_nothing(name, PXE_REASON_NOT_FOUND, false);
	snprintf(name, sizeof(name), "%s/", dir + 1);
	gets_nothing(name, PXE_REASON_NOT_FOUND, false);
	snprintf(name, sizeof(name), "%s.x/bios.0", dir + 1);
	gets_nothing(name, PXE_REASON_NOT_FOUND, false);
	asker.is_held = true;
	snprintf(name, sizeof(name), "%s/bios.0", dir + 1);
	gets_nothing(name, PXE_REASON_LOOP, false);
	asker.is_held = false;
	/* a file of that whole name comes first */
	run("cd", "&& mkdir tmp && mv secure tmp && mkdir x");
	conf.boot_root = "/tmp/";
	gets_file("tmp/secure/grubx64.efi", "tmp/secure/grubx64.efi");
	gets_file("tmp/bios.0", "bios.0");
	conf.boot_root = "/";
	gets_nothing("x/bios.0", PXE_REASON_NOT_FOUND, false);
	conf.boot_root = dir;
	tear_down();
}
END_TEST

/* By its plain name it would be booted at each boot. */
START_TEST(what_takes_an_order)
{
	static struct pxe_conf_target targets[] = {
		{ .name = "wipe",
		  .type = PXE_TARGET_ISO,
		  .memdisk = "",
		  .iso = "/w.iso",
		  .is_once = true },
		{ .name = "live",
		  .type = PXE_TARGET_ISO,
		  .memdisk = "",
		  .iso = "none.iso" },
		{ .name = "other",
		  .type = PXE_TARGET_ISO,
		  .memdisk = "",
		  .iso = "o.iso",
		  .is_once = true },
	};
	char name[128];

	set_up();
	know(16);
	make("w.iso", false);
	make("o.iso", false);
	conf.targets = targets;
	conf.n_targets = PXE_LEN(targets);
	gets_nothing("w.iso", PXE_REASON_NO_ORDER, false);
	gets_nothing("./w.iso", PXE_REASON_NO_ORDER, false);
	gets_nothing("secure/../w.iso", PXE_REASON_NO_ORDER, false);
	snprintf(name, sizeof(name), "%s/w.iso", dir + 1);
	gets_nothing(name, PXE_REASON_NO_ORDER, false);
	gets_nothing("W.iso", PXE_REASON_NOT_FOUND, false);
	conf.folds_case = true;
	gets_nothing("W.iso", PXE_REASON_NO_ORDER, false);
	targets[0].iso = "W.ISO";
	gets_nothing("w.iso", PXE_REASON_NO_ORDER, false);
	targets[0].iso = "/w.iso";
	conf.folds_case = false;
	of = &targets[1];
	gets_nothing("w.iso", PXE_REASON_NO_ORDER, false);
	of = &targets[0];
	gets_file("w.iso", "w.iso");
	gets_nothing("o.iso", PXE_REASON_NO_ORDER, false);
	of = NULL;
	targets[1].iso = "w.iso"; /* who has no order boots it, too */
	gets_file("w.iso", "w.iso");
	conf.targets = &target;
	conf.n_targets = 1;
	gets_file("o.iso", "o.iso");
	tear_down();
}
END_TEST

START_TEST(what_loaders_can_do_without)
{
	set_up();
	gets_nothing("grub/x86_64-efi/fs.lst", PXE_REASON_NOT_FOUND, true);
	gets_nothing("fs.lsts", PXE_REASON_NOT_FOUND, false);
	gets_nothing("boot.scr.uimg", PXE_REASON_NOT_FOUND, true);
	gets_nothing("dtb/", PXE_REASON_NOT_FOUND, true);
	gets_nothing("pxelinux.cfg/default-arm-bcm283x", PXE_REASON_NOT_FOUND,
		     true);
	ck_assert_str_eq(found.why.text, "");
	tear_down();
}
END_TEST

UNIT_MAIN("boot_file", who_asks, directories_of_machines,
	  directories_of_machines_are_no_way_out, names_in_another_case,
	  names_with_the_boot_root, what_takes_an_order,
	  what_loaders_can_do_without, virtual_names, an_ipxe_that_asks_again,
	  scripts, configurations, second_stages, a_machine_that_is_held)
