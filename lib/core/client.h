/* SPDX-License-Identifier: ISC */
/*
 * Client records: what is known about each machine over time, how far its
 * present boot got, and a table of them.  pxe-stated keeps the truth; tftpd,
 * httpd and pxectl hold copies that follow it.
 *
 * The table owns its records (malloc); pointers stay valid until the record
 * is removed or the table freed.
 */
#ifndef PXE_CORE_CLIENT_H
#define PXE_CORE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/facts.h"
#include "core/loop.h"
#include "core/reason.h"

/* How far a boot got.  Rows: enumerator, word, what it means. */
/* clang-format off */
#define PXE_STEPS(X) \
X(NONE,     "-",        "seen, but not booting") \
X(DISCOVER, "discover", "firmware asked for an address and a loader") \
X(ADDRESS,  "address",  "the firmware has its address and the loader's name") \
X(LOADER,   "loader",   "it is fetching the loader") \
X(LOADED,   "loaded",   "the loader was sent in full") \
X(IPXE,     "ipxe",     "iPXE runs and asked for an address and its script") \
X(SCRIPT,   "script",   "the boot script was sent") \
X(KERNEL,   "files",    "it is fetching kernel, initrd or other files") \
X(OS,       "os",       "the operating system asked for an address") \
X(INSTALLED, "installed", "the installer called back that it is done") \
X(UP,       "up",       "the operating system called back")
/* clang-format on */

enum pxe_step {
#define X(id, name, text) PXE_STEP_##id,
	PXE_STEPS(X)
#undef X
	PXE_N_STEPS
};

/*
 * What daemons report.  Rows: enumerator, word, the step that it puts a
 * client on (NONE: leaves it where it is).
 */
/* clang-format off */
#define PXE_EVENTS(X) \
X(DHCP_DISCOVER, "dhcp-discover", DISCOVER) \
X(DHCP_OFFER,    "dhcp-offer",    NONE) \
X(DHCP_ACK,      "dhcp-ack",      ADDRESS) \
X(DHCP_IPXE,     "dhcp-ipxe",     IPXE)    /* an ACK to iPXE, or ... */ \
X(DHCP_OS,       "dhcp-os",       OS)      /* ... an ordinary client */ \
X(DHCP_REQUEST,  "dhcp-request",  ADDRESS) /* firmware: of another server */ \
X(DHCP_NAK,      "dhcp-nak",      NONE)    /* of it: the address is not its */ \
X(DHCP_REFUSED,  "dhcp-refused",  NONE)    /* silence or NAK: see reason */ \
X(UPLOAD_DONE,   "upload-done",   NONE)    /* it sent us a file, or ... */ \
X(UPLOAD_FAILED, "upload-failed", NONE)    /* could not: see reason */ \
X(LOADER_START,  "loader-start",  LOADER) \
X(LOADER_DONE,   "loader-done",   LOADED) \
X(SCRIPT,        "script",        SCRIPT) \
X(FILE_START,    "file-start",    KERNEL) \
X(FILE_PROGRESS, "file-progress", NONE) \
X(FILE_DONE,     "file-done",     NONE) \
X(FILE_FAILED,   "file-failed",   NONE)    /* see reason */ \
X(FILE_PROBE,    "file-probe",    NONE)    /* only the size was wanted */ \
X(UP,            "up",            UP) \
X(INSTALLED,     "installed",     INSTALLED) /* the installer said so, or */ \
X(INSTALL_FAILED, "install-failed", NONE)    /* that it did not work */
/* clang-format on */

enum pxe_event_kind {
#define X(id, name, step) PXE_EVENT_##id,
	PXE_EVENTS(X)
#undef X
	PXE_N_EVENTS
};

#define PXE_CLIENT_FILE_TEXT 160
#define PXE_OPTIONS_TEXT     128 /* all options of TFTP at their longest */

/* One thing that happened to a client.  Best effort, never durable alone. */
struct pxe_event {
	enum pxe_event_kind kind;
	enum pxe_reason reason;		 /* OK, or what went wrong */
	char client[PXE_CLIENT_KEY_TEXT]; /* key, or "" where only ... */
	uint32_t address;		 /* ... this is known; 0: not known */
	char file[PXE_CLIENT_FILE_TEXT]; /* escaped; "" if none */
	uint64_t bytes, total_bytes;	 /* sent, of; total 0: not known */
	uint32_t duration_ms;		 /* of the transfer so far */
	uint32_t resent;		 /* blocks of it that went twice */
	char options[PXE_OPTIONS_TEXT];	 /* accepted ones: "blksize 1468 ..." */
	char by[16];			 /* "dhcpd", "tftpd", "httpd" */
};

