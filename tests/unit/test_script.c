/* SPDX-License-Identifier: ISC */
#include "core/script.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

static char text[PXE_SCRIPT_MAX];

static const char *initrds[] = { "debian/initrd.gz", "/firmware/a b#1.cpio" };

static const struct pxe_conf_target targets[] = {
	{ .name = "local",
	  .title = "Boot from local disk",
	  .type = PXE_TARGET_LOCAL },
	{ .name = "debian",
	  .title = "Debian",
	  .type = PXE_TARGET_LINUX,
	  .kernel = "debian/linux",
	  .initrds = initrds,
	  .n_initrds = 2,
	  .args = "quiet url={{http}}/d.cfg  up={{callback}}\n  x=${net0/ip}" },
	{ .name = "tools",
	  .title = "",
	  .type = PXE_TARGET_CHAIN,
	  .url = "tools/{{host.name}}.ipxe" },
	{ .name = "shell", .title = "Shell", .type = PXE_TARGET_SHELL },
	{ .name = "reboot", .title = "Reboot", .type = PXE_TARGET_REBOOT },
};

static const struct pxe_conf conf = {
	.menu = { .title = "Network boot",
		  .timeout_s = 10,
		  .dflt = &targets[0] },
	.targets = (struct pxe_conf_target *)targets,
	.n_targets = PXE_LEN(targets),
};

static const struct pxe_hwaddr hw = {
	1, 6, { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 }
};

static const struct pxe_conf_host host = { .name = "passacaglia" };

static const struct pxe_expand_vars vars = {
	.host = &host,
	.hw = &hw,
	.server_address = 0xc0a8c801,
	.http_port = 16000,
};

static int render_as(enum pxe_give give, const struct pxe_conf_target *target,
		     const struct pxe_expand_vars *v, size_t cap)
{
	struct pxe_decision d = { .give = give,
				  .reason = PXE_REASON_HELD,
				  .target = target,
				  .rule = "some-rule",
				  .src = { "/etc/pxe/hosts.conf", 7 } };
	struct pxe_str out;

	pxe_str_init(&out, text, cap);
	return pxe_script_render(PXE_SCRIPT_IPXE, &conf, &d, v, &out);
}

static void render(enum pxe_give give, const struct pxe_conf_target *target)
{
	ck_assert_int_eq(render_as(give, target, &vars, sizeof(text)), 0);
}

#define HEAD "#!ipxe\n# passacaglia: rule some-rule, hosts.conf:7\n"
#define BASE "http://192.168.200.1:16000/"
#define TAIL                                                             \
	":failed\n"                                                      \
	"echo\n"                                                         \
	"echo ${what} could not be started\n"                            \
	"echo Going on in 15 seconds - Ctrl-C opens a shell\n"           \
	"sleep 15 || shell ||\n"                                         \
	":again\n"                                                       \
	"chain --replace --autofree " BASE                               \
	"boot.ipxe?mac=52-54-00-12-34-56 || goto failed\n"
#define LOCAL                                                            \
	"set what Boot from local disk\n"                                \
	"echo Starting ${what}\n"                                        \
	"iseq ${platform} efi && exit 1 ||\n"                            \
	"sanboot --no-describe --drive 0x80 || exit\n"                   \
	"exit\n"
#define DEBIAN                                                           \
	"set what Debian\n"                                              \
	"echo Starting ${what}\n"                                        \
	"imgfree\n"                                                      \
	"kernel --name kernel " BASE "debian/linux initrd=initrd"        \
	" initrd=initrd2 quiet url=" BASE "d.cfg up=" BASE               \
	"callback?mac=52-54-00-12-34-56 x=${net0/ip} || goto failed\n"   \
	"initrd --name initrd " BASE "debian/initrd.gz || goto failed\n" \
	"initrd --name initrd2 " BASE "firmware/a%20b%231.cpio"          \
	" || goto failed\n"                                              \
	"boot ||\n"                                                      \
	"goto failed\n"
#define TOOLS                                                            \
	"set what tools\n"                                               \
	"echo Starting ${what}\n"                                        \
	"imgfree\n"                                                      \
	"chain --autofree " BASE "tools/passacaglia.ipxe"                \
	" || goto failed\n"                                              \
	"exit\n"
#define SHELL                                                            \
	"set what Shell\n"                                               \
	"echo Starting ${what}\n"                                        \
	"shell || goto failed\n"                                         \
	"goto again\n"
