/* SPDX-License-Identifier: ISC */
#include "stated/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "run/log.h"

#define SOCKET_GROUP "pxe"

enum { BACKLOG = 128 };

static int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd >= 0 ? fd : -errno;
}

/* Does somebody listen there? */
static bool is_answered(const struct sockaddr_un *address)
{
	int fd = new_socket();
	bool answered =
		fd >= 0 && (connect(fd, (const struct sockaddr *)address,
				    sizeof(*address)) == 0 ||
			    errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return answered;
}

/* Removes a socket file that nobody answers on.  0, -errno. */
static int remove_stale(const struct sockaddr_un *address)
{
	struct stat st;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode)) {
		pxe_log(PXE_LOG_ERR,
			"%s is there and is not a socket: move it away, or "
			"change state-socket in pxe.conf",
			address->sun_path);
		return -EEXIST;
	}
	if (is_answered(address)) {
		pxe_log(PXE_LOG_ERR,
			"another service answers on %s: is pxe-stated running "
			"already?  Stop it, or change state-socket in pxe.conf",
			address->sun_path);
		return -EADDRINUSE;
	}
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

/* The umask makes the file 0600 at first: nobody slips in. */
static int bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t old = umask(0177);
	int r = bind(fd, (const struct sockaddr *)address, sizeof(*address));

	r = r < 0 ? -errno : 0;
	umask(old);
	return r;
}

/* The user that a daemon started by root becomes; NULL: stays who it is. */
static const struct passwd *final_user(const char *user)
{
	return user != NULL && user[0] != '\0' && geteuid() == 0
		       ? getpwnam(user)
		       : NULL;
}

/* To the user whom stated becomes, and to the group of those who may look. */
static void open_to_others(const char *path, const char *user)
{
	const struct passwd *pw = final_user(user);
	const struct group *group = getgrnam(SOCKET_GROUP);

	if (pw != NULL && chown(path, pw->pw_uid, pw->pw_gid) < 0)
		pxe_log(PXE_LOG_WARNING, "chown %s: %s", path, strerror(errno));
	/* who may not do this keeps it to the own group */
	if (group != NULL && chown(path, (uid_t)-1, group->gr_gid) < 0)
		pxe_log(PXE_LOG_INFO, "%s stays with the own group: %s", path,
			strerror(errno));
	if (chmod(path, 0660) < 0)
		pxe_log(PXE_LOG_WARNING, "chmod %s: %s", path, strerror(errno));
}

int pxe_socket_bind(const char *path, const char *user)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, r;

	if (!pxe_str_copy(address.sun_path, sizeof(address.sun_path), path)) {
		pxe_log(PXE_LOG_ERR,
			"state-socket = \"%s\" is too long for a socket (%zu "
			"characters at most): choose a shorter path",
			path, sizeof(address.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	r = remove_stale(&address);
	if (r < 0)
		return r;
	fd = new_socket();
	if (fd < 0)
		return fd;
	r = bind_private(fd, &address);
	if (r == 0)
		open_to_others(path, user);
	if (r == 0 && listen(fd, BACKLOG) < 0)
		r = -errno;
	if (r < 0) {
		pxe_log(PXE_LOG_ERR, "cannot listen on %s: %s", path,
			strerror(-r));
		close(fd);
		return r;
	}
	return fd;
}

int pxe_socket_make_dir(const char *path, const char *user)
{
	const struct passwd *pw = final_user(user);

	if (mkdir(path, 0750) < 0) {
		if (errno == EEXIST)
			return 0;
		pxe_log(PXE_LOG_ERR,
			"cannot make the directory %s: %s: make it, or change "
			"state-dir in pxe.conf",
			path, strerror(errno));
		return -errno;
	}
	if (pw != NULL && chown(path, pw->pw_uid, pw->pw_gid) < 0) {
		pxe_log(PXE_LOG_ERR, "chown %s: %s", path, strerror(errno));
		return -errno;
	}
	return 0;
}
