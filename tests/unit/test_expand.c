/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/expand.h"
#include "unit.h"

static struct pxe_hwaddr hw, infiniband;
static struct pxe_uuid uuid;
static struct pxe_conf_host host = { .name = "alpha" };
static const struct pxe_conf_target target = {
	.name = "debian",
	.title = "Debian 12",
	.type = PXE_TARGET_LINUX,
	.kernel = "debian/vmlinuz",
};
static const uint8_t two[] = { 192, 168, 200, 1, 192, 168, 200, 2 };
static struct pxe_conf_opt opts[] = {
	{ .code = 3, .len = 8, .value = two },
	{ .code = 6, .len = 8, .value = two },
	{ .code = 15, .len = 11, .value = (const uint8_t *)"example.org" },
	{ .code = 42, .len = 4, .value = two },
};
static const struct pxe_conf_subnet subnet = {
	.net = { 0xc0a8c800, 24 },
	.opts = opts,
	.n_opts = PXE_LEN(opts),
};

static struct pxe_expand_vars all_vars(void)
{
	ck_assert_int_eq(pxe_hwaddr_parse("52:54:00:12:34:56", &hw), 0);
	ck_assert_int_eq(pxe_hwaddr_parse("32-00:01:02:03:04:05:06:07",
					  &infiniband),
			 0);
	ck_assert_int_eq(pxe_uuid_parse("4c4c4544-0042-3510-8051-b4c04f4a3132",
					&uuid),
			 0);
	host.hw = &hw;
	host.n_hw = 1;
	host.address = 0xc0a8c815;
	return (struct pxe_expand_vars) {
		.host = &host,
		.subnet = &subnet,
		.target = &target,
		.family = PXE_FAMILY_UEFI,
		.hw = &hw,
		.uuid = &uuid,
		.server_address = 0xc0a8c801,
		.client_address = 0xc0a8c815,
		.http_port = 16000,
		.token = "0123456789abcdef0123456789abcdef",
	};
}

static const struct {
	const char *text, *known, *unknown; /* with all values, with none */
} vectors[] = {
	{ "", "", "" },
	{ "quiet", "quiet", "quiet" },
	{ "{{http}}/x", "http://192.168.200.1:16000/x", "/x" },
	{ "{{server}}", "192.168.200.1", "" },
	{ "{{callback}}",
	  "http://192.168.200.1:16000/callback?mac=52-54-00-12-34-56", "" },
	{ "{{answer-url}}/user-data",
	  "http://192.168.200.1:16000/answer/0123456789abcdef0123456789abcdef"
	  "/user-data",
	  "/user-data" },
	{ "{{done-url}}",
	  "http://192.168.200.1:16000/done/0123456789abcdef0123456789abcdef",
	  "" },
	{ "{{failed-url}}",
	  "http://192.168.200.1:16000/failed/0123456789abcdef0123456789abcdef",
	  "" },
	{ "{{token}}", "0123456789abcdef0123456789abcdef", "" },
	{ "{{mac}}", "52:54:00:12:34:56", "" },
	{ "{{uuid}}", "4c4c4544-0042-3510-8051-b4c04f4a3132", "" },
	{ "{{address}}", "192.168.200.21", "" },
	{ "{{host.name}}", "alpha", "" },
	{ "{{host.mac}}", "52:54:00:12:34:56", "" },
	{ "{{host.address}}", "192.168.200.21", "" },
	{ "{{family}}", "uefi", "" },
	{ "{{target.name}}", "debian", "" },
	{ "{{target.type}}", "linux", "" },
	{ "{{target.kernel}}", "debian/vmlinuz", "" },
	{ "{{subnet.network}}/{{subnet.prefix}}", "192.168.200.0/24", "/" },
	{ "{{subnet.netmask}}", "255.255.255.0", "" },
	{ "{{subnet.broadcast}}", "192.168.200.255", "" },
	{ "{{subnet.router}}", "192.168.200.1", "" },
	{ "{{subnet.dns}}", "192.168.200.1,192.168.200.2", "" },
	{ "{{subnet.domain}}", "example.org", "" },
	{ "{{subnet.ntp}}", "192.168.200.1", "" },
	{ "{{target.title}}", "Debian 12", "" },
	{ "a{{ server }}b{{host.name}}c", "a192.168.200.1balphac", "abc" },
	{ "{{server}}{{server}}", "192.168.200.1192.168.200.1", "" },
	{ "${net0/mac} {x} }} {", "${net0/mac} {x} }} {",
	  "${net0/mac} {x} }} {" },
};

