/* SPDX-License-Identifier: ISC */
/*
 * pxe-stated knows the process of each daemon by the credentials of its
 * connection.  A signal is the same under systemd and without it, and needs
 * nobody's unit names.
 */
#include "pxectl/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/str.h"

#define COMM_TEXT 32

/* Is the process a daemon of that name?  Another host's or container's
 * pxe-stated counts other processes than we do. */
static bool is_daemon(int pid, const char *name)
{
	char path[64], comm[COMM_TEXT] = "", want[COMM_TEXT];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	snprintf(want, sizeof(want), "pxe-%s\n", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, comm, sizeof(comm) - 1);
	close(fd);
	return n > 0 && strcmp(comm, want) == 0;
}

/* 0; -ESRCH: it is none of ours, or has ended; -errno. */
static int hang_up(int pid, const char *name)
{
	int r = 0, fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return -errno;
	if (!is_daemon(pid, name))
		r = -ESRCH;
	else if (syscall(SYS_pidfd_send_signal, fd, SIGHUP, NULL, 0) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* What pxe-stated says; NULL: it does not answer, which is noted. */
static json_t *ask_status(struct pxe_ctl *ctl)
{
	char text[512];
	struct pxe_str why;

	pxe_str_init(&why, text, sizeof(text));
	if (ctl->link == NULL &&
	    pxe_link_open(ctl->conf->state_socket, &ctl->link, &why) < 0) {
		pxe_ctl_note(ctl,
			     "no daemon was told: %s.  Those that run read it "
			     "after systemctl reload, or SIGHUP",
			     why.len > 0 ? text : "pxe-stated does not answer");
		return NULL;
	}
	return pxe_ctl_call(ctl, "GetStatus", NULL);
}

/* Some say their whole name. */
static const char *short_name(const char *name)
{
	static const char prefix[] = "pxe-";

	return name != NULL && pxe_str_has_prefix(name, prefix)
		       ? name + strlen(prefix)
		       : name;
}

/* One of the peers.  False: it did not get it. */
static bool tell_peer(struct pxe_ctl *ctl, const json_t *peer, json_t *told)
{
	const char *name =
		short_name(json_string_value(json_object_get(peer, "name")));
	int pid = (int)json_integer_value(json_object_get(peer, "pid"));
	int r;

	if (name == NULL || pid <= 1 ||
	    !json_is_true(json_object_get(peer, "connected")))
		return true;
	r = hang_up(pid, name);
	if (r == 0)
		return json_array_append_new(told, json_string(name)) == 0;
	pxe_ctl_error(ctl, "pxe-%s (process %d) was not told: %s", name, pid,
		      r == -ESRCH ? "it does not run here" : strerror(-r));
	return false;
}

bool pxe_ctl_reload(struct pxe_ctl *ctl, json_t **told)
{
	json_t *status = ask_status(ctl), *peer;
	bool is_done = true;
	size_t i;

	*told = json_array();
	json_array_foreach(json_object_get(status, "peers"), i, peer)
	{
		if (!tell_peer(ctl, peer, *told))
			is_done = false;
	}
	json_decref(status);
	return is_done;
}
