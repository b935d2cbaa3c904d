/* SPDX-License-Identifier: ISC */
/*
 * What each type of target looks like in each language.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/script.h"
#include "core/target.h"
#include "unit.h"

static char text[PXE_SCRIPT_MAX];

static const char *one_initrd[] = { "d/initrd" };
static const char *two_drives[] = { "aoe:e0.1", "iscsi:10.0.0.9::::x:2" };
static const char *extra[] = { "winpeshl.ini=w/{{host.name}}.ini",
			       "u.xml=http://x/u v.xml", "bad name=x" };
static const char *settings[] = { "base-url={{http}}", "a b=c", "net0/x=",
				  "hostname=${mac} || reboot" };

static const struct pxe_conf_host host = { .name = "alpha" };
static const struct pxe_hwaddr hw = { 1, 6, { 0x52, 0x54, 0, 1, 2, 3 } };

/* clang-format off */
/* What stands between the head of a script and the question for another. */
static const struct {
	const char *name;
	struct pxe_conf_target target;
	const char *golden[PXE_N_SCRIPTS]; /* iPXE, PXELINUX, GRUB */
} rows[] = {
	{ "san",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_SAN,
	    .san = { .root_path = "iscsi:10.0.0.9::::iqn.x:{{host.name}}" } },
	  {
	    "clear initiator-iqn ||\n"
	    "clear username ||\n"
	    "clear password ||\n"
	    "clear reverse-username ||\n"
	    "clear reverse-password ||\n"
	    "clear keep-san ||\n"
	    "sanunhook ||\n"
	    "sanboot iscsi:10.0.0.9::::iqn.x:alpha ||\n"
	    "goto failed\n",
	    "SAY PXELINUX knows no disks of the network, iPXE does.\n",
	    "echo 'T cannot be started:'\n"
	    "echo 'GRUB knows no disks of the network, iPXE does.'\n" } },
	{ "san-all",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_SAN,
	    .settings = settings,
	    .n_settings = 4,
	    .san = { .root_path = "iscsi:10.0.0.9::::iqn.x:a b", .drives = two_drives, .n_drives = 2, .initiator_iqn = "iqn.y:{{host.name}}", .username = "alpha", .password = "a b||${x}", .is_kept = true } },
	  {
	    "set base-url http://192.168.200.1:16000 ||\n"
	    "set net0/x ||\n"
	    "set hostname ${mac} ${nil}|| reboot ||\n"
	    "set initiator-iqn iqn.y:alpha || goto failed\n"
	    "set username alpha || goto failed\n"
	    "set password:hex 61:20:62:7c:7c:24:7b:78:7d || goto failed\n"
	    "clear reverse-username ||\n"
	    "clear reverse-password ||\n"
	    "clear keep-san ||\n"
	    "sanunhook ||\n"
	    "sanunhook --drive 0x81 ||\n"
	    "sanunhook --drive 0x82 ||\n"
	    "set keep-san 1 || goto failed\n"
	    "sanhook --drive 0x81 aoe:e0.1 || goto failed\n"
	    "sanhook --drive 0x82 iscsi:10.0.0.9::::x:2 || goto failed\n"
	    "sanboot iscsi:10.0.0.9::::iqn.x:a%20b ||\n"
	    "goto failed\n",
	    "SAY PXELINUX knows no disks of the network, iPXE does.\n",
	    "echo 'T cannot be started:'\n"
	    "echo 'GRUB knows no disks of the network, iPXE does.'\n" } },
	{ "san-kernel",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_SAN,
	    .kernel = "d/linux",
	    .initrds = one_initrd,
	    .n_initrds = 1,
	    .args = "quiet",
	    .san = { .root_path = "aoe:e1.1", .is_gateway_blank = true } },
	  {
	    "clear initiator-iqn ||\n"
	    "clear username ||\n"
	    "clear password ||\n"
	    "clear reverse-username ||\n"
	    "clear reverse-password ||\n"
	    "clear keep-san ||\n"
	    "sanunhook ||\n"
	    "set hooked 1\n"
	    "set netX/gateway 0.0.0.0 || goto failed\n"
	    "sanhook aoe:e1.1 || set hooked 0\n"
	    "clear netX/gateway ||\n"
	    "iseq ${hooked} 1 || goto failed\n"
	    "imgfree\n"
	    "kernel --name kernel http://192.168.200.1:16000/d/linux in"
	    "itrd=initrd quiet || goto failed\n"
	    "initrd --name initrd http://192.168.200.1:16000/d/initrd |"
	    "| goto failed\n"
	    "boot ||\n"
	    "goto failed\n",
	    "SAY PXELINUX knows no disks of the network, iPXE does.\n",
	    "echo 'T cannot be started:'\n"
	    "echo 'GRUB knows no disks of the network, iPXE does.'\n" } },
	{ "san-iso",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_SAN,
	    .iso = "i.iso",
	    .san = { .root_path = "aoe:e1.1", .drives = two_drives, .n_drives = 1 } },
	  {
	    "clear initiator-iqn ||\n"
	    "clear username ||\n"
	    "clear password ||\n"
	    "clear reverse-username ||\n"
	    "clear reverse-password ||\n"
	    "clear keep-san ||\n"
	    "sanunhook ||\n"
	    "sanunhook --drive 0x81 ||\n"
	    "sanhook --drive 0x81 aoe:e0.1 || goto failed\n"
	    "sanhook aoe:e1.1 || goto failed\n"
	    "sanboot --no-describe --drive 0x82 http://192.168.200.1:16"
	    "000/i.iso ||\n"
	    "goto failed\n",
	    "SAY PXELINUX knows no disks of the network, iPXE does.\n",
	    "echo 'T cannot be started:'\n"
	    "echo 'GRUB knows no disks of the network, iPXE does.'\n" } },
	{ "san-nothing",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_SAN,
	    .san = { .root_path = "aoe:e1.1", .is_boot_skipped = true } },
	  {
	    "clear initiator-iqn ||\n"
	    "clear username ||\n"
	    "clear password ||\n"
	    "clear reverse-username ||\n"
	    "clear reverse-password ||\n"
	    "clear keep-san ||\n"
	    "sanunhook ||\n"
	    "sanhook aoe:e1.1 || goto failed\n"
	    "exit\n",
	    "SAY PXELINUX knows no disks of the network, iPXE does.\n",
	    "echo 'T cannot be started:'\n"
	    "echo 'GRUB knows no disks of the network, iPXE does.'\n" } },
	{ "wimboot",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_WIMBOOT,
	    .cpu = PXE_CPU_X86_64,
	    .args = "gui",
	    .wim = { "wimboot", "w/bcd", "w/boot.sdi", "w/boot.wim", extra, 3 } },
	  {
	    "set fits 0\n"
	    "iseq ${buildarch} x86_64 && set fits 1 ||\n"
	    "iseq ${buildarch} i386 && cpuid --ext 29 && set fits 1 ||\n"
	    "iseq ${fits} 1 || echo ${what} needs a 64-bit x86 processor\n"
	    "iseq ${fits} 1 || goto failed\n"
	    "imgfree\n"
	    "kernel --name wimboot http://192.168.200.1:16000/wimboot g"
	    "ui || goto failed\n"
	    "initrd --name BCD http://192.168.200.1:16000/w/bcd BCD || "
	    "goto failed\n"
	    "initrd --name boot.sdi http://192.168.200.1:16000/w/boot.s"
	    "di boot.sdi || goto failed\n"
	    "initrd --name winpeshl.ini http://192.168.200.1:16000/w/al"
	    "pha.ini winpeshl.ini || goto failed\n"
	    "initrd --name u.xml http://x/u%20v.xml u.xml || goto failed\n"
	    "initrd --name boot.wim http://192.168.200.1:16000/w/boot.w"
	    "im boot.wim || goto failed\n"
	    "boot ||\n"
	    "goto failed\n",
	    "SAY iPXE starts wimboot, PXELINUX does not.\n",
	    "echo 'T cannot be started:'\n"
	    "echo 'iPXE starts wimboot, GRUB does not.'\n" } },
	{ "iso",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_ISO,
	    .iso = "i.iso" },
	  {
	    "sanboot --no-describe http://192.168.200.1:16000/i.iso ||\n"
	    "goto failed\n",
	    "SAY PXELINUX starts images by memdisk only, iPXE may.\n",
	    "echo 'T cannot be started:'\n"
	    "echo 'GRUB starts images by memdisk only, iPXE may.'\n" } },
	{ "iso-memdisk",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_ISO,
	    .iso = "i.iso",
	    .memdisk = "memdisk" },
	  {
	    "iseq ${platform} efi && sanboot --no-describe http://192.1"
	    "68.200.1:16000/i.iso ||\n"
	    "iseq ${platform} efi && goto failed ||\n"
	    "imgfree\n"
	    "kernel --name memdisk http://192.168.200.1:16000/memdisk i"
	    "so raw || goto failed\n"
	    "initrd --name iso http://192.168.200.1:16000/i.iso || goto"
	    " failed\n"
	    "boot ||\n"
	    "goto failed\n",
	    "LINUX http://192.168.200.1:16000/memdisk\n"
	    "APPEND initrd=http://192.168.200.1:16000/i.iso iso raw\n",
	    "echo 'Starting T'\n"
	    "if linux16 '(http,192.168.200.1:16000)/memdisk' 'iso' 'raw"
	    "'; then\n"
	    "if initrd16 '(http,192.168.200.1:16000)/i.iso'; then\n"
	    "boot\n"
	    "fi\n"
	    "fi\n"
	    "echo 'T could not be started.'\n" } },
	{ "poweroff",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_POWEROFF },
	  {
	    "poweroff ||\n"
	    "goto failed\n",
	    "COM32 poweroff.c32\n",
	    "echo 'Starting T'\n"
	    "halt\n"
	    "echo 'T could not be started.'\n" } },
	{ "exit",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_EXIT },
	  {
	    "exit\n",
	    "LOCALBOOT -1\n",
	    "echo 'Starting T'\n"
	    "exit\n"
	    "echo 'T could not be started.'\n" } },
	{ "local-sanboot",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_LOCAL,
	    .local = { PXE_LOCAL_SANBOOT, 2, "" } },
	  {
	    "iseq ${platform} efi && sanboot --no-describe --drive 1 ||\n"
	    "iseq ${platform} efi && exit 1 ||\n"
	    "sanboot --no-describe --drive 0x81 || exit\n"
	    "exit\n",
	    "LOCALBOOT 0x81\n",
	    "function pxe_local0_efi {\n"
	    "if search --no-floppy --set=root --file '/EFI/BOOT/BOOTX64"
	    ".EFI'; then if chainloader '/EFI/BOOT/BOOTX64.EFI'; then b"
	    "oot; fi; fi\n"
	    "exit 1\n"
	    "}\n"
	    "function pxe_local0_pc {\n"
	    "if chainloader (hd1)+1; then boot; fi\n"
	    "}\n"
	    "echo 'Starting T'\n"
	    "pxe_local0_$grub_platform\n"
	    "exit 1\n"
	    "echo 'T could not be started.'\n" } },
	{ "local-chain",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_LOCAL,
	    .local = { PXE_LOCAL_CHAIN, 0, "/EFI/x y/g'.efi" } },
	  {
	    "iseq ${platform} efi && sanboot --no-describe --drive 0 --"
	    "filename \\EFI\\xy\\g'.efi ||\n"
	    "iseq ${platform} efi && exit 1 ||\n"
	    "sanboot --no-describe --drive 0x80 || exit\n"
	    "exit\n",
	    "LOCALBOOT 0x80\n",
	    "function pxe_local0_efi {\n"
	    "if search --no-floppy --set=root --file '/EFI/x y/g'\\''.e"
	    "fi'; then if chainloader '/EFI/x y/g'\\''.efi'; then boot;"
	    " fi; fi\n"
	    "exit 1\n"
	    "}\n"
	    "function pxe_local0_pc {\n"
	    "if chainloader (hd0)+1; then boot; fi\n"
	    "}\n"
	    "echo 'Starting T'\n"
	    "pxe_local0_$grub_platform\n"
	    "exit 1\n"
	    "echo 'T could not be started.'\n" } },
	{ "local-exit",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_LOCAL,
	    .local = { PXE_LOCAL_EXIT, 0, "" } },
	  {
	    "iseq ${platform} efi && exit 0 ||\n"
	    "exit\n",
	    "LOCALBOOT -1\n",
	    "function pxe_local0_efi { exit; }\n"
	    "function pxe_local0_pc { exit 1; }\n"
	    "echo 'Starting T'\n"
	    "pxe_local0_$grub_platform\n"
	    "exit 1\n"
	    "echo 'T could not be started.'\n" } },
	{ "local-exit-1",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_LOCAL,
	    .local = { PXE_LOCAL_EXIT_1, 0, "" } },
	  {
	    "iseq ${platform} efi && exit 1 ||\n"
	    "exit 1\n",
	    "LOCALBOOT -1\n",
	    "function pxe_local0_efi { exit 1; }\n"
	    "function pxe_local0_pc { exit 1; }\n"
	    "echo 'Starting T'\n"
	    "pxe_local0_$grub_platform\n"
	    "exit 1\n"
	    "echo 'T could not be started.'\n" } },
	{ "local",
	  { .name = "t",
	    .title = "T",
	    .type = PXE_TARGET_LOCAL },
	  {
	    "iseq ${platform} efi && exit 1 ||\n"
	    "sanboot --no-describe --drive 0x80 || exit\n"
	    "exit\n",
	    "LOCALBOOT -1\n",
	    "function pxe_local_efi { exit 1; }\n"
	    "function pxe_local_pc {\n"
	    "if chainloader (hd0)+1; then boot; fi\n"
	    "}\n"
	    "echo 'Starting T'\n"
	    "pxe_local_$grub_platform\n"
	    "exit 1\n"
	    "echo 'T could not be started.'\n" } },
};
/* clang-format on */

