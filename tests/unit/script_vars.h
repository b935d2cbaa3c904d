/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the PXELINUX and GRUB renderers share.
 */
#ifndef PXE_TEST_SCRIPT_VARS_H
#define PXE_TEST_SCRIPT_VARS_H

#include <string.h>

#include "core/script.h"

#include "unit.h"

#define MAC_NAME "01-52-54-00-12-34-56"

static char text[PXE_SCRIPT_MAX];

static const char *initrds[] = { "debian/initrd.gz", "/fw/a,b.cpio" };

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
	  .args = "quiet url={{http}}/d.cfg\n up={{callback}}" },
	{ .name = "tools",
	  .title = "",
	  .type = PXE_TARGET_CHAIN,
	  .url = "tools/{{host.name}}.ipxe" },
	{ .name = "shell", .title = "Shell", .type = PXE_TARGET_SHELL },
	{ .name = "reboot", .title = "Reboot", .type = PXE_TARGET_REBOOT },
};

static const struct pxe_conf conf = {
	.tftp_port = 69,
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

/* Renders with another configuration, other variables, in `cap` octets. */
static int render_with(enum pxe_script_kind kind, const struct pxe_conf *c,
		       enum pxe_give give, const struct pxe_conf_target *target,
		       const struct pxe_expand_vars *v, size_t cap)
{
	struct pxe_decision d = { .give = give,
				  .reason = PXE_REASON_HELD,
				  .target = target,
				  .rule = "some-rule",
				  .src = { "/etc/pxe/hosts.conf", 7 } };
	struct pxe_str out;

	pxe_str_init(&out, text, cap);
	return pxe_script_render(kind, c, &d, v, &out);
}

static void render_kind(enum pxe_script_kind kind, enum pxe_give give,
			const struct pxe_conf_target *target)
{
	ck_assert_int_eq(render_with(kind, &conf, give, target, &vars,
				     sizeof(text)), 0);
}

/* What every language answers to what it cannot do, or has no room for. */
static void check_errors(enum pxe_script_kind kind)
{
	struct pxe_conf_target t = { .name = "n",
				     .title = "T",
				     .type = PXE_TARGET_LINUX,
				     .kernel = "k",
				     .args = "{{nobody}}" };
	struct pxe_conf none = { .n_targets = 0 };
	size_t full;

	ck_assert_int_eq(render_with(kind, &conf, PXE_GIVE_TARGET, &t, &vars,
				     sizeof(text)), -ENOENT);
	t.args = "{{server";
	ck_assert_int_eq(render_with(kind, &conf, PXE_GIVE_TARGET, &t, &vars,
				     sizeof(text)), -EBADMSG);
	t.type = PXE_N_TARGET_TYPES;
	ck_assert_int_eq(render_with(kind, &conf, PXE_GIVE_TARGET, &t, &vars,
				     sizeof(text)), -EINVAL);
	ck_assert_int_eq(render_with(kind, &conf, PXE_GIVE_TARGET, NULL, &vars,
				     sizeof(text)), -EINVAL);
	ck_assert_int_eq(render_with(kind, &none, PXE_GIVE_MENU, NULL, &vars,
				     sizeof(text)), -EINVAL);
	ck_assert_int_eq(render_with(kind, &conf, PXE_GIVE_LOADER, NULL, &vars,
				     sizeof(text)), -EINVAL);
	render_kind(kind, PXE_GIVE_MENU, NULL);
	full = strlen(text);
	for (size_t cap = 1; cap <= full; cap++)
		ck_assert_int_lt(render_with(kind, &conf, PXE_GIVE_MENU, NULL,
					     &vars, cap), 0);
	ck_assert_int_eq(render_with(kind, &conf, PXE_GIVE_MENU, NULL, &vars,
				     full + 1), 0);
}

/* Within a boot session, by HTTP: `lines` are somewhere in it. */
static void check_session(enum pxe_script_kind kind, const char *const *lines,
			  size_t n)
{
	struct pxe_expand_vars v = vars;

	v.is_http = true;
	v.token = "0123456789abcdef0123456789abcdef";
	ck_assert_int_eq(render_with(kind, &conf, PXE_GIVE_TARGET, &targets[1],
				     &v, sizeof(text)), 0);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(strstr(text, lines[i]) != NULL, "%s\n%s",
			      lines[i], text);
}

#endif
