/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "script_vars.h"

static void render(enum pxe_give give, const struct pxe_conf_target *target)
{
	render_kind(PXE_SCRIPT_GRUB, give, target);
}

#define HEAD "# passacaglia: rule some-rule, hosts.conf:7\n"
#define BASE "(tftp,192.168.200.1)/"
#define ASK "configfile '" BASE "grub.cfg-" MAC_NAME "'"
#define WAIT(s)                                                          \
	"echo 'It asks again in " s " seconds; Esc stops that.'\n"       \
	"set pxe_first=1\n"                                              \
	"for i in $pxe_asks; do set pxe_first=; done\n"                  \
	"for i in $pxe_first; do\n"                                      \
	"set pxe_asks=1\n"                                               \
	"export pxe_asks\n"                                              \
	"while sleep --interruptible " s "; do " ASK "; done\n"          \
	"set pxe_asks=\n"                                                \
	"set default=0\n"                                                \
	"set timeout=" s "\n"                                            \
	"menuentry 'Ask the boot server again' { " ASK "; }\n"           \
	"done\n"
#define FUNCTIONS                                                        \
	"function pxe_local_efi { exit 1; }\n"                           \
	"function pxe_local_pc {\n"                                      \
	"if chainloader (hd0)+1; then boot; fi\n"                        \
	"}\n"
#define LOCAL                                                            \
	"echo 'Starting Boot from local disk'\n"                         \
	"pxe_local_$grub_platform\n"                                     \
	"exit 1\n"                                                       \
	"echo 'Boot from local disk could not be started.'\n"
#define DEBIAN                                                           \
	"echo 'Starting Debian'\n"                                       \
	"if linux '" BASE "debian/linux' 'quiet'"                        \
	" 'url=http://192.168.200.1:16000/d.cfg'"                        \
	" 'up=http://192.168.200.1:16000/callback?mac="                  \
	"52-54-00-12-34-56'; then\n"                                     \
	"if initrd '" BASE "debian/initrd.gz' '" BASE                    \
	"fw/a,b.cpio'; then\n"                                           \
	"boot\n"                                                         \
	"fi\n"                                                           \
	"fi\n"                                                           \
	"echo 'Debian could not be started.'\n"
#define TOOLS                                                            \
	"echo 'tools cannot be started:'\n"                              \
	"echo 'GRUB cannot start such a file, iPXE may.'\n"
#define SHELL                                                            \
	"echo 'Starting Shell'\n"                                        \
	"normal ''\n"                                                    \
	"echo 'Shell could not be started.'\n"
#define REBOOT                                                           \
	"echo 'Starting Reboot'\n"                                       \
	"reboot\n"                                                       \
	"echo 'Reboot could not be started.'\n"

START_TEST(test_each_target)
{
	static const char *const golden[] = {
		HEAD FUNCTIONS LOCAL WAIT("15"), HEAD DEBIAN WAIT("15"),
		HEAD TOOLS WAIT("15"), HEAD SHELL WAIT("15"),
		HEAD REBOOT WAIT("15"),
	};

	for (size_t i = 0; i < PXE_LEN(targets); i++) {
		render(PXE_GIVE_TARGET, &targets[i]);
		ck_assert_str_eq(text, golden[i]);
	}
}
END_TEST

#define ENTRY(title, id, body)                                           \
	"menuentry '" title "' --id " id " {\n" body                     \
	"sleep --interruptible 5\n"                                      \
	"}\n"

START_TEST(test_menu)
{
	static const char golden[] = HEAD FUNCTIONS
		"set default=t0\n"
		"set timeout=10\n"
		ENTRY("Boot from local disk", "t0", LOCAL)
		ENTRY("Debian", "t1", DEBIAN)
		ENTRY("tools (GRUB cannot start such a file, iPXE may)", "t2",
		      TOOLS)
		ENTRY("Shell", "t3", SHELL)
		ENTRY("Reboot", "t4", REBOOT);
	struct pxe_conf c = conf;

	render(PXE_GIVE_MENU, NULL);
	ck_assert_str_eq(text, golden);
	c.menu.timeout_s = 0;
	c.menu.dflt = &targets[3];
	ck_assert_int_eq(render_with(PXE_SCRIPT_GRUB, &c, PXE_GIVE_MENU, NULL,
				     &vars, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text,
		"}\nset default=t3\nunset timeout\nmenuentry "));
}
END_TEST

START_TEST(test_hold)
{
	static const char golden[] = HEAD
		"echo 'Machine 52:54:00:12:34:56 waits.'\n"
		"echo 'Why: the machine is held until an administrator "
		"decides'\n" WAIT("30");

	render(PXE_GIVE_HOLD, NULL);
	ck_assert_str_eq(text, golden);
}
END_TEST

