/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/script.h"
#include "run/boot_file.h"
#include "unit.h"

static const char *prefixes[] = { "pxe_loader" };
static struct pxe_conf_loader loaders[] = {
	{ .family = PXE_FAMILY_BIOS, .file = "bios.0" },
	{ .family = PXE_FAMILY_UEFI, .file = "/secure/shim.efi" },
	{ .family = PXE_FAMILY_IA32, .file = "secure/wrong.efi" },
};
static struct pxe_conf_target target = { .name = "local",
					 .title = "The disk",
					 .type = PXE_TARGET_LOCAL };
static enum pxe_client_dir dirs[] = { PXE_CLIENT_DIR_MAC,
				      PXE_CLIENT_DIR_ADDRESS };
static char dir[64];
static struct pxe_conf conf = {
	.loader_names = prefixes,
	.n_loader_names = 1,
	.loaders = loaders,
	.n_loaders = PXE_LEN(loaders),
	.targets = &target,
	.n_targets = 1,
	.menu = { .title = "Menu", .dflt = &target },
	.http_port = 16000,
	.boot_root = dir,
	.client_dirs = dirs,
};

static int root = -1;
static struct pxe_facts facts;
static struct pxe_asker asker;
static char buf[PXE_SCRIPT_MAX];
static struct pxe_str text;
static struct pxe_boot_found found;
static struct pxe_why_limit limit;
static struct pxe_fold_cache folds;
static long long now_s = 1;
static bool is_ipxe, is_ipxe_like, is_http;

static void make(const char *name, bool is_efi)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	if (is_efi)
		fprintf(f, "MZ%58s@%c%c%cPE%c%cd\206%18s", "", 0, 0, 0, 0, 0,
			"");
	fputs("text", f);
	fclose(f);
}

static void drop(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_int_eq(unlink(path), 0);
}

/* A command line with the directory between its halves. */
static void run(const char *before, const char *behind)
{
	char line[256];

	snprintf(line, sizeof(line), "%s %s %s", before, dir, behind);
	ck_assert_int_eq(system(line), 0);
}

