/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "script_vars.h"

static void render(enum pxe_give give, const struct pxe_conf_target *target)
{
	render_kind(PXE_SCRIPT_PXELINUX, give, target);
}

#define HEAD "# passacaglia: rule some-rule, hosts.conf:7\n"
#define BASE "tftp://192.168.200.1/"
#define AGAIN "LABEL (again)\nCONFIG " BASE "pxelinux.cfg/" MAC_NAME "\n"
#define START(title, name)                                               \
	HEAD "SAY Starting " title "\n"                                  \
	"PROMPT 0\n"                                                     \
	"TIMEOUT 150\n"                                                  \
	"DEFAULT " name "\n"                                             \
	"ONTIMEOUT (again)\n"
#define WAIT                                                             \
	"SAY It asks again in 30 seconds, or when Enter is pressed.\n"   \
	"PROMPT 1\n"                                                     \
	"TIMEOUT 300\n"                                                  \
	"DEFAULT (again)\n" AGAIN
#define LOCAL "LABEL local\nLOCALBOOT -1\n"
#define DEBIAN                                                           \
	"LABEL debian\n"                                                 \
	"LINUX " BASE "debian/linux\n"                                   \
	"APPEND initrd=" BASE "debian/initrd.gz," BASE "fw/a%2Cb.cpio"   \
	" quiet url=http://192.168.200.1:16000/d.cfg"                    \
	" up=http://192.168.200.1:16000/callback?mac="                   \
	"52-54-00-12-34-56\n"
#define REBOOT "LABEL reboot\nCOM32 reboot.c32\n"