static int render_as(enum pxe_script_kind kind, enum pxe_give give,
		     const struct pxe_conf *conf,
		     const struct pxe_conf_target *t,
		     const struct pxe_expand_vars *extra_vars)
{
	struct pxe_expand_vars vars = { .host = &host,
					.hw = &hw,
					.server_address = 0xc0a8c801,
					.http_port = 16000,
					.is_http = true };
	struct pxe_decision d = { .give = give, .target = t, .rule = "r" };
	struct pxe_str out;

	if (extra_vars != NULL)
		vars = *extra_vars;
	pxe_str_init(&out, text, sizeof(text));
	return pxe_script_render(kind, conf, &d, &vars, &out);
}

static void render(enum pxe_script_kind kind, const struct pxe_conf_target *t)
{
	const struct pxe_conf conf = {
		.targets = (struct pxe_conf_target *)t, .n_targets = 1
	};

	ck_assert_int_eq(render_as(kind, PXE_GIVE_TARGET, &conf, t, NULL), 0);
}

/* The part of `text` from behind `from` to before `to`, cut out. */
static const char *cut(const char *from, const char *to)
{
	char *start = strstr(text, from), *end;

	ck_assert_msg(start != NULL, "%s", text);
	start += strlen(from);
	end = strstr(start, to);
	ck_assert_msg(end != NULL, "%s", text);
	*end = '\0';
	return start;
}

