/* SPDX-License-Identifier: ISC */
/* Mistakes in boot scripts; and none in those that we make. */
#include <stdio.h>
#include <string.h>

#include "core/script_lint.h"
#include "unit.h"

static struct pxe_str told;
static char told_text[4096];

static void note(const struct pxe_lint_found *found, void *arg)
{
#define X(id, is_error, text) [PXE_LINT_##id] = #id,
	static const char *const names[] = { PXE_LINTS(X) };
#undef X

	(void)arg;
	pxe_str_putf(&told, "%u:%s:%s ", found->line, names[found->what],
		     found->name);
}

static const char *lint(enum pxe_script_kind kind, const char *text)
{
	pxe_str_init(&told, told_text, sizeof(told_text));
	pxe_script_lint(kind, text, strlen(text), note, NULL);
	return told_text;
}

static const struct {
	const char *text, *told;
} vectors[] = {
	{ "", "" },
	{ "#!ipxe\n", "" },
	{ "#!ipxe\n:a\ngoto a\n", "" },
	{ "#!ipxe\ngoto a\n:a", "" },
	{ "#!ipxe\ngoto b\n:a\n", "2:NO_LABEL:b " },
	{ "#!ipxe\n:ab\ngoto a\n", "3:NO_LABEL:a " },
	{ "#!ipxe\n: a\ngoto a || goto c\n", "3:NO_LABEL:c " },
	{ "#!ipxe\ngoto ${chosen}\ngoto x-${y}\n", "" },
	{ "#!ipxe\ngoto {{var.x|y}}\n", "" },
	{ "#!ipxe\ngoto\ngoto || goto # x\n",
	  "2:NO_TARGET:goto 3:NO_TARGET:goto 3:NO_TARGET:goto " },
	{ "#!ipxe\n:a\n:b\n:a\n", "4:TWO_LABELS:a " },
	{ "#!ipxe\n:a\n:a\n:a\ngoto a\n", "3:TWO_LABELS:a 4:TWO_LABELS:a " },
	{ "#!ipxe\ndhcp && kernl x ; shell || exi\n",
	  "2:COMMAND:kernl 2:COMMAND:exi " },
	{ "#!ipxe\n  dhcp\n\techo goto nowhere\n# goto nowhere\n", "" },
	{ "#!ipxe\necho a # || goto nowhere\n", "" },
	{ "#!ipxe\n${cmd} x\n{{if mac}}\n{{end}}\n", "" },
	{ "#!ipxe\nset x ${next-server}/a\n# ${next-server}\n",
	  "2:NEXT_SERVER:${next-server} " },
	{ "#!ipxe\r\n:a\r\ngoto a\r\n", "1:CRLF: " },
	{ "#!ipxe\nkernel {{http}}/k/vmlinuz a=b initrd=x || goto f\n"
	  "initrd --name x rel/initrd\nchain --autofree --replace ${u}\n"
	  "chain -t 5 http://h/x\nboot\nboot img\nimgexec a/b\n:f\n",
	  "2:FILE:{{http}}/k/vmlinuz 3:FILE:rel/initrd 5:FILE:http://h/x "
	  "8:FILE:a/b " },
	{ "#!ipxe\nkernel {{http}}/{{var.k}} x\nchain {{done-url}}\n", "" },
	{ "#!ipxe\nchain \\\n  a/b || \\\n  goto x\ngoto y\n",
	  "2:FILE:a/b 2:NO_LABEL:x 5:NO_LABEL:y " },
	{ "#!ipxe\nsanboot --no-describe --drive 0x80 || exit\n", "" },
	{ "\\", "1:COMMAND:\\ " },
};

START_TEST(mistakes_are_found_with_their_line)
{
	for (size_t i = 0; i < PXE_LEN(vectors); i++) {
		const char *said = lint(PXE_SCRIPT_IPXE, vectors[i].text);

		ck_assert_msg(strcmp(said, vectors[i].told) == 0, "%s: '%s'",
			      vectors[i].text, said);
	}
}
END_TEST

