/* SPDX-License-Identifier: ISC */
/*
 * What test_order_all consists of: the states, what is on disk
 * (order_all_disk.c), the model (order_all_model.c), what is to be true
 * (order_all_check.c), what is done (order_all_steps.c).
 */
#ifndef PXE_TESTS_ORDER_ALL_H
#define PXE_TESTS_ORDER_ALL_H

#include "order_book_env.h"

enum {
	TICK_S = 50,
	SESSION_S = 3 * TICK_S,
	LIFE_S = 4 * TICK_S,
	WINDOW_S = 5 * TICK_S,
	DAY_S = PXE_SESSION_KEPT_S + SESSION_S,
	HOLD_AT = 2,
	N_TOKENS = 4, /* at a time; a fifth boot is not gone on with */
	N_AT = 3,     /* installations that are told apart */
	UNSET = INT32_MIN,
	LONG_AGO = -3 * DAY_S,
	N_STATES = 16000, /* that are gone through, those of few steps first */
	DEPTH = 3,        /* steps from each beginning, at least */
	DEPTH_MAX = 12,
	SEQ = 1000, /* of the witness, always: stores are before or after */
};

#define MACHINE "host:m"

/* The steps that led here, for who looks for a mistake. */
const char *tell_story(void);

/* check's own assertions write to a file each time. */
#define HOLDS(what, ...)                                                       \
	do {                                                                   \
		if (!(what))                                                   \
			ck_abort_msg(__VA_ARGS__);                             \
	} while (0)
#define WORKS(call) HOLDS((call) >= 0, #call "%s", tell_story())

/* --- the states ----------------------------------------------------------- */

/* Whose store it is, by the id of the witness. */
enum { ID_NONE, ID_SAME, ID_OTHER };

/* What is on disk.  Times are from now on, UNSET: 0.  No padding. */
struct disk {
	int32_t has, target, state, reason, made, expires, begun, finished;
	struct {
		int32_t state, target, address, is_new, order, opened, until,
			begun; /* state 0: none, else that of the book + 1 */
	} s[N_TOKENS];
	struct {
		int32_t has, n, at[N_AT];
	} i[2]; /* of the machine, of its client */
	int32_t id, seq, is_armed, suspect;
};

/* What the model has for it. */
enum {
	NONE,
	PENDING,
	HELD_BY_COUNT,
	HELD_BY_STORE,
	BEGUN,
	DONE,
	FAILED,
	EXPIRED,
	STANDING
};
enum { NO_SESSION, OPEN, GOES, CLOSED, LATE, IS_DONE, HAS_FAILED };

struct model {
	int32_t order, target, expires, owner; /* the token that consumed it */
	struct {
		int32_t state, target, address, is_new, has_begun, until;
	} s[N_TOKENS];
	int32_t n, at[N_AT]; /* installations without a callback */
	int32_t is_known, is_armed;
};

/* What people allowed and nobody used yet, and who was given files. */
struct history {
	int32_t may, target, may_new, given; /* a set of tokens */
};

struct state {
	struct disk disk, copy;
	struct model model, copy_model;
	struct history history;
	int32_t has_copy;
};

/* Is the second target one for which nobody calls back? */
extern bool is_second_plain;

/* The last target is one that is not for once. */
enum { LIVE = 2 };
extern const char *const target_names[LIVE + 1];
extern const char *const addresses[2];
extern const char *const tokens[N_TOKENS];

/* --- order_all_disk.c --- */

bool is_plain(int target);
int token_of(const char *text);
int target_of(const char *name);
struct pxe_orders *load(const struct disk *d);
void save(const struct pxe_orders *o, struct disk *d);
/* Time goes on. */
void shift(int32_t *at, int32_t by);
void shift_disk(struct disk *d, int32_t by);

/* --- order_all_model.c: what each verb does, and answers --- */

void model_expire(struct model *m);
int model_open(struct model *m, int target, int address, bool is_new, int with,
	       int fresh, int *token);
int model_get(const struct model *m, int k);
int model_begin(struct model *m, int k);
int model_finish(struct model *m, int k, bool is_ok);
int model_assign(struct model *m, int target);
int model_remove(struct model *m);
int model_release(struct model *m);
void shift_model(struct model *m, int32_t by);

/* --- order_all_check.c --- */

void check_all(struct pxe_orders *o, const struct state *st);

/* --- order_all_steps.c --- */

enum verb { ASSIGN, REMOVE, RELEASE, ARM, OPENS, BEGINS, FINISHES };

struct step {
	const char *name;
	enum verb verb;
	int target; /* and is the callback a good one? */
	int address;
	bool is_new;
	bool by_token; /* with the token of the session that has begun */
	int token;
};

enum { N_VERBS = 26, NO_TOKEN = -1 };
extern const struct step steps[N_VERBS];

/* A token that nothing remembers; N_TOKENS: there is none. */
int find_fresh(const struct state *st);
/* The token of the session that has begun; NO_TOKEN. */
int find_begun(const struct model *m);
/* The verb, without a commit; of an opened session its token. */
int do_verb(struct pxe_orders *o, const struct step *step,
	    const struct model *m, int with, int fresh, int *token);
int do_model(struct model *m, const struct step *step, int with, int fresh,
	     int *token);
/* What people allow, once a verb of theirs was answered. */
void allow(struct history *h, const struct step *step, const struct model *m);
/* A token has begun for the first time: was that allowed, and not used yet? */
void use(struct history *h, const struct model *before, int k);

#endif