START_TEST(test_each_type)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct pxe_conf_target *t = &rows[i].target;
		bool is_refused;

		render(PXE_SCRIPT_IPXE, t);
		ck_assert_msg(strcmp(cut("Starting ${what}\n", ":failed\n"),
				     rows[i].golden[0]) == 0, "%s: %s",
			      rows[i].name, text);
		render(PXE_SCRIPT_PXELINUX, t);
		is_refused = strstr(text, "cannot be started") != NULL;
		ck_assert_str_eq(is_refused ? cut("started:\n", "SAY It asks ")
					    : cut("LABEL t\n", "LABEL ("),
				 rows[i].golden[1]);
		render(PXE_SCRIPT_GRUB, t);
		ck_assert_str_eq(cut("rule r\n", "echo 'It asks "),
				 rows[i].golden[2]);
	}
}
END_TEST

/*
 * What iPXE takes for the structure of a script: of each line the first words
 * of its commands and what stands between them, of labels all.  The rules of
 * iPXE are at the head of core/script_ipxe.c.
 */
static void read_structure(char *out, size_t cap)
{
	static char copy[PXE_SCRIPT_MAX];
	struct pxe_str s;
	char *rest = copy, *line;

	pxe_str_init(&s, out, cap);
	memcpy(copy, text, strlen(text) + 1);
	while ((line = strsep(&rest, "\n")) != NULL) {
		bool is_first = true;
		char *word;

		ck_assert(line[0] == '\0' ||
			  line[strlen(line) - 1] != '\\');
		if (line[0] == '#') /* a comment, or the first line */
			continue;
		while ((word = strsep(&line, " \t\r\v\f")) != NULL) {
			bool is_end = strcmp(word, "||") == 0 ||
				      strcmp(word, "&&") == 0 ||
				      strcmp(word, ";") == 0;

			if (word[0] == '#')
				break;
			if (word[0] != '\0' && (is_first || is_end))
				pxe_str_putf(&s, "%s ", word);
			if (word[0] != '\0')
				is_first = is_end;
		}
		pxe_str_puts(&s, "\n");
	}
	ck_assert(!s.cut);
}