START_TEST(files_of_other_loaders_are_found)
{
	ck_assert_str_eq(lint(PXE_SCRIPT_GRUB,
			      "linux /a/vmlinuz quiet\n  initrd /a/initrd\n"
			      "linux $prefix/x\nlinux (http,h)/y\nset a=b\n"
			      "linuxefi /b\n"),
			 "1:FILE:/a/vmlinuz 2:FILE:/a/initrd 6:FILE:/b ");
	ck_assert_str_eq(lint(PXE_SCRIPT_PXELINUX,
			      "DEFAULT a\nLABEL a\n  KERNEL /k\n  append x\n"
			      "  Initrd /i\n"),
			 "3:FILE:/k 5:FILE:/i ");
}
END_TEST

/* Every command of the table is found in it: it is sorted. */
START_TEST(commands_are_known)
{
	static const char *const words[] = {
		"?",     "autoboot", "boot",  "chain",   "choose",   "console",
		"cpuid", "dhcp",     "echo",  "exit",    "goto a",   "ifopen",
		"item",  "kernel",   "login", "menu",    "poweroff", "prompt",
		"set",   "shell",    "sync",  "vcreate", "vdestroy",
	};
	char text[64];

	for (size_t i = 0; i < PXE_LEN(words); i++) {
		snprintf(text, sizeof(text), "#!ipxe\n:a\n%s\n", words[i]);
		ck_assert_str_eq(lint(PXE_SCRIPT_IPXE, text), "");
	}
}
END_TEST

static void note_but_files(const struct pxe_lint_found *found, void *arg)
{
	if (found->what != PXE_LINT_FILE)
		note(found, arg);
}

/* What is made of a menu and of each type of target. */
START_TEST(our_own_scripts_have_no_mistakes)
{
	struct pxe_conf_target targets[PXE_N_TARGET_TYPES];
	struct pxe_conf conf = { .targets = targets };
	struct pxe_expand_vars vars = { .server_address = 0x0a4d0001,
					.http_port = 16000 };
	struct pxe_decision d = { .give = PXE_GIVE_MENU };
	static char names[PXE_N_TARGET_TYPES][16], text[65536];
	struct pxe_str out;

	for (int i = 0; i < PXE_N_TARGET_TYPES; i++) {
		snprintf(names[i], sizeof(names[i]), "type-%d", i);
		targets[i] = (struct pxe_conf_target) {
			.name = names[i],
			.title = "goto nowhere || x",
			.type = (enum pxe_target_type)i,
			.kernel = "k",
			.args = "quiet",
			.url = "x.ipxe",
			.iso = "x.iso",
			.key = "",
			.gap = "",
			.password = "",
			.san = { .root_path = "iscsi:10.0.0.1::::iqn.x",
				 .initiator_iqn = "",
				 .username = "",
				 .password = "",
				 .reverse_username = "",
				 .reverse_password = "" },
			.wim = { .image = "",
				 .bcd = "b",
				 .sdi = "s",
				 .loader = "w" },
			.scripts = { "s.ipxe", "s.cfg", "s.grub" },
			.local = { .file = "" },
		};
	}
	conf.n_targets = PXE_N_TARGET_TYPES;
	conf.menu.title = "All";
	conf.menu.dflt = &targets[0];
	conf.local.file = "";
	for (int i = -1; i < PXE_N_TARGET_TYPES; i++) {
		pxe_str_init(&out, text, sizeof(text));
		if (i >= 0) {
			d.give = PXE_GIVE_TARGET;
			d.target = &targets[i];
			if (d.target->type == PXE_TARGET_SCRIPT)
				continue; /* the administrator's */
		}
		ck_assert_int_eq(pxe_script_render(PXE_SCRIPT_IPXE, &conf, &d,
						   &vars, &out),
				 0);
		pxe_str_init(&told, told_text, sizeof(told_text));
		pxe_script_lint(PXE_SCRIPT_IPXE, text, out.len, note_but_files,
				NULL);
		ck_assert_msg(told.len == 0, "%s\n%s", told_text, text);
	}
}
END_TEST

UNIT_MAIN("script_lint", mistakes_are_found_with_their_line,
	  files_of_other_loaders_are_found, commands_are_known,
	  our_own_scripts_have_no_mistakes)
