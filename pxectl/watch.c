/* SPDX-License-Identifier: ISC */
/* `pxectl watch`: boots as they happen. */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/ip4.h"
#include "core/arch.h"
#include "pxectl/ctl.h"
#include "pxectl/follow.h"
#include "pxectl/screen.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_client.h"
#include "run/state_codec.h"

#define FRAME_MS         200  /* between two drawings of the table */
#define PROGRESS_LINE_MS 5000 /* between two lines about one transfer ... */
#define PROGRESS_STEP    25   /* ... unless it went on by so many percent */

struct watch {
	const struct pxe_ctl *ctl;
	struct event_base *base;
	struct pxe_state_client *client;
	struct pxe_follow *follow;
	struct pxe_screen screen;
	struct event *frame, *first, *end, *sigint, *sigterm;
	uint32_t until_up; /* 0: for ever */
	bool is_ready;     /* the current state was read */
	bool is_dirty;     /* the table changed since it was drawn */
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

/* What happened, in words. */
static const char *const happened[PXE_N_EVENTS] = {
	[PXE_EVENT_DHCP_DISCOVER] = "asks for an address",
	[PXE_EVENT_DHCP_OFFER] = "was offered an address",
	[PXE_EVENT_DHCP_ACK] = "has its address and the loader's name",
	[PXE_EVENT_DHCP_IPXE] = "iPXE has its address and the script's URL",
	[PXE_EVENT_DHCP_OS] = "the operating system has its address",
	[PXE_EVENT_DHCP_REFUSED] = "was refused",
	[PXE_EVENT_LOADER_START] = "fetches its loader",
	[PXE_EVENT_LOADER_DONE] = "has its loader",
	[PXE_EVENT_SCRIPT] = "has its boot script",
	[PXE_EVENT_FILE_START] = "fetches",
	[PXE_EVENT_FILE_PROGRESS] = "fetches",
	[PXE_EVENT_FILE_DONE] = "has",
	[PXE_EVENT_FILE_FAILED] = "did not get",
	[PXE_EVENT_UP] = "IS UP",
};

/* Appends clean text in `width` columns, and two more. */
static void put_column(struct pxe_str *out, const char *text, size_t width,
		       bool utf8)
{
	char clean[512];
	struct pxe_str s;

	pxe_str_init(&s, clean, sizeof(clean));
	pxe_text_clean(&s, text, utf8);
	pxe_str_puts(out, clean);
	for (size_t has = pxe_text_width(clean); has < width + 2; has++)
		pxe_str_putc(out, ' ');
}

static void put_details(struct pxe_str *out, const struct pxe_event *event,
			const struct pxe_client *client, bool utf8)
{
	uint64_t rate = event->duration_ms > 0
				? event->bytes * 1000 / event->duration_ms
				: 0;
	char address[PXE_IP4_TEXT], speed[PXE_TEXT_SHORT];

	pxe_str_puts(out, happened[event->kind]);
	if (event->file[0] != '\0') {
		pxe_str_putc(out, ' ');
		pxe_text_clean(out, event->file, utf8);
	}
	if (event->kind == PXE_EVENT_DHCP_ACK ||
	    event->kind == PXE_EVENT_DHCP_IPXE ||
	    event->kind == PXE_EVENT_DHCP_OS) {
		pxe_ip4_format(event->address != 0 ? event->address
						   : client->address,
			       address, sizeof(address));
		pxe_str_putf(out, " (%s)", address);
	}
	if (event->bytes > 0 || event->total_bytes > 0) {
		pxe_str_puts(out, "  ");
		pxe_screen_put_transfer(out, event->bytes, event->total_bytes,
					utf8);
	}
	if (rate > 0) {
		pxe_text_bytes(rate, speed, sizeof(speed));
		pxe_str_putf(out, ", %s/s", speed);
	}
	if (event->reason != PXE_REASON_OK)
		pxe_str_putf(out, ": %s (%s)", pxe_reason_name(event->reason),
			     pxe_reason_text(event->reason));
}

static enum pxe_tint event_tint(const struct pxe_event *event)
{
	if (event->kind == PXE_EVENT_UP)
		return PXE_TINT_GOOD;
	if (event->kind == PXE_EVENT_FILE_FAILED ||
	    event->kind == PXE_EVENT_DHCP_REFUSED)
		return PXE_TINT_BAD;
	return PXE_TINT_NONE;
}

/* Time, seconds of this boot, who, what it is, step, what happened. */
static void print_event(struct watch *watch, const struct pxe_event *event,
			const struct pxe_followed *followed)
{
	const struct pxe_client *client = &followed->client;
	int64_t now = now_ms(), took = now - followed->boot_ms;
	bool utf8 = watch->screen.style.utf8;
	char line[2048], clock[PXE_TEXT_SHORT];
	struct pxe_str s;

	if (took < 0 || followed->boot_ms == 0)
		took = 0;
	pxe_text_clock(now / 1000, clock, sizeof(clock));
	pxe_str_init(&s, line, sizeof(line));
	pxe_str_putf(&s, "%s %5lld.%llds  ", clock, (long long)took / 1000,
		     (long long)took / 100 % 10);
	put_column(&s, pxe_ctl_client_title(client), 17, utf8);
	put_column(&s, pxe_family_text(pxe_arch_family(client->facts.arch)), 11,
		   utf8);
	put_column(&s, pxe_step_name(client->step), 8, utf8);
	put_details(&s, event, client, utf8);
	pxe_screen_line(&watch->screen, event_tint(event), s.buf);
	watch->is_dirty = true;
}

/* Progress is in the table; without one, a line now and then. */
static bool deserves_line(const struct watch *watch,
			  const struct pxe_event *event,
			  struct pxe_followed *followed)
{
	int percent = pxe_text_percent(event->bytes, event->total_bytes);
	int64_t now = now_ms();

