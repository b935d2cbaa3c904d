/* SPDX-License-Identifier: ISC */
#include "core/loop.h"

#include <string.h>

#include "base/str.h"
#include "core/client.h"

#define SCRIPT_SUFFIX ".ipxe"

/* What an event is in a boot that may go round. */
enum kind {
	OTHER,	  /* tells nothing: requests, refusals, parts of files */
	LOADER,	  /* a loader was sent in full */
	SCRIPT,	  /* a boot script was */
	PROGRESS, /* the boot got further than either */
};

/*
 * An ACK to iPXE is no progress: iPXE that is handed iPXE has one in each
 * round.  Nor is the start of a loader: EDK2 asks for the size first, and
 * packets get lost.
 */
static const enum kind kinds[PXE_N_EVENTS] = {
	[PXE_EVENT_LOADER_DONE] = LOADER, [PXE_EVENT_SCRIPT] = SCRIPT,
	[PXE_EVENT_FILE_START] = PROGRESS, [PXE_EVENT_FILE_DONE] = PROGRESS,
	[PXE_EVENT_DHCP_OS] = PROGRESS,	   [PXE_EVENT_UP] = PROGRESS,
	[PXE_EVENT_INSTALLED] = PROGRESS,
	[PXE_EVENT_INSTALL_FAILED] = PROGRESS,
};

static enum kind kind_of(const struct pxe_event *event)
{
	const size_t len = strlen(event->file), n = strlen(SCRIPT_SUFFIX);
	enum kind kind = kinds[event->kind];

	if (event->reason == PXE_REASON_LOOP)
		return OTHER; /* what a held client is told */
	/* an administrator's own script is a file; it is counted once */
	if ((event->kind == PXE_EVENT_FILE_START ||
	     event->kind == PXE_EVENT_FILE_DONE) &&
	    len >= n && strcmp(event->file + len - n, SCRIPT_SUFFIX) == 0)
		kind = event->kind == PXE_EVENT_FILE_DONE ? SCRIPT : OTHER;
	return kind;
}

/*
 * May loaders be counted?  Where the only thing known of an address is that
 * an ordinary client has it, several machines may stand behind that (NAT).
 */
static bool is_one_machine(const struct pxe_client *client)
{
	return client->n_boots > 0 || client->step_at_s[PXE_STEP_OS] == 0;
}

/* One more at `now_s`; the first again where the last was long ago, or later
 * than now. */
static void count(uint32_t *n, int64_t *last_s, int64_t now_s, int64_t most_s)
{
	if (now_s - *last_s > most_s || now_s < *last_s)
		*n = 0;
	if (*n < UINT32_MAX)
		(*n)++;
	*last_s = now_s;
}

static bool is_too_many(const struct pxe_loop *loop,
			const struct pxe_loop_rules *rules)
{
	/* one boot may well need a script that asks who it is, and two more */
	return rules->limit > 0 && (loop->n_loaders >= rules->limit ||
				    loop->n_scripts / 2 >= rules->limit);
}

bool pxe_loop_is_held(const struct pxe_loop *loop, int64_t now_s)
{
	return now_s < loop->held_until_s && now_s >= loop->held_s;
}

enum pxe_loop_change pxe_loop_step(struct pxe_client *client,
				   const struct pxe_event *event,
				   const struct pxe_loop_rules *rules,
				   int64_t now_s)
{
	const enum kind kind = kind_of(event);
	struct pxe_loop *loop = &client->loop;
	const bool is_held = pxe_loop_is_held(loop, now_s);

	if (kind == OTHER)
		return PXE_LOOP_SAME;
	if (kind == PROGRESS) {
		*loop = (struct pxe_loop){ .n_loaders = 0 };
		return is_held ? PXE_LOOP_RELEASED : PXE_LOOP_SAME;
	}
	if (is_held || !is_one_machine(client))
		return PXE_LOOP_SAME;
	if (loop->held_until_s != 0) /* that is over: another chance */
		*loop = (struct pxe_loop){ .n_loaders = 0 };
	if (kind == LOADER) {
		count(&loop->n_loaders, &loop->loader_s, now_s,
		      PXE_LOOP_LOADER_S);
	} else {
		loop->n_loaders = 0;
		count(&loop->n_scripts, &loop->script_s, now_s,
		      PXE_LOOP_SCRIPT_S);
	}
	if (!is_too_many(loop, rules))
		return PXE_LOOP_SAME;
	loop->held_s = now_s;
	loop->held_until_s = now_s + rules->hold_s;
	client->reason = PXE_REASON_LOOP;
	return PXE_LOOP_HELD;
}

uint32_t pxe_loop_count(const struct pxe_loop *loop)
{
	return loop->n_loaders > loop->n_scripts ? loop->n_loaders
						 : loop->n_scripts;
}

const char *pxe_loop_what(const struct pxe_loop *loop)
{
	return loop->n_loaders > loop->n_scripts ? "loader" : "script";
}