/* Whom it asks again, and as whom. */
START_TEST(test_servers)
{
	static const struct {
		uint32_t address;
		const char *host;
		uint16_t port;
		bool is_http;
		const char *kernel;
	} rows[] = {
		{ 0xc0a8c801, NULL, 80, true, "'(http,192.168.200.1)/" },
		{ 0xc0a8c801, NULL, 8000, true, "'(http,192.168.200.1:8000)/" },
		{ 0, "[fd00::1]", 80, false, "'(tftp,[fd00::1])/" },
		{ 0, NULL, 80, false, "'(tftp,'$net_default_server')/" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_expand_vars v = vars;
		char want[128];

		v.server_address = rows[i].address;
		v.server_host = rows[i].host;
		v.http_port = rows[i].port;
		v.is_http = rows[i].is_http;
		v.hw = NULL;
		ck_assert_int_eq(render_with(PXE_SCRIPT_GRUB, &conf,
					     PXE_GIVE_TARGET, &targets[1], &v,
					     sizeof(text)), 0);
		snprintf(want, sizeof(want), "if linux %sdebian/linux' ",
			 rows[i].kernel);
		ck_assert_msg(strstr(text, want) != NULL, "%s", text);
		snprintf(want, sizeof(want), "; do configfile %sgrub.cfg'; ",
			 rows[i].kernel);
		ck_assert_msg(strstr(text, want) != NULL, "%s", text);
		ck_assert_int_eq(strstr(text, "fw/a%2Cb.cpio'") != NULL,
				 rows[i].is_http);
	}
}
END_TEST

START_TEST(test_chain)
{
	static const struct {
		const char *url, *line;
	} rows[] = {
		{ "/a/x.efi", "\nif chainloader '" BASE "a/x.efi'; then\n"
			      "boot\nfi\n" },
		{ "my.cfg", "\nif configfile '" BASE "my.cfg'; then\n" },
		{ "http://x:8080/a/b.efi",
		  "\nif chainloader '(http,x:8080)/a/b.efi'; then\n" },
		{ "tftp://10.0.0.1//b.efi",
		  "\nif chainloader '(tftp,10.0.0.1)/b.efi'; then\n" },
		{ "http://x'y/a'b.efi",
		  "'(http,x'\\''y)/a'\\''b.efi'; then\n" },
		{ "https://x/b.efi", "\necho 'GRUB knows no such URL.'\n" },
		{ "http://boot.netboot.xyz", "cannot start such a file" },
		{ "undionly.kpxe", "cannot start such a file" },
		{ ".efi", "cannot start such a file" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_conf_target t = { .name = "name",
					     .title = "T",
					     .type = PXE_TARGET_CHAIN,
					     .url = rows[i].url };

		render(PXE_GIVE_TARGET, &t);
		ck_assert_msg(strstr(text, rows[i].line) != NULL,
			      "row %zu: %s", i, text);
	}
}
END_TEST

/*
 * GRUB's lexer, as far as scripts may need it: the word at *at, without its
 * quotes, goes to `word` of 1024 octets.  False at the end of a command.
 */
static bool read_word(const char **at, char *word)
{
	const char *p = *at;
	bool is_word = false;

	while (*p == ' ')
		p++;
	for (; *p != '\0' && strchr(" \n;", *p) == NULL; is_word = true) {
		if (*p == '\\') {
			p++;
			*word++ = *p++;
		} else if (*p == '\'') {
			for (p++; *p != '\''; p++) {
				ck_assert_int_ne(*p, '\0');
				ck_assert_int_ne(*p, '\n');
				*word++ = *p;
			}
			p++;
		} else {
			ck_assert_ptr_null(strchr("\"$`|&#<>(){}", *p));
			*word++ = *p++;
		}
	}
	*word = '\0';
	*at = p;
	return is_word;
}

/* Every character that is no space, in a title and in arguments. */
START_TEST(test_texts_break_nothing)
{
	char odd[300], word[1024];
	const char *at;
	size_t n = 0;
	struct pxe_conf_target t = { .name = "name",
				     .title = odd,
				     .type = PXE_TARGET_LINUX,
				     .kernel = odd + 1,
				     .args = odd };

	odd[n++] = '\'';
	for (int c = 1; c < 256; c++)
		if (c > ' ' && c != 0x7f && c != '"')
			odd[n++] = (char)c;
	odd[n] = '\0';
	render(PXE_GIVE_TARGET, &t);
	at = strstr(text, "\necho ") + 5;
	ck_assert(read_word(&at, word));
	ck_assert(pxe_str_has_prefix(word, "Starting "));
	ck_assert_str_eq(word + 9, odd);
	ck_assert(!read_word(&at, word));
	at = strstr(at, "if linux ") + 8;
	ck_assert(read_word(&at, word));
	ck_assert_str_eq(word + strlen(BASE), odd + 1);
	ck_assert(read_word(&at, word));
	ck_assert_str_eq(word, odd);
	ck_assert(!read_word(&at, word));
	ck_assert(pxe_str_has_prefix(at, "; then\nboot\n"));
}
END_TEST

/* Words as Linux takes them: GRUB puts quotes round what has blanks. */
START_TEST(test_arguments)
{
	static const struct {
		const char *args, *words;
	} rows[] = {
		{ "a b", " 'a' 'b'; then" },
		{ " a\n\tb\r", " 'a' 'b'; then" },
		{ "dyndbg=\"file x +p; y\" z", " 'dyndbg=file x +p; y' 'z';" },
		{ "\"a b\"", " 'a b'; then" },
		{ "\"a b", " 'a b'; then" },
		{ "a=\"\"", " 'a='; then" },
		{ "a\n}\nreboot", " 'a' '}' 'reboot'; then" },
		{ "\"a\n}\nreboot\"", " 'a } reboot'; then" },
		{ "it's", " 'it'\\''s'; then" },
		{ "${x} $(y) `z`", " '${x}' '$(y)' '`z`'; then" },
		{ "", "k'; then" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_conf_target t = { .name = "name",
					     .title = "T",
					     .type = PXE_TARGET_LINUX,
					     .kernel = "k",
					     .args = rows[i].args };

		render(PXE_GIVE_TARGET, &t);
		ck_assert_msg(strstr(text, rows[i].words) != NULL,
			      "row %zu: %s", i, text);
	}
}
END_TEST

START_TEST(test_titles)
{
	static const struct {
		const char *title, *line;
	} rows[] = {
		{ "--users x", "\nmenuentry ' --users x' --id t0 {\n"
			       "echo 'Starting --users x'\n" },
		{ "-n", "\necho ' -n could not be started.'\n" },
		{ "a\nreboot\n'", "\nmenuentry 'a reboot '\\''' --id t0 {\n" },
		{ "$x", "\nmenuentry '$x' --id t0 {\n" },
		{ "}", "\nmenuentry '}' --id t0 {\n" },
		{ " \t", "\nmenuentry 'name' --id t0 {\n" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_conf_target t = { .name = "name",
					     .title = rows[i].title,
					     .type = PXE_TARGET_REBOOT };
		struct pxe_conf c = conf;

		c.targets = &t;
		c.n_targets = 1;
		ck_assert_int_eq(render_with(PXE_SCRIPT_GRUB, &c,
					     PXE_GIVE_MENU, NULL, &vars,
					     sizeof(text)), 0);
		ck_assert_msg(strstr(text, rows[i].line) != NULL,
			      "row %zu: %s", i, text);
	}
}
END_TEST

/* A host's name that came from elsewhere stays in its comment. */
START_TEST(test_comment)
{
	struct pxe_conf_host h = { .name = "a\nreboot\n\\" };
	struct pxe_expand_vars v = vars;

	v.host = &h;
	ck_assert_int_eq(render_with(PXE_SCRIPT_GRUB, &conf, PXE_GIVE_HOLD,
				     NULL, &v, sizeof(text)), 0);
	ck_assert(pxe_str_has_prefix(text, "# a reboot  : rule some-rule"));
}
END_TEST

START_TEST(test_session)
{
	static const char *const lines[] = {
		"if linux '(http,192.168.200.1:16000)/s/0123456789abcdef0123456"
		"789abcdef/debian/linux' 'quiet'",
		"if initrd '(http,192.168.200.1:16000)/s/0123456789abcdef012345"
		"6789abcdef/debian/initrd.gz' ",
		"; do configfile '(http,192.168.200.1:16000)/grub.cfg-" MAC_NAME
		"?session=0123456789abcdef0123456789abcdef'; done\n",
	};

	check_session(PXE_SCRIPT_GRUB, lines, PXE_LEN(lines));
}
END_TEST

START_TEST(test_errors)
{
	check_errors(PXE_SCRIPT_GRUB);
}
END_TEST

START_TEST(test_names)
{
	static const char *const names[] = { "ipxe", "pxelinux", "grub" };

	for (int kind = 0; kind < PXE_N_SCRIPTS; kind++)
		ck_assert_str_eq(pxe_script_name((enum pxe_script_kind)kind),
				 names[kind]);
	ck_assert_str_eq(pxe_script_name(PXE_N_SCRIPTS), "none");
	ck_assert_int_eq(render_with(PXE_N_SCRIPTS, &conf, PXE_GIVE_HOLD, NULL,
				     &vars, sizeof(text)), -EINVAL);
}
END_TEST

UNIT_MAIN("script_grub", test_each_target, test_menu, test_hold, test_servers,
	  test_chain, test_texts_break_nothing, test_arguments, test_titles,
	  test_comment, test_session, test_errors, test_names)
