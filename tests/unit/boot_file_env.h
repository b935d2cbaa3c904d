/* SPDX-License-Identifier: ISC */
/*
 * A boot root and a machine that asks for names in it: for the tests of
 * run/boot_file and run/boot_script.
 */
#ifndef PXE_TEST_BOOT_FILE_ENV_H
#define PXE_TEST_BOOT_FILE_ENV_H

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
static uint32_t server_address;
static const char *server_host;
static const struct pxe_conf_target *of;

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

PXE_UNUSED static void drop(const char *name)
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
	server_address = 0x0a4d0001;
	server_host = NULL;
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
		.server_address = server_address,
		.server_host = server_host,
		.is_http = is_http,
		.is_nameless_ipxe = is_ipxe,
		.is_ipxe_like = is_ipxe_like,
		.of = of,
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

PXE_UNUSED static void gets_file(const char *name, const char *file)
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

#endif
