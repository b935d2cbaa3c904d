/* SPDX-License-Identifier: ISC */
/* Scripts of the administrator, and what is not started over TFTP. */
#include "boot_file_env.h"

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

UNIT_MAIN("boot_script", scripts_of_the_administrator, what_takes_http)
