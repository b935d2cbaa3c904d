/* SPDX-License-Identifier: ISC */
/*
 * Slots in a queue by the time when they are due, found by client and by
 * address.  A client is the hash of its key: two of one hash have one probe
 * at a time, which does no harm.
 */
#include "dhcpd/conflict.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	N_BUCKETS = 4096, /* a power of two, as the next */
	N_FREE = 4096,	  /* addresses remembered as free */
	N_SPEAKERS = 64,  /* who answered, remembered */
	N_ANSWERS = 2,	  /* of different speakers for one address */
	NONE = PXE_CONFLICT_SLOTS,
};

struct slot {
	bool is_used, is_asked_twice, is_own; /* own: the client answered */
	uint8_t n_answers;
	uint8_t answer[N_ANSWERS][PXE_CONFLICT_MAC_BYTES];
	uint8_t mac[PXE_CONFLICT_MAC_BYTES];
	struct pxe_ip4_net net;
	uint64_t client;
	uint32_t address, half_ms;
	unsigned ifindex, tries;
	int64_t due_ms;
	unsigned before, after;		    /* in the queue */
	unsigned next_client, next_address; /* in their bucket */
};

/* Who answered; behind a relay `mac` is the network's address. */
struct speaker {
	enum { NOBODY, ON_TRIAL, HOST, ROUTER } is;
	unsigned ifindex;
	uint8_t mac[PXE_CONFLICT_MAC_BYTES];
	int64_t until_ms;
	uint32_t controls[PXE_CONFLICT_CONTROLS];
	unsigned answered; /* a bit for each of them */
	unsigned n_addresses;
};

struct pxe_conflict {
	struct slot slot[PXE_CONFLICT_SLOTS];
	unsigned free[PXE_CONFLICT_SLOTS];
	size_t n_free;
	unsigned first, last; /* of the queue */
	unsigned by_client[N_BUCKETS], by_address[N_BUCKETS];
	struct speaker speaker[N_SPEAKERS];
	struct {
		uint32_t address;
		int64_t until_ms;
	} known_free[N_FREE];
};

struct pxe_conflict *pxe_conflict_new(void)
{
	struct pxe_conflict *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	for (unsigned i = PXE_CONFLICT_SLOTS; i-- > 0;)
		t->free[t->n_free++] = i;
	for (size_t i = 0; i < N_BUCKETS; i++)
		t->by_client[i] = t->by_address[i] = NONE;
	t->first = t->last = NONE;
	return t;
}

void pxe_conflict_free(struct pxe_conflict *table)
{
	free(table);
}

size_t pxe_conflict_count(const struct pxe_conflict *table)
{
	return PXE_CONFLICT_SLOTS - table->n_free;
}

/* --- finding --- */

static uint64_t hash_key(const char *client)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *client != '\0'; client++)
		h = (h ^ (unsigned char)*client) * UINT64_C(0x100000001b3);
	return h;
}

/* Spreads neighbours far apart. */
static uint32_t mix(uint32_t x)
{
	x = (x ^ x >> 16) * 0x7feb352du;
	x = (x ^ x >> 15) * 0x846ca68bu;
	return x ^ x >> 16;
}

static unsigned *client_bucket(struct pxe_conflict *t, uint64_t client)
{
	return &t->by_client[(client ^ client >> 32) & (N_BUCKETS - 1)];
}

static unsigned *address_bucket(struct pxe_conflict *t, uint32_t address)
{
	return &t->by_address[mix(address) & (N_BUCKETS - 1)];
}

int pxe_conflict_find(const struct pxe_conflict *table, const char *client)
{
	uint64_t h = hash_key(client);
	unsigned i = table->by_client[(h ^ h >> 32) & (N_BUCKETS - 1)];

	while (i != NONE && table->slot[i].client != h)
		i = table->slot[i].next_client;
	return i != NONE ? (int)i : -ENOENT;
}

bool pxe_conflict_is_free(const struct pxe_conflict *table, uint32_t address,
			  int64_t now_ms)
{
	size_t i = mix(address) & (N_FREE - 1);

	return table->known_free[i].address == address &&
	       table->known_free[i].until_ms > now_ms;
}

