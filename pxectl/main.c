/* SPDX-License-Identifier: ISC */
/*
 * pxectl: shows what the PXE suite does and where each machine is.
 *
 * This file has the table of commands; usage, help, completion and dispatch
 * come from it.  The commands are in a file for each family.
 */
#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"
#include "core/distance.h"
#include "pxectl/ctl.h"
#include "run/conf_load.h"

static pxe_ctl_run run_help;

#define OPT(id) (1u << PXE_CTL_OPT_##id)

/*
 * Names have one word or two.  `what` tells the completion what an operand
 * is: client, address, command, export (a format), import (a format and a
 * file) or nothing.
 */
/* clang-format off */
static const struct command {
	const char *name, *args, *what, *help;
	int least, most; /* operands */
	unsigned options;
	pxe_ctl_run *run;
	const char *more;
} commands[] = {
{ "status", "", "", "how the suite is: alarms, daemons, counters", 0, 0, 0,
  pxe_ctl_status,
  "Alarms come first.  Exit status 1 if there is one." },
{ "clients", "[CLIENT]", "client", "where each machine is in its boot", 0, 1,
  OPT(STUCK) | OPT(UNKNOWN), pxe_ctl_clients,
  "CLIENT is a name, an address or a hardware address: then all that is known\n"
  "about that machine, how far it got, and what to look at if it is stuck." },
{ "host add", "NAME CLIENT", "client", "name a machine and say what it boots", 2,
  2, OPT(ADDRESS) | OPT(BOOT) | OPT(GROUP), pxe_ctl_host_add,
  "Appends a host section to hosts.conf and has the daemons read it; a machine\n"
  "that waits gets what it boots when it asks next.  CLIENT is one that was\n"
  "seen (see `pxectl clients --unknown`), or any hardware address or UUID.\n"
  "Nothing is changed where the configuration would be broken." },
{ "host remove", "NAME", "host", "forget the name of a machine", 1, 1, 0,
  pxe_ctl_host_remove, "Takes its section out and has the daemons read that." },
{ "host list", "", "", "the machines that have a name", 0, 0, 0,
  pxe_ctl_host_list, "From the configuration; no daemon is asked." },
{ "release", "CLIENT", "client", "let a machine try again that is held", 1, 1,
  0, pxe_ctl_release,
  "A machine is held when it fetched its loader or its script again and again\n"
  "and got no further; `pxectl status` has an alarm then." },
{ "boot", "CLIENT|@GROUP [TARGET]", "boot", "what machines boot, once or from now on",
  1, 2, OPT(DEFAULT) | OPT(FOR) | OPT(NEXT) | OPT(ONCE), pxe_ctl_boot,
  "Gives an order to a machine, to those that have GROUP in `groups` of\n"
  "hosts.conf, or to @all of that file.  A destructive target is booted once in\n"
  "any case.  An order that a machine does not come for expires." },
{ "orders release", "CLIENT|@GROUP", "client", "let a machine install that is held",
  1, 1, 0, pxe_ctl_orders_release,
  "It installed too often without calling back, or its order came from a store\n"
  "that is older than what it did." },
{ "orders arm", "", "", "trust a store that is new or was restored", 0, 0, 0,
  pxe_ctl_orders_arm,
  "Machines with install = \"when-new\" install if the store does not know them;\n"
  "one that was lost knows nobody." },
{ "orders", "", "", "what was ordered, and what became of it", 0, 0, 0,
  pxe_ctl_orders, "" },
{ "leases", "", "", "addresses that were given", 0, 0,
  OPT(STATE) | OPT(CLIENT) | OPT(SUBNET) | OPT(ACTIVE), pxe_ctl_leases,
  "States: active, permanent, expired, released, declined.  NET is a network or\n"
  "an address in a subnet.  CLIENT is a hardware address, client-id, UUID or\n"
  "name." },
{ "lease show", "ADDRESS|CLIENT", "address", "all about the lease of a machine",
  1, 1, 0, pxe_ctl_lease_show,
  "Who holds it, since when and until when, and what that client gets next." },
{ "lease release", "ADDRESS", "address", "take an address back", 1, 1, 0,
  pxe_ctl_lease_release,
  "The client keeps using it until it renews: switch the machine off first." },
{ "lease export", "isc|csv", "export", "print leases for other programs", 1, 1,
  OPT(STATE) | OPT(CLIENT) | OPT(SUBNET) | OPT(ACTIVE), pxe_ctl_lease_export,
  "isc is the lease file of ISC dhcpd; csv is a table that has all that is\n"
  "known of a lease, for `lease import` and spreadsheets." },
{ "lease import", "FORMAT FILE", "import", "take leases over", 2, 2,
  OPT(DRY_RUN) | OPT(REPLACE), pxe_ctl_lease_import,
  "Formats: isc (dhcpd.leases), dnsmasq (dnsmasq.leases), kea (Kea's\n"
  "kea-leases4.csv), csv (of `lease export`).  FILE may be - for standard\n"
  "input.  Exit status 1 if a record was refused." },
{ "watch", "", "", "boots as they happen", 0, 0, OPT(UNTIL_UP) | OPT(TIMEOUT),
  pxe_ctl_watch,
  "On a terminal a table that follows; else one line an event.  With\n"
  "--until-up it ends with 0 when N clients are up, with 1 when the time of\n"
  "--timeout is over before." },
{ "targets", "", "", "what can be booted, and who boots what", 0, 0, 0,
  pxe_ctl_targets, "From the configuration; no daemon is asked." },
{ "loaders install", "[FAMILY]...", "family",
  "fill the boot root from packages of Debian", 0, PXE_N_FAMILIES,
  OPT(DRY_RUN) | OPT(FORCE) | OPT(FROM) | OPT(SERVER), pxe_ctl_loaders_install,
  "Families: bios, uefi, ia32, aa64; without one, all.  A file that is there and\n"
  "differs is kept, unless --force is given.  Tells which packages are missing,\n"
  "and which `loader` sections boot.conf lacks.  Exit status 1 if a file was\n"
  "kept or failed, or if a family that was named has no loader." },
{ "loaders", "", "loaders", "the loader of each kind of firmware", 0, 0,
  OPT(FROM), pxe_ctl_loaders,
  "Is its file there, what is it built for, is it signed, and does the package\n"
  "have a newer one?  Exit status 1 if one cannot be used." },
{ "explain", "CLIENT|FACT=VALUE,...", "client",
  "what a machine would get, and why", 1, 1, 0, pxe_ctl_explain,
  "Runs the policy of the daemons with the configuration as it is now.  CLIENT\n"
  "takes the recorded facts; else say them: mac=52:54:00:12:34:56,arch=uefi\n"
  "Facts: mac, uuid, arch (number or family), stage (rom, http, uboot, ipxe,\n"
  "os), ipxe, http, menu, boot (yes or no), address, agent (of the relay),\n"
  "rival (what another server offers: address, file, pxe, binl, http,\n"
  "proxy-pxe, proxy-binl, proxy-http)." },
{ "answer", "HOST TARGET [NAME]", "host",
  "an answer file as a machine would get it", 2, 3, OPT(SERVER), pxe_ctl_answer,
  "HOST is the name of a host section, TARGET what it would boot, NAME the last\n"
  "part of the URL; without it, the only file of the target, or the names of\n"
  "all and what is wrong with them.  URLs have TOKEN where the secret of a boot\n"
  "would be.  Exit status 1 if the machine would get none." },
{ "check", "", "", "check the configuration of all daemons", 0, 0, 0,
  pxe_ctl_check,
  "Every error and warning with file and line.  Exit status 1 if there is an\n"
  "error." },
{ "snippet", "[KIND]", "snippet", "what to paste into another DHCP server", 0,
  1, OPT(SERVER) | OPT(MODE), pxe_ctl_snippet,
  "Without KIND, the kinds of servers that there is a text for.  In mode\n"
  "externalnet the other server names a file for each architecture and no\n"
  "pxe-dhcpd is needed; in mode external it names one file for all, and\n"
  "pxe-dhcpd listens." },
{ "help", "[COMMAND]", "command", "this list, or more about one command", 0, 2,
  OPT(LIST), run_help, "" },
};
/* clang-format on */

