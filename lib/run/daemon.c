/* SPDX-License-Identifier: ISC */
#include "run/daemon.h"

#include <cap-ng.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "run/conf_load.h"
#include "run/log.h"

enum {
	EXIT_USAGE = 2,
	STATUS_EVERY_S = 5,
	STATUS_TEXT = 256,
	UNREACHED_EVERY_S = 60,
};

/* What the skeleton itself keeps while a daemon runs. */
struct life {
	struct pxe_daemon *d;
	struct pxe_conf *conf; /* d->conf, ours to free */
	struct event *sig_term, *sig_int, *sig_hup, *watchdog, *status;
};

struct args {
	const char *conf_dir;
	bool only_check;
	enum pxe_log_level level;
};

/* Where a finding of the configuration is, as text. */
struct place {
	char text[PATH_MAX + 16];
};

/* Why pxe-stated cannot be reached, and what to do. */
static const struct {
	int error;
	const char *remedy;
} unreached[] = {
	{ ENOENT, "is it running, with the same state-socket?" },
	{ ECONNREFUSED, "it is not running" },
	{ EACCES, "this daemon's user must be in the group of the socket, and "
		  "be able to enter its directory" },
	{ EAGAIN, "it does not answer, many wait" },
};

static void print_help(const struct pxe_daemon *d)
{
	printf("usage: %s [-c DIR] [-tvqVh]\n\n%s\n\n"
	       "  -c DIR  configuration directory (default %s/pxe)\n"
	       "  -t      check the configuration, print every error, exit\n"
	       "  -v      log more (every packet's details)\n"
	       "  -q      log less (warnings and errors)\n"
	       "  -V      print the version and exit\n"
	       "  -h      print this help and exit\n",
	       d->name, d->summary, PXE_SYSCONFDIR);
}

/* -1: go on; else the exit status. */
static int parse_args(const struct pxe_daemon *d, int argc, char **argv,
		      struct args *args)
{
	int c;