static void remember_free(struct pxe_conflict *t, uint32_t address,
			  int64_t until_ms)
{
	size_t i = mix(address) & (N_FREE - 1);

	t->known_free[i].address = address;
	t->known_free[i].until_ms = until_ms;
}

/* --- the queue --- */

static void dequeue(struct pxe_conflict *t, unsigned i)
{
	struct slot *s = &t->slot[i];

	*(s->before != NONE ? &t->slot[s->before].after : &t->first) = s->after;
	*(s->after != NONE ? &t->slot[s->after].before : &t->last) = s->before;
}

/* All wait for the same time, mostly: the place is at the end, or near it. */
static void enqueue(struct pxe_conflict *t, unsigned i, int64_t due_ms)
{
	struct slot *s = &t->slot[i];
	unsigned before = t->last;

	while (before != NONE && t->slot[before].due_ms > due_ms)
		before = t->slot[before].before;
	s->due_ms = due_ms;
	s->before = before;
	s->after = before != NONE ? t->slot[before].after : t->first;
	*(before != NONE ? &t->slot[before].after : &t->first) = i;
	*(s->after != NONE ? &t->slot[s->after].before : &t->last) = i;
}

/* What is due at once goes to the front, past all that wait. */
static void hurry(struct pxe_conflict *t, unsigned i, int64_t now_ms)
{
	struct slot *s = &t->slot[i];

	dequeue(t, i);
	s->is_asked_twice = true;
	s->due_ms = t->first != NONE && t->slot[t->first].due_ms < now_ms
			    ? t->slot[t->first].due_ms
			    : now_ms;
	s->before = NONE;
	s->after = t->first;
	*(s->after != NONE ? &t->slot[s->after].before : &t->last) = i;
	t->first = i;
}

static void postpone(struct pxe_conflict *t, unsigned i, int64_t due_ms)
{
	dequeue(t, i);
	t->slot[i].is_asked_twice = true;
	enqueue(t, i, due_ms);
}

int64_t pxe_conflict_next_ms(const struct pxe_conflict *table)
{
	return table->first != NONE ? table->slot[table->first].due_ms : -1;
}

/* --- slots --- */

int pxe_conflict_start(struct pxe_conflict *table,
		       const struct pxe_conflict_ask *ask, int64_t now_ms)
{
	unsigned i, *bucket;
	struct slot *s;

	if (ask->tries >= PXE_CONFLICT_TRIES)
		return -ELOOP;
	if (table->n_free == 0)
		return -EBUSY;
	i = table->free[--table->n_free];
	s = &table->slot[i];
	*s = (struct slot){ .is_used = true,
			    .net = ask->net,
			    .client = hash_key(ask->client),
			    .address = ask->address,
			    .half_ms = ask->timeout_ms / 2,
			    .ifindex = ask->ifindex,
			    .tries = ask->tries };
	memcpy(s->mac, ask->mac, sizeof(s->mac));
	bucket = client_bucket(table, s->client);
	s->next_client = *bucket;
	*bucket = i;
	bucket = address_bucket(table, s->address);
	s->next_address = *bucket;
	*bucket = i;
	enqueue(table, i, now_ms + s->half_ms);
	return (int)i;
}

static void end_slot(struct pxe_conflict *t, unsigned i)
{
	struct slot *s = &t->slot[i];
	unsigned *at = client_bucket(t, s->client);

	assert(s->is_used);
	while (*at != i)
		at = &t->slot[*at].next_client;
	*at = s->next_client;
	at = address_bucket(t, s->address);
	while (*at != i)
		at = &t->slot[*at].next_address;
	*at = s->next_address;
	dequeue(t, i);
	s->is_used = false;
	t->free[t->n_free++] = i;
}

void pxe_conflict_cancel(struct pxe_conflict *table, const char *client)
{
	int i = pxe_conflict_find(table, client);

	if (i >= 0)
		end_slot(table, (unsigned)i);
}

/* --- who answers --- */

static bool is_mac(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, PXE_CONFLICT_MAC_BYTES) == 0;
}

