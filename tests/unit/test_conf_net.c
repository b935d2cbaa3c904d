/* SPDX-License-Identifier: ISC */
/* Options, access and identities: what becomes of them, what is refused. */
#include <string.h>

#include "core/conf.h"
#include "tests/conf_try.h"
#include "unit.h"

#define SUBNET "subnet \"10.0.0.0/24\" { ranges = \"10.0.0.10-10.0.0.20\" "
#define HOST   "host \"a\" { mac = \"02:00:00:00:00:01\"\n"

static const struct {
	const char *file, *text, *where, *words;
} wrong[] = {
	/* options */
	{ "dhcpd.conf", "options = { \"224\" }", "dhcpd.conf:1: error",
	  "write \"CODE=TYPE:VALUE\"" },
	{ "dhcpd.conf", "options = { \"=ip:1.2.3.4\" }", "dhcpd.conf:1: error",
	  "is not an option" },
	{ "dhcpd.conf", "options = { \"0=ip:1.2.3.4\" }", "dhcpd.conf:1: error",
	  "from 1 to 254" },
	{ "dhcpd.conf", "options = { \"255=u8:1\" }", "dhcpd.conf:1: error",
	  "from 1 to 254" },
	{ "dhcpd.conf", "options = { \"224=10.0.0.1\" }", "dhcpd.conf:1: error",
	  "with one of the types hex, ip, ips, u8" },
	{ "dhcpd.conf", "options = { \"224=adr:10.0.0.1\" }",
	  "dhcpd.conf:1: error", "\"224=TYPE:VALUE\"" },
	{ "dhcpd.conf", "options = { \"224=ip:10.0.0\" }",
	  "dhcpd.conf:1: error", "option 224 = \"10.0.0\" cannot be sent: give "
				 "an address" },
	{ "dhcpd.conf", "options = { \"224=u8:256\" }", "dhcpd.conf:1: error",
	  "from 0 to 255" },
	{ "dhcpd.conf", "options = { \"224=ips:10.0.0.1,\" }",
	  "dhcpd.conf:1: error", "give addresses" },
	{ "dhcpd.conf", "options = { \"224=text:\" }", "dhcpd.conf:1: error",
	  "give text" },
	{ "dhcpd.conf", "options = { \"domain-nam=example.org\" }",
	  "dhcpd.conf:1: error", "did you mean 'domain-name'?" },
	{ "dhcpd.conf", "options = { \"something-of-ours=1\" }",
	  "dhcpd.conf:1: error", "write its number" },
	{ "dhcpd.conf", "options = { \"53=u8:1\" }", "dhcpd.conf:1: error",
	  "option 53 cannot be set: the server sets it" },
	{ "dhcpd.conf", "options = { \"boot-file=x\" }", "dhcpd.conf:1: error",
	  "write file" },
	{ "dhcpd.conf", "options = { \"224=u8:1\",\n\"224=u8:2\" }",
	  "dhcpd.conf:2: error", "line 1: take one of them out" },
	{ "dhcpd.conf", SUBNET "\nrouters = \"10.0.0.1\"\n"
		       "options = { \"3=ip:10.0.0.2\" } }",
	  "dhcpd.conf:3: error", "option 3 was given before in this section" },
	{ "hosts.conf", HOST "root-path = \"/a\"\noptions = \"root-path=/b\" }",
	  "hosts.conf:3: error", "option 17 was given before" },
	{ "boot.conf", "options = { \"224=u8:1\" }", "boot.conf:1: error",
	  "stands in dhcpd.conf" },
	/* access */
	{ "dhcpd.conf", "allow = { \"52:54:00:12:34:56\" }",
	  "dhcpd.conf:1: error", "begin it with mac=, oui=, uuid= or" },
	{ "dhcpd.conf", "allow = { \"mac=52:54\" }", "dhcpd.conf:1: error",
	  "mac=52:54:00:12:34:56" },
	{ "dhcpd.conf", "deny = { \"oui=52:54\" }", "dhcpd.conf:1: error",
	  "three octets" },
	{ "dhcpd.conf", "deny = { \"uuid=4c4c4544\" }", "dhcpd.conf:1: error",
	  "only one machine has" },
	{ "dhcpd.conf", "deny = { \"vendor-class=\" }", "dhcpd.conf:1: error",
	  "how it begins" },
	{ "dhcpd.conf", "allow = { \"oui=52:54:00\" }\n"
			"deny = { \"oui=525400\" }",
	  "dhcpd.conf:2: error", "deny has what allow has" },
	{ "dhcpd.conf", SUBNET "deny = { \"oui=52:54:00\",\n"
			       "\"oui=52:54:00\" } }",
	  "dhcpd.conf:2: error", "twice" },
	{ "dhcpd.conf", "unknown-clients = \"ignore\"", "dhcpd.conf:1: error",
	  "there is \"allow\", \"deny\"" },
	{ "dhcpd.conf", SUBNET "reserve = 12 }", "dhcpd.conf:1: error",
	  "above the 11 addresses" },
	{ "dhcpd.conf", SUBNET "circuit-limit = 12 }", "dhcpd.conf:1: error",
	  "limits nothing" },
	{ "dhcpd.conf", "conflict-timeout-ms = 10", "dhcpd.conf:1: error",
	  "from 50 to 5000" },
	{ "dhcpd.conf", "rate-limit = 100001", "dhcpd.conf:1: error",
	  "from 0 to 100000" },
	{ "dhcpd.conf", "bootp = yes", "dhcpd.conf:1: error",
	  "there is \"refuse\", \"hosts\", \"permanent\"" },
	/* identities */
	{ "hosts.conf", "host \"a\" { client-id = \"01\" }",
	  "hosts.conf:1: error", "2 to 255 octets" },
	{ "hosts.conf", "host \"a\" { client-id = \"text:\" }",
	  "hosts.conf:1: error", "\"text:...\"" },
	{ "hosts.conf", "host \"a\" { client-id = \"abc\" }",
	  "hosts.conf:1: error", "is not a client-id" },
	{ "hosts.conf", "host \"a\" { client-id = \"text:ab\" }\n"
			"host \"b\" { client-id = { \"01:02\", \"61:62\" } }",
	  "hosts.conf:2: error", "same client-id as \"a\"" },
	{ "hosts.conf", HOST "}\nhost \"b\" {\n"
			"client-id = \"01:02:00:00:00:00:01\" }",
	  "hosts.conf:3: error", "has the mac of \"a\" as client-id" },
	{ "hosts.conf", "host \"a\" { address = \"10.0.0.1\" }",
	  "hosts.conf:1: error", "neither mac nor uuid nor client-id" },
	{ "hosts.conf", "shared-macs = { \"00:e0:*:01\" }",
	  "hosts.conf:1: error", "like \"00:e0:4c:68:00:01\" or" },
	{ "hosts.conf", "shared-macs = { \"*\" }", "hosts.conf:1: error",
	  "no beginning" },
	{ "hosts.conf", "shared-macs = { \"02:*\" }\n" HOST "}",
	  "hosts.conf:2: error", "name it by uuid" },
	/* the rest of a host */
	{ "hosts.conf", HOST "lease-time = 20\nmax-lease-time = 10 }",
	  "hosts.conf:2: error", "of this host" },
	{ "hosts.conf", HOST "next-server = \"auto\" }", "hosts.conf:2: error",
	  "is not the address of a machine" },
	{ "hosts.conf", HOST "file = \"\" }", "hosts.conf:2: error",
	  "give 1 to 127" },
	{ "hosts.conf", HOST "server-name = \"\" }", "hosts.conf:2: error",
	  "give 1 to 63" },
};