START_TEST(test_each_target)
{
	static const char *const golden[] = {
		START("Boot from local disk", "local") LOCAL AGAIN,
		START("Debian", "debian") DEBIAN AGAIN,
		HEAD "SAY tools cannot be started:\n"
		     "SAY PXELINUX cannot start such a file, iPXE may.\n" WAIT,
		HEAD "SAY Type the name of a file to start it.\nPROMPT 1\n",
		START("Reboot", "reboot") REBOOT AGAIN,
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
		"SAY  \n"
		"SAY Network boot\n"
		"SAY  \n"
		"SAY   local   Boot from local disk\n"
		"SAY   debian  Debian\n"
		"SAY   -       tools (PXELINUX cannot start such a file, "
		"iPXE may)\n"
		"SAY   -       Shell (type the name of a file to start it)\n"
		"SAY   reboot  Reboot\n"
		"SAY  \n"
		"SAY Type a name and press Enter.\n"
		"SAY Or wait 10 seconds for: local\n"
		"TIMEOUT 100\n"
		"DEFAULT local\n"
		"PROMPT 1\n" LOCAL DEBIAN REBOOT;

	render(PXE_GIVE_MENU, NULL);
	ck_assert_str_eq(text, golden);
}
END_TEST

START_TEST(test_menu_waits)
{
	static const struct {
		uint32_t timeout_s;
		const struct pxe_conf_target *dflt;
		const char *lines;
	} rows[] = {
		{ 0, &targets[0], "Enter.\nTIMEOUT 0\nDEFAULT local\nPROMPT" },
		{ 86400, &targets[0],
		  "wait 3599 seconds for: local\nTIMEOUT 35996\nDEFAULT" },
		{ 10, &targets[3], "Enter.\nPROMPT 1\n" },
		{ 10, NULL, "Enter.\nPROMPT 1\n" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_conf c = conf;

		c.menu.timeout_s = rows[i].timeout_s;
		c.menu.dflt = rows[i].dflt;
		ck_assert_int_eq(render_with(PXE_SCRIPT_PXELINUX, &c,
					     PXE_GIVE_MENU, NULL, &vars,
					     sizeof(text)), 0);
		ck_assert_msg(strstr(text, rows[i].lines) != NULL,
			      "row %zu: %s", i, text);
	}
}
END_TEST

START_TEST(test_hold)
{
	static const char golden[] = HEAD
		"SAY  \n"
		"SAY Machine 52:54:00:12:34:56 waits.\n"
		"SAY Why: the machine is held until an administrator "
		"decides\n" WAIT;

	render(PXE_GIVE_HOLD, NULL);
	ck_assert_str_eq(text, golden);
}
END_TEST

START_TEST(test_asks_again_by_what_is_known)
{
	struct pxe_expand_vars v = vars;
	struct pxe_uuid uuid;

	ck_assert_int_eq(pxe_uuid_parse("12345678-1234-5678-9abc-def012345678",
					&uuid), 0);
	v.hw = NULL;
	v.uuid = &uuid;
	ck_assert_int_eq(render_with(PXE_SCRIPT_PXELINUX, &conf, PXE_GIVE_HOLD,
				     NULL, &v, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text, "CONFIG " BASE
		"pxelinux.cfg/12345678-1234-5678-9abc-def012345678\n"));
	v.uuid = NULL;
	v.server_address = 0;
	ck_assert_int_eq(render_with(PXE_SCRIPT_PXELINUX, &conf, PXE_GIVE_HOLD,
				     NULL, &v, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text, "Machine of no name waits"));
	ck_assert_ptr_nonnull(strstr(text, "CONFIG ::pxelinux.cfg/default\n"));
}
END_TEST

/* PXELINUX starts itself anew where the configuration says what it is. */
START_TEST(test_starts_itself_anew)
{
	static const struct {
		const char *host_file, *loader_file, *line;
	} rows[] = {
		{ "", "pxelinux.0", "PXE " BASE "pxelinux.0\n" },
		{ "", "a/b/pxelinux.0", "PXE " BASE "a/b/pxelinux.0\n" },
		{ "x/pxelinux.0", "y/pxelinux.0", "PXE " BASE "x/pxelinux.0" },
		{ "grub.0", "lpxelinux.0", "CONFIG " BASE "pxelinux.cfg/01" },
		{ "", "undionly.kpxe", "CONFIG " BASE "pxelinux.cfg/01" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_conf_loader loader = { .family = PXE_FAMILY_BIOS,
						  .file = rows[i].loader_file };
		struct pxe_conf_host h = { .name = "h",
					   .file = rows[i].host_file };
		struct pxe_expand_vars v = vars;
		struct pxe_conf c = conf;

		c.loaders = &loader;
		c.n_loaders = 1;
		v.host = &h;
		ck_assert_int_eq(render_with(PXE_SCRIPT_PXELINUX, &c,
					     PXE_GIVE_HOLD, NULL, &v,
					     sizeof(text)), 0);
		ck_assert_msg(strstr(text, rows[i].line) != NULL,
			      "row %zu: %s", i, text);
	}
}
END_TEST

/* From where: TFTP on its port, or HTTP where that is how it asked. */
START_TEST(test_servers)
{
	struct pxe_expand_vars v = vars;
	struct pxe_conf c = conf;

	c.tftp_port = 6969;
	ck_assert_int_eq(render_with(PXE_SCRIPT_PXELINUX, &c, PXE_GIVE_TARGET,
				     &targets[1], &v, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text,
		"\nLINUX tftp://192.168.200.1:6969/debian/linux\n"));
	v.is_http = true;
	ck_assert_int_eq(render_with(PXE_SCRIPT_PXELINUX, &c, PXE_GIVE_TARGET,
				     &targets[1], &v, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text,
		"\nLINUX http://192.168.200.1:16000/debian/linux\n"));
	ck_assert_ptr_nonnull(strstr(text,
		"\nCONFIG http://192.168.200.1:16000/pxelinux.cfg/"));
}
END_TEST

START_TEST(test_chain)
{
	static const struct {
		const char *url, *line;
	} rows[] = {
		{ "undionly.kpxe", "\nPXE " BASE "undionly.kpxe\n" },
		{ "a/b.0", "\nPXE " BASE "a/b.0\n" },
		{ "ipxe.lkrn", "\nLINUX " BASE "ipxe.lkrn\n" },
		{ "hdt.c32", "\nCOM32 " BASE "hdt.c32\n" },
		{ "x.cfg", "\nCONFIG " BASE "x.cfg\n" },
		{ "http://x/b.lkrn", "\nLINUX http://x/b.lkrn\n" },
		{ "http://x/a b.lkrn", "\nLINUX http://x/a%20b.lkrn\n" },
		{ "http://x/a,b.lkrn", "\nLINUX http://x/a%2Cb.lkrn\n" },
		{ "https://x/b.lkrn", "knows no such URL.\n" },
		{ "x.efi", "cannot start such a file" },
		{ "http://boot.netboot.xyz", "cannot start such a file" },
		{ ".0", "cannot start such a file" },
		{ "a\nLABEL x\nb.0", BASE "a%0ALABEL%20x%0Ab.0\n" },
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

/* The keywords that a line may begin with; each line of `text` does. */
static void check_lines(void)
{
	static const char *const keywords[] = {
		"# ",	 "SAY ",     "PROMPT ",	    "TIMEOUT ",
		"DEFAULT ", "ONTIMEOUT ", "LABEL ",	    "LINUX tftp://",
		"APPEND ",  "PXE tftp://", "CONFIG tftp://", "LOCALBOOT -1",
	};

	for (const char *line = text; *line != '\0';) {
		const char *end = strchr(line, '\n');
		bool is_known = false;

		ck_assert_ptr_nonnull(end);
		ck_assert_int_lt(end - line, 4000);
		for (size_t i = 0; i < PXE_LEN(keywords); i++)
			is_known |= pxe_str_has_prefix(line, keywords[i]);
		ck_assert_msg(is_known, "%.*s", (int)(end - line), line);
		for (const char *p = line; p < end; p++)
			ck_assert_msg((unsigned char)*p >= ' ' && *p != 0x7f,
				      "%.*s", (int)(end - line), line);
		line = end + 1;
	}
}

/* Every character, everywhere, in short and in very long texts. */
START_TEST(test_texts_break_nothing)
{
	static char odd[9000];
	static const size_t sizes[] = { 300, 3000, sizeof(odd) };

	for (size_t n = 0; n < PXE_LEN(sizes); n++) {
		const char *list[] = { odd };
		struct pxe_conf_host h = { .name = odd };
		struct pxe_expand_vars v = vars;
		struct pxe_conf c = conf;
		struct pxe_conf_target t = { .name = "name",
					     .title = odd,
					     .type = PXE_TARGET_LINUX,
					     .kernel = odd,
					     .initrds = list,
					     .n_initrds = 1,
					     .args = "{{host.name}} x" };

		for (size_t i = 0; i < sizes[n]; i++)
			odd[i] = (char)(i % 255 + 1);
		odd[sizes[n] - 1] = '\0';
		memcpy(odd, "\nDEFAULT x\rLABEL y\n", 19);
		v.host = &h;
		c.menu.title = odd;
		c.targets = &t;
		c.n_targets = 1;
		c.menu.dflt = &t;
		for (int give = PXE_GIVE_TARGET; give <= PXE_GIVE_HOLD;
		     give++) {
			int r = render_with(PXE_SCRIPT_PXELINUX, &c,
					    (enum pxe_give)give, &t, &v,
					    sizeof(text));

			/* more than expanded arguments may have */
			if (r == -ENOSPC && sizes[n] > PXE_SCRIPT_MAX / 16)
				continue;
			ck_assert_int_eq(r, 0);
			check_lines();
			ck_assert_ptr_null(strstr(text, "\nDEFAULT x"));
		}
	}
}
END_TEST

START_TEST(test_arguments)
{
	char want[256] = "\nAPPEND ", args[128] = "";
	size_t n = 0;
	struct pxe_conf_target t = { .name = "n",
				     .title = "T",
				     .type = PXE_TARGET_LINUX,
				     .kernel = "k",
				     .args = args };

	for (char c = '!'; c <= '~'; c++)
		args[n++] = c;
	strcat(want, args);
	strcat(want, "\nLABEL (again)\n");
	render(PXE_GIVE_TARGET, &t);
	ck_assert_msg(strstr(text, want) != NULL, "%s", text);
	t.args = " a\n\tLABEL  x\r";
	render(PXE_GIVE_TARGET, &t);
	ck_assert_ptr_nonnull(strstr(text, "\nAPPEND a LABEL x\nLABEL (aga"));
	t.args = "";
	render(PXE_GIVE_TARGET, &t);
	ck_assert_ptr_nonnull(strstr(text, "k\nAPPEND \nLABEL (again)\n"));
}
END_TEST

START_TEST(test_too_long)
{
	char name[300] = "";
	static char args[2100];
	struct pxe_conf_target t = { .name = "n",
				     .title = "T",
				     .type = PXE_TARGET_LINUX,
				     .kernel = name,
				     .args = args };

	memset(name, 'k', 255 - strlen(BASE));
	render(PXE_GIVE_TARGET, &t);
	ck_assert_ptr_nonnull(strstr(text, "\nLINUX " BASE "kkk"));
	name[strlen(name)] = 'k';
	render(PXE_GIVE_TARGET, &t);
	ck_assert_ptr_nonnull(strstr(text, "too long a name for PXELINUX"));
	memset(args, 'a', sizeof(args) - 1);
	t.kernel = "k";
	render(PXE_GIVE_TARGET, &t);
	ck_assert_ptr_nonnull(strstr(text, "line is too long for PXELINUX"));
}
END_TEST

static void render_uboot(enum pxe_give give,
			 const struct pxe_conf_target *target)
{
	struct pxe_expand_vars v = vars;

	v.family = PXE_FAMILY_UB64;
	ck_assert_int_eq(render_with(PXE_SCRIPT_PXELINUX, &conf, give, target,
				     &v, sizeof(text)), 0);
}

/* U-Boot reads a part of the language. */
START_TEST(test_uboot)
{
	static const char *one[] = { "/debian/initrd.gz" };
	static const struct pxe_conf_target linux_target = {
		.name = "debian",
		.title = "Debian\nDEFAULT x",
		.type = PXE_TARGET_LINUX,
		.kernel = "debian/linux",
		.initrds = one,
		.n_initrds = 1,
		.args = "quiet\nup={{callback}}",
	};
	static const char stop[] = "\nPROMPT 1\n"
				   "LABEL next\n"
				   "MENU LABEL What U-Boot tries next\n"
				   "LOCALBOOT -1\n";

	render_uboot(PXE_GIVE_TARGET, &linux_target);
	ck_assert_str_eq(text, HEAD
		"MENU TITLE Debian DEFAULT x\n"
		"PROMPT 0\n"
		"DEFAULT debian\n"
		"LABEL debian\n"
		"MENU LABEL Debian DEFAULT x\n"
		"LINUX debian/linux\n"
		"INITRD debian/initrd.gz\n"
		"APPEND quiet up=http://192.168.200.1:16000/callback?mac="
		"52-54-00-12-34-56\n");
	render_uboot(PXE_GIVE_TARGET, &targets[1]);
	ck_assert_ptr_nonnull(strstr(
		text, "TITLE Debian cannot be started: U-Boot loads one "
		      "initrd only"));
	ck_assert_ptr_nonnull(strstr(text, stop));
	render_uboot(PXE_GIVE_MENU, NULL);
	ck_assert_str_eq(text, HEAD
		"MENU TITLE Network boot\n"
		"PROMPT 1\n"
		"TIMEOUT 100\n"
		"DEFAULT local\n"
		"LABEL local\n"
		"MENU LABEL Boot from local disk\n"
		"LOCALBOOT -1\n");
	render_uboot(PXE_GIVE_HOLD, NULL);
	ck_assert_ptr_nonnull(strstr(text,
		"\nMENU TITLE Machine 52:54:00:12:34:56 waits: the machine is "
		"held until"));
	ck_assert_ptr_nonnull(strstr(text, stop));
	for (size_t i = 2; i < PXE_LEN(targets); i++) {
		render_uboot(PXE_GIVE_TARGET, &targets[i]);
		ck_assert_ptr_nonnull(
			strstr(text, ": U-Boot cannot do that\n"));
	}
}
END_TEST

START_TEST(test_session)
{
	static const char *const lines[] = {
		"LINUX http://192.168.200.1:16000/s/0123456789abcdef0123456789a"
		"bcdef/debian/linux\n",
		"APPEND initrd=http://192.168.200.1:16000/s/0123456789abcdef012"
		"3456789abcdef/debian/initrd.gz,",
		"CONFIG http://192.168.200.1:16000/pxelinux.cfg/" MAC_NAME
		"?session=0123456789abcdef0123456789abcdef\n",
	};

	check_session(PXE_SCRIPT_PXELINUX, lines, PXE_LEN(lines));
}
END_TEST

START_TEST(test_errors)
{
	check_errors(PXE_SCRIPT_PXELINUX);
}
END_TEST

UNIT_MAIN("script_pxelinux", test_each_target, test_menu, test_menu_waits,
	  test_hold, test_asks_again_by_what_is_known,
	  test_starts_itself_anew, test_servers, test_chain,
	  test_texts_break_nothing, test_arguments, test_too_long, test_uboot,
	  test_errors, test_session)
