/* SPDX-License-Identifier: ISC */
/* Targets that are booted by an order only: mistakes that -t finds. */
#include <string.h>

#include "tests/conf_try.h"
#include "unit.h"

#define INSTALLER                                                              \
	"target \"i\" { type = \"linux\" kernel = \"k\" "                      \
	"initrd = { \"r\" } once = yes }\n"

#define IMAGE "target \"w\" { type = \"iso\" iso = \"d/w.iso\" once = yes }\n"

#define HOST "host \"a\" { mac = \"52:54:00:00:00:01\" "

static const struct {
	const char *name, *boot, *hosts;
	const char *told; /* the beginning of it; NULL: nothing is wrong */
} rows[] = {
	{ "an installer", INSTALLER, "", NULL },
	{ "an order for it", INSTALLER, HOST " }\n", NULL },
	{ "all of it is elsewhere",
	  "target \"i\" { type = \"linux\" kernel = \"http://h/k\"\n"
	  "initrd = { \"http://h/r\" }\nonce = yes }\n",
	  "",
	  "boot.conf:3: error: target \"i\" is booted once, but its files" },
	{ "all but the callback",
	  "target \"i\" { type = \"linux\" kernel = \"http://h/k\"\n"
	  "args = \"done={{done-url}}\" once = yes }\n",
	  "", NULL },
	{ "all but the answers",
	  "target \"i\" { type = \"linux\" kernel = \"http://h/k\"\n"
	  "answers = { \"a\" } args = \"a={{answer-url}}\" once = yes "
	  "}\nanswer \"a\" { file = \"f\" }\n",
	  "", NULL },
	{ "a chain to nobody knows what",
	  "target \"i\" { type = \"chain\" url = \"http://h/x\" once = yes }\n",
	  "", "boot.conf:1: error: target \"i\" is booted once" },
	{ "the disk destroys nothing",
	  "target \"i\" { type = \"shell\"\nonce = yes }\n", "",
	  "boot.conf:2: error: a target of type \"shell\" has no once" },
	{ "next",
	  INSTALLER "target \"j\" { type = \"linux\" kernel = \"k\"\n"
		    "next = \"local\" }\n",
	  "", NULL },
	{ "next of one that is read later",
	  "target \"j\" { type = \"linux\" kernel = \"k\" next = \"s\" }\n"
	  "target \"s\" { type = \"shell\" }\n",
	  "", NULL },
	{ "next destroys, too",
	  INSTALLER "target \"j\" { type = \"linux\" kernel = \"k\"\n"
		    "next = \"i\" }\n",
	  "", "boot.conf:3: error: next = \"i\" takes an order of its own" },
	{ "next is itself",
	  "target \"j\" { type = \"linux\" kernel = \"k\"\n"
	  "next = \"j\" }\n",
	  "", "boot.conf:2: error: next = \"j\" is the target itself" },
	{ "next is not there",
	  "target \"j\" { type = \"linux\" kernel = \"k\"\n"
	  "next = \"sel\" }\n",
	  "", "boot.conf:2: error: " },
	{ "a static boot", INSTALLER, HOST "\nboot = \"i\" }\n",
	  "hosts.conf:2: error: boot = \"i\" would install anew" },
	{ "a static boot that is meant", INSTALLER,
	  HOST " boot = \"i\" install = \"when-new\" }\n", NULL },
	{ "install without boot", INSTALLER,
	  HOST "\ninstall = \"when-new\" }\n",
	  "hosts.conf:2: error: install = \"when-new\" has nothing" },
	{ "install of what destroys nothing", INSTALLER,
	  HOST " boot = \"local\"\ninstall = \"when-new\" }\n",
	  "hosts.conf:2: error: install = \"when-new\" has nothing" },
	{ "install of what is not there: one error is enough", "",
	  HOST " boot = \"i\"\ninstall = \"when-new\" }\n",
	  "hosts.conf:1: error: " },
	{ "a host's file is the image", IMAGE,
	  HOST "\nfile = \"/d/./w.iso\" }\n",
	  "hosts.conf:2: error: file = \"/d/./w.iso\" is what target \"w\"" },
	{ "another file", IMAGE, HOST " file = \"d/w.efi\" }\n", NULL },
	{ "a kernel alone",
	  "target \"w\" { type = \"linux\" kernel = \"k\" once = yes }\n",
	  HOST "\nfile = \"k\" }\n", "hosts.conf:2: error: file = \"k\" is" },
	{ "a kernel that does nothing without its initrd", INSTALLER,
	  HOST " file = \"k\" }\n", NULL },
	{ "it asks for its answers",
	  "target \"w\" { type = \"linux\" kernel = \"k\" once = yes\n"
	  "args = \"{{token}}\" answers = { \"a\" } }\n"
	  "answer \"a\" { file = \"f\" }\n",
	  HOST " file = \"k\" }\n", NULL },
	{ "others load it, too",
	  IMAGE "target \"v\" { type = \"iso\" iso = \"d/w.iso\" }\n",
	  HOST " file = \"d/w.iso\" }\n", NULL },
	{ "a loader is the image",
	  IMAGE "loader \"uefi\" {\nfile = \"d/w.iso\" }\n", "",
	  "boot.conf:3: error: file = \"d/w.iso\" is what target \"w\"" },
	{ "a loader that is chained to once",
	  "target \"c\" { type = \"chain\" url = \"g.efi\" once = yes\n"
	  "settings = { \"done={{done-url}}\" } }\nloader \"uefi\" { file = "
	  "\"g.efi\" }\n",
	  HOST " file = \"g.efi\" }\n", NULL },
	{ "a program that is chained to once",
	  "target \"c\" { type = \"chain\" url = \"g.efi\" once = yes\n"
	  "settings = { \"done={{done-url}}\" } }\n",
	  HOST "\nfile = \"g.efi\" }\n",
	  "hosts.conf:2: error: file = \"g.efi\" is what target \"c\"" },
	{ "a host's menu does not install by itself", INSTALLER,
	  HOST "\nmenu-default = \"i\" }\n",
	  "hosts.conf:2: error: menu-default = \"i\" takes an order" },
	{ "nobody's menu installs", INSTALLER "menu {\ndefault = \"i\" }\n", "",
	  "boot.conf:3: error: default = \"i\" would boot" },
};