START_TEST(values_replace_variables)
{
	const struct pxe_expand_vars none = { .http_port = 0 };
	struct pxe_expand_vars vars = all_vars();
	struct pxe_str out;
	char buf[200];

	for (size_t i = 0; i < PXE_LEN(vectors); i++) {
		const char *text = vectors[i].text;

		pxe_str_init(&out, buf, sizeof(buf));
		ck_assert_int_eq(pxe_expand(text, &vars, &out, NULL, 0), 0);
		ck_assert_str_eq(buf, vectors[i].known);
		pxe_str_init(&out, buf, sizeof(buf));
		ck_assert_int_eq(pxe_expand(text, &none, &out, NULL, 0), 0);
		ck_assert_str_eq(buf, vectors[i].unknown);
	}
}
END_TEST

START_TEST(odd_machines_expand_too)
{
	struct pxe_expand_vars vars = all_vars();
	struct pxe_conf_host bare = { .name = "bare" };
	struct pxe_str out;
	char buf[200];

	vars.hw = &infiniband;
	vars.http_port = 80;
	vars.host = &bare;
	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(pxe_expand("{{callback}} {{host.mac}}", &vars, &out,
				    NULL, 0),
			 0);
	ck_assert_str_eq(buf, "http://192.168.200.1/callback?mac="
			      "32-00:01:02:03:04:05:06:07 ");
}
END_TEST

START_TEST(mistakes_are_named)
{
	static const struct {
		const char *text, *bad;
		int r;
	} wrong[] = {
		{ "{{nothing}}", "nothing", -ENOENT },
		{ "{{ htp }}", "htp", -ENOENT },
		{ "{{}}", "", -ENOENT },
		{ "{{server} }", "untouched", -EBADMSG },
		{ "x {{", "untouched", -EBADMSG },
		{ "{{server", "untouched", -EBADMSG },
		{ "{{a-very-long-name}}", "a-very-long", -ENOENT },
	};
	struct pxe_expand_vars vars = all_vars();
	struct pxe_str out;
	char buf[64], bad[12];

	for (size_t i = 0; i < PXE_LEN(wrong); i++) {
		strcpy(bad, "untouched");
		pxe_str_init(&out, buf, sizeof(buf));
		ck_assert_int_eq(pxe_expand(wrong[i].text, &vars, &out, bad,
					    sizeof(bad)),
				 wrong[i].r);
		ck_assert_str_eq(bad, wrong[i].bad);
		(void)!pxe_expand(wrong[i].text, &vars, &out, NULL, 0);
	}
}
END_TEST

START_TEST(what_does_not_fit_is_an_error)
{
	struct pxe_expand_vars vars = all_vars();
	struct pxe_str out;
	char buf[14];

	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(pxe_expand("{{server}}", &vars, &out, NULL, 0), 0);
	pxe_str_init(&out, buf, sizeof(buf));
	ck_assert_int_eq(pxe_expand("{{server}}x", &vars, &out, NULL, 0),
			 -ENOSPC);
	ck_assert_str_eq(buf, "192.168.200.1");
}
END_TEST

START_TEST(every_variable_has_a_vector)
{
	for (size_t i = 0; pxe_expand_name(i) != NULL; i++) {
		char text[64];
		size_t v = 0;

		snprintf(text, sizeof(text), "{{%s}}", pxe_expand_name(i));
		while (v < PXE_LEN(vectors) &&
		       strstr(vectors[v].text, text) == NULL)
			v++;
		ck_assert_msg(v < PXE_LEN(vectors), "no vector for %s", text);
	}
}
END_TEST

UNIT_MAIN("expand", values_replace_variables, odd_machines_expand_too,
	  mistakes_are_named, what_does_not_fit_is_an_error,
	  every_variable_has_a_vector)
