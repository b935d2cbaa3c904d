/* SPDX-License-Identifier: ISC */
/*
 * Orders: what an administrator wants a machine to boot, and what became of
 * it.  pxe-stated keeps the truth (stated/registry_order.h); the other daemons
 * and pxectl hold copies that follow it.
 *
 * An order that is given "once" is consumed by a verb of pxe-stated which is
 * on disk before the last piece of the target is handed out: so a machine that
 * boots again never gets it twice.
 */
#ifndef PXE_CORE_ORDER_H
#define PXE_CORE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/conf.h"
#include "core/facts.h"
#include "core/reason.h"

/* Rows: enumerator, word, what it means. */
/* clang-format off */
#define PXE_ORDER_STATES(X) \
X(STANDING, "standing", "it boots this every time, until another order") \
X(PENDING,  "pending",  "it boots this once, when it asks next") \
X(BEGUN,    "begun",    "it was let in; nothing has called back yet") \
X(DONE,     "done",     "it called back, or is one that nobody waits for") \
X(FAILED,   "failed",   "it called back that it failed, or not in time") \
X(EXPIRED,  "expired",  "the machine did not come for it in time") \
X(HELD,     "held",     "the machine waits for an administrator: see reason")
/* clang-format on */

enum pxe_order_state {
#define X(id, name, text) PXE_ORDER_##id,
	PXE_ORDER_STATES(X)
#undef X
	PXE_N_ORDER_STATES
};

enum {
	PXE_ORDER_TARGET_TEXT = 64, /* a target's name with its NUL */
	PXE_ORDER_BY_TEXT = 40,
	/* machines in a call of AssignBoot: their orders fit into its answer */
	PXE_ORDER_MACHINES_MAX = 1024,
	/* "host:NAME", or the key of a client */
	PXE_ORDER_MACHINE_TEXT = PXE_CLIENT_KEY_TEXT,
};

struct pxe_order {
	char machine[PXE_ORDER_MACHINE_TEXT];
	char target[PXE_ORDER_TARGET_TEXT];
	char next[PXE_ORDER_TARGET_TEXT]; /* what it boots then; "" */
	bool is_once;
	enum pxe_order_state state;
	enum pxe_reason reason;	    /* HELD, FAILED, EXPIRED; else OK */
	char by[PXE_ORDER_BY_TEXT]; /* who gave it: a user, or "when-new" */
	int64_t made_s;
	int64_t expires_s;  /* of PENDING and HELD; 0: never */
	int64_t begun_s;    /* 0: it was not */
	int64_t finished_s; /* DONE, FAILED, EXPIRED: since when; else 0 */
};

/* The word of a state ("?" beyond the table), and back (-ENOENT). */
const char *pxe_order_state_name(enum pxe_order_state state);
int pxe_order_state_from_name(const char *name) PXE_MUST_CHECK;
const char *pxe_order_state_text(enum pxe_order_state state);

/* Is the order still to be carried out, or to be decided upon? */
bool pxe_order_is_open(const struct pxe_order *order);

/*
 * Which machine an order is for: "host:NAME" of a host section, where there is
 * one, else the client's key.  `host` may be NULL.
 */
void pxe_order_write_machine(const struct pxe_conf_host *host, const char *key,
			     char machine[static PXE_ORDER_MACHINE_TEXT]);
/* The name in "host:NAME"; NULL: it is the key of a client. */
const char *pxe_order_host_name(const char *machine);
/* Is it either of them, well-formed? */
bool pxe_order_is_machine(const char *machine);

/*
 * The gate of a target that is booted once: the last piece of it which is
 * ours.  Nobody gets that piece before the order is consumed.  wimboot loads
 * its answers before the image, so there the image is it, if it is ours.
 */
enum pxe_order_gate {
	PXE_ORDER_GATE_SCRIPT, /* the script itself: there is nothing else */
	PXE_ORDER_GATE_KERNEL, /* the kernel, or the image */
	PXE_ORDER_GATE_INITRD, /* the last initrd below the boot root */
	PXE_ORDER_GATE_ANSWER, /* any of its answer files */
};

/* A target that is not destructive has the script as its gate. */
enum pxe_order_gate pxe_order_find_gate(const struct pxe_conf_target *target);

/* The file of the gate KERNEL or INITRD, below the boot root; NULL: another
 * gate. */
const char *pxe_order_gate_file(const struct pxe_conf_target *target);

/*
 * The target that is booted once and of which `path`, below the boot root, is
 * all: its image, its kernel without an initrd, the program that it chains to.
 * Who loads that has booted the target, by whatever URL it came.
 * NULL: there is none, or anybody may have the file: a target that is not
 * booted once loads it, or it is a loader that the target chains to.
 */
const struct pxe_conf_target *pxe_order_find_whole(const struct pxe_conf *conf,
						   const char *path);

#endif