START_TEST(mistakes_are_told_where_they_are)
{
	struct conf_try try;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		conf_try_init(&try);
		conf_try_write(&try, "boot.conf", rows[i].boot, 0);
		conf_try_write(&try, "hosts.conf", rows[i].hosts, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert_msg(try.n_errors == (rows[i].told != NULL),
			      "%s: %zu errors, the first: %s", rows[i].name,
			      try.n_errors, try.told[0]);
		for (size_t j = 0; rows[i].told != NULL && j < try.n; j++)
			if (strstr(try.told[j], ": error: ") != NULL)
				ck_assert_msg(strncmp(try.told[j], rows[i].told,
						      strlen(rows[i].told)) ==
						      0,
					      "%s: %s", rows[i].name,
					      try.told[j]);
		conf_try_done(&try);
	}
}
END_TEST

START_TEST(the_witness_lies_beside_the_state)
{
	static const struct {
		const char *state, *witness;
		bool is_told;
	} places[] = {
		{ "/var/lib/pxe/state", NULL, false },
		{ "/var/lib/pxe/state/", NULL, false },
		{ "/var/lib/pxe/state", "/var/lib/pxe/states", false },
		{ "/var/lib/pxe/state", "/var/lib/pxe", false },
		{ "/var/lib/pxe/state", "/var/lib/pxe/state", true },
		{ "/var/lib/pxe/state", "/var/lib/pxe/state/w", true },
	};
	struct conf_try try;
	char text[128];
	size_t n;

	for (size_t i = 0; i < PXE_LEN(places); i++) {
		conf_try_init(&try);
		snprintf(text, sizeof(text), "state-dir = \"%s\"\n",
			 places[i].state);
		conf_try_write(&try, "pxe.conf", text, 0);
		snprintf(text, sizeof(text), "\nwitness-dir = \"%s\"\n",
			 places[i].witness != NULL ? places[i].witness : "");
		conf_try_write(&try, "stated.conf",
			       places[i].witness != NULL ? text : "#\n", 0);
		conf_try_load(&try, CONF_TRY_ALL);
		n = 0;
		for (size_t j = 0; j < try.n; j++)
			n += strncmp(try.told[j],
				     "stated.conf:2: warning: witness-dir ",
				     36) == 0;
		ck_assert_msg(n == places[i].is_told && try.n_errors == 0,
			      "row %zu: %zu times, the first: %s", i, n,
			      try.told[0]);
		conf_try_done(&try);
	}
}
END_TEST

UNIT_MAIN("conf_once", mistakes_are_told_where_they_are,
	  the_witness_lies_beside_the_state)
