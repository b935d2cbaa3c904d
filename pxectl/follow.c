/* SPDX-License-Identifier: ISC */
#include "pxectl/follow.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct pxe_follow {
	void *by_key; /* tsearch(3) */
	struct pxe_followed **all;
	size_t n, cap;
	unsigned n_up;
};

static int compare_keys(const void *a, const void *b)
{
	const struct pxe_followed *x = a, *y = b;

	return strcmp(x->client.key, y->client.key);
}

static void keep(PXE_UNUSED void *node)
{
}

struct pxe_follow *pxe_follow_new(void)
{
	return calloc(1, sizeof(struct pxe_follow));
}

void pxe_follow_free(struct pxe_follow *follow)
{
	if (follow == NULL)
		return;
	tdestroy(follow->by_key, keep);
	for (size_t i = 0; i < follow->n; i++) {
		pxe_meters_done(&follow->all[i]->meters);
		free((char *)follow->all[i]->client.key);
		free(follow->all[i]);
	}
	free(follow->all);
	free(follow);
}

struct pxe_followed *pxe_follow_find(const struct pxe_follow *follow,
				     const char *key)
{
	struct pxe_followed probe = { .client.key = key };
	struct pxe_followed **node =
		tfind(&probe, &follow->by_key, compare_keys);

	return node != NULL ? *node : NULL;
}

static int make_room(struct pxe_follow *follow)
{
	size_t cap = follow->cap == 0 ? 64 : follow->cap * 2;
	struct pxe_followed **all;

	if (follow->n < follow->cap)
		return 0;
	all = reallocarray(follow->all, cap, sizeof(*all));
	if (all == NULL)
		return -1;
	follow->all = all;
	follow->cap = cap;
	return 0;
}

static struct pxe_followed *add(struct pxe_follow *follow, const char *key)
{
	struct pxe_followed *followed = NULL;
	char *copy = strdup(key);

	if (copy != NULL && make_room(follow) == 0)
		followed = calloc(1, sizeof(*followed));
	if (followed != NULL) {
		followed->client.key = copy;
		followed->client.facts.arch = PXE_ARCH_NONE;
	}
	if (followed == NULL ||
	    tsearch(followed, &follow->by_key, compare_keys) == NULL) {
		free(followed);
		free(copy);
		return NULL;
	}
	follow->all[follow->n++] = followed;
	return followed;
}

enum { SLACK_MS = 3000 }; /* between an event and its record */

/* Notes what changed between two states of a client. */
static void compare(struct pxe_follow *follow, struct pxe_followed *followed,
		    const struct pxe_client *before)
{
	const struct pxe_client *client = &followed->client;
	int64_t boot_ms = client->boot_s * 1000;

	follow->n_up += (client->step == PXE_STEP_UP);
	follow->n_up -= (before->step == PXE_STEP_UP);
	if (client->boot_s == before->boot_s)
		return;
	if (before->boot_s != 0) /* else the event came before its record */
		followed->meters.n = 0;
	/* records have seconds; the event that began this boot was seen */
	followed->boot_ms =
		followed->asked_ms >= boot_ms - SLACK_MS &&
				followed->asked_ms <= boot_ms + SLACK_MS
			? followed->asked_ms
			: boot_ms;
}

struct pxe_followed *pxe_follow_put(struct pxe_follow *follow,
				    const struct pxe_client *client)
{
	struct pxe_followed *followed = pxe_follow_find(follow, client->key);
	struct pxe_client before;
	const char *key;

	if (followed == NULL)
		followed = add(follow, client->key);
	if (followed == NULL)
		return NULL;
	before = followed->client;
	key = before.key;
	followed->client = *client;
	followed->client.key = key;
	compare(follow, followed, &before);
	return followed;
}

void pxe_follow_remove(struct pxe_follow *follow, const char *key)
{
	struct pxe_followed *followed = pxe_follow_find(follow, key);
	size_t i = 0;

	if (followed == NULL)
		return;
	follow->n_up -= (followed->client.step == PXE_STEP_UP);
	tdelete(followed, &follow->by_key, compare_keys);
	while (follow->all[i] != followed)
		i++;
	follow->all[i] = follow->all[--follow->n];
	pxe_meters_done(&followed->meters);
	free((char *)followed->client.key);
	free(followed);
}

/* May an event be the first of a boot? */
static bool may_begin(const struct pxe_event *event)
{
	return event->kind == PXE_EVENT_DHCP_DISCOVER ||
	       event->kind == PXE_EVENT_DHCP_ACK ||
	       event->kind == PXE_EVENT_DHCP_REQUEST;
}

struct pxe_followed *pxe_follow_note(struct pxe_follow *follow,
				     const struct pxe_event *event,
				     int64_t now_ms)
{
	struct pxe_followed *followed = NULL;

	/* its record may come after the event */
	if (event->client[0] != '\0')
		followed = pxe_follow_find(follow, event->client);
	if (followed == NULL && event->client[0] != '\0')
		followed = add(follow, event->client);
	if (followed == NULL ||
	    pxe_meters_take(&followed->meters, event, now_ms) < 0)
		return NULL;
	if (!may_begin(event))
		return followed;
	/* a firmware repeats its DISCOVER: the first one counts */
	if (now_ms - followed->asked_ms > SLACK_MS)
		followed->asked_ms = now_ms;
	return followed;
}

void pxe_follow_age(struct pxe_follow *follow, int64_t now_ms)
{
	for (size_t i = 0; i < follow->n; i++)
		pxe_meters_age(&follow->all[i]->meters, now_ms);
}

size_t pxe_follow_sum(const struct pxe_follow *follow, uint64_t *rate)
{
	size_t n = 0;

	*rate = 0;
	for (size_t i = 0; i < follow->n; i++) {
		const struct pxe_meters *meters = &follow->all[i]->meters;

		for (size_t k = 0; k < meters->n; k++)
			*rate += meters->row[k].rate;
		n += meters->n;
	}
	return n;
}

unsigned pxe_follow_count_up(const struct pxe_follow *follow)
{
	return follow->n_up;
}

static int by_boot(const void *a, const void *b)
{
	const struct pxe_followed *x = *(const struct pxe_followed *const *)a;
	const struct pxe_followed *y = *(const struct pxe_followed *const *)b;

	if (x->boot_ms != y->boot_ms)
		return x->boot_ms < y->boot_ms ? -1 : 1;
	return strcmp(x->client.key, y->client.key);
}

size_t pxe_follow_list(const struct pxe_follow *follow, int64_t since_ms,
		       const struct pxe_followed **list, size_t cap)
{
	const struct pxe_followed **found =
		calloc(follow->n + 1, sizeof(*found));
	size_t n = 0, skip;

	if (found == NULL)
		return 0;
	for (size_t i = 0; i < follow->n; i++)
		if (follow->all[i]->boot_ms >= since_ms ||
		    follow->all[i]->client.last_seen_s * 1000 >= since_ms)
			found[n++] = follow->all[i];
	qsort(found, n, sizeof(*found), by_boot);
	skip = n > cap ? n - cap : 0;
	memcpy(list, found + skip, (n - skip) * sizeof(*list));
	free(found);
	return n - skip;
}
