/* SPDX-License-Identifier: ISC */
/*
 * Reasons: every packet and every request ends in one of these, answered or
 * not.  One table feeds the code, the log, the counters, pxectl, the manual
 * (a test compares pxe(7) with it) and the tests.
 */
#ifndef PXE_CORE_REASON_H
#define PXE_CORE_REASON_H

#include "base/attr.h"

/* clang-format off */
/* Rows: enumerator, word, what it tells the person who reads it. */
#define PXE_REASONS(X) \
X(OK,              "ok",              "answered") \
/* any packet */ \
X(BAD_PACKET,      "bad-packet",      "the packet breaks its format") \
X(NOT_FOR_US,      "not-for-us",      "not a request: a reply, or a packet of our own") \
X(INTERNAL,        "internal",        "a limit or an error of the server itself; the log has the cause") \
X(STATE_AWAY,      "state-away",      "pxe-stated cannot be reached, and the answer needs a durable write") \
X(STORE,           "store",           "pxe-stated could not write to its store") \
/* DHCP */ \
X(NO_CLIENT_ID,    "no-client-id",    "neither a hardware address nor a client-id") \
X(NO_SUBNET,       "no-subnet",       "no subnet is configured for the interface it came in on") \
X(UNKNOWN_RELAY,   "unknown-relay",   "no subnet is configured for the relay agent, or for the link it names") \
X(SCOPE,           "answer-scope",    "'answer' in dhcpd.conf leaves this kind of client to others") \
X(IGNORED,         "ignored",         "'unknown' in boot.conf says to ignore machines without a host section") \
X(OTHER_SERVER,    "other-server",    "the client chose another DHCP server") \
X(OTHER_SERVER_ACTIVE, "other-server-active", "another DHCP server answers on this network, and 'coexist' is not set") \
X(PROBING,         "probing",         "the address, or the network after a start, is being looked at first") \
X(CONFLICT,        "conflict",        "every address that was tried is in use by a stranger") \
X(NO_OFFER,        "no-offer",        "the client asks for an address that this server does not know it has") \
X(WRONG_NETWORK,   "wrong-network",   "the address does not belong to the client's network") \
X(WRONG_ADDRESS,   "wrong-address",   "the address is not the client's, or is taken") \
X(POOL_EMPTY,      "pool-empty",      "no free address is left in the subnet's ranges") \
X(POOL_RESERVED,   "pool-reserved",   "the free addresses that are left are kept for known clients ('reserve')") \
X(CIRCUIT_LIMIT,   "circuit-limit",   "the client's relay circuit has as many addresses as 'circuit-limit' allows") \
X(CLIENT_ID_LIMIT, "client-id-limit", "one hardware address asks for more addresses than 'client-id-limit' allows") \
X(RATE_LIMIT,      "rate-limit",      "the client sends more messages a second than 'rate-limit' allows") \
X(DENIED,          "denied",          "'allow' or 'deny' in dhcpd.conf keeps this client out") \
X(STRANGER,        "stranger",        "'unknown-clients' in dhcpd.conf keeps out who has no host section and no lease") \
X(PENDING,         "pending",         "an earlier request of this client is still being committed") \
X(BUSY,            "busy",            "too many requests are waiting for the store") \
X(RELEASED,        "released",        "the client gave its address back") \
X(DECLINED,        "declined",        "the client found its address in use; it is quarantined") \
X(NO_LEASE,        "no-lease",        "the client gives back or declines what it does not have") \
X(NO_ADDRESS,      "no-address",      "only options were asked for (DHCPINFORM)") \
X(UNSUPPORTED,     "unsupported",     "this kind of message is not answered (lease query, ...)") \
X(BOOTP,           "bootp",           "'bootp' in dhcpd.conf says not to answer this BOOTP client") \
X(EXTERNAL,        "external",        "'mode = external': this server listens and records, and sends nothing") \
X(PROXY,           "proxy",           "'mode = proxy': another DHCP server answers such a message") \
X(CONTENDED,       "contended",       "another server makes PXE offers on this network, and 'contend' says to yield") \
/* what to boot */ \
X(NO_ITEM,         "no-item",         "the client chose an item that its menu in dhcpd.conf does not have, or that is another server's") \
X(LOCAL_BOOT,      "local-boot",      "the machine is to boot from its own disk, so it gets no offer") \
X(NOT_A_BOOT,      "not-a-boot",      "an ordinary DHCP client: an address, nothing to boot") \
X(NO_LOADER,       "no-loader",       "boot.conf has no loader for the client's architecture") \
X(UNKNOWN_ARCH,    "unknown-arch",    "the client's architecture is not known, so no loader fits") \
X(WRONG_MACHINE,   "wrong-machine",   "the loader file is built for another kind of machine") \
X(UNKNOWN_CLIENT,  "unknown-client",  "no host section names this machine; 'unknown' in boot.conf decides") \
X(HELD,            "held",            "the machine is held until an administrator decides") \
X(NO_ORDER,        "no-order",        "the target is booted by an order only, and the machine has none for it") \
X(ORDER_HELD,      "order-held",      "the machine's order cannot be carried out as it is") \
X(REINSTALL,       "reinstall",       "the machine was installed too often and never called back: its order is held") \
X(STORE_OLDER,     "store-older",     "the store of pxe-stated is older than it should be, or not armed: orders are held") \
X(NO_CALLBACK,     "no-callback",     "the machine's order was begun, and nothing called back in time") \
X(ORDER_EXPIRED,   "order-expired",   "the machine did not boot from here before its order expired") \
X(SESSION_GONE,    "session-gone",    "the boot session is over: it called back, took too long, or another took its place") \
X(TOKEN,           "token",           "the token is of no boot session, or of another machine's") \
X(NO_ANSWER,       "no-answer",       "the target has no answer file of that name") \
X(NEEDS_HTTP,      "needs-http",      "what the machine is to boot takes HTTP, and its loader came by TFTP: use lpxelinux.0, or a GRUB whose prefix is of HTTP") \
X(LOOP,            "loop",            "the machine fetched the same again and again and got no further: it is held") \
/* files */ \
X(NOT_FOUND,       "not-found",       "there is no such file below the boot root") \
X(FORBIDDEN,       "forbidden",       "the file's permissions do not let the daemon read it") \
X(OUTSIDE,         "outside-root",    "the name or a symbolic link leads out of the boot root") \
X(NOT_A_FILE,      "not-a-file",      "a directory, device, FIFO or socket, not a file") \
X(BAD_NAME,        "bad-name",        "the file name is empty, too long or not a name") \
X(IO,              "io",              "reading the file failed") \
X(TEMPLATE,        "template",        "the template of an answer file or script is not there, or has a mistake; the log has the cause") \
X(CHANGED,         "changed",         "the file changed while it was being sent") \
/* transfers */ \
X(WRITE_REFUSED,   "write-refused",   "a write request, and tftpd.conf has no 'upload-dir'") \
X(EXISTS,          "upload-exists",   "an upload has the name of a file that is there, and 'upload-overwrite' does not allow it") \
X(DISK_FULL,       "disk-full",       "no room is left for an upload: on the disk, or by 'upload-total'") \
X(TOO_LARGE,       "too-large",       "an upload is larger than 'upload-limit' allows") \
X(BAD_MODE,        "bad-mode",        "a transfer mode other than octet and netascii") \
X(BAD_OPTION,      "bad-option",      "an option's value is not allowed") \
X(TOO_MANY,        "too-many",        "the limit of transfers or connections is reached") \
X(TIMEOUT,         "timeout",         "the client stopped answering") \
X(BLOCK_SIZE,      "block-size",      "blocks of the negotiated size do not reach the client; it gets smaller ones next time") \
X(NO_OPTIONS,      "no-options",      "the client refused the answer to the options that it asked for") \
X(ABORTED,         "aborted",         "the client ended the transfer") \
X(PROBE,           "probe",           "the client only asked for the size and ended the transfer") \
X(BAD_METHOD,      "bad-method",      "an HTTP method other than GET and HEAD") \
X(BAD_RANGE,       "bad-range",       "the range lies outside the file") \
X(PRECONDITION,    "precondition",    "the file is not the version that the client's condition asks for") \
X(BAD_REQUEST,     "bad-request",     "not a well-formed HTTP request") \
X(INSTALL_FAILED,  "install-failed",  "the installer called back that it did not work") \
X(NOT_ITS_ADDRESS, "not-its-address", "the address that it asks from is another machine's or this server's, so it gets no boot session") \
X(PASSWORD,        "password",        "the menu item needs a password, and this was none or not the one") \
X(TLS,             "tls",             "no TLS connection came about; the log has the cause")
/* clang-format on */

enum pxe_reason {
#define X(id, name, text) PXE_REASON_##id,
	PXE_REASONS(X)
#undef X
	PXE_N_REASONS
};

/* The word of a reason, as in the log; "?" beyond the table. */
const char *pxe_reason_name(enum pxe_reason reason);

/* The sentence of a reason. */
const char *pxe_reason_text(enum pxe_reason reason);

/* What it means for a client that a file could not be opened, read or written
 * because of this errno. */
enum pxe_reason pxe_reason_of_file(int error);

/* The reason with that word.  -ENOENT. */
int pxe_reason_from_name(const char *name) PXE_MUST_CHECK;

#endif