START_TEST(what_is_wrong_is_told)
{
	for (size_t i = 0; i < PXE_LEN(wrong); i++) {
		struct conf_try try;

		conf_try_init(&try);
		conf_try_write(&try, wrong[i].file, wrong[i].text, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		if (try.n_errors != 1 ||
		    !conf_try_has(&try, wrong[i].where, wrong[i].words))
			conf_try_print(&try);
		ck_assert_msg(conf_try_has(&try, wrong[i].where,
					   wrong[i].words),
			      "%s", wrong[i].text);
		ck_assert_msg(try.n_errors == 1, "%s", wrong[i].text);
		conf_try_done(&try);
	}
}
END_TEST

static void check_opt(const struct pxe_conf_opt *opts, size_t n, uint8_t code,
		      const char *value, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (opts[i].code == code) {
			ck_assert_uint_eq(opts[i].len, len);
			ck_assert_mem_eq(opts[i].value, value, len);
			return;
		}
	ck_abort_msg("option %u is not there", code);
}
#define CHECK_OPT(of, code, value)                                             \
	check_opt((of)->opts, (of)->n_opts, code, value, sizeof(value) - 1)

START_TEST(options_of_every_type_are_encoded)
{
	const struct pxe_conf *conf;
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "dhcpd.conf",
		       "dns-servers = { \"10.0.0.1\", \"10.0.0.2\" }\n"
		       "options = { \"224=ip:10.0.0.1\",\n"
		       "\"225=ips:10.0.0.1, 10.0.0.2\", \"226=u8:255\",\n"
		       "\"227=u16:258\", \"228=u32:16909060\",\n"
		       "\"229=s32:-2\", \"230=bool:yes\",\n"
		       "\"231=text:a=b:c,d\", \"232=hex:01:a0:ff\",\n"
		       "\"233=domains:a.b,c\", \"234=u8s:1,2\",\n"
		       "\"235=u16s:1,2\", \"domain-name=example.org\",\n"
		       "\"wpad-url=http://x/y?a=b\" }\n"
		       SUBNET "domain-name = \"sub\"\n"
		       "options = { \"224=ip:10.0.0.9\" } }\n",
		       0);
	conf_try_write(&try, "hosts.conf",
		       HOST "routers = \"10.0.0.3\"\n"
			    "options = { \"224=text:x\" } }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	conf = try.conf;
	ck_assert_uint_eq(conf->n_opts, 15);
	CHECK_OPT(conf, 6, "\x0a\0\0\1\x0a\0\0\2");
	CHECK_OPT(conf, 15, "example.org");
	CHECK_OPT(conf, 224, "\x0a\0\0\1");
	CHECK_OPT(conf, 225, "\x0a\0\0\1\x0a\0\0\2");
	CHECK_OPT(conf, 226, "\xff");
	CHECK_OPT(conf, 227, "\1\2");
	CHECK_OPT(conf, 228, "\1\2\3\4");
	CHECK_OPT(conf, 229, "\xff\xff\xff\xfe");
	CHECK_OPT(conf, 230, "\1");
	CHECK_OPT(conf, 231, "a=b:c,d");
	CHECK_OPT(conf, 232, "\1\xa0\xff");
	CHECK_OPT(conf, 233, "\1a\1b\0\1c\0");
	CHECK_OPT(conf, 234, "\1\2");
	CHECK_OPT(conf, 235, "\0\1\0\2");
	CHECK_OPT(conf, 252, "http://x/y?a=b");
	ck_assert_uint_eq(conf->subnets[0].n_opts, 2); /* a reply merges */
	CHECK_OPT(&conf->subnets[0], 15, "sub");
	CHECK_OPT(&conf->subnets[0], 224, "\x0a\0\0\x09");
	ck_assert_uint_eq(conf->hosts[0].n_opts, 2);
	CHECK_OPT(&conf->hosts[0], 3, "\x0a\0\0\3");
	CHECK_OPT(&conf->hosts[0], 224, "x");
	conf_try_done(&try);
}
END_TEST

START_TEST(too_many_options_are_told)
{
	char text[4096] = "options = { ";
	struct conf_try try;

	conf_try_init(&try);
	for (int i = 180; i < 212; i++)
		sprintf(text + strlen(text), "\"%d=u8:1\", ", i);
	strcpy(strrchr(text, ','), " }\n" SUBNET "options = { ");
	for (int i = 212; i < 245; i++)
		sprintf(text + strlen(text), "\"%d=u8:1\", ", i);
	strcat(text, "\"180=u8:2\" } }\n"); /* the root's does not count */
	conf_try_write(&try, "dhcpd.conf", text, 0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert(conf_try_has(&try, "dhcpd.conf:2: error",
			       "65 options of 65 octets: keep to 64 and 1024"));
	ck_assert_uint_eq(try.n_errors, 1);
	conf_try_done(&try);
}
END_TEST

START_TEST(subnets_have_what_the_root_says)
{
	const struct pxe_conf_subnet *a, *b;
	const struct pxe_conf *conf;
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "dhcpd.conf",
		       "allow = { \"vendor-class=PXEClient\" }\n"
		       "deny = { \"mac=02:00:00:00:00:09\",\n"
		       "  \"uuid=4c4c4544-0042-3510-8051-b4c04f4a3132\" }\n"
		       "unknown-clients = \"deny\"\ncircuit-limit = 3\n"
		       "conflict-detection = no\nmax-lease-time = 7200\n"
		       "coexist = yes\nbootp = \"permanent\"\n"
		       "one-address = \"always\"\nrate-limit = 0\n"
		       "conflict-timeout-ms = 50\n"
		       SUBNET "}\n"
		       "subnet \"10.0.1.0/24\" { allow = {}\n"
		       "  deny = { \"oui=52:54:00\" }\n"
		       "  unknown-clients = \"allow\" circuit-limit = 0\n"
		       "  conflict-detection = yes max-lease-time = 3601\n"
		       "  shared-network = \"x\" reserve = 0\n"
		       "  server-name = \"s\" file = \"f\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	conf = try.conf;
	a = &conf->subnets[0];
	b = &conf->subnets[1];
	ck_assert(conf->coexist);
	ck_assert_int_eq(conf->bootp, PXE_BOOTP_PERMANENT);
	ck_assert_int_eq(conf->one_address, PXE_ONE_ADDRESS_ALWAYS);
	ck_assert_uint_eq(conf->rate_limit, 0);
	ck_assert_uint_eq(conf->conflict_timeout_ms, 50);
	ck_assert_uint_eq(a->access.n_allow, 1);
	ck_assert_int_eq(a->access.allow[0].kind, PXE_MATCH_VENDOR_CLASS);
	ck_assert_str_eq(a->access.allow[0].text, "PXEClient");
	ck_assert_uint_eq(a->access.n_deny, 2);
	ck_assert_int_eq(a->access.deny[0].kind, PXE_MATCH_MAC);
	ck_assert_uint_eq(a->access.deny[0].hw.hlen, 6);
	ck_assert_int_eq(a->access.deny[1].kind, PXE_MATCH_UUID);
	ck_assert_uint_eq(a->access.deny[1].src.line, 3);
	ck_assert_int_eq(a->access.strangers, PXE_STRANGERS_DENY);
	ck_assert_uint_eq(a->access.circuit_limit, 3);
	ck_assert(!a->is_conflict_checked);
	ck_assert_uint_eq(a->max_lease_s, 7200);
	ck_assert_str_eq(a->shared_network, "");
	ck_assert_str_eq(a->file, "");
	ck_assert_uint_eq(b->access.n_allow, 0);
	ck_assert_uint_eq(b->access.n_deny, 1);
	ck_assert_int_eq(b->access.deny[0].kind, PXE_MATCH_OUI);
	ck_assert_mem_eq(b->access.deny[0].hw.addr, "\x52\x54\0", 3);
	ck_assert_int_eq(b->access.strangers, PXE_STRANGERS_ALLOW);
	ck_assert_uint_eq(b->access.circuit_limit, 0);
	ck_assert(b->is_conflict_checked);
	ck_assert_uint_eq(b->max_lease_s, 3601);
	ck_assert_str_eq(b->server_name, "s");
	ck_assert_str_eq(b->file, "f");
	/* a link of one subnet alone */
	ck_assert(conf_try_has(&try, "dhcpd.conf:14: warning",
			       "in no other subnet"));
	conf_try_done(&try);
}
END_TEST

START_TEST(hosts_have_identities)
{
	const struct pxe_conf_host *host;
	const struct pxe_conf *conf;
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "hosts.conf",
		       "shared-macs = { \"00:e0:4c:*\", \"00-50-b6-*\",\n"
		       "  \"02:00:00:00:00:09\" }\n"
		       HOST "client-id = { \"ff:00:01\", \"text:ab\" }\n"
		       "lease-time = 20 next-server = \"10.0.0.7\"\n"
		       "server-name = \"s\" file = \"dir/f\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	conf = try.conf;
	host = &conf->hosts[0];
	ck_assert_uint_eq(conf->n_shared_macs, 3);
	ck_assert_uint_eq(conf->shared_macs[0].hlen, 3);
	ck_assert_uint_eq(conf->shared_macs[1].hlen, 3);
	ck_assert_uint_eq(conf->shared_macs[2].hlen, 6);
	ck_assert_ptr_eq(pxe_conf_find_host_id(conf, "\xff\0\1", 3), host);
	ck_assert_ptr_eq(pxe_conf_find_host_id(conf, "ab", 2), host);
	ck_assert_ptr_null(pxe_conf_find_host_id(conf, "abc", 3));
	ck_assert_uint_eq(host->lease_s, 20);
	ck_assert_uint_eq(host->max_lease_s, 0);
	ck_assert_uint_eq(host->next_server, 0x0a000007);
	ck_assert_str_eq(host->server_name, "s");
	ck_assert_str_eq(host->file, "dir/f");
	conf_try_done(&try);
}
END_TEST

/* Who loses its disk with its lease, and who does not. */
START_TEST(san_hosts_are_warned_of)
{
	static const struct {
		const char *dhcpd, *host;
		bool is_told;
	} vectors[] = {
		{ "", "root-path = \"iscsi:10.0.0.9::::iqn.x\"", true },
		{ "", "options = \"17=text:AoE:e1.1\"", true },
		{ "", "root-path = \"nbd://10.0.0.9/x\"", true },
		{ "", "root-path = \"ib_srp:x\"", true },
		{ "", "root-path = \"fcoe:x\" lease-time = 3600", true },
		{ "root-path = \"iscsi:x\"", "", true },
		{ "subnet \"10.1.0.0/24\" { root-path = \"iscsi:x\" }", "",
		  true },
		{ "subnet \"10.1.0.0/24\" { root-path = \"iscsi:x\" }",
		  "root-path = \"/nfs\"", false },
		{ "root-path = \"iscsi:x\"", "root-path = \"/nfs\"", false },
		{ "", "root-path = \"iscsi:x\" lease-time = 86400", false },
		{ "", "root-path = \"iscsi:x\" address = \"10.0.0.9\"", false },
		{ "lease-time = 86400", "root-path = \"iscsi:x\"", false },
		{ "lease-time = 86400",
		  "root-path = \"iscsi:x\" max-lease-time = 60", true },
		{ "", "root-path = \"10.0.0.9:/srv\"", false },
		{ "", "root-path = \"iscs\"", false },
	};

	for (size_t i = 0; i < PXE_LEN(vectors); i++) {
		char dhcpd[256], host[256];
		struct conf_try try;

		conf_try_init(&try);
		snprintf(dhcpd, sizeof(dhcpd), "%s\n" SUBNET "}\n",
			 vectors[i].dhcpd);
		snprintf(host, sizeof(host), "\n" HOST "%s }\n",
			 vectors[i].host);
		conf_try_write(&try, "dhcpd.conf", dhcpd, 0);
		conf_try_write(&try, "hosts.conf", host, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		conf_try_print(&try);
		ck_assert_int_eq(try.result, 0);
		ck_assert_msg(conf_try_has(&try, "hosts.conf:2: warning",
					   "lose it with its lease") ==
				      vectors[i].is_told,
			      "%s", vectors[i].host);
		/* who does not read dhcpd.conf cannot know */
		conf_try_load(&try, PXE_CONF_FILE_HOSTS);
		ck_assert_uint_eq(try.n_warnings, 0);
		conf_try_done(&try);
	}
}
END_TEST

/* Files that subnets and hosts name, where they are to come from here. */
START_TEST(files_that_are_told_are_looked_for)
{
	struct conf_try try;
	char text[256];

	conf_try_init(&try);
	snprintf(text, sizeof(text), "boot-root = \"%s\"\n", try.dir);
	conf_try_write(&try, "pxe.conf", text, 0);
	conf_try_write(&try, "dhcpd.conf",
		       "subnet \"10.0.0.0/24\" { file = \"/none\" }\n"
		       "subnet \"10.0.1.0/24\" { file = \"none\"\n"
		       "  next-server = \"10.0.1.9\" }\n"
		       "subnet \"10.0.2.0/24\" { file = \"/pxe.conf\" }\n"
		       "subnet \"10.0.3.0/24\" { file = \"http://x/y\" }\n"
		       "subnet \"10.0.4.0/24\" { file = \"pxe_loader\" }\n",
		       0);
	conf_try_write(&try, "hosts.conf",
		       HOST "file = \"nor-this\" address = \"10.0.0.5\" }\n"
			    "host \"b\" { mac = \"02:00:00:00:00:02\"\n"
			    "  file = \"x\" next-server = \"10.0.0.9\" }\n"
			    "host \"c\" { mac = \"02:00:00:00:00:03\"\n"
			    "  file = \"x\" address = \"10.0.1.5\" }\n"
			    "host \"d\" { mac = \"02:00:00:00:00:04\"\n"
			    "  file = \"x\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	ck_assert(conf_try_has(&try, "dhcpd.conf:1: warning", "/none: No"));
	ck_assert(conf_try_has(&try, "hosts.conf:1: warning", "nor-this"));
	ck_assert_uint_eq(try.n_warnings, 2);
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_net", what_is_wrong_is_told, options_of_every_type_are_encoded,
	  too_many_options_are_told, subnets_have_what_the_root_says,
	  hosts_have_identities, san_hosts_are_warned_of,
	  files_that_are_told_are_looked_for)
