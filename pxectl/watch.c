/* SPDX-License-Identifier: ISC */
/* `pxectl watch`: boots as they happen. */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pxectl/ctl.h"
#include "pxectl/follow.h"
#include "pxectl/line.h"
#include "pxectl/screen.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_client.h"
#include "run/state_codec.h"

#define FRAME_MS         200 /* between two drawings of the table */
#define PATIENCE_MS      100 /* for which the line of an event waits */
#define WAITING_MAX      1000
#define PROGRESS_LINE_MS 5000 /* between two lines about one transfer ... */
#define PROGRESS_STEP    25   /* ... unless it went on by so many percent */

/* An event whose line is not printed yet. */
struct waiting {
	struct pxe_event event;
	int64_t at_ms;
};

struct watch {
	const struct pxe_ctl *ctl;
	struct event_base *base;
	struct pxe_state_client *client;
	struct pxe_follow *follow;
	struct pxe_screen screen;
	struct event *frame, *first, *end, *sigint, *sigterm;
	struct waiting *waiting; /* WAITING_MAX */
	size_t n_waiting;
	uint32_t until_up; /* 0: for ever */
	bool is_ready;     /* the current state was read */
	bool is_done;      /* enough are up */
	int status;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void stop(struct watch *watch, int status)
{
	watch->status = status;
	event_base_loopbreak(watch->base);
}

/* --- lines --- */

/* Progress is in the table; without one, a line now and then. */
static bool deserves_line(const struct watch *watch,
			  const struct pxe_event *event,
			  const struct pxe_followed *followed)
{
	int percent = pxe_text_percent(event->bytes, event->total_bytes);
	struct pxe_meter *meter;
	int64_t now = now_ms();

	if (event->kind != PXE_EVENT_FILE_PROGRESS)
		return true;
	meter = followed != NULL ? pxe_meters_find(&followed->meters, event)
				 : NULL;
	if (watch->screen.is_live || meter == NULL ||
	    (percent < meter->printed_percent + PROGRESS_STEP &&
	     now < meter->printed_ms + PROGRESS_LINE_MS))
		return false;
	meter->printed_percent = percent;
	meter->printed_ms = now;
	return true;
}

static void flush_lines(struct watch *watch)
{
	if (fflush(stdout) != 0)
		stop(watch, PXE_CTL_FAILED); /* main tells why */
}

/* Prints the events that came before `before_ms`. */
static void print_events(struct watch *watch, int64_t before_ms)
{
	size_t n = 0;

	for (; n < watch->n_waiting; n++) {
		const struct waiting *waiting = &watch->waiting[n];
		struct pxe_followed *followed;
		char text[PXE_LINE_TEXT];

		if (waiting->at_ms >= before_ms)
			break;
		followed = pxe_follow_find(watch->follow,
					   waiting->event.client);
		pxe_line_write(&waiting->event, followed, waiting->at_ms,
			       watch->screen.style.utf8, text, sizeof(text));
		pxe_line_note(&waiting->event, followed);
		pxe_screen_line(&watch->screen, pxe_line_tint(&waiting->event),
				text);
	}
	watch->n_waiting -= n;
	memmove(watch->waiting, watch->waiting + n,
		watch->n_waiting * sizeof(*watch->waiting));
}

/* --- the stream --- */

/* Its line waits a moment for the record that the event changes. */
static void take_event(struct watch *watch, const json_t *json)
{
	struct pxe_followed *followed;
	struct waiting *waiting;

	if (watch->n_waiting == WAITING_MAX)
		print_events(watch, INT64_MAX);
	waiting = &watch->waiting[watch->n_waiting];
	if (pxe_state_event_from_json(json, &waiting->event) < 0)
		return;
	waiting->at_ms = now_ms();
	followed = pxe_follow_note(watch->follow, &waiting->event,
				   waiting->at_ms);
	if (followed == NULL && waiting->event.client[0] != '\0')
		stop(watch, PXE_CTL_FAILED);
	watch->n_waiting += deserves_line(watch, &waiting->event, followed);
}

static void take_client(struct watch *watch, const json_t *json)
{
	struct pxe_client client;

	if (pxe_state_client_from_json(json, &client) == 0 &&
	    pxe_follow_put(watch->follow, &client) == NULL)
		stop(watch, PXE_CTL_FAILED);
}

static void draw(struct watch *watch)
{
	print_events(watch, now_ms() - PATIENCE_MS);
	if (watch->screen.is_live && watch->is_ready) {
		pxe_follow_age(watch->follow, now_ms());
		pxe_screen_draw(&watch->screen, watch->follow, now_ms());
	}
	flush_lines(watch);
}

static void take_ready(struct watch *watch)
{
	const struct pxe_followed *any;

	if (watch->is_ready)
		return;
	event_del(watch->first);
	watch->is_ready = true;
	if (watch->ctl->json)
		return;
	if (pxe_follow_list(watch->follow, 0, &any, 1) == 0)
		pxe_ctl_note(watch->ctl, "waiting for machines to boot");
	/* where there is no terminal, the table is shown once */
	pxe_screen_draw(&watch->screen, watch->follow, now_ms());
	if (!watch->screen.is_live)
		putchar('\n');
}

static void take_answer(struct watch *watch, const json_t *params)
{
	const json_t *json;

	if ((json = json_object_get(params, "client")) != NULL)
		take_client(watch, json);
	else if ((json = json_object_get(params, "removed_client")) != NULL &&
		 json_is_string(json))
		pxe_follow_remove(watch->follow, json_string_value(json));
	else if ((json = json_object_get(params, "event")) != NULL &&
		 !watch->ctl->json)
		take_event(watch, json);
	else if (json_is_true(json_object_get(params, "ready")))
		take_ready(watch);
}

static void start_stream(struct watch *watch);

/* The stream ended: why, and on with the next one or not. */
static void take_end(struct watch *watch, const char *error)
{
	if (error != NULL && strcmp(error, "Disconnected") == 0)
		return; /* when_down() is next */
	if (error != NULL && strcmp(error, "Resync") == 0) {
		start_stream(watch);
		return;
	}
	if (error != NULL)
		pxe_ctl_error(watch->ctl, "pxe-stated refused: %s", error);
	else
		pxe_ctl_nonsense(watch->ctl, "Watch");
	stop(watch, PXE_CTL_FAILED);
}

static void when_answered(const char *error, const json_t *params, bool more,
			  void *arg)
{
	static const struct timeval patience = { PXE_LINK_DEADLINE_S, 0 };
	static const struct timeval last_words = { 0, 2 * FRAME_MS * 1000 };
	struct watch *watch = arg;

	if (error != NULL || !more) {
		take_end(watch, error);
		return;
	}
	if (!watch->is_ready)
		event_add(watch->first, &patience);
	if (watch->ctl->json)
		pxe_ctl_print_json(params, true);
	take_answer(watch, params);
	if (watch->is_done || !watch->is_ready || watch->until_up == 0 ||
	    pxe_follow_count_up(watch->follow) < watch->until_up)
		return;
	/* the event of the last one may still come */
	watch->is_done = true;
	event_add(watch->end, &last_words);
}

/* For people, leases are no part of a boot. */
static json_t *stream_parameters(const struct watch *watch)
{
	return watch->ctl->json ? NULL
				: json_pack("{s:b, s:b}", "clients", true,
					    "events", true);
}

/* Everything comes anew, so what is known goes. */
static void start_stream(struct watch *watch)
{
	int r;

	pxe_follow_free(watch->follow);
	watch->follow = pxe_follow_new();
	r = watch->follow == NULL
		    ? -ENOMEM
		    : pxe_state_call_more(watch->client, "Watch",
					  stream_parameters(watch),
					  when_answered, watch);
	if (r < 0 && r != -ENOTCONN) {
		pxe_ctl_error(watch->ctl, "%s", strerror(-r));
		stop(watch, PXE_CTL_FAILED);
	}
}

static void when_up(void *arg)
{
	start_stream(arg);
}

static void when_down(void *arg)
{
	struct watch *watch = arg;

	if (!watch->is_ready) {
		pxe_ctl_error(watch->ctl,
			      "%s: the connection was ended: what listens is "
			      "not pxe-stated, or it was restarted",
			      watch->ctl->conf->state_socket);
		stop(watch, PXE_CTL_FAILED);
		return;
	}
	print_events(watch, INT64_MAX);
	pxe_screen_clear(&watch->screen);
	pxe_ctl_note(watch->ctl, "pxe-stated is away: waiting for it");
}

static const struct pxe_state_client_ops ops = { .up = when_up,
						 .down = when_down };

/* --- time and signals --- */

static void when_frame(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
		       void *arg)
{
	draw(arg);
}

static void when_silent(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
			void *arg)
{
	struct watch *watch = arg;

	pxe_ctl_error(watch->ctl,
		      "%s: pxe-stated does not answer (waited 5 s): it hangs "
		      "(systemctl status pxe-stated)",
		      watch->ctl->conf->state_socket);
	stop(watch, PXE_CTL_FAILED);
}

static void when_over(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
		      void *arg)
{
	struct watch *watch = arg;

	if (watch->until_up == 0 || watch->is_done) {
		stop(watch, PXE_CTL_OK);
		return;
	}
	pxe_ctl_error(watch->ctl, "the time is over: %u of %u are up",
		      pxe_follow_count_up(watch->follow), watch->until_up);
	stop(watch, PXE_CTL_FAILED);
}

static void when_signal(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
			void *arg)
{
	struct watch *watch = arg;

	stop(watch, watch->until_up == 0 ? PXE_CTL_OK : PXE_CTL_FAILED);
}

/* --- the command --- */

static int start_timers(struct watch *watch, uint32_t timeout_s)
{
	static const struct timeval frame = { 0, FRAME_MS * 1000 };
	static const struct timeval first = { PXE_LINK_DEADLINE_S, 0 };
	struct timeval end = { (time_t)timeout_s, 0 };
	struct event_base *base = watch->base;

	watch->frame = event_new(base, -1, EV_PERSIST, when_frame, watch);
	watch->first = evtimer_new(base, when_silent, watch);
	watch->end = evtimer_new(base, when_over, watch);
	watch->sigint = evsignal_new(base, SIGINT, when_signal, watch);
	watch->sigterm = evsignal_new(base, SIGTERM, when_signal, watch);
	if (watch->frame == NULL || watch->first == NULL ||
	    watch->end == NULL || watch->sigint == NULL ||
	    watch->sigterm == NULL)
		return -ENOMEM;
	if (event_add(watch->frame, &frame) < 0 ||
	    event_add(watch->first, &first) < 0 ||
	    event_add(watch->sigint, NULL) < 0 ||
	    event_add(watch->sigterm, NULL) < 0 ||
	    (timeout_s > 0 && event_add(watch->end, &end) < 0))
		return -ENOMEM;
	return 0;
}

static int start(struct watch *watch, uint32_t timeout_s)
{
	watch->base = event_base_new();
	watch->follow = pxe_follow_new();
	watch->waiting = calloc(WAITING_MAX, sizeof(*watch->waiting));
	if (watch->base == NULL || watch->follow == NULL ||
	    watch->waiting == NULL || start_timers(watch, timeout_s) < 0)
		return -ENOMEM;
	watch->client = pxe_state_client_new(watch->base,
					     watch->ctl->conf->state_socket,
					     &ops, watch);
	return watch->client == NULL ? -ENOMEM : 0;
}

static void drop(struct watch *watch)
{
	struct event *events[] = { watch->frame, watch->first, watch->end,
				   watch->sigint, watch->sigterm };

	pxe_state_client_free(watch->client);
	for (size_t i = 0; i < PXE_LEN(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	pxe_follow_free(watch->follow);
	free(watch->waiting);
	if (watch->base != NULL)
		event_base_free(watch->base);
}

int pxe_ctl_watch(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		  PXE_UNUSED char **argv)
{
	struct watch watch = { .ctl = ctl, .status = PXE_CTL_FAILED };
	uint32_t timeout_s = 0;
	char text[512];
	struct pxe_str why;

	if (!pxe_ctl_number(ctl, PXE_CTL_OPT_UNTIL_UP, 1, 1000000,
			    &watch.until_up) ||
	    !pxe_ctl_number(ctl, PXE_CTL_OPT_TIMEOUT, 1, 86400 * 365,
			    &timeout_s))
		return PXE_CTL_USAGE;
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	pxe_str_init(&why, text, sizeof(text));
	if (pxe_link_probe(ctl->conf->state_socket, &why) < 0) {
		pxe_ctl_error(ctl, "%s", text);
		return PXE_CTL_FAILED;
	}
	pxe_screen_init(&watch.screen, &ctl->style);
	watch.screen.is_live = watch.screen.is_live && !ctl->json;
	if (start(&watch, timeout_s) < 0)
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
	else
		event_base_dispatch(watch.base);
	if (watch.is_ready) {
		print_events(&watch, INT64_MAX);
		draw(&watch);
	}
	drop(&watch);
	return watch.status;
}