static const struct {
	const char *name, *arg, *help;
} options[] = {
#define X(id, name, arg, help) [PXE_CTL_OPT_##id] = { name, arg, help },
	PXE_CTL_OPTIONS(X)
#undef X
};

/* Options of every command. */
/* clang-format off */
static const struct {
	int letter;
	const char *name, *arg, *help;
} common[] = {
	{ 'c', "config",  "DIR", "configuration directory (" PXE_SYSCONFDIR "/pxe)" },
	{ 'j', "json",    NULL,  "print records for programs" },
	{ 'q', "quiet",   NULL,  "no headings, notes and hints" },
	{ 'V', "version", NULL,  "print the version" },
	{ 'h', "help",    NULL,  "print this help" },
};
/* clang-format on */

#define FIRST_OPTION 256 /* getopt's value of options[0] */

static void print_options(unsigned set)
{
	for (size_t i = 0; i < PXE_LEN(options); i++)
		if (set & (1u << i))
			printf("      --%s%s%-*s%s\n", options[i].name,
			       options[i].arg != NULL ? " " : "",
			       (int)(21 - strlen(options[i].name) -
				     (options[i].arg != NULL)),
			       options[i].arg != NULL ? options[i].arg : "",
			       options[i].help);
}

static void print_common(void)
{
	puts("Options of every command:");
	for (size_t i = 0; i < PXE_LEN(common); i++)
		printf("  -%c, --%-8s %-11s%s\n", common[i].letter,
		       common[i].name,
		       common[i].arg != NULL ? common[i].arg : "",
		       common[i].help);
}

