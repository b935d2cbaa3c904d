/* SPDX-License-Identifier: ISC */
/*
 * Leases out of a file of another server or of our own: what every reader of
 * a format fills, what is settled afterwards, and small texts that formats
 * share.  Pure.
 *
 * A list owns what is in it.
 */
#ifndef PXECTL_LEASE_LIST_H
#define PXECTL_LEASE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/conf.h"
#include "core/lease.h"

#define PXE_LEASE_ID_MAX       255  /* octets of a client identifier */
#define PXE_LEASE_PROBLEMS_MAX 1000 /* that are kept; all are counted */

/*
 * Why a record of a good file is not imported.  Rows: enumerator, word (for
 * programs), text.
 */
/* clang-format off */
#define PXE_LEASE_SKIPS(X) \
X(NONE,      "",          "") \
X(OUTSIDE,   "outside",   "outside every subnet of pxe-dhcpd.conf(5)") \
X(NO_HOST,   "no-host",   "the address of a subnet or its broadcast") \
X(IPV6,      "ipv6",      "IPv6") \
X(ABANDONED, "abandoned", "abandoned or declined: held by nobody") \
X(NO_CLIENT, "no-client", "of nobody: free, or taken back") \
X(OLDER,     "older",     "older than another of that client in that subnet") \
X(HOST,      "host",      "a host section, not a lease: see pxe-hosts.conf(5)") \
X(TORN,      "torn",      "cut off: the server was writing it")
/* clang-format on */

enum pxe_lease_skip {
#define X(id, word, text) PXE_LEASE_SKIP_##id,
	PXE_LEASE_SKIPS(X)
#undef X
		PXE_N_LEASE_SKIPS
};

/* What a reader knows of one record before it adds it. */
struct pxe_lease_draft {
	struct pxe_lease lease; /* client: NULL, see `key` */
	unsigned line;          /* where it begins */
	enum pxe_lease_skip skip;
	uint8_t id[PXE_LEASE_ID_MAX]; /* option 61 */
	size_t id_len;
	char key[PXE_CLIENT_KEY_TEXT]; /* if the file says it; else "" */
};

struct pxe_lease_record {
	struct pxe_lease lease; /* client: owned; NULL until settled */
	unsigned line;
	size_t order;
	enum pxe_lease_skip skip;
	uint8_t *id; /* owned; NULL: none */
	size_t id_len;
};

struct pxe_lease_problem {
	unsigned line;
	uint32_t address; /* 0: none was read */
	char why[120];
};

/* A reservation that a lease file has: for pxe-hosts.conf(5). */
struct pxe_lease_host {
	unsigned line;
	size_t order;         /* set by _add_host() */
	bool is_deleted;      /* takes the one of that name out */
	char name[64];        /* letters, digits, '.', '_' and '-' */
	struct pxe_hwaddr hw; /* hlen 0: none */
	uint8_t id[PXE_LEASE_ID_MAX];
	size_t id_len;
	uint32_t address; /* 0: none */
};

struct pxe_lease_list {
	struct pxe_lease_record *records;
	size_t n, cap;
	struct pxe_lease_problem *problems; /* the first of them */
	size_t n_problems, cap_problems;
	size_t n_refused; /* all of them */
	struct pxe_lease_host *hosts;
	size_t n_hosts, cap_hosts;
	struct {
		size_t n;
		unsigned line; /* of the first */
	} skipped[PXE_N_LEASE_SKIPS];
};

void pxe_lease_list_done(struct pxe_lease_list *list);

/* Adds a copy of a draft.  0, -ENOMEM. */
int pxe_lease_list_add(struct pxe_lease_list *list,
		       const struct pxe_lease_draft *draft) PXE_MUST_CHECK;

/* Notes what is no record of an address: skipped, or refused.  0, -ENOMEM. */
void pxe_lease_list_skip(struct pxe_lease_list *list, unsigned line,
			 enum pxe_lease_skip why);
int pxe_lease_list_refuse(struct pxe_lease_list *list, unsigned line,
			  uint32_t address, const char *why) PXE_MUST_CHECK;

/* Adds a copy of a host; the last one of a name counts.  0, -ENOMEM. */
int pxe_lease_list_add_host(struct pxe_lease_list *list,
			    const struct pxe_lease_host *host) PXE_MUST_CHECK;

/* Appends a host as a section of pxe-hosts.conf(5), a line. */
void pxe_lease_host_put(struct pxe_str *out, const struct pxe_lease_host *host);

/*
 * Makes leases of the records once all are read: the last one of an address
 * counts; each gets the key of its client (pxe-dhcpd's rules, as far as a file
 * can tell); of several leases of a client in a subnet the one in force or
 * else the newest stays.  What is not to be imported goes and is counted.
 * The rest is in the order of addresses.  0, -ENOMEM.
 */
int pxe_lease_list_settle(struct pxe_lease_list *list,
			  const struct pxe_conf *conf,
			  int64_t now_s) PXE_MUST_CHECK;

/* The word of a kind of skipped records, and what is said of it. */
const char *pxe_lease_skip_word(enum pxe_lease_skip skip);
const char *pxe_lease_skip_text(enum pxe_lease_skip skip);

/* --- texts --- */

/*
 * Undoes pxe_str_put_escaped(): \xHH and \\ become octets, all else stays.
 * The number of octets, at most `cap`; the rest is cut.
 */
size_t pxe_lease_unescape(const char *text, uint8_t *out, size_t cap);

/* The octets of an "id:..." key; 0: it is another one. */
size_t pxe_lease_key_id(const char *key, uint8_t id[PXE_LEASE_ID_MAX]);

/*
 * Reads the key of a lease as a person may write it: a hardware address,
 * "id:" and hex, "uuid:" and a UUID.  False: it is none of them.
 */
bool pxe_lease_read_key(const char *text, char key[PXE_CLIENT_KEY_TEXT]);

/* A moment of the calendar, UTC. */
struct pxe_lease_utc {
	int64_t year;
	unsigned month, day, hour, minute, second; /* month, day from 1 */
	unsigned weekday;                          /* 0: Sunday */
};

void pxe_lease_utc_split(int64_t seconds, struct pxe_lease_utc *utc);

/* Seconds since 1970 (weekday is not looked at).  0, -EINVAL. */
int pxe_lease_utc_join(const struct pxe_lease_utc *utc,
		       int64_t *seconds) PXE_MUST_CHECK;

/*
 * Reads "2026/11/22", "01:02:03": up to three numbers with `sep` between.
 * How many, -EINVAL.
 */
int pxe_lease_numbers(const char *text, char sep,
		      unsigned out[3]) PXE_MUST_CHECK;

#endif
