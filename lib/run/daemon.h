/* SPDX-License-Identifier: ISC */
/*
 * The skeleton of every daemon: options, configuration, log, signals,
 * sd_notify, socket activation, change of user, event loop.
 *
 * A program fills a struct pxe_daemon and returns pxe_daemon_main().
 */
#ifndef PXE_RUN_DAEMON_H
#define PXE_RUN_DAEMON_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/conf.h"

struct pxe_daemon;

struct pxe_daemon_ops {
	/*
	 * What -t looks at beside the files of the configuration; may be NULL.
	 * 0, and `why` may have what is odd; -errno, and it has what is wrong.
	 */
	int (*check)(const struct pxe_conf *conf, struct pxe_str *why);
	/*
	 * Opens what needs privileges: sockets (pxe_daemon_sockets() first).
	 * Runs as the starting user.  0, or -errno after logging why.
	 */
	int (*open)(struct pxe_daemon *d);
	/* Starts serving on d->base, as the final user.  0, or -errno. */
	int (*start)(struct pxe_daemon *d);
	/*
	 * A new configuration that passed all checks.  `conf` is the new one,
	 * d->conf still the old; after 0 the skeleton frees the old one and
	 * sets d->conf.  -errno after logging: the old one stays.
	 */
	int (*reload)(struct pxe_daemon *d, const struct pxe_conf *conf);
	/* Ends: stops events, closes, frees.  Called once, also after a failed
	 * open or start. */
	void (*stop)(struct pxe_daemon *d);
	/* Does it do its work still?  While it does not, systemd's watchdog is
	 * not told that it does; may be NULL. */
	bool (*is_alive)(struct pxe_daemon *d);
	/* A line for `systemctl status`; may be NULL. */
	void (*status)(struct pxe_daemon *d, char *text, size_t cap);
};

struct pxe_daemon {
	/* filled by the program */
	const char *name;    /* "pxe-tftpd" */
	const char *summary; /* one sentence for -h */
	unsigned conf_files; /* PXE_CONF_FILE_* of run/conf_load.h */
	const struct pxe_daemon_ops *ops;
	const char *(*user)(const struct pxe_conf *conf); /* to become, when
				started as root; "" or NULL: stay */
	const int *keep_caps; /* CAP_* kept over the change, ends with -1 */
	bool has_workers; /* threads of its own open and close descriptors */
	void *self;       /* the program's own */

	/* filled by the skeleton */
	const char *conf_dir;
	const struct pxe_conf *conf;
	struct event_base *base; /* priorities: 0 before, 1 (the default), 2
				    after everything else of a turn */
};

/*
 * The whole life of a daemon.  Options: -c DIR, -t (check the configuration,
 * print every error, exit 0 or 1), -v, -q, -V, -h.  Returns the exit status:
 * 0, 1 (failed), 2 (usage).
 *
 * SIGTERM and SIGINT end with 0.  SIGHUP reloads: RELOADING, then READY to
 * systemd; a broken configuration is logged in full and the old one stays.
 */
int pxe_daemon_main(struct pxe_daemon *d, int argc, char **argv) PXE_MUST_CHECK;

/*
 * The sockets that systemd passed which are of `type` (SOCK_DGRAM,
 * SOCK_STREAM) and of `family` (AF_UNSPEC: any), each checked with
 * sd_is_socket(), made non-blocking and close-on-exec.  Up to `cap` go to
 * `fds`, owned by the caller.  The number, 0 if none were passed; -EINVAL if
 * one of another kind was passed (logged).  `ports` are those that
 * the configuration names (0: none); a socket on another one is used all the
 * same, with a warning: machines are sent to the configured one.
 */
int pxe_daemon_sockets(int family, int type, const uint16_t *ports,
		       size_t n_ports, int *fds, size_t cap) PXE_MUST_CHECK;

/*
 * Logs that pxe-stated cannot be reached at `path` for `error` (an errno) and
 * what to do, once a minute or when the error is another one: for `failed` of
 * struct pxe_state_client_ops.
 */
void pxe_daemon_log_unreached(const char *path, int error, void *unused);

/* Logs how many reports were lost: for `lost` of the same. */
void pxe_daemon_log_lost(unsigned long n, void *unused);

#endif
