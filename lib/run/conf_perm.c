/* SPDX-License-Identifier: ISC */
#include "run/conf_perm.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define GROUPS_MAX 64

/* Is `path` the directory `dir`, or below it?  Both as realpath(3) has them. */
static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 &&
	       (path[n] == '/' || path[n] == '\0');
}

/* The path without links; as it is where there is nothing. */
static void resolve(const char *path, char out[PATH_MAX])
{
	if (realpath(path, out) == NULL)
		(void)pxe_str_copy(out, PATH_MAX, path);
}

bool pxe_conf_is_within(const char *path, const char *dir)
{
	char path_now[PATH_MAX], dir_now[PATH_MAX];

	resolve(path, path_now);
	resolve(dir, dir_now);
	return is_below(path_now, dir_now);
}

bool pxe_conf_may(const char *user, const struct stat *st, mode_t bits)
{
	const struct passwd *pw = user[0] != '\0' ? getpwnam(user) : NULL;
	gid_t groups[GROUPS_MAX];
	int n = GROUPS_MAX;

	if (pw == NULL || pw->pw_uid == 0)
		return true;
	if (pw->pw_uid == st->st_uid)
		return (st->st_mode & bits << 6) == bits << 6;
	if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
		n = 0;
	for (int i = 0; i < n; i++)
		if (groups[i] == st->st_gid)
			return (st->st_mode & bits << 3) == bits << 3;
	return (st->st_mode & bits) == bits;
}

bool pxe_conf_is_public(const char *path)
{
	char now[PATH_MAX];
	struct stat st;
	char *slash;

	resolve(path, now);
	if (stat(now, &st) < 0 || (st.st_mode & S_IROTH) == 0)
		return false;
	while ((slash = strrchr(now, '/')) != NULL) {
		*slash = '\0';
		if (stat(slash == now ? "/" : now, &st) < 0 ||
		    (st.st_mode & S_IXOTH) == 0)
			return false;
	}
	return true;
}