/* What is known of a speaker: a trial that is over ended well. */
static int judge(const struct speaker *sp, int64_t now_ms)
{
	if (sp->is == ON_TRIAL && sp->until_ms <= now_ms)
		return sp->until_ms + PXE_CONFLICT_HOST_MS > now_ms ? HOST
								    : NOBODY;
	return sp->until_ms > now_ms ? (int)sp->is : NOBODY;
}

/* The row of a speaker that something is known of, or NULL. */
static struct speaker *find_speaker(struct pxe_conflict *t, unsigned ifindex,
				    const uint8_t *mac, int64_t now_ms)
{
	for (size_t i = 0; i < N_SPEAKERS; i++) {
		struct speaker *sp = &t->speaker[i];

		if (sp->ifindex == ifindex && is_mac(sp->mac, mac) &&
		    judge(sp, now_ms) != NOBODY)
			return sp;
	}
	return NULL;
}

/* An empty row for a speaker: that of the one longest not heard of. */
static struct speaker *add_speaker(struct pxe_conflict *t, unsigned ifindex,
				   const uint8_t *mac)
{
	struct speaker *old = &t->speaker[0];

	for (size_t i = 1; i < N_SPEAKERS; i++)
		if (t->speaker[i].until_ms < old->until_ms)
			old = &t->speaker[i];
	*old = (struct speaker){ .ifindex = ifindex };
	memcpy(old->mac, mac, sizeof(old->mac));
	return old;
}

/* Addresses all over the network, to see who answers for any of them. */
static void choose_controls(const struct slot *s, uint32_t *controls)
{
	uint32_t hosts = ~pxe_ip4_mask(s->net.prefix);
	uint32_t x = s->address;
	size_t n = 0;

	memset(controls, 0, PXE_CONFLICT_CONTROLS * sizeof(*controls));
	for (int i = 0; i < 64 && n < PXE_CONFLICT_CONTROLS; i++) {
		uint32_t a = s->net.address | ((x = mix(x + 1)) & hosts);
		bool is_new = a != s->address && (a & hosts) != 0 &&
			      (a & hosts) != hosts;

		for (size_t k = 0; k < n; k++)
			is_new &= controls[k] != a;
		if (is_new)
			controls[n++] = a;
	}
}

/* A probe of a control address was answered.  Did that make a router? */
static bool hear_control(struct pxe_conflict *t, unsigned ifindex,
			 uint32_t address, const uint8_t *mac, int64_t now_ms)
{
	for (size_t i = 0; i < N_SPEAKERS; i++) {
		struct speaker *sp = &t->speaker[i];

		if (sp->is != ON_TRIAL || sp->until_ms <= now_ms ||
		    sp->ifindex != ifindex ||
		    (mac != NULL && !is_mac(sp->mac, mac)))
			continue;
		for (unsigned k = 0; k < PXE_CONFLICT_CONTROLS; k++)
			if (sp->controls[k] == address)
				sp->answered |= 1u << k;
		if (__builtin_popcount(sp->answered) < PXE_CONFLICT_ROUTER)
			continue;
		sp->is = ROUTER;
		sp->until_ms = now_ms + PXE_CONFLICT_ROUTER_MS;
		return true;
	}
	return false;
}

/* A host answers for one more address: there is an end to that, too. */
static bool count_address(struct speaker *sp, int64_t now_ms)
{
	sp->is = HOST;
	sp->until_ms = now_ms + PXE_CONFLICT_HOST_MS;
	if (++sp->n_addresses <= PXE_CONFLICT_HOST_MAX)
		return false;
	sp->is = ROUTER;
	sp->until_ms = now_ms + PXE_CONFLICT_ROUTER_MS;
	return true;
}

static bool has_answer(const struct slot *s, const uint8_t *mac)
{
	for (size_t i = 0; i < s->n_answers; i++)
		if (is_mac(s->answer[i], mac))
			return true;
	return false;
}