	if (event->kind == PXE_EVENT_FILE_PROGRESS &&
	    (watch->screen.is_live ||
	     (percent < followed->printed_percent + PROGRESS_STEP &&
	      now < followed->printed_ms + PROGRESS_LINE_MS)))
		return false;
	followed->printed_percent =
		event->kind == PXE_EVENT_FILE_PROGRESS ? percent : 0;
	followed->printed_ms = now;
	return true;
}

static void flush_lines(struct watch *watch)
{
	if (fflush(stdout) != 0)
		stop(watch, PXE_CTL_FAILED); /* main tells why */
}

/* --- the stream --- */

static void take_event(struct watch *watch, const json_t *json)
{
	struct pxe_event event;
	struct pxe_followed *followed;

	if (pxe_state_event_from_json(json, &event) < 0)
		return;
	followed = pxe_follow_apply(watch->follow, &event, now_ms());
	if (followed != NULL && !watch->ctl->json &&
	    deserves_line(watch, &event, followed))
		print_event(watch, &event, followed);
}

static void take_client(struct watch *watch, const json_t *json)
{
	struct pxe_client client;

	if (pxe_state_client_from_json(json, &client) == 0 &&
	    pxe_follow_put(watch->follow, &client, now_ms()) == NULL)
		stop(watch, PXE_CTL_FAILED);
}

static void draw(struct watch *watch)
{
	if (!watch->ctl->json)
		pxe_screen_draw(&watch->screen, watch->follow, now_ms());
	flush_lines(watch);
	watch->is_dirty = false;
}

static void take_ready(struct watch *watch)
{
	const struct pxe_followed *any;

	watch->is_ready = true;
	if (watch->ctl->json)
		return;
	if (pxe_follow_list(watch->follow, 0, &any, 1) == 0)
		pxe_ctl_note(watch->ctl, "waiting for machines to boot");
	draw(watch);
}

static void start_stream(struct watch *watch);

static void when_answered(const char *error, const json_t *params,
			  PXE_UNUSED bool more, void *arg)
{
	struct watch *watch = arg;
	const json_t *json;

	event_del(watch->first);
	if (error != NULL && strcmp(error, "Resync") == 0) {
		start_stream(watch);
		return;
	}
	if (error != NULL) {
		if (strcmp(error, "Disconnected") != 0) {
			pxe_ctl_error(watch->ctl, "pxe-stated refused: %s",
				      error);
			stop(watch, PXE_CTL_FAILED);
		}
		return;
	}
	if (watch->ctl->json) {
		pxe_ctl_print_json(params, true);
		flush_lines(watch);
	}
	if ((json = json_object_get(params, "client")) != NULL)
		take_client(watch, json);
	if ((json = json_object_get(params, "event")) != NULL)
		take_event(watch, json);
	if (json_is_true(json_object_get(params, "ready")))
		take_ready(watch);
	watch->is_dirty = true;
	if (watch->is_ready && watch->until_up > 0 &&
	    pxe_follow_count_up(watch->follow) >= watch->until_up)
		stop(watch, PXE_CTL_OK);
}

static void start_stream(struct watch *watch)
{
	int r = pxe_state_call_more(watch->client, "Watch", NULL, when_answered,
				    watch);

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
	pxe_screen_clear(&watch->screen);
	pxe_ctl_note(watch->ctl, "pxe-stated is away: waiting for it");
	watch->is_dirty = true;
}

static const struct pxe_state_client_ops ops = { when_up, when_down };

/* --- time and signals --- */

static void when_frame(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
		       void *arg)
{
	struct watch *watch = arg;

	if (watch->is_ready && !watch->ctl->json && watch->screen.is_live)
		draw(watch);
	else if (watch->is_dirty)
		flush_lines(watch);
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

	if (watch->until_up == 0) {
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
	if (watch->base == NULL || watch->follow == NULL ||
	    start_timers(watch, timeout_s) < 0)
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
	if (start(&watch, timeout_s) < 0)
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
	else
		event_base_dispatch(watch.base);
	if (watch.screen.is_live && watch.is_ready)
		draw(&watch);
	drop(&watch);
	return watch.status;
}