#define REBOOT                                                           \
	"set what Reboot\n"                                              \
	"echo Starting ${what}\n"                                        \
	"reboot ||\n"                                                    \
	"goto failed\n"

START_TEST(test_each_target)
{
	static const char *const golden[] = {
		HEAD LOCAL TAIL, HEAD DEBIAN TAIL, HEAD TOOLS TAIL,
		HEAD SHELL TAIL, HEAD REBOOT TAIL,
	};

	for (size_t i = 0; i < PXE_LEN(targets); i++) {
		render(PXE_GIVE_TARGET, &targets[i]);
		ck_assert_str_eq(text, golden[i]);
	}
}
END_TEST

START_TEST(test_menu)
{
	static const char golden[] = HEAD
		":again\n"
		"menu -- Network boot\n"
		"item t0 Boot from local disk\n"
		"item t1 Debian\n"
		"item t2 tools\n"
		"item t3 Shell\n"
		"item t4 Reboot\n"
		"choose --default t0 --timeout 10000 chosen || goto cancelled\n"
		"goto ${chosen}\n"
		":cancelled\n"
		"echo\n"
		"echo Nothing was chosen\n"
		"echo Going on in 5 seconds - Ctrl-C opens a shell\n"
		"sleep 5 || shell ||\n"
		"goto again\n"
		":t0\n" LOCAL ":t1\n" DEBIAN ":t2\n" TOOLS ":t3\n" SHELL
		":t4\n" REBOOT
		":failed\n"
		"echo\n"
		"echo ${what} could not be started\n"
		"echo Going on in 15 seconds - Ctrl-C opens a shell\n"
		"sleep 15 || shell ||\n"
		"goto again\n";

	render(PXE_GIVE_MENU, NULL);
	ck_assert_str_eq(text, golden);
}
END_TEST

START_TEST(test_menu_that_waits_has_no_timeout)
{
	struct pxe_conf c = conf;
	struct pxe_decision d = { .give = PXE_GIVE_MENU };
	struct pxe_str out;

	c.menu.timeout_s = 0;
	c.menu.dflt = NULL;
	pxe_str_init(&out, text, sizeof(text));
	ck_assert_int_eq(pxe_script_render(PXE_SCRIPT_IPXE,
					   &c, &d, &vars, &out), 0);
	ck_assert_ptr_nonnull(strstr(text, "\nchoose chosen ||"));
	/* who chose nothing does not get whatever stands first */
	c.menu.timeout_s = UINT32_MAX;
	pxe_str_init(&out, text, sizeof(text));
	ck_assert_int_eq(pxe_script_render(PXE_SCRIPT_IPXE,
					   &c, &d, &vars, &out), 0);
	ck_assert_ptr_nonnull(strstr(text, "\nchoose chosen ||"));
	c.menu.dflt = &targets[0];
	pxe_str_init(&out, text, sizeof(text));
	ck_assert_int_eq(pxe_script_render(PXE_SCRIPT_IPXE,
					   &c, &d, &vars, &out), 0);
	ck_assert_ptr_nonnull(strstr(text, " --timeout 4294967295000 chosen"));
}
END_TEST

START_TEST(test_hold)
{
	static const char golden[] = HEAD
		":again\n"
		"echo\n"
		"echo Machine ${netX/mac} ${uuid} waits and asks again\n"
		"echo Why: the machine is held until an administrator decides\n"
		"echo Ctrl-C opens a shell\n"
		"sleep 30 || shell ||\n"
		"chain --replace --autofree " BASE
		"boot.ipxe?mac=52-54-00-12-34-56 || goto again\n";

	render(PXE_GIVE_HOLD, NULL);
	ck_assert_str_eq(text, golden);
}
END_TEST

START_TEST(test_asks_again_by_what_is_known)
{
	static const struct pxe_hwaddr ib = { 32, 8, { 1, 2, 3, 4 } };
	struct pxe_uuid uuid;
	struct pxe_expand_vars v = vars;

	ck_assert_int_eq(pxe_uuid_parse("12345678-1234-5678-9abc-def012345678",
					&uuid), 0);
	v.hw = NULL;
	v.uuid = &uuid;
	ck_assert_int_eq(render_as(PXE_GIVE_HOLD, NULL, &v, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text,
		"boot.ipxe?uuid=12345678-1234-5678-9abc-def012345678 ||"));
	v.uuid = NULL;
	ck_assert_int_eq(render_as(PXE_GIVE_HOLD, NULL, &v, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text,
		"boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid} ||"));
	v.hw = &ib;
	ck_assert_int_eq(render_as(PXE_GIVE_HOLD, NULL, &v, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text, "boot.ipxe?mac=${netX"));
}
END_TEST