/* Somebody answers for the address of a slot. */
static enum pxe_conflict_heard
hear_slot(struct pxe_conflict *t, unsigned i, const uint8_t *mac,
	  int64_t now_ms, uint32_t *controls)
{
	struct slot *s = &t->slot[i];
	struct speaker *sp = find_speaker(t, s->ifindex, mac, now_ms);
	uint32_t wait_ms = s->half_ms > PXE_CONFLICT_TRY_MS
				   ? s->half_ms
				   : PXE_CONFLICT_TRY_MS;

	if (sp == NULL)
		sp = add_speaker(t, s->ifindex, mac);
	if (judge(sp, now_ms) == ROUTER) {
		sp->until_ms = now_ms + PXE_CONFLICT_ROUTER_MS;
		return PXE_CONFLICT_NOTHING;
	}
	if (has_answer(s, mac) || s->n_answers == N_ANSWERS)
		return PXE_CONFLICT_NOTHING;
	if (judge(sp, now_ms) == HOST && count_address(sp, now_ms))
		return PXE_CONFLICT_NEW_ROUTER;
	memcpy(s->answer[s->n_answers++], mac, PXE_CONFLICT_MAC_BYTES);
	switch (judge(sp, now_ms)) {
	case HOST:
		hurry(t, i, now_ms);
		return PXE_CONFLICT_NOTHING;
	case ON_TRIAL:
		postpone(t, i, sp->until_ms);
		return PXE_CONFLICT_NOTHING;
	default:
		sp->is = ON_TRIAL;
		sp->n_addresses = 1;
		sp->until_ms = now_ms + wait_ms;
		choose_controls(s, sp->controls);
		memcpy(controls, sp->controls, sizeof(sp->controls));
		postpone(t, i, sp->until_ms);
		return PXE_CONFLICT_TRY;
	}
}

enum pxe_conflict_heard pxe_conflict_hear(struct pxe_conflict *table,
					  unsigned ifindex, uint32_t address,
					  const uint8_t *mac, int64_t now_ms,
					  uint32_t *controls)
{
	unsigned i = *address_bucket(table, address);
	uint8_t name[PXE_CONFLICT_MAC_BYTES] = { 0 }; /* of a network */
	struct slot *s;

	while (i != NONE && (table->slot[i].address != address ||
			     table->slot[i].ifindex != ifindex))
		i = table->slot[i].next_address;
	if (i == NONE)
		return hear_control(table, ifindex, address, mac, now_ms)
			       ? PXE_CONFLICT_NEW_ROUTER
			       : PXE_CONFLICT_NOTHING;
	s = &table->slot[i];
	if (mac == NULL) {
		name[0] = s->net.prefix;
		memcpy(name + 2, &s->net.address, sizeof(s->net.address));
		mac = name;
	} else if (is_mac(mac, s->mac)) {
		s->is_own = true;
		return PXE_CONFLICT_NOTHING;
	}
	return hear_slot(table, i, mac, now_ms, controls);
}

/* --- what is due --- */

/* Is one of those who answered no router?  `mac` gets it. */
static bool is_taken(struct pxe_conflict *t, const struct slot *s,
		     int64_t now_ms, uint8_t *mac)
{
	for (size_t i = 0; i < s->n_answers; i++) {
		const struct speaker *sp =
			find_speaker(t, s->ifindex, s->answer[i], now_ms);

		if (sp == NULL || judge(sp, now_ms) != ROUTER) {
			memcpy(mac, s->answer[i], PXE_CONFLICT_MAC_BYTES);
			return true;
		}
	}
	return false;
}

bool pxe_conflict_step(struct pxe_conflict *table, int64_t now_ms,
		       struct pxe_conflict_due *due)
{
	unsigned i = table->first;
	struct slot *s;

	if (i == NONE || table->slot[i].due_ms > now_ms)
		return false;
	s = &table->slot[i];
	*due = (struct pxe_conflict_due){ .what = PXE_CONFLICT_SEND,
					  .slot = i,
					  .address = s->address,
					  .ifindex = s->ifindex,
					  .tries = s->tries };
	if (!s->is_asked_twice) {
		postpone(table, i, now_ms + s->half_ms);
		return true;
	}
	due->what = PXE_CONFLICT_FREE;
	if (is_taken(table, s, now_ms, due->mac)) {
		due->what = PXE_CONFLICT_TAKEN;
		due->has_mac = s->ifindex != 0;
	} else if (!s->is_own) {
		/* what the client itself has is not free for others */
		remember_free(table, s->address,
			      now_ms + PXE_CONFLICT_FREE_MS);
	}
	end_slot(table, i);
	return true;
}
