/* SPDX-License-Identifier: ISC */
/*
 * pxectl inside: what every command gets, and the commands themselves, one
 * file a family.
 */
#ifndef PXECTL_CTL_H
#define PXECTL_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/hwaddr.h"
#include "core/client.h"
#include "core/conf.h"
#include "core/lease.h"
#include "core/policy.h"
#include "pxectl/link.h"
#include "pxectl/table.h"

enum pxe_ctl_status {
	PXE_CTL_OK = 0,
	PXE_CTL_FAILED = 1,
	PXE_CTL_USAGE = 2,
};

/*
 * Options of commands.  Rows: enumerator, name, argument (NULL: a switch),
 * help.
 */
/* clang-format off */
#define PXE_CTL_OPTIONS(X) \
X(ACTIVE,   "active",   NULL,      "only leases that are in force") \
X(ADDRESS,  "address",  "ADDRESS", "the address that it gets") \
X(BOOT,     "boot",     "TARGET",  "what it boots") \
X(CLIENT,   "client",   "CLIENT",  "only those of this client") \
X(DEFAULT,  "default", NULL,      "what the configuration says, without an order") \
X(DRY_RUN,  "dry-run",  NULL,      "tell what would be done, and change nothing") \
X(FOR,      "for",     "TIME",    "how long the order waits: 30m, 24h, 7d") \
X(FORCE,    "force",    NULL,      "also where another file is there") \
X(FROM,     "from",     "DIR",     "packages are unpacked in this directory, not in /") \
X(GROUP,    "group",    "GROUP,...", "groups that it is in") \
X(LIST,     "list",     NULL,      "one line a command, for programs") \
X(MODE,     "mode",     "MODE",    "who tells architectures apart: external, externalnet") \
X(NEXT,     "next",    "TARGET",  "what it boots afterwards") \
X(ONCE,     "once",    NULL,      "only this time") \
X(REPLACE,  "replace",  NULL,      "also where a lease here runs longer or is of another") \
X(SERVER,   "server",   "ADDRESS", "the address of this server, for machines") \
X(STATE,    "state",    "STATE",   "only leases in this state") \
X(STUCK,    "stuck",    NULL,      "only clients that look stuck") \
X(SUBNET,   "subnet",   "NET",     "only leases in this network") \
X(TIMEOUT,  "timeout",  "SECONDS", "end after this time") \
X(UNKNOWN,  "unknown",  NULL,      "only machines that no host section names") \
X(UNTIL_UP, "until-up", "N",       "end when N clients are up")
/* clang-format on */

enum pxe_ctl_option {
#define X(id, name, arg, help) PXE_CTL_OPT_##id,
	PXE_CTL_OPTIONS(X)
#undef X
		PXE_CTL_N_OPTIONS
};

struct pxe_ctl {
	const char *conf_dir;
	bool json, quiet;
	struct pxe_table_style style;
	const char *opt[PXE_CTL_N_OPTIONS]; /* NULL: not given; "": switch */
	struct pxe_conf *conf;              /* after pxe_ctl_load() */
	struct pxe_conf *hosts;             /* see pxe_ctl_name_client() */
	struct pxe_link *link;              /* after the first call */
};

/* --- what commands share (ctl.c) --- */

/* An error, on stderr: "pxectl: ...".  Text from outside is cleaned. */
void pxe_ctl_error(const struct pxe_ctl *ctl, const char *fmt, ...)
	PXE_PRINTF(2, 3);

/* The same, unless -q was given. */
void pxe_ctl_note(const struct pxe_ctl *ctl, const char *fmt, ...)
	PXE_PRINTF(2, 3);

/* A line on stdout; text from outside is cleaned. */
void pxe_ctl_say(const struct pxe_ctl *ctl, const char *fmt, ...)
	PXE_PRINTF(2, 3);

/* Reads the configuration (PXE_CONF_FILE_*).  False: told why. */
bool pxe_ctl_load(struct pxe_ctl *ctl, unsigned files) PXE_MUST_CHECK;

/*
 * Calls a method and waits.  `params` is stolen.  The answer, a new reference,
 * or NULL: told why.
 */
json_t *pxe_ctl_call(struct pxe_ctl *ctl, const char *method,
		     json_t *params) PXE_MUST_CHECK;

/*
 * The same for a method that looks for something: *answer is NULL where it is
 * not there, without a word.  False: told why.
 */
bool pxe_ctl_find(struct pxe_ctl *ctl, const char *method, json_t *params,
		  json_t **answer) PXE_MUST_CHECK;

/*
 * Calls a method that answers with an array `member`, in one answer or more.
 * The whole array, a new reference, or NULL: told why.
 */
json_t *pxe_ctl_list(struct pxe_ctl *ctl, const char *method,
		     const char *member) PXE_MUST_CHECK;

/*
 * The answer of GetClient to a key, a hardware address in any spelling, an
 * address or a name; a new reference, or NULL: told why.
 */
json_t *pxe_ctl_get_client(struct pxe_ctl *ctl, const char *who) PXE_MUST_CHECK;

/*
 * Gives a record the name of its host section where it has none: pxe-dhcpd
 * tells names, and there may be no pxe-dhcpd.  Hosts that cannot be read are
 * no error.
 */
void pxe_ctl_name_client(struct pxe_ctl *ctl, struct pxe_client *client);

/* Tells that stated's answer is not what the interface says. */
int pxe_ctl_nonsense(const struct pxe_ctl *ctl, const char *method);

/* Prints a record for programs (one line if `compact`). */
void pxe_ctl_print_json(const json_t *json, bool compact);

/* Seconds since 1970 of the wall clock. */
int64_t pxe_ctl_now(void);

/* The value of an option that is a number.  False: told why. */
bool pxe_ctl_number(const struct pxe_ctl *ctl, enum pxe_ctl_option option,
		    uint32_t min, uint32_t max, uint32_t *value) PXE_MUST_CHECK;

/* What a person calls a client: its name, else its key. */
const char *pxe_ctl_client_title(const struct pxe_client *client);

/* "x64 UEFI", "?" where nothing was said. */
const char *pxe_ctl_arch(const struct pxe_client *client);

/* What a machine is given, as `explain` says it. */
const char *pxe_ctl_give_text(enum pxe_give give);

/* Appends a line "  label     value"; nothing for an empty value. */
void pxe_ctl_line(const struct pxe_ctl *ctl, const char *label, const char *fmt,
		  ...) PXE_PRINTF(3, 4);

/* --- the commands --- */

typedef int pxe_ctl_run(struct pxe_ctl *ctl, int argc, char **argv);

pxe_ctl_run pxe_ctl_status, pxe_ctl_clients, pxe_ctl_leases, pxe_ctl_lease_show,
	pxe_ctl_lease_release, pxe_ctl_lease_export, pxe_ctl_lease_import,
	pxe_ctl_watch, pxe_ctl_targets, pxe_ctl_explain, pxe_ctl_check,
	pxe_ctl_snippet, pxe_ctl_release, pxe_ctl_loaders,
	pxe_ctl_loaders_install, pxe_ctl_host_add, pxe_ctl_host_remove,
	pxe_ctl_host_list, pxe_ctl_answer,
	pxe_ctl_boot, pxe_ctl_orders, pxe_ctl_orders_release,
	pxe_ctl_orders_arm;

#endif