static void print_usage(void)
{
	puts("Usage: pxectl [OPTION]... COMMAND [ARGUMENT]...\n\n"
	     "Shows what the PXE suite does and where each machine is.\n");
	for (size_t i = 0; i < PXE_LEN(commands); i++)
		printf("  %s %-*s %s\n", commands[i].name,
		       (int)(31 - strlen(commands[i].name)), commands[i].args,
		       commands[i].help);
	putchar('\n');
	print_common();
	puts("\npxectl help COMMAND says more; so does the manual pxectl(1).");
}

static void print_command(const struct command *command)
{
	printf("Usage: pxectl [OPTION]... %s %s\n\n%s\n", command->name,
	       command->args, command->help);
	if (command->more[0] != '\0')
		printf("\n%s\n", command->more);
	putchar('\n');
	if (command->options != 0) {
		puts("Options of this command:");
		print_options(command->options);
		putchar('\n');
	}
	print_common();
}

/* For the completion: name, options, kind of operand, with tabs between. */
static void print_list(void)
{
	for (size_t i = 0; i < PXE_LEN(commands); i++) {
		printf("%s\t", commands[i].name);
		for (size_t o = 0; o < PXE_LEN(options); o++)
			if (commands[i].options & (1u << o))
				printf("--%s%s ", options[o].name,
				       options[o].arg != NULL ? "=" : "");
		for (size_t o = 0; o < PXE_LEN(common); o++)
			printf("--%s%s%s", common[o].name,
			       common[o].arg != NULL ? "=" : "",
			       o + 1 < PXE_LEN(common) ? " " : "");
		printf("\t%s\n", commands[i].what);
	}
}

/*
 * The command that the first words name, and how many words that took; NULL.
 */
static const struct command *find_command(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < PXE_LEN(commands); i++) {
		const char *name = commands[i].name;
		size_t first = strcspn(name, " ");

		if (strncmp(argv[0], name, first) != 0 ||
		    argv[0][first] != '\0')
			continue;
		if (name[first] == '\0') {
			*used = 1;
			return &commands[i];
		}
		if (argc > 1 && strcmp(argv[1], name + first + 1) == 0) {
			*used = 2;
			return &commands[i];
		}
	}
	return NULL;
}

#define OTHER_WORD 100 /* the first word is not the name's */

/*
 * How far the words are from the name of a command; nearest are names of two
 * words that begin with the first.
 */
static size_t farness(const char *name, int argc, char **argv)
{
	size_t length = strlen(argv[0]), first = strcspn(name, " ");

	if (argc > 1 && first == length && name[first] == ' ' &&
	    strncmp(name, argv[0], length) == 0)
		return pxe_distance(argv[1], name + first + 1);
	if (length > 0 && strncmp(name, argv[0], length) == 0)
		return OTHER_WORD + 1;
	return OTHER_WORD + pxe_distance(argv[0], name);
}

/* "host" alone: the commands that begin so.  False: none does. */
static bool tell_family(const struct pxe_ctl *ctl, const char *word)
{
	const size_t len = strlen(word);
	char names[256];
	struct pxe_str s;

	pxe_str_init(&s, names, sizeof(names));
	for (size_t i = 0; i < PXE_LEN(commands); i++)
		if (strncmp(commands[i].name, word, len) == 0 &&
		    commands[i].name[len] == ' ')
			pxe_str_putf(&s, " '%s'", commands[i].name);
	if (s.len > 0)
		pxe_ctl_error(ctl, "there is no command '%s' alone: there is%s",
			      word, names);
	return s.len > 0;
}

static int tell_unknown(const struct pxe_ctl *ctl, int argc, char **argv)
{
	char words[64];
	struct pxe_str s;
	const char *nearest = NULL;
	size_t least = OTHER_WORD + 4; /* farther is no mistake of writing */

	if (argc == 1 && tell_family(ctl, argv[0]))
		return PXE_CTL_USAGE;
	for (size_t i = 0; i < PXE_LEN(commands); i++) {
		size_t far = farness(commands[i].name, argc, argv);

		if (far < least) {
			least = far;
			nearest = commands[i].name;
		}
	}
	pxe_str_init(&s, words, sizeof(words));
	pxe_str_puts(&s, argv[0]);
	if (least < OTHER_WORD)
		pxe_str_putf(&s, " %s", argv[1]);
	if (nearest != NULL)
		pxe_ctl_error(ctl,
			      "there is no command '%s': did you mean "
			      "'pxectl %s'?",
			      words, nearest);
	else
		pxe_ctl_error(ctl,
			      "there is no command '%s': pxectl help lists "
			      "them",
			      words);
	return PXE_CTL_USAGE;
}