	*args = (struct args) { .conf_dir = PXE_SYSCONFDIR "/pxe",
				.level = PXE_LOG_INFO };
	while ((c = getopt(argc, argv, "c:tvqVh")) != -1) {
		switch (c) {
		case 'c':
			args->conf_dir = optarg;
			break;
		case 't':
			args->only_check = true;
			break;
		case 'v':
			args->level = PXE_LOG_DEBUG;
			break;
		case 'q':
			args->level = PXE_LOG_WARNING;
			break;
		case 'V':
			printf("%s %s\n", d->name, PXE_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			print_help(d);
			return EXIT_SUCCESS;
		default:
			fprintf(stderr, "try: %s -h\n", d->name);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: unexpected argument '%s'; try: %s -h\n",
			d->name, argv[optind], d->name);
		return EXIT_USAGE;
	}
	return -1;
}

/* "FILE:LINE", or "FILE" where it is the file as a whole. */
static const char *write_place(const struct pxe_src *src, struct place *place)
{
	if (src->line > 0)
		snprintf(place->text, sizeof(place->text), "%s:%u", src->file,
			 src->line);
	else
		snprintf(place->text, sizeof(place->text), "%s", src->file);
	return place->text;
}

static void print_finding(enum pxe_conf_severity severity,
			  const struct pxe_src *src, const char *text,
			  void *arg)
{
	const char *word = severity == PXE_CONF_ERROR ? "error" : "warning";
	struct place place;

	(void)arg;
	fprintf(stderr, "%s: %s: %s\n", write_place(src, &place), word, text);
}

static void log_finding(enum pxe_conf_severity severity,
			const struct pxe_src *src, const char *text, void *arg)
{
	enum pxe_log_level level =
		severity == PXE_CONF_ERROR ? PXE_LOG_ERR : PXE_LOG_WARNING;
	char line[16] = "";
	const struct pxe_log_field fields[] = {
		{ "PXE_CONF_FILE", src->file },
		{ "PXE_CONF_LINE", line },
	};
	struct place place;

	(void)arg;
	if (src->line > 0)
		snprintf(line, sizeof(line), "%u", src->line);
	pxe_log_fields(level, fields, PXE_LEN(fields), "%s: %s",
		       write_place(src, &place), text);
}

/* What only the program itself can look at. */
static int check_more(const struct pxe_daemon *d, const struct pxe_conf *conf)
{
	char text[1024];
	struct pxe_str why;
	int r;

	if (d->ops->check == NULL)
		return 0;
	pxe_str_init(&why, text, sizeof(text));
	r = d->ops->check(conf, &why);
	if (why.len > 0)
		fprintf(stderr, "%s: %s%s\n", d->name,
			r < 0 ? "" : "warning: ", text);
	return r;
}

static int check_only(const struct pxe_daemon *d, const char *dir)
{
	struct pxe_conf *conf = NULL;
	int r = pxe_conf_load(dir, d->conf_files | PXE_CONF_STRICT,
			      print_finding, NULL, &conf);

	if (r == 0)
		r = check_more(d, conf);
	pxe_conf_free(conf);
	if (r < 0) {
		fprintf(stderr, "%s: the configuration in %s has errors\n",
			d->name, dir);
		return EXIT_FAILURE;
	}
	printf("%s: the configuration in %s is good\n", d->name, dir);
	return EXIT_SUCCESS;
}

/* From root to the configured user, with no capability but those named. */
static int drop_privileges(const struct pxe_daemon *d)
{
	const char *name = d->user != NULL ? d->user(d->conf) : NULL;
	const struct passwd *pw;
	int r;

	if (name == NULL || name[0] == '\0' || geteuid() != 0)
		return 0;
	errno = 0;
	pw = getpwnam(name);
	if (pw == NULL) {
		pxe_log(PXE_LOG_ERR, "user = \"%s\": there is no such user",
			name);
		return -ENOENT;
	}
	capng_clear(CAPNG_SELECT_BOTH);
	for (const int *cap = d->keep_caps; cap != NULL && *cap >= 0; cap++)
		capng_update(CAPNG_ADD,
			     (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
			     (unsigned)*cap);
	r = capng_change_id((int)pw->pw_uid, (int)pw->pw_gid,
			    (capng_flags_t)(CAPNG_INIT_SUPP_GRP |
					    CAPNG_CLEAR_BOUNDING));
	if (r < 0) {
		pxe_log(PXE_LOG_ERR, "cannot become user %s (libcap-ng: %d)",
			name, r);
		return -EPERM;
	}
	return 0;
}

void pxe_daemon_log_unreached(const char *path, int error,
			      PXE_UNUSED void *unused)
{
	static long long last_s;
	static int last_error;
	const char *remedy = "look at pxe-stated (systemctl status pxe-stated)";
	struct timespec now = { 0 };

	for (size_t i = 0; i < PXE_LEN(unreached); i++)
		if (unreached[i].error == error)
			remedy = unreached[i].remedy;
	if (error != last_error)
		last_s = 0;
	last_error = error;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (pxe_log_is_due(&last_s, now.tv_sec, UNREACHED_EVERY_S))
		pxe_log(PXE_LOG_WARNING,
			"pxe-stated cannot be reached at %s: %s: %s", path,
			strerror(error), remedy);
}

void pxe_daemon_log_lost(unsigned long n, PXE_UNUSED void *unused)
{
	pxe_log(PXE_LOG_WARNING,
		"%lu reports to pxe-stated were lost, the oldest: it was away, "
		"or too slow, for too long",
		n);
}

static void on_quit(evutil_socket_t sig, short what, void *arg)
{
	struct life *life = arg;

	(void)what;
	pxe_log(PXE_LOG_INFO, "ending on %s",
		sig == SIGINT ? "SIGINT" : "SIGTERM");
	sd_notify(0, "STOPPING=1");
	event_base_loopbreak(life->d->base);
}

static void send_status(struct life *life)
{
	char text[STATUS_TEXT] = "";

	if (life->d->ops->status == NULL)
		return;
	life->d->ops->status(life->d, text, sizeof(text));
	sd_notifyf(0, "STATUS=%s", text);
}

static void on_status(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_status(arg);
}

static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	struct life *life = arg;

	(void)fd;
	(void)what;
	if (life->d->ops->is_alive == NULL || life->d->ops->is_alive(life->d))
		sd_notify(0, "WATCHDOG=1");
}

static void notify_reloading(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		   (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static void on_reload(evutil_socket_t sig, short what, void *arg)
{
	struct life *life = arg;
	struct pxe_daemon *d = life->d;
	struct pxe_conf *conf = NULL;

	(void)sig;
	(void)what;
	notify_reloading();
	if (pxe_conf_load(d->conf_dir, d->conf_files, log_finding, NULL,
			  &conf) < 0 ||
	    d->ops->reload(d, conf) < 0) {
		pxe_conf_free(conf);
		pxe_log(PXE_LOG_ERR, "the new configuration is not usable; "
				     "the old one stays in force");
	} else {
		pxe_conf_free(life->conf);
		life->conf = conf;
		d->conf = conf;
		pxe_log(PXE_LOG_NOTICE, "the configuration was read again");
	}
	sd_notify(0, "READY=1");
	send_status(life);
}

static struct event *add_signal(struct life *life, int sig,
				event_callback_fn fn)
{
	struct event *ev = evsignal_new(life->d->base, sig, fn, life);

	if (ev != NULL)
		event_add(ev, NULL);
	return ev;
}

static struct event *add_timer(struct life *life, struct timeval every,
			       event_callback_fn fn)
{
	struct event *ev = event_new(life->d->base, -1, EV_PERSIST, fn, life);

	if (ev != NULL)
		event_add(ev, &every);
	return ev;
}

static int add_events(struct life *life)
{
	uint64_t watchdog_us;

	life->sig_term = add_signal(life, SIGTERM, on_quit);
	life->sig_int = add_signal(life, SIGINT, on_quit);
	life->sig_hup = add_signal(life, SIGHUP, on_reload);
	life->status =
		add_timer(life, (struct timeval) { .tv_sec = STATUS_EVERY_S },
			  on_status);
	if (life->sig_term == NULL || life->sig_int == NULL ||
	    life->sig_hup == NULL || life->status == NULL)
		return -ENOMEM;
	if (sd_watchdog_enabled(0, &watchdog_us) > 0) {
		watchdog_us /= 2;
		life->watchdog = add_timer(
			life,
			(struct timeval) {
				.tv_sec = (time_t)(watchdog_us / 1000000),
				.tv_usec = (suseconds_t)(watchdog_us % 1000000),
			},
			on_watchdog);
		if (life->watchdog == NULL)
			return -ENOMEM;
	}
	return 0;
}

static void remove_events(struct life *life)
{
	struct event *const events[] = { life->sig_term, life->sig_int,
					 life->sig_hup, life->watchdog,
					 life->status };

	for (size_t i = 0; i < PXE_LEN(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
}

/*
 * Three priorities: 0 before, 2 after everything else of a turn.  What one
 * turn changes and changes back at a descriptor is told to epoll once; not
 * where another thread may have the number of a closed one by then.
 */
static struct event_base *new_base(const struct pxe_daemon *d)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (d->has_workers ||
	    event_config_set_flag(config,
				  EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	if (base != NULL && event_base_priority_init(base, 3) < 0) {
		event_base_free(base);
		base = NULL;
	}
	return base;
}

static int run(struct life *life)
{
	struct pxe_daemon *d = life->d;
	int r = d->ops->open(d);

	if (r < 0)
		return r;
	r = drop_privileges(d);
	if (r < 0)
		return r;
	r = add_events(life);
	if (r < 0)
		return r;
	r = d->ops->start(d);
	if (r < 0)
		return r;
	pxe_log(PXE_LOG_INFO, "version %s started, configuration %s",
		PXE_VERSION, d->conf_dir);
	sd_notify(0, "READY=1");
	send_status(life);
	return event_base_dispatch(d->base) < 0 ? -EIO : 0;
}

int pxe_daemon_main(struct pxe_daemon *d, int argc, char **argv)
{
	struct life life = { .d = d };
	struct args args;
	int r = parse_args(d, argc, argv, &args);

	if (r >= 0)
		return r;
	if (args.only_check)
		return check_only(d, args.conf_dir);
	pxe_log_open(d->name, args.level);
	signal(SIGPIPE, SIG_IGN);
	d->conf_dir = args.conf_dir;
	r = pxe_conf_load(d->conf_dir, d->conf_files, log_finding, NULL,
			  &life.conf);
	if (r < 0) {
		pxe_log(PXE_LOG_ERR, "the configuration in %s cannot be used",
			d->conf_dir);
		return EXIT_FAILURE;
	}
	d->conf = life.conf;
	d->base = new_base(d);
	r = d->base != NULL ? run(&life) : -ENOMEM;
	if (r < 0)
		pxe_log(PXE_LOG_ERR, "not running: %s", strerror(-r));
	d->ops->stop(d);
	remove_events(&life);
	if (d->base != NULL)
		event_base_free(d->base);
	pxe_conf_free(life.conf);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
