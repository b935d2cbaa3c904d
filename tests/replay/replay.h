/* SPDX-License-Identifier: ISC */
/*
 * Scenarios: scripts that tell a story of clients, time and pxe-stated, played
 * against the pure parts of pxe-dhcpd under a virtual clock.  README has the
 * language.
 *
 *	main.c     scripts: lines to words, words to commands
 *	message.c  messages of clients: vectors, or built from words
 *	world.c    the server's pure parts, and a pxe-stated that obeys
 *	expect.c   what is expected of an outcome
 */
#ifndef PXE_TESTS_REPLAY_H
#define PXE_TESTS_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf.h"
#include "core/reason.h"
#include "dhcpd/decide.h"
#include "wire/dhcp.h"

#define BASE_S INT64_C(1700000000) /* "0s" */

enum { WORDS_MAX = 64, ADDRS_MAX = 8 };

/* One line of a script: words; "key=value" words keep their '='. */
struct line {
	const char *file;
	unsigned number;
	char *word[WORDS_MAX];
	size_t n;
};

/* Prints file, line and what is wrong with it; returns false. */
bool complain(const struct line *line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The value of a "key=value" word from `from` on, or NULL. */
const char *find_value(const struct line *line, size_t from, const char *key);

/* How one packet ended. */
struct outcome {
	enum pxe_reason reason;
	uint8_t reply; /* 0: silence */
	bool is_waiting; /* for a commit */
	uint32_t address, replaces; /* of the lease that is committed */
	char client[PXE_CLIENT_KEY_TEXT];
	struct pxe_dest dest;
	const char *flavour;
	uint8_t buf[2048];
	size_t len;
};

/* How the pretended pxe-stated behaves. */
enum stated { STATED_PROMPT, STATED_SLOW, STATED_AWAY, STATED_REFUSES };

struct world {
	struct pxe_conf *conf;
	struct pxe_book *book;
	struct pxe_lease_table *durable; /* what is on pxe-stated's disk */
	struct pxe_lease_table *untold; /* given back while it is away */
	enum stated stated;
	enum pxe_reason refusal;
	bool has_leases;
	enum pxe_decide_rival rival;
	bool has_pxe_rival;
	struct pxe_if_addr addr[ADDRS_MAX];
	size_t n_addr;
	int64_t now_s;
	struct outcome outcome[256]; /* a ring of those not expected yet */
	size_t first, n;
};

void world_init(struct world *w);
void world_done(struct world *w);
/* A new configuration (owned from now on), at start or by SIGHUP. */
bool world_configure(struct world *w, struct pxe_conf *conf);
/* pxe-dhcpd was killed and starts: the book is read from the durable leases. */
void world_restart(struct world *w);
/* pxe-stated changes its behaviour; waiting commits end accordingly. */
void world_set_stated(struct world *w, enum stated stated,
		      enum pxe_reason refusal);
/* A datagram comes in on our `port` (0: the DHCP port), from and to where
 * `from` says. */
void world_receive(struct world *w, const struct pxe_arrival *from,
		   uint16_t port, const void *buf, size_t len);
/* The oldest outcome that was not taken yet and is not waiting; NULL. */
struct outcome *world_take(struct world *w);

/*
 * Makes the message of "client MAC sends WHAT key=value..": words from `from`
 * on.  false after complaining.
 */
bool message_make(const struct line *line, size_t from, const char *mac,
		  uint8_t *buf, size_t cap, size_t *len);

/* Compares an outcome (NULL: there is none) with "expect TYPE key=value..". */
bool expect_outcome(const struct line *line, const struct outcome *outcome);

#endif