/* No text of the configuration gets out of its place. */
START_TEST(test_texts_stay_in_their_places)
{
	static const char *const odd[] = {
		"x", "#", "||", "&&", ";", "\\", "a\\", "a\nreboot",
		"a || reboot",
		"a ; reboot", "a && reboot", "a #", "# a", "a\r\nreboot\n",
		"\treboot", "-x", "--y", ":label", "a \\", "\\\nreboot", "'\"",
		"%0a", "a\vreboot", "a\x0creboot", "\x01", "\x7f", "\xff", "=",
	};
	static const char *list[1], *pairs[1], *images[1];
	static char all[300], pair[320];
	static char want[8192], got[8192];

	for (int c = 1; c < 256; c++)
		all[c - 1] = (char)c;
	for (size_t i = 0; i <= PXE_LEN(odd); i++) {
		const char *t = i < PXE_LEN(odd) ? odd[i] : all;
		const struct pxe_conf_target targets[] = {
			{ .type = PXE_TARGET_LINUX, .kernel = t, .args = t,
			  .initrds = images, .n_initrds = 1, .settings = pairs,
			  .n_settings = 1 },
			{ .type = PXE_TARGET_SAN,
			  .san = { .root_path = t, .drives = list,
				   .n_drives = 1, .initiator_iqn = t,
				   .username = t, .password = t,
				   .reverse_username = t,
				   .reverse_password = t } },
			{ .type = PXE_TARGET_WIMBOOT, .args = t,
			  .wim = { t, t, t, t, pairs, 1 } },
			{ .type = PXE_TARGET_ISO, .iso = t, .memdisk = t,
			  .args = t },
			{ .type = PXE_TARGET_ISO, .iso = t },
			{ .type = PXE_TARGET_CHAIN, .url = t },
			{ .type = PXE_TARGET_LOCAL,
			  .local = { PXE_LOCAL_CHAIN, 1, t } },
		};

		list[0] = images[0] = t;
		snprintf(pair, sizeof(pair), "name=%s", t);
		pairs[0] = pair;
		for (size_t k = 0; k < PXE_LEN(targets); k++) {
			static char wants[PXE_LEN(targets)][8192];
			struct pxe_conf_target target = targets[k];

			target.name = "t";
			target.title = t;
			render(PXE_SCRIPT_IPXE, &target);
			read_structure(got, sizeof(got));
			if (i == 0)
				memcpy(wants[k], got, sizeof(got));
			memcpy(want, wants[k], sizeof(want));
			ck_assert_msg(strcmp(got, want) == 0,
				      "text %zu, target %zu:\n%s", i, k, text);
		}
	}
}
END_TEST

UNIT_MAIN("script_types", test_each_type, test_texts_stay_in_their_places)
