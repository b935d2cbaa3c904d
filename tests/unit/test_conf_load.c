/* SPDX-License-Identifier: ISC */
/* What the loader tells about configurations that are wrong. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/conf.h"
#include "tests/conf_try.h"
#include "unit.h"

#define X100                                                                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X600   X100 X100 X100 X100 X100 X100
#define SUBNET "subnet \"10.0.0.0/24\" { ranges = \"10.0.0.10-10.0.0.20\" }\n"

struct told {
	const char *where, *words;
};

/* One file, and all the errors that must be told (none else). */
struct snippet {
	const char *file, *text;
	struct told told[6];
};

/* clang-format off */
static const struct snippet names[] = {
{ "pxe.conf", "# a\nhttp-prt = 1\n",
  { { "pxe.conf:2: error", "'http-port'" } } },
{ "pxe.conf", "completely-else = 1\n",
  { { "pxe.conf:1: error", "unknown option 'completely-else': take it out; "
			   "pxe.conf(5)" } } },
{ "dhcpd.conf", "\nhttp-port = 1\n",
  { { "dhcpd.conf:2: error", "stands in pxe.conf" } } },
{ "dhcpd.conf", "mac = \"x\"\n",
  { { "dhcpd.conf:1: error", "host section of hosts.conf" } } },
{ "boot.conf", "routers = \"10.0.0.1\"\n",
  { { "boot.conf:1: error", "stands in dhcpd.conf, or in a host" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\n subnet-mask = \"1.2.3.4\"\n}\n",
  { { "dhcpd.conf:2: error", "cannot be set: it follows" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\n ruters = \"1.2.3.4\"\n}\n",
  { { "dhcpd.conf:2: error", "did you mean 'routers'" } } },
{ "dhcpd.conf", "host \"a\" { mac = \"02:00:00:00:00:01\" }\n",
  { { "dhcpd.conf:1: error", "section 'host' stands in hosts.conf" } } },
{ "boot.conf", "/* 1\n2 */\ntraget \"a\" {\n type = \"shell\"\n}\n",
  { { "boot.conf:3: error", "did you mean 'target'" } } },
{ "boot.conf", "unknown { a = 1 }\n",
  { { "boot.conf:1: error", "'unknown' is not a section" } } },
{ "boot.conf", "\"unknown\" = \"hold\"\n",
  { { "boot.conf:1: error", "without quotes" } } },
{ "pxe.conf", "frobnicate\nhttp-port = 80\n",
  { { "pxe.conf:1: error", "unknown option 'frobnicate'" } } },
{ "pxe.conf", "frob { nested { deep = 1 } }\nhttp-prt = 80\n",
  { { "pxe.conf:1: error", "unknown section 'frob'" },
    { "pxe.conf:2: error", "http-prt" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\n include(\"x\")\n}\n",
  { { "dhcpd.conf:2: error", "outside of all sections" } } },
{ "hosts.conf", "host \"a\" {\n mac=\"02:00:00:00:00:01\"\n x=1 }\nhost { }",
  { { "hosts.conf:3: error", "unknown option 'x'" },
    { "hosts.conf:4: error", "missing title" } } },
};

static const struct snippet syntax[] = {
{ "pxe.conf", "http-port 80\nhttp-port = 0\n",
  { { "pxe.conf:1: error", "missing equal sign" } } },
{ "pxe.conf", "\nhttp-port =\n",
  { { "pxe.conf:2: error", "ends in the middle" } } },
{ "pxe.conf", "\n\nhttp-port +",
  { { "pxe.conf:3: error", "'+' does not belong" },
    { "pxe.conf:3: error", "ends in the middle" } } },
{ "pxe.conf", "http-port = 80\n}\n",
  { { "pxe.conf:2: error", "one '}' too many" } } },
{ "pxe.conf", "interfaces = { \"a\" \"b\" }\n",
  { { "pxe.conf:1: error", "unexpected token" } } },
{ "pxe.conf", "http-port = { 80 }\n",
  { { "pxe.conf:1: error", "unexpected token '{'" } } },
{ "pxe.conf", "http-port += 80\n",
  { { "pxe.conf:1: error", "attempt to append" } } },
{ "boot.conf", "menu \"x\" { timeout = 3 }\n",
  { { "boot.conf:1: error", "missing opening brace" } } },
{ "boot.conf", "menu = 3\n",
  { { "boot.conf:1: error", "missing opening brace" } } },
{ "dhcpd.conf", "mode = \"internal\"\nsubnet \"10.0.0.0/24\" {\n\n\n",
  { { "dhcpd.conf:2: error", "does not end" } } },
{ "hosts.conf", "host \"a\" {\n mac = \"02:00:00:00:00:01\"\n"
		"host \"b\" {\n mac = \"02:00:00:00:00:02\"\n}\n",
  { { "hosts.conf:3: error", "inside of section 'host' of line 1" } } },
{ "pxe.conf", "frob {\n a = 1\n",
  { { "pxe.conf:1: error", "unknown section 'frob'" },
    { "pxe.conf:1: error", "does not end" } } },
{ "pxe.conf", "http-port = 80 /* never\n ends\n",
  { { "pxe.conf:1: error", "close it with '*/'" } } },
{ "pxe.conf", "\nboot-root = \"/srv\nhttp-port = 0\n",
  { { "pxe.conf:2: error", "does not end on its line" },
    { "pxe.conf:3: error", "out of range" } } },
{ "pxe.conf", "boot-root = '/srv",
  { { "pxe.conf:1: error", "close it with '" } } },
{ "pxe.conf", "boot-root = \"/srv\\",
  { { "pxe.conf:1: error", "does not end on its line" } } },
{ "pxe.conf", "http-port = 80;\ntftp-port = 70;;\n",
  { { "pxe.conf:1: error", "semicolon" },
    { "pxe.conf:2: error", "semicolon" } } },
{ "pxe.conf", "http-port = *\n80\n",
  { { "pxe.conf:1: error", "'*' does not belong" } } },
{ "pxe.conf", "state-dir = /a${HOME}\n",
  { { "pxe.conf:1: error", "environment" },
    { "pxe.conf:0: error", "" } } },
{ "pxe.conf", "state-dir = “/a”\n",
  { { "pxe.conf:1: error", "plain ones" } } },
{ "pxe.conf", "boot-root = \"/\\q\"\n",
  { { "pxe.conf:1: error", "unknown escape" } } },
{ "pxe.conf", "boot-root = \"/\\400\"\n",
  { { "pxe.conf:1: error", "not a character" } } },
{ "pxe.conf", "boot-root = \"/\\0\"\n",
  { { "pxe.conf:1: error", "NUL" } } },
{ "pxe.conf", "boot-root = \"/a\\nb\"\n",
  { { "pxe.conf:1: error", "control character" } } },
{ "pxe.conf", "\xff\xfe""a\n",
  { { "pxe.conf:1: error", "UTF-16" } } },
{ "pxe.conf", "include \"x\"\n",
  { { "pxe.conf:1: error", "include(\"FILE\")" } } },
{ "pxe.conf", "\n\ninclude(\"not-there\")\nhttp-port = 0\n",
  { { "pxe.conf:3: error", "not there" },
    { "pxe.conf:4: error", "out of range" } } },
{ "pxe.conf", "include(\"pxe.conf\")\n",
  { { "pxe.conf:1: error", "includes itself" } } },
{ "pxe.conf", "include(\".\")\n",
  { { "pxe.conf:1: error", "directory" } } },
};

static const struct snippet values[] = {
{ "pxe.conf", "http-port = 0\ntftp-port = 65536\ndhcp-port = x\n",
  { { "pxe.conf:1: error", "from 1 to 65535" },
    { "pxe.conf:2: error", "out of range" },
    { "pxe.conf:3: error", "not a number" } } },
{ "pxe.conf", "http-port = -1\ntftp-port = \"70 \"\ndhcp-port = 0x43\n",
  { { "pxe.conf:1: error", "not a number" },
    { "pxe.conf:2: error", "not a number" },
    { "pxe.conf:3: error", "not a number" } } },
{ "pxe.conf", "boot-root = \"srv\"\nstate-dir = \"\"\n",
  { { "pxe.conf:1: error", "begin it with '/'" },
    { "pxe.conf:2: error", "not an absolute path" } } },
{ "pxe.conf", "interfaces = { \"eth0\", \"a-name-of-sixteen\", \"eth0\" }\n",
  { { "pxe.conf:1: error", "1 to 15 characters" },
    { "pxe.conf:1: error", "named twice" } } },
{ "pxe.conf", "server-address = \"1.2.3\"\n",
  { { "pxe.conf:1: error", "or \"auto\"" } } },
{ "pxe.conf", "server-address = \"224.0.0.1\"\n",
  { { "pxe.conf:1: error", "not the address of a machine" } } },
{ "pxe.conf", "http-port = 80\nhttp-port = 81\n",
  { { "pxe.conf:2: error", "given before" } } },
{ "pxe.conf", "interfaces = { \"a\" }\ninterfaces = { \"b\", \"c\" }\n",
  { { "pxe.conf:2: error", "given before" } } },
{ "pxe.conf", "interfaces = { \"a\" }\ninterfaces = { }\n",
  { { "pxe.conf:2: error", "given before" } } },
{ "pxe.conf", "interfaces = { }\ninterfaces = { \"a\" }\n",
  { { "pxe.conf:2: error", "given before" } } },
{ "pxe.conf", "interfaces = { \"\\x02\" }\n",
  { { "pxe.conf:1: error", "\\x02" } } },
{ "boot.conf", "menu { title = 'a\002' }\n",
  { { "boot.conf:1: error", "\\x02" } } },
{ "pxe.conf", "http-port = { }\n",
  { { "pxe.conf:1: error", "" } } },
{ "pxe.conf", "http-port = 69\n",
  { { "pxe.conf:1: error", "both 69" } } },
{ "dhcpd.conf", "mode = \"bridge\"\n",
  { { "dhcpd.conf:1: error", "there is \"internal\", \"proxy\"" } } },
{ "dhcpd.conf", "answer = \"everybody\"\n",
  { { "dhcpd.conf:1: error", "\"all\", \"pxe\", \"rom-only\"" } } },
{ "dhcpd.conf", "authoritative = maybe\n",
  { { "dhcpd.conf:1: error", "neither yes nor no" } } },
{ "dhcpd.conf", "user = \"a b\"\n",
  { { "dhcpd.conf:1: error", "not a name" } } },
{ "dhcpd.conf", "\nlease-time = 90000\n",
  { { "dhcpd.conf:2: error", "above max-lease-time" } } },
{ "tftpd.conf", "max-blksize = 7\nmax-windowsize = 0\nlisten = \"eth0\"\n",
  { { "tftpd.conf:1: error", "from 8 to 65464" },
    { "tftpd.conf:2: error", "from 1 to 65535" },
    { "tftpd.conf:3: error", "not an address" } } },
{ "httpd.conf", "listen = { \"::1\", \"127.0.0.1\", \"[::1]:80\" }\n",
  { { "httpd.conf:1: error", "without a port" } } },
{ "stated.conf", "lease-users = { \"pxe-dhcpd\", \"\" }\n",
  { { "stated.conf:1: error", "give 1 to 32" } } },
};

static const struct snippet subnets[] = {
{ "dhcpd.conf", "subnet \"10.0.0.1/24\" { }\n",
  { { "dhcpd.conf:1: error", "bits beyond its prefix" } } },
{ "dhcpd.conf", "subnet \"lan\" { }\n",
  { { "dhcpd.conf:1: error", "not a network" } } },
{ "dhcpd.conf", SUBNET "subnet \"10.0.0.0/16\" { }\nsubnet \"10.0.1.0/24\" {}",
  { { "dhcpd.conf:1: error", "overlaps subnet 10.0.0.0/16 of line 2" },
    { "dhcpd.conf:3: error", "overlaps subnet 10.0.0.0/16 of line 2" } } },
{ "dhcpd.conf", SUBNET SUBNET,
  { { "dhcpd.conf:2: error", "overlaps" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\nranges = {\n\"10.0.0.9-10.0.1.1\",\n"
		"\"10.0.0.0-10.0.0.3\",\n\"10.0.0.200-10.0.0.255\",\n\"x\",\n"
		"\"10.0.0.8-10.0.0.7\" } }\n",
  { { "dhcpd.conf:3: error", "not within" },
    { "dhcpd.conf:4: error", "first or last" },
    { "dhcpd.conf:5: error", "first or last" },
    { "dhcpd.conf:6: error", "not a range" },
    { "dhcpd.conf:7: error", "swap" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\nranges = { \"10.0.0.9-10.0.0.90\",\n"
		"\"10.0.0.50\",\n\"10.0.0.80-10.0.0.100\" } }\n",
  { { "dhcpd.conf:3: error", "overlaps the one of line 2" },
    { "dhcpd.conf:4: error", "overlaps the one of line 2" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/31\" { ranges = \"10.0.0.0-10.0.0.1\" }",
  { { NULL, NULL } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" { lease-time = 100000 }\n",
  { { "dhcpd.conf:1: error", "of this subnet" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\ndomain-name = \"" X600 X600 "\" }",
  { { "dhcpd.conf:2: error", "too long: give at most 1024" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\n root-path = \"" X600 "\"\n"
		" merit-dump = \"" X600 "\"\n}\n",
  { { "dhcpd.conf:1: error", "2 options of 1200 octets" } } },
{ "dhcpd.conf", "subnet \"10.0.0.0/24\" {\nrouters = { \"10.0.0.1\",\n\"r\" }\n"
		"interface-mtu = 70000\nip-forwarding = 3\n}\n",
  { { "dhcpd.conf:3: error", "routers = \"r\" cannot be sent" },
    { "dhcpd.conf:4: error", "from 0 to 65535" },
    { "dhcpd.conf:5: error", "yes or no" } } },
};

static const struct snippet boots[] = {
{ "boot.conf", "loader \"efi\" { file = \"x\" }\n",
  { { "boot.conf:1: error", "did you mean \"uefi\"? there is bios, uefi" } } },
{ "boot.conf", "loader \"bios\" { }\n",
  { { "boot.conf:1: error", "has no file" } } },
{ "boot.conf", "loader \"bios\" { file = \"/x\" }\n"
	       "loader \"bios\" { file = \"a/../../b\" }\n",
  { { "boot.conf:1: error", "begins with '/'" },
    { "boot.conf:2: error", "goes up" },
    { "boot.conf:2: error", "already" } } },
{ "boot.conf", "target \"a\" { }\n",
  { { "boot.conf:1: error", "has no type" } } },
{ "boot.conf", "target \"a\" { type = \"linux\" }\n"
	       "target \"b\" { type = \"chain\"\nkernel = \"k\" }\n",
  { { "boot.conf:1: error", "has no kernel" },
    { "boot.conf:2: error", "has no url" },
    { "boot.conf:3: error", "has no kernel: take it out" } } },
{ "boot.conf", "target \"a\" { type = \"lunix\" kernel = \"k\" }\n",
  { { "boot.conf:1: error", "\"linux\"" } } },
{ "boot.conf", "target \"a b\" { type = \"shell\" }\n",
  { { "boot.conf:1: error", "not a name" } } },
{ "boot.conf", "target \"a\" { type = \"shell\" }\n"
	       "target \"a\" { type = \"shell\" }\n",
  { { "boot.conf:2: error", "same name as \"a\"" } } },
{ "boot.conf", "target \"local\" { type = \"shell\" }\n",
  { { "boot.conf:1: error", "always the local disk" } } },
{ "boot.conf", "target \"a\" { type = \"linux\" kernel = \"http://x/k\"\n"
	       "args = \"{{htttp}} x\" }\n",
  { { "boot.conf:2: error", "did you mean {{http}}?" } } },
{ "boot.conf", "target \"a\" { type = \"chain\"\nurl = \"{{http/x\" }\n",
  { { "boot.conf:2: error", "not closed" } } },
{ "boot.conf", "target \"a\" { type = \"linux\" kernel = \"{{http}}/k\" }\n",
  { { "boot.conf:1: error", "args and url only" },
    { "boot.conf:0: error", "" } } },
{ "boot.conf", "menu {\n default = \"locl\"\n}\n",
  { { "boot.conf:2: error", "did you mean \"local\"?" } } },
{ "boot.conf", "menu {\n default = \"other\"\n}\n",
  { { "boot.conf:2: error", "add target \"other\"" } } },
{ "boot.conf", "target \"a\" { type = \"chain\" url = \"x\" }\n"
	       "menu {\n default = \"a\"\n}\n",
  { { "boot.conf:3: error", "nobody chose" } } },
{ "boot.conf", "menu { }\nmenu { timeout = -1 }\n",
  { { "boot.conf:2: error", "menu already" } } },
{ "boot.conf", "target \"a\" { type = \"shell\" title = \"\" }\n",
  { { "boot.conf:1: error", "give 1 to 128" } } },
};

static const struct snippet hosts[] = {
{ "hosts.conf", "host \"a\" { }\n",
  { { "hosts.conf:1: error", "neither mac nor uuid" } } },
{ "hosts.conf", "host \"10.0.0.1\" { mac = \"02:00:00:00:00:01\" }\n"
		"host \"\" { mac = \"02:00:00:00:00:02\" }\n",
  { { "hosts.conf:1: error", "looks like an address" },
    { "hosts.conf:2: error", "not a name" } } },
{ "hosts.conf", "host \"a\" { mac = \"02:00\" uuid = \"x\"\naddress = \"auto\""
		"\nboot = \"nowhere\" }\n",
  { { "hosts.conf:1: error", "hardware address" },
    { "hosts.conf:1: error", "not a UUID" },
    { "hosts.conf:2: error", "not the address" },
    { "hosts.conf:3: error", "no such target" } } },
{ "hosts.conf",
  "host \"a\" { uuid = \"03000200-0400-0500-0006-000700080009\" }\n",
  { { "hosts.conf:1: error", "same on many" } } },
{ "hosts.conf", "host \"a\" { mac = \"02:00:00:00:00:01\" }\n"
		"host \"b\" { mac = { \"02:00:00:00:00:02\",\n"
		"\"02-00-00-00-00-01\" } }\n",
  { { "hosts.conf:2: error", "same mac as \"a\"" } } },
{ "hosts.conf", "host \"a\" { mac = \"02:00:00:00:00:01\" address=\"1.0.0.1\" }"
		"\nhost \"a\" {\n mac = \"02:00:00:00:00:02\" "
		"address=\"1.0.0.1\" }\n",
  { { "hosts.conf:2: error", "same name" },
    { "hosts.conf:2: error", "same address" } } },
{ "hosts.conf",
  "host \"a\" { uuid = \"4c4c4544-0042-3510-8051-b4c04f4a3132\" }\n"
  "host \"b\" { uuid = \"4C4C4544-0042-3510-8051-B4C04F4A3132\" }\n",
  { { "hosts.conf:2: error", "same uuid" } } },
};
/* clang-format on */

static size_t count_told(const struct snippet *snippet)
{
	size_t n = 0;

	while (n < PXE_LEN(snippet->told) && snippet->told[n].where != NULL &&
	       strstr(snippet->told[n].where, ":0:") == NULL)
		n++;
	return n;
}

static void check_snippet(const struct snippet *snippet)
{
	size_t n = count_told(snippet);
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, snippet->file, snippet->text, 0);
	conf_try_load(&try, CONF_TRY_ALL);
	for (size_t i = 0; i < n; i++)
		if (!conf_try_has(&try, snippet->told[i].where,
				  snippet->told[i].words)) {
			conf_try_print(&try);
			ck_abort_msg("%s was not told \"%s\" for:\n%s",
				     snippet->told[i].where,
				     snippet->told[i].words, snippet->text);
		}
	if (try.n_errors != n)
		conf_try_print(&try);
	ck_assert_msg(try.n_errors == n, "%zu errors for:\n%s", try.n_errors,
		      snippet->text);
	ck_assert_int_eq(try.result, n == 0 ? 0 : -EINVAL);
	ck_assert((try.conf == NULL) == (n != 0));
	conf_try_done(&try);
}

#define CHECK_ALL(name, table)                                                 \
	START_TEST(name)                                                       \
	{                                                                      \
		for (size_t i = 0; i < PXE_LEN(table); i++)                    \
			check_snippet(&(table)[i]);                            \
	}                                                                      \
	END_TEST
CHECK_ALL(unknown_names_are_told_where_they_stand, names)
CHECK_ALL(syntax_errors_are_told_once, syntax)
CHECK_ALL(values_are_checked, values)
CHECK_ALL(subnets_are_checked, subnets)
CHECK_ALL(boot_targets_are_checked, boots)
CHECK_ALL(hosts_are_checked, hosts)

/* --- several files -------------------------------------------------------- */

START_TEST(eight_unknown_options_are_all_told)
{
	static const char *const wanted[] = {
		"dhcpd.conf:2: ",  "dhcpd.conf:4: ",  "dhcpd.conf:8: ",
		"dhcpd.conf:9: ",  "dhcpd.conf:12: ", "dhcpd.conf:14: ",
		"dhcpd.conf:15: ", "dhcpd.conf:17: ",
	};
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "dhcpd.conf",
		       "### a comment ### with # many\n"
		       "unknown-1 = 1 # here\n"
		       "mode = \"internal\" // there ###\n"
		       "unknown-2 = { 1,\n"
		       "  2, \"}\" }\n"
		       "/* and ### \n"
		       " ${HOME} */ subnet \"10.0.0.0/24\" {\n"
		       "  unknown-3 = \"# not a comment\"\n"
		       "  unknown-4 += \"a \\\" b\"\n"
		       "  ranges = \"10.0.0.5-10.0.0.9\"\n"
		       "}\n"
		       "unknown-5 \"x\" { a = 1\n"
		       "  b { } }\n"
		       "unknown-6 { }\n"
		       "unknown-7('a', 'b')\n"
		       "answer = \"all\"\n"
		       "unknown-8 = '\\' }'\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	for (size_t i = 0; i < PXE_LEN(wanted); i++) {
		char name[16];

		snprintf(name, sizeof(name), "unknown-%zu'", i + 1);
		if (!conf_try_has(&try, wanted[i], name))
			conf_try_print(&try);
		ck_assert_msg(conf_try_has(&try, wanted[i], name), "%s",
			      wanted[i]);
	}
	ck_assert_uint_eq(try.n_errors, 8);
	conf_try_done(&try);
}
END_TEST

START_TEST(all_errors_of_all_files_come_in_one_run)
{
	static const char *const wanted[] = {
		"pxe.conf:1: error",    "dhcpd.conf:2: error",
		"tftpd.conf:1: error",  "httpd.conf:1: error",
		"stated.conf:1: error", "boot.conf:1: error",
		"more.conf:2: error",   "hosts.conf:1: error",
	};
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "pxe.conf", "http-port = 0\n", 0);
	conf_try_write(&try, "dhcpd.conf",
		       "include(\"more.conf\")\nmode = \"x\"\n"
		       "include(\"hosts.conf\")\n",
		       0);
	conf_try_write(&try, "more.conf", "\nanswer = \"x\"\n", 0);
	conf_try_write(&try, "tftpd.conf", "retries = many\n", 0);
	conf_try_write(&try, "httpd.conf", "listen = \"x\"\n", 0);
	conf_try_write(&try, "stated.conf", "usr = \"x\"\n", 0);
	conf_try_write(&try, "boot.conf", "unknown = \"x\"\n", 0);
	conf_try_write(&try, "hosts.conf", "host \"a\" { mac = 1 }\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	for (size_t i = 0; i < PXE_LEN(wanted); i++)
		ck_assert_msg(conf_try_has(&try, wanted[i], ""), "%s",
			      wanted[i]);
	ck_assert_uint_eq(try.n_errors, PXE_LEN(wanted));
	conf_try_done(&try);
}
END_TEST

START_TEST(references_cross_files)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "dhcpd.conf",
		       SUBNET "subnet \"10.1.0.0/24\" { }\n", 0);
	conf_try_write(&try, "pxe.conf", "server-address = \"10.0.0.1\"\n", 0);
	conf_try_write(&try, "boot.conf",
		       "target \"debian\" { type = \"chain\" url = \"x\" }\n",
		       0);
	conf_try_write(&try, "hosts.conf",
		       "host \"a\" { mac = \"02:00:00:00:00:01\"\n"
		       "address = \"10.2.0.1\" }\n"
		       "host \"b\" { mac = \"02:00:00:00:00:02\"\n"
		       "address = \"10.0.0.1\" boot = \"debain\" }\n"
		       "host \"c\" { mac = \"02:00:00:00:00:03\"\n"
		       "address = \"10.1.0.255\" boot = \"debian\" }\n"
		       "host \"d\" { mac = \"02:00:00:00:00:04\"\n"
		       "address = \"10.1.0.254\" boot = \"local\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert(conf_try_has(&try, "hosts.conf:1: error", "in no subnet"));
	ck_assert(conf_try_has(&try, "hosts.conf:3: error", "server's own"));
	ck_assert(conf_try_has(&try, "hosts.conf:4: error",
			       "did you mean \"debian\"?"));
	ck_assert(conf_try_has(&try, "hosts.conf:5: error", "first or last"));
	ck_assert_uint_eq(try.n_errors, 4);
	/* a syntax error hides the targets: no errors that follow from it */
	conf_try_write(&try, "hosts.conf",
		       "host \"a\" { mac = \"02:00:00:00:00:01\"\n"
		       "boot = \"debian\" }\n",
		       0);
	conf_try_write(&try, "boot.conf", "unknown local\ntarget \"debian\" {",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_uint_eq(try.n_errors, 1);
	conf_try_done(&try);
}
END_TEST

START_TEST(includes_are_read_once_and_loops_end)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "dhcpd.conf",
		       "include(\"a.conf\")\ninclude(\"b.conf\")\n"
		       "include(\"./a.conf\")\n",
		       0);
	conf_try_write(&try, "a.conf", "include(\"b.conf\")\n", 0);
	conf_try_write(&try, "b.conf", SUBNET "lease-time = 600\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	ck_assert_uint_eq(try.conf->n_subnets, 1);
	ck_assert_uint_eq(try.conf->subnets[0].lease_s, 600);
	conf_try_write(&try, "b.conf", "\ninclude(\"a.conf\")\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_uint_eq(try.n_errors, 1);
	ck_assert(conf_try_has(&try, "b.conf:2: error", "includes itself") ||
		  conf_try_has(&try, "a.conf:1: error", "includes itself"));
	/* the same option in two files */
	conf_try_write(&try, "b.conf", "lease-time = 600\n", 0);
	conf_try_write(&try, "dhcpd.conf",
		       "lease-time = 500\ninclude(\"b.conf\")\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "b.conf:1: error", "given before"));
	conf_try_done(&try);
}
END_TEST

/* --- odd files ------------------------------------------------------------ */

START_TEST(line_ends_and_marks_do_not_matter)
{
	static const char *const texts[] = {
		"http-port = 8080",
		"\xef\xbb\xbfhttp-port = 8080\n",
		"http-port = 8080\r\n",
		"\r\n# x\r\nhttp-port\r\n=\r\n8080\r\n",
		"http-port = '8080' # \xc3\xa4",
		"http-port=8080 //x",
		"http-port/**/=/**/\"80\\x38\\60\"",
		"http-port = \"80\\\n80\"",
		"http-port = \"80\\\r\n80\"\r\n",
	};
	struct conf_try try;

	conf_try_init(&try);
	for (size_t i = 0; i < PXE_LEN(texts); i++) {
		conf_try_write(&try, "pxe.conf", texts[i], 0);
		conf_try_load(&try, CONF_TRY_ALL);
		conf_try_print(&try);
		ck_assert_msg(try.result == 0, "%s", texts[i]);
		ck_assert_uint_eq(try.conf->http_port, 8080);
	}
	conf_try_done(&try);
}
END_TEST

START_TEST(text_is_kept_as_it_is)
{
	struct conf_try try;
	const struct pxe_conf_target *target;

	ck_assert_int_eq(setenv("PXE_TEST", "expanded", 1), 0);
	conf_try_init(&try);
	conf_try_write(&try, "boot.conf",
		       "target \"a\" { type = \"chain\"\n"
		       "url = \"http://x//y/${PXE_TEST}/$PXE_TEST#f/*x*/\"\n"
		       "title = 'Gr\xc3\xb6\xc3\x9f"
		       "e ${PXE_TEST} \"q\" \\\\' }\n"
		       "target \"b\" { type = chain url = http://h//p }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert_int_eq(try.result, 0);
	target = pxe_conf_find_target(try.conf, "a");
	ck_assert_str_eq(target->url,
			 "http://x//y/${PXE_TEST}/$PXE_TEST#f/*x*/");
	ck_assert_str_eq(target->title, "Gr\xc3\xb6\xc3\x9f"
					"e ${PXE_TEST} \"q\" \\");
	target = pxe_conf_find_target(try.conf, "b");
	ck_assert_str_eq(target->url, "http://h//p");
	ck_assert_str_eq(target->title, "b");
	conf_try_done(&try);
}
END_TEST

START_TEST(odd_files_are_told)
{
	static const char nul[] = "http-port = 80\0\nboot-root = \"/a\0b\"\n";
	struct conf_try try;
	char path[64];

	conf_try_init(&try);
	conf_try_write(&try, "pxe.conf", nul, sizeof(nul) - 1);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "pxe.conf:1: error", "\\x00"));
	ck_assert(conf_try_has(&try, "pxe.conf:2: error", "NUL"));

	snprintf(path, sizeof(path), "%s/pxe.conf", try.dir);
	unlink(path);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "pxe.conf:0: error", "directory"));
	rmdir(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "pxe.conf:0: error", "FIFO"));
	unlink(path);
	ck_assert_int_eq(symlink("pxe.conf", path), 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "pxe.conf:0: error", "opened"));
	unlink(path);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	conf_try_done(&try);
}
END_TEST

START_TEST(a_file_that_may_not_be_read_is_told)
{
	struct conf_try try;
	char path[64];

	conf_try_init(&try);
	conf_try_write(&try, "pxe.conf", "http-port = 80\n", 0);
	snprintf(path, sizeof(path), "%s/pxe.conf", try.dir);
	ck_assert_int_eq(chmod(path, 0), 0);
	ck_assert_int_eq(chmod(try.dir, 0755), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	conf_try_load(&try, CONF_TRY_ALL);
	conf_try_print(&try);
	ck_assert(conf_try_has(&try, "pxe.conf:0: error", "Permission"));
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	conf_try_done(&try);
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_told)
{
	struct conf_try try;
	struct pxe_conf *conf = NULL;

	conf_try_init(&try);
	ck_assert_int_eq(pxe_conf_load("/nonexistent", CONF_TRY_ALL,
				       conf_try_tell, &try, &conf),
			 -EINVAL);
	ck_assert_ptr_null(conf);
	ck_assert_uint_eq(try.n_errors, 1);
	ck_assert(strstr(try.told[0], "-c DIR") != NULL);
	conf_try_done(&try);
}
END_TEST

START_TEST(a_length_is_told_in_as_few_words_as_it_takes)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "boot.conf",
		       "submenu \"a\" { key = \"ab\" title = \"\" }\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_str_eq(try.told[0], "boot.conf:1: error: title has 0 "
				      "characters: give 1 to 128");
	ck_assert_str_eq(try.told[1], "boot.conf:1: error: key has 2 "
				      "characters: give 1");
	conf_try_done(&try);
}
END_TEST

START_TEST(huge_files_are_refused)
{
	size_t len = 17u << 20;
	char *text = malloc(len);
	struct conf_try try;

	ck_assert_ptr_nonnull(text);
	memset(text, '#', len);
	conf_try_init(&try);
	conf_try_write(&try, "pxe.conf", text, len);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert(conf_try_has(&try, "pxe.conf:0: error", "16 MiB"));
	conf_try_write(&try, "pxe.conf", text, 16u << 20);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	memset(text, ' ', len);
	conf_try_write(&try, "pxe.conf", text, 16u << 20);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	free(text);
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_load", unknown_names_are_told_where_they_stand,
	  syntax_errors_are_told_once, values_are_checked, subnets_are_checked,
	  boot_targets_are_checked, hosts_are_checked,
	  eight_unknown_options_are_all_told,
	  all_errors_of_all_files_come_in_one_run, references_cross_files,
	  includes_are_read_once_and_loops_end,
	  line_ends_and_marks_do_not_matter, text_is_kept_as_it_is,
	  odd_files_are_told, a_file_that_may_not_be_read_is_told,
	  a_directory_that_is_not_there_is_told,
	  a_length_is_told_in_as_few_words_as_it_takes, huge_files_are_refused)