START_TEST(test_no_host_and_no_source)
{
	struct pxe_decision d = { .give = PXE_GIVE_HOLD, .rule = "unknown" };
	struct pxe_expand_vars v = vars;
	struct pxe_str out;

	v.host = NULL;
	pxe_str_init(&out, text, sizeof(text));
	ck_assert_int_eq(pxe_script_render(PXE_SCRIPT_IPXE,
					   &conf, &d, &v, &out), 0);
	ck_assert(pxe_str_has_prefix(
		text, "#!ipxe\n# no host: rule unknown\n:again"));
}
END_TEST

START_TEST(test_ipv6_server)
{
	struct pxe_expand_vars v = vars;

	v.server_address = 0;
	v.server_host = "[fd00::1]";
	ck_assert_int_eq(render_as(PXE_GIVE_TARGET, &targets[1], &v,
				   sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text,
		"kernel http://[fd00::1]:16000/debian/linux "));
	ck_assert_ptr_nonnull(strstr(text,
		" url=http://[fd00::1]:16000/d.cfg "));
}
END_TEST

/* Titles that would be syntax, and what iPXE shows them as. */
START_TEST(test_titles_break_nothing)
{
	static const struct {
		const char *title, *line;
	} rows[] = {
		{ "a || b", "set what a ${nil}|| b\n" },
		{ "a && b ; c", "set what a ${nil}&& b ${nil}; c\n" },
		{ "disk #1", "set what disk ${nil}#1\n" },
		{ "no#1 a;b", "set what no#1 a;b\n" },
		{ "a\nexit\n:t0", "set what a exit :t0\n" },
		{ "a\r\n#!ipxe\tb\x7f", "set what a ${nil}#!ipxe b\n" },
		{ "  --many   blanks  ", "set what --many blanks\n" },
		{ "ends in \\", "set what ends in \\${nil}\n" },
		{ "${uuid} $ {x}", "set what $ {uuid} $ {x}\n" },
		{ "$${x}", "set what $$ {x}\n" },
		{ "Gr\xc3\xbc\xc3\x9f", "set what Gr\xc3\xbc\xc3\x9f\n" },
		{ " \n\t ", "set what name\n" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_conf_target t = { .name = "name",
					     .title = rows[i].title,
					     .type = PXE_TARGET_LOCAL };

		render(PXE_GIVE_TARGET, &t);
		ck_assert_msg(strstr(text, rows[i].line) != NULL,
			      "row %zu: %s", i, text);
		ck_assert_ptr_null(strstr(text, "\\\n"));
	}
}
END_TEST

START_TEST(test_urls)
{
	static const struct {
		const char *url, *words;
	} rows[] = {
		{ "http://x/a?b=c#d", " http://x/a?b=c#d ||" },
		{ "https://x/a b\\", " https://x/a%20b%5C ||" },
		{ "tftp://{{server}}/x", " tftp://192.168.200.1/x ||" },
		{ "http://x/${mac:hexraw}", " http://x/${mac:hexraw} ||" },
		{ "a/${mac}", " " BASE "a/%24%7Bmac%7D ||" },
		{ "//a/../b?c", " " BASE "a/../b%3Fc ||" },
		{ "a:b/c", " " BASE "a:b/c ||" },
		{ "a\n||\nshell", " " BASE "a%0A%7C%7C%0Ashell ||" },
		{ "100%.efi", " " BASE "100%25.efi ||" },
		{ "\xc3\xa4", " " BASE "%C3%A4 ||" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_conf_target t = { .name = "name",
					     .title = "T",
					     .type = PXE_TARGET_CHAIN,
					     .url = rows[i].url };

		render(PXE_GIVE_TARGET, &t);
		ck_assert_msg(strstr(text, rows[i].words) != NULL,
			      "row %zu: %s", i, text);
	}
}
END_TEST

START_TEST(test_arguments_break_nothing)
{
	struct pxe_conf_target t = { .name = "n",
				     .title = "T",
				     .type = PXE_TARGET_LINUX,
				     .kernel = "k",
				     .args = "a ||\nshell #x ; \\" };

	render(PXE_GIVE_TARGET, &t);
	ck_assert_ptr_nonnull(strstr(text, "kernel --name kernel " BASE
		"k a ${nil}|| shell ${nil}#x ${nil}; \\${nil} || goto failed\n"
		"boot ||\n"));
	t.args = " \n";
	render(PXE_GIVE_TARGET, &t);
	ck_assert_ptr_nonnull(strstr(text, BASE "k || goto failed\n"));
}
END_TEST

START_TEST(test_errors)
{
	struct pxe_conf_target t = { .name = "n",
				     .title = "T",
				     .type = PXE_TARGET_LINUX,
				     .kernel = "k",
				     .args = "{{nobody}}" };
	static char many[5000];
	size_t full;

	ck_assert_int_eq(render_as(PXE_GIVE_TARGET, &t, &vars, sizeof(text)),
			 -ENOENT);
	t.args = "{{server";
	ck_assert_int_eq(render_as(PXE_GIVE_TARGET, &t, &vars, sizeof(text)),
			 -EBADMSG);
	memset(many, 'x', sizeof(many) - 1);
	t.args = many;
	ck_assert_int_eq(render_as(PXE_GIVE_TARGET, &t, &vars, sizeof(text)),
			 -ENOSPC);
	ck_assert_int_eq(render_as(PXE_GIVE_TARGET, NULL, &vars, sizeof(text)),
			 -EINVAL);
	t.type = PXE_N_TARGET_TYPES;
	ck_assert_int_eq(render_as(PXE_GIVE_TARGET, &t, &vars, sizeof(text)),
			 -EINVAL);
	ck_assert_int_eq(render_as(PXE_GIVE_LOADER, NULL, &vars, sizeof(text)),
			 -EINVAL);
	ck_assert_int_eq(render_as(PXE_GIVE_NOTHING, NULL, &vars,
				   sizeof(text)), -EINVAL);

	render(PXE_GIVE_MENU, NULL);
	full = strlen(text);
	for (size_t cap = 1; cap <= full; cap++)
		ck_assert_int_lt(render_as(PXE_GIVE_MENU, NULL, &vars, cap),
				 0);
	ck_assert_int_eq(render_as(PXE_GIVE_MENU, NULL, &vars, full + 1), 0);
}
END_TEST

/* Within a boot session: files, and the next question. */
START_TEST(test_session)
{
	static const char token[] = "0123456789abcdef0123456789abcdef";
	static const char *const lines[] = {
		"\nkernel --name kernel " BASE
		"s/0123456789abcdef0123456789abcdef/debian/linux "
		"initrd=initrd ",
		"\ninitrd --name initrd " BASE
		"s/0123456789abcdef0123456789abcdef/debian/initrd.gz || "
		"goto failed\n",
		" url=" BASE "d.cfg ", /* a text says itself what it means */
		"chain --replace --autofree " BASE
		"boot.ipxe?mac=52-54-00-12-34-56&session="
		"0123456789abcdef0123456789abcdef || goto failed\n",
	};
	struct pxe_expand_vars v = vars;

	v.token = token;
	ck_assert_int_eq(render_as(PXE_GIVE_TARGET, &targets[1], &v,
				   sizeof(text)), 0);
	for (size_t i = 0; i < PXE_LEN(lines); i++)
		ck_assert_msg(strstr(text, lines[i]) != NULL, "%s\n%s",
			      lines[i], text);
}
END_TEST

/* Every label that a script goes to is there, once. */
START_TEST(test_labels)
{
	static const enum pxe_give gives[] = { PXE_GIVE_TARGET, PXE_GIVE_MENU,
					       PXE_GIVE_HOLD };

	for (size_t i = 0; i < PXE_LEN(gives); i++) {
		const char *at = text;

		render(gives[i], &targets[1]);
		while ((at = strstr(at, "goto ")) != NULL) {
			char label[64];
			const char *found;

			ck_assert_int_eq(sscanf(at, "goto %60s", label + 2), 1);
			at++;
			if (label[2] == '$')
				continue;
			memcpy(label, "\n:", 2);
			strcat(label, "\n");
			found = strstr(text, label);
			ck_assert_msg(found != NULL, "%s", label);
			ck_assert_ptr_null(strstr(found + 1, label));
		}
	}
}
END_TEST

UNIT_MAIN("script", test_each_target, test_menu,
	  test_menu_that_waits_has_no_timeout, test_hold,
	  test_asks_again_by_what_is_known, test_no_host_and_no_source,
	  test_ipv6_server, test_titles_break_nothing, test_urls,
	  test_arguments_break_nothing, test_errors, test_session, test_labels)
