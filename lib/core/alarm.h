/* SPDX-License-Identifier: ISC */
/*
 * Alarms: what an administrator has to act upon, for as long as it lasts.
 * Each daemon keeps its own list; pxe-stated shows all of them.  One table
 * feeds the daemons, pxectl and pxe-state(7).
 */
#ifndef PXE_CORE_ALARM_H
#define PXE_CORE_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* clang-format off */
/* Rows: enumerator, word, is it more than a notice?, what is wrong (about its
 * subject), what to do. */
#define PXE_ALARMS(X) \
X(OTHER_SERVER, "other-server", true, \
  "another DHCP server answers, no new address is given there", \
  "switch it off, or set `coexist` in dhcpd.conf") \
X(COEXIST, "coexist", false, \
  "another DHCP server gives addresses, too, as `coexist` allows", \
  "the two must not give the same ones") \
X(LOOP, "loop", true, \
  "a machine fetched the same again and again, it is held", \
  "see `pxectl clients` about it; then `pxectl release` lets it try again") \
X(REINSTALL, "reinstall", true, \
  "a machine was installed again and again and never called back, its order is held", \
  "find out why; then `pxectl orders release` lets it go on") \
X(STORE_OLDER, "store-older", true, \
  "the store lost orders, what is left of them is held, no machine is new", \
  "see `pxectl orders`, release what is still meant, then `pxectl orders arm`") \
X(NOT_ARMED, "not-armed", true, \
  "a machine that may be new is not installed, the store is not armed", \
  "`pxectl orders arm`, once all machines that are not new have an order") \
X(WITNESS, "witness", true, \
  "the witness of orders cannot be written, nothing is installed until it can", \
  "see the log of pxe-stated and the disk of `witness-dir`") \
X(OTHER_PXE, "other-pxe", true, \
  "another PXE server answers, machines that boot are left to it", \
  "switch it off, or set `contend` in dhcpd.conf") \
X(CONTEND, "contend", false, \
  "another PXE server answers, too, as `contend` allows", \
  "what a machine takes is its firmware's choice") \
X(POOL_EMPTY, "pool-empty", true, \
  "no free address is left", \
  "widen `ranges` in dhcpd.conf or give back unused leases") \
X(PROXY_ARP, "proxy-arp", false, \
  "a router answers for every address, which is not listened to", \
  "switch proxy ARP off there") \
X(STORE, "store", true, \
  "the store cannot be written, no new address is given until it can", \
  "see the log of pxe-stated and the disk")
/* clang-format on */

enum pxe_alarm_kind {
#define X(id, name, is_alarm, text, remedy) PXE_ALARM_##id,
	PXE_ALARMS(X)
#undef X
	PXE_N_ALARMS
};

enum {
	PXE_ALARM_SUBJECT = 96,
	PXE_ALARM_TEXT = 160,
	PXE_ALARMS_MAX = 32, /* of one daemon; more are left out */
};

struct pxe_alarm {
	enum pxe_alarm_kind kind;
	char subject[PXE_ALARM_SUBJECT]; /* which subnet, which server, ... */
	char text[PXE_ALARM_TEXT];	 /* more about it, or "" */
	int64_t since_s;		 /* seconds since 1970-01-01 UTC */
};

/* The alarms of one daemon. */
struct pxe_alarms {
	struct pxe_alarm row[PXE_ALARMS_MAX];
	size_t n;
};

/* Appends one, all texts still "".  NULL: there are too many. */
struct pxe_alarm *pxe_alarms_add(struct pxe_alarms *alarms,
				 enum pxe_alarm_kind kind, int64_t since_s);

/* The word of a kind ("?" beyond the table), and back (-ENOENT). */
const char *pxe_alarm_name(enum pxe_alarm_kind kind);
int pxe_alarm_from_name(const char *name) PXE_MUST_CHECK;

/* What is wrong, and what to do. */
const char *pxe_alarm_text(enum pxe_alarm_kind kind);
const char *pxe_alarm_remedy(enum pxe_alarm_kind kind);

/* Is it an alarm, or only a notice? */
bool pxe_alarm_is_alarm(enum pxe_alarm_kind kind);

#endif
