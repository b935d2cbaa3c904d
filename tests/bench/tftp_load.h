/* SPDX-License-Identifier: ISC */
/*
 * What the parts of tftp_load share: the command and its loop (tftp_load.c),
 * the clients (tftp_client.c), and the path that loses packets or holds them
 * back (tftp_path.c).
 */
#ifndef TESTS_BENCH_TFTP_LOAD_H
#define TESTS_BENCH_TFTP_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OUT_BYTES = 256 };

struct options {
	const char *server, *name, *local, *label, *first;
	uint32_t n, n_clients, blksize, window, timeout_s, n_addresses;
	uint32_t silence_ms, limit_s, delay_us, port, seed;
	double loss;
	bool tsize, gro;
};

struct client {
	int fd;
	uint32_t blksize, window, id;
	bool is_connected, has_gap;
	uint16_t ahead;   /* the block behind the gap, the newest */
	uint32_t n_in;    /* blocks since the last ACK */
	uint64_t next;    /* the block that is waited for, from 1 */
	uint64_t arrived; /* DATA, lost ones too */
	uint64_t begin_ns, heard_ns;
	size_t len; /* of the last word, for the case that it was lost */
	uint8_t out[OUT_BYTES];
};

struct held; /* a packet on its way */

struct load {
	struct options o;
	struct sockaddr_in server;
	const uint8_t *file;
	size_t size;
	int ep;
	struct client *client;
	struct held *held;
	size_t held_cap, held_head, n_held;
	uint32_t first_address, n_started, n_ended, n_failed, n_cut;
	uint64_t *took_ns, begin_ns, last_ns;
	uint64_t n_data, n_blocks, n_octets, random;
	uint32_t blksize, window; /* what the server granted */
	char why[80];             /* the first failure */
};

uint64_t clock_ns(void);
void die(const char *what) __attribute__((noreturn));

/* --- the path --- */

/* Is this packet lost?  The same ones for the same seed. */
bool is_lost(struct load *l);

/* Sends what is in c->out; `is_last`: the socket is not needed any more. */
void say(struct load *l, struct client *c, bool is_last);

/* Nanoseconds until the next of those that are held back, or `most`. */
uint64_t send_due(struct load *l, uint64_t most);

/* --- the clients --- */

void begin(struct load *l, struct client *c);

/* One datagram for `c`, which may end the transfer and begin another. */
void take(struct load *l, struct client *c, const uint8_t *buf, size_t len,
	  uint64_t now);

/* The end of a transfer; `why`: what was wrong with it, NULL if nothing. */
void end(struct load *l, struct client *c, const char *why);

/* Those who heard nothing for long speak again. */
void wake_silent(struct load *l, uint64_t now);

/* The time is over: what runs is cut off, so that no server goes on with it. */
void cut(struct load *l);

#endif