struct pxe_client {
	const char *key; /* in a table: owned by it */
	struct pxe_facts facts; /* the latest; those of a machine that boots
				   are not overwritten by a packet of the OS */
	enum pxe_stage stage;	/* of the latest packet, whatever it was */
	char name[PXE_HOST_NAME_TEXT]; /* of its host section, or "" */
	uint32_t address;	       /* the last it got; 0: none */
	int64_t first_seen_s, last_seen_s;

	/* the boot under way, or the last one */
	uint32_t n_boots;	      /* begun by firmware, see _apply */
	int64_t boot_s;		      /* when it began */
	enum pxe_step step;
	int64_t step_s;		      /* when it reached that step */
	int64_t step_at_s[PXE_N_STEPS]; /* when this boot reached each step
					   last; 0: it did not.  Cleared when
					   a boot begins */
	enum pxe_reason reason;	      /* of the last event that failed; OK
					 again when the boot goes on */
	char file[PXE_CLIENT_FILE_TEXT]; /* last or present transfer */
	uint64_t bytes, total_bytes;
	uint32_t transfer_ms, resent; /* of it, as in its event */
	char options[PXE_OPTIONS_TEXT];
	char file_by[16]; /* the daemon that sends it */
	uint64_t boot_bytes; /* of all transfers of this boot that ended */

	struct pxe_loop loop; /* over boots: do they go round in circles? */

	unsigned marks; /* whoever owns the table may keep bits here */
};

/*
 * Takes new facts over into a record, at `now_s`.  A packet of the OS only
 * adds what firmware did not say (host name, UUID).
 */
void pxe_client_learn(struct pxe_client *client, const struct pxe_facts *facts,
		      int64_t now_s);

/*
 * An ordinary DHCP client got an address, and said nothing of itself but
 * perhaps its name ("": not even that).
 */
void pxe_client_learn_os(struct pxe_client *client, const char *host_name,
			 int64_t now_s);

/* Does the record say nothing but that an ordinary client got an address? */
bool pxe_client_is_plain(const struct pxe_client *client);

/*
 * Applies an event to a record: step, file, bytes, reason.  Within a boot the
 * step only goes forward.  A boot begins with a DISCOVER of firmware (a
 * repeated one within two minutes is the same boot), with one of iPXE where
 * no ROM came first, or with an ACK to firmware whose DISCOVER was not
 * reported.  The address is not applied: pxe_client_table_set_address().
 */
void pxe_client_apply(struct pxe_client *client, const struct pxe_event *event,
		      int64_t now_s);

/* All its times move by `by_s`: the clock was set. */
void pxe_client_move(struct pxe_client *client, int64_t by_s);

struct pxe_client_table;

struct pxe_client_table *pxe_client_table_new(void) PXE_MUST_CHECK;
void pxe_client_table_free(struct pxe_client_table *table);
size_t pxe_client_table_count(const struct pxe_client_table *table);

/* By key, or by the address it last got (not 0); or NULL. */
struct pxe_client *pxe_client_table_find(const struct pxe_client_table *table,
					 const char *key);
struct pxe_client *
pxe_client_table_find_address(const struct pxe_client_table *table,
			      uint32_t address);

/* The record of that key, made if there is none; NULL: no memory. */
struct pxe_client *pxe_client_table_get(struct pxe_client_table *table,
					const char *key);

/*
 * Says that `client` has `address` now (0: none).  The address is taken from
 * the record that had it before.
 */
void pxe_client_table_set_address(struct pxe_client_table *table,
				  struct pxe_client *client, uint32_t address);

/*
 * Puts a copy of a whole record in, replacing the one of its key (whose marks
 * stay).  The record in the table, or NULL: no memory.
 */
struct pxe_client *pxe_client_table_set(struct pxe_client_table *table,
					const struct pxe_client *client);

/* Takes a record out and frees it. */
void pxe_client_table_remove(struct pxe_client_table *table,
			     struct pxe_client *client);

/*
 * Walks over all records in no order: *at = 0 to start; NULL at the end.  The
 * record just given may be removed: then *at must be lowered by one.
 */
struct pxe_client *pxe_client_table_next(const struct pxe_client_table *table,
					 size_t *at);

struct pxe_conf;
struct pxe_conf_host;

/*
 * The host section of a machine that was seen, or NULL: by hardware address
 * and UUID, or the one that pxe-dhcpd found by client-id, which only it saw.
 */
const struct pxe_conf_host *
pxe_client_find_host(const struct pxe_client *client,
		     const struct pxe_conf *conf);

/* Is `text` the key of a client: letters, digits, ':' and '-'? */
bool pxe_client_is_key(const char *text);

/* Words of steps and events, and back (-ENOENT). */
const char *pxe_step_name(enum pxe_step step);
const char *pxe_step_text(enum pxe_step step);
int pxe_step_from_name(const char *name) PXE_MUST_CHECK;
const char *pxe_event_name(enum pxe_event_kind kind);
int pxe_event_from_name(const char *name) PXE_MUST_CHECK;

#endif