static void set_up(void)
{
	snprintf(dir, sizeof(dir), "/tmp/pxe-boot-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	run("cd", "&& mkdir secure pxelinux.cfg");
	make("bios.0", false);
	make("secure/shim.efi", true);
	make("secure/wrong.efi", true);
	make("secure/grubx64.efi", true);
	make("secure/mmx64.efi", false);
	make("secure/revocations.efi", false);
	root = pxe_rootdir_open(dir);
	ck_assert_int_ge(root, 0);
	memset(&asker, 0, sizeof(asker));
	memset(&facts, 0, sizeof(facts));
	is_ipxe = is_ipxe_like = is_http = false;
	conf.folds_case = false;
	conf.n_client_dirs = 0;
}

static void tear_down(void)
{
	close(root);
	pxe_fold_cache_clear(&folds);
	run("rm -r", "");
}

/* It is a machine that pxe-dhcpd saw. */
static void know(uint16_t arch)
{
	ck_assert_int_eq(pxe_hwaddr_parse("52:54:00:ab:cd:ef", &facts.hw), 0);
	facts.stage = PXE_STAGE_ROM;
	facts.arch = arch;
	asker.facts = &facts;
	asker.way = PXE_ASKER_BY_NEIGHBOUR;
	asker.address = 0x0a4d0065;
}

static enum pxe_reason find(const char *name)
{
	struct pxe_boot_name means;
	const struct pxe_boot_ask ask = {
		.conf = &conf,
		.root_fd = root,
		.folds = &folds,
		.name = name,
		.means = &means,
		.asker = &asker,
		.server_address = 0x0a4d0001,
		.is_http = is_http,
		.is_nameless_ipxe = is_ipxe,
		.is_ipxe_like = is_ipxe_like,
	};
	enum pxe_reason reason;

	pxe_boot_name_read(&conf, name, &means);
	pxe_str_init(&text, buf, sizeof(buf));
	reason = pxe_boot_file_find(&ask, &text, &found);
	if (reason != PXE_REASON_OK)
		pxe_boot_file_explain(&ask, reason, false, &limit, now_s++,
				      &found);
	ck_assert_msg((found.file.fd >= 0) ==
			      (reason == PXE_REASON_OK && !found.is_text),
		      "%s", name);
	if (found.file.fd >= 0)
		close(found.file.fd);
	return reason;
}

static void gets_file(const char *name, const char *file)
{
	enum pxe_reason reason = find(name);

	ck_assert_msg(reason == PXE_REASON_OK && !found.is_text, "%s: %s", name,
		      pxe_reason_name(reason));
	ck_assert_str_eq(found.name, file);
}

static void gets_text(const char *name, const char *part)
{
	enum pxe_reason reason = find(name);

	ck_assert_msg(reason == PXE_REASON_OK && found.is_text &&
			      found.is_script,
		      "%s: %s", name, pxe_reason_name(reason));
	ck_assert_msg(strstr(text.buf, part) != NULL, "%s: %s", name, text.buf);
	ck_assert_uint_eq(text.len, strlen(text.buf));
}

static void gets_nothing(const char *name, enum pxe_reason reason, bool quiet)
{
	enum pxe_reason got = find(name);

	ck_assert_msg(got == reason, "%s: %s", name, pxe_reason_name(got));
	ck_assert_msg(found.is_quiet == quiet, "%s", name);
}

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

START_TEST(scripts)
{
	set_up();
	gets_text("boot.ipxe", "#!ipxe");
	ck_assert_ptr_null(strstr(text.buf, "ifopen"));
	gets_text("x/autoexec.ipxe", "#!ipxe\nisset ${ip}");
	is_ipxe = true;
	gets_text("autoexec.ipxe",
		  "chain --autofree --replace "
		  "http://10.77.0.1:16000/boot.ipxe?mac=");
	is_http = true;
	gets_text("boot.ipxe", "chain --autofree --replace /boot.ipxe?mac=");
	know(7); /* by its neighbour entry only: it may have a UUID to tell */
	gets_text("boot.ipxe", "chain --autofree --replace /boot.ipxe?mac=");
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

/* A target of type "script": its file with variables, in each language. */
START_TEST(scripts_of_the_administrator)
{
	static const struct pxe_conf_target own = {
		.name = "own",
		.title = "Own",
		.type = PXE_TARGET_SCRIPT,
		.scripts = { "secure/own.ipxe", "own.pxelinux", "" },
	};
	const struct pxe_conf_host host = { .name = "alpha", .boot = &own };

	set_up();
	conf.script_dir = dir;
	know(0);
	asker.host = &host;
	is_http = true;
	gets_nothing("boot.ipxe", PXE_REASON_TEMPLATE, false);
	ck_assert_ptr_nonnull(strstr(found.why.text, "/secure/own.ipxe: No "
						     "such file"));
	run("cd", "&& printf '#!ipxe\necho {{host.name}} {{target.name}} "
		  "${mac}\n' > secure/own.ipxe");
	gets_text("boot.ipxe", "#!ipxe\necho alpha own ${mac}\n");
	ck_assert_int_eq(strncmp(text.buf, "#!ipxe\n", 7), 0);
	gets_text("cfg/mac-525400abcdef.ipxe.cfg", "echo alpha own ${mac}\n");
	gets_text("autoexec.ipxe", "#!ipxe\nisset ${ip} ");
	run("cd", "&& printf 'SAY hello {{mac}}\n' > own.pxelinux");
	gets_text("pxelinux.cfg/01-52-54-00-ab-cd-ef",
		  "SAY hello 52:54:00:ab:cd:ef\n");
	gets_text("grub.cfg-01-52-54-00-ab-cd-ef",
		  "boot.conf has no script of it for GRUB.");
	run("cd", "&& printf '#!ipxe\necho {{nobody}}\n' > secure/own.ipxe");
	gets_nothing("boot.ipxe", PXE_REASON_TEMPLATE, false);
	ck_assert_msg(strstr(found.why.text, "/own.ipxe:2: nobody: there is "
					     "no such variable") != NULL,
		      "%s", found.why.text);
	run("cd", "&& rm secure/own.ipxe && ln -s /etc/passwd secure/own.ipxe");
	gets_nothing("boot.ipxe", PXE_REASON_TEMPLATE, false);
	conf.script_dir = NULL;
	tear_down();
}
END_TEST

/* What takes a boot session is not started by what came by TFTP. */
START_TEST(what_takes_http)
{
	static const char *initrd[] = { "i" };
	static const struct pxe_conf_target install = {
		.name = "install",
		.title = "Install",
		.type = PXE_TARGET_LINUX,
		.kernel = "k",
		.initrds = initrd,
		.n_initrds = 1,
		.args = "url={{answer-url}}/a",
	};
	const struct pxe_conf_host host = { .name = "alpha",
					    .boot = &install };

	set_up();
	know(0);
	asker.host = &host;
	gets_text("autoexec.ipxe",
		  ":again\nchain --autofree --replace http://10.77.0.1:16000"
		  "/boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid} ||\n");
	ck_assert_ptr_nonnull(strstr(text.buf, "#!ipxe\nisset ${ip} "));
	ck_assert_ptr_null(strstr(text.buf, "kernel"));
	gets_text("pxelinux.cfg/01-52-54-00-ab-cd-ef",
		  "Why: what the machine is to boot takes HTTP, ");
	ck_assert_int_eq(found.decision.reason, PXE_REASON_NEEDS_HTTP);
	ck_assert_ptr_null(strstr(text.buf, "LINUX "));
	gets_text("grub.cfg-01-52-54-00-ab-cd-ef",
		  "Why: what the machine is to boot takes HTTP, ");
	ck_assert_ptr_null(strstr(text.buf, "if linux"));
	tear_down();
}
END_TEST

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

UNIT_MAIN("boot_file", directories_of_machines,
	  directories_of_machines_are_no_way_out, names_in_another_case,
	  names_with_the_boot_root, what_loaders_can_do_without,
	  virtual_names, an_ipxe_that_asks_again, scripts,
	  scripts_of_the_administrator, what_takes_http, configurations, second_stages, a_machine_that_is_held)
