/* SPDX-License-Identifier: ISC */
/* What is told of a packet: in the log, in counters, to pxe-stated. */
#ifndef PXE_DHCPD_REPORT_H
#define PXE_DHCPD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hwaddr.h"
#include "core/client.h"

struct pxe_server;
struct pxe_summary;

/* A packet ended: log line, counters, facts and events. */
void pxe_report_end(struct pxe_server *s, const struct pxe_summary *summary);
/* What goes to pxe-stated of them: facts, if they are news, and an event. */
void pxe_report_facts(struct pxe_server *s, const struct pxe_summary *summary);
void pxe_report_event(struct pxe_server *s, const char *client,
		      enum pxe_event_kind kind, enum pxe_reason reason,
		      uint32_t address);
/* Is there still room in this second: for a line, for a refusal? */
bool pxe_report_has_line(struct pxe_server *s);
bool pxe_report_has_refusal(struct pxe_server *s);
/* Is it silence or a NAK that says how the machine fares? */
bool pxe_report_is_refusal(const struct pxe_summary *summary);
/* What an ACK means for the boot, by who asked. */
enum pxe_event_kind pxe_report_ack_event(enum pxe_stage stage);
/* A packet that could not be read, of `len` octets from `src`. */
void pxe_report_bad(struct pxe_server *s, const char *interface, uint32_t src,
		    size_t len);
/* `hw` sends more than rate-limit allows; `begins`: did not just before. */
void pxe_report_flood(struct pxe_server *s, const char *interface,
		      const struct pxe_hwaddr *hw, bool begins);
void pxe_report_tick(struct pxe_server *s);

#endif
