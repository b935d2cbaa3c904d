/* SPDX-License-Identifier: ISC */
#include "run/why_denied.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What the bits of a mode, of three groups, let this process do. */
static bool is_allowed(const struct stat *st, unsigned bit)
{
	if (st->st_uid == geteuid())
		bit <<= 6;
	else if (st->st_gid == getegid() || group_member(st->st_gid))
		bit <<= 3;
	return (st->st_mode & bit) != 0;
}

/* An extended attribute as text; false: there is none. */
static bool has_attribute(int fd, const char *name, char *value, size_t cap)
{
	char path[32];
	ssize_t n;

	/* no attribute is read of a descriptor that only names a file */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = getxattr(path, name, value, cap - 1);
	if (n <= 0)
		return false;
	value[n] = '\0';
	return true;
}

/* The AppArmor profile that this process is under. */
static bool has_profile(char *profile, size_t cap)
{
	int fd = open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, profile, cap - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	profile[n] = '\0';
	profile[strcspn(profile, "\n")] = '\0';
	return strstr(profile, "(enforce)") != NULL;
}

/* The mode would let us: somebody else does not. */
static void put_others(int fd, const char *root, struct pxe_str *hint,
		       struct pxe_str *text)
{
	char value[256];

	if (has_attribute(fd, "security.selinux", value, sizeof(value))) {
		pxe_str_puts(hint, "SELinux");
		pxe_str_puts(text, ": SELinux forbids it, its label is ");
		pxe_str_put_escaped(text, value, strlen(value));
		pxe_str_putf(text, ": restorecon -R %s", root);
	} else if (has_attribute(fd, "system.posix_acl_access", value,
				 sizeof(value))) {
		pxe_str_puts(hint, "access list");
		pxe_str_puts(text,
			     ": its access control list forbids it: getfacl");
	} else if (has_profile(value, sizeof(value))) {
		pxe_str_puts(hint, "AppArmor");
		pxe_str_puts(text, ": AppArmor forbids it, profile ");
		pxe_str_put_escaped(text, value, strlen(value));
	} else {
		pxe_str_puts(hint, "not by its mode");
		pxe_str_puts(text, ": SELinux, AppArmor or a file server (NFS) "
				   "forbids it");
	}
}

void pxe_why_denied(int fd, bool is_dir, const char *root, struct pxe_str *hint,
		    struct pxe_str *text)
{
	const char *what = is_dir ? "search" : "read";
	unsigned mode;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return;
	mode = (unsigned)st.st_mode & 07777;
	pxe_str_putf(text, " has mode %04o, owner %u, group %u", mode,
		     (unsigned)st.st_uid, (unsigned)st.st_gid);
	if (is_allowed(&st, is_dir ? 1 : 4)) {
		pxe_str_putf(text, ", which would let us (user %u) %s it",
			     (unsigned)geteuid(), what);
		put_others(fd, root, hint, text);
		return;
	}
	pxe_str_putf(hint, "mode %04o", mode);
	pxe_str_putf(text, ": user %u may not %s it: chmod a+%s it",
		     (unsigned)geteuid(), what, is_dir ? "rx" : "r");
}