static int run_help(struct pxe_ctl *ctl, int argc, char **argv)
{
	const struct command *command;
	int used = 0;

	if (ctl->opt[PXE_CTL_OPT_LIST] != NULL) {
		print_list();
		return PXE_CTL_OK;
	}
	if (argc == 0) {
		print_usage();
		return PXE_CTL_OK;
	}
	command = find_command(argc, argv, &used);
	if (command == NULL || used != argc)
		return tell_unknown(ctl, argc, argv);
	print_command(command);
	return PXE_CTL_OK;
}

/* What the terminal can do; the caller may be in any locale. */
static void look_at_output(struct pxe_table_style *style)
{
	struct winsize size;

	setlocale(LC_CTYPE, "");
	style->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	setlocale(LC_CTYPE, "C");
	style->heading = true;
	if (isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		style->width = size.ws_col;
}

/* The long options of common[] and options[] for getopt_long(). */
static void list_options(struct option *list)
{
	for (size_t i = 0; i < PXE_LEN(common); i++)
		*list++ = (struct option) {
			.name = common[i].name,
			.has_arg = common[i].arg != NULL,
			.val = common[i].letter,
		};
	for (size_t i = 0; i < PXE_LEN(options); i++)
		*list++ = (struct option) {
			.name = options[i].name,
			.has_arg = options[i].arg != NULL,
			.val = FIRST_OPTION + (int)i,
		};
	*list = (struct option) { 0 };
}

/* Reads the options.  0: go on; else end with *status. */
static int read_options(struct pxe_ctl *ctl, int argc, char **argv,
			bool *wants_help, int *status)
{
	struct option list[PXE_LEN(common) + PXE_LEN(options) + 1];
	int c;

	list_options(list);
	while ((c = getopt_long(argc, argv, "c:jqVh", list, NULL)) != -1) {
		if (c >= FIRST_OPTION)
			ctl->opt[c - FIRST_OPTION] =
				optarg != NULL ? optarg : "";
		else if (c == 'c')
			ctl->conf_dir = optarg;
		else if (c == 'j')
			ctl->json = true;
		else if (c == 'q')
			ctl->quiet = true;
		else if (c == 'h')
			*wants_help = true;
		else if (c == 'V') {
			puts("pxectl " PXE_VERSION);
			*status = PXE_CTL_OK;
			return 1;
		} else {
			fputs("pxectl help lists commands and options\n",
			      stderr);
			*status = PXE_CTL_USAGE;
			return 1;
		}
	}
	ctl->style.heading = !ctl->quiet;
	return 0;
}

static bool check_usage(const struct pxe_ctl *ctl,
			const struct command *command, int n_operands)
{
	for (size_t i = 0; i < PXE_LEN(options); i++) {
		if (ctl->opt[i] == NULL || command->options & (1u << i))
			continue;
		pxe_ctl_error(ctl, "'pxectl %s' has no option --%s",
			      command->name, options[i].name);
		return false;
	}
	if (n_operands >= command->least && n_operands <= command->most)
		return true;
	pxe_ctl_error(ctl, "usage: pxectl %s %s", command->name, command->args);
	return false;
}

static int run_command(struct pxe_ctl *ctl, int argc, char **argv,
		       bool wants_help)
{
	const struct command *command;
	int used = 0;

	if (argc == 0 && wants_help) {
		print_usage();
		return PXE_CTL_OK;
	}
	if (argc == 0) {
		pxe_ctl_error(ctl, "a command is needed: pxectl help lists "
				   "them");
		return PXE_CTL_USAGE;
	}
	command = find_command(argc, argv, &used);
	if (command == NULL)
		return tell_unknown(ctl, argc, argv);
	if (wants_help) {
		print_command(command);
		return PXE_CTL_OK;
	}
	if (!check_usage(ctl, command, argc - used))
		return PXE_CTL_USAGE;
	return command->run(ctl, argc - used, argv + used);
}

int main(int argc, char **argv)
{
	struct pxe_ctl ctl = { .conf_dir = PXE_SYSCONFDIR "/pxe" };
	bool wants_help = false;
	int status;

	signal(SIGPIPE, SIG_IGN);
	look_at_output(&ctl.style);
	if (read_options(&ctl, argc, argv, &wants_help, &status) == 0)
		status = run_command(&ctl, argc - optind, argv + optind,
				     wants_help);
	pxe_link_close(ctl.link);
	pxe_conf_free(ctl.conf);
	pxe_conf_free(ctl.hosts);
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout)) {
		/* a reader that had enough (`| head`) needs no complaint */
		if (errno != EPIPE)
			pxe_ctl_error(&ctl, "cannot write the output: %s",
				      strerror(errno));
		return PXE_CTL_FAILED;
	}
	return status;
}
