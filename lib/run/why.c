/* SPDX-License-Identifier: ISC */
#include "run/why.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "run/rootdir.h"
#include "run/why_denied.h"

#define MAX_SUFFIXES 8

struct look {
	struct pxe_fold fold;
	int root_fd;
	const char *root, *name;
	struct pxe_str hint, text;
};

bool pxe_why_is_due(struct pxe_why_limit *limit, long long now_s)
{
	if (limit->second != now_s) {
		limit->second = now_s;
		limit->n = 0;
	}
	return limit->n++ < PXE_WHY_A_SECOND;
}

static void put_name(struct pxe_str *s, const char *name)
{
	pxe_str_put_escaped(s, name, strlen(name));
}

/* "/srv/pxe/name", or "/srv/pxe". */
static void put_path(struct look *l, const char *name)
{
	pxe_str_puts(&l->text, l->root);
	if (name[0] != '\0') {
		pxe_str_puts(&l->text, "/");
		put_name(&l->text, name);
	}
}

/* The first `end` octets of the name. */
static void cut_name(const struct look *l, size_t end,
		     char part[PXE_ROOTDIR_NAME_TEXT])
{
	snprintf(part, PXE_ROOTDIR_NAME_TEXT, "%.*s", (int)end, l->name);
}

/*
 * The end of the first component that is not there for us, with
 * -errno in *r; the end of the name if all can.
 */
static size_t find_break(const struct look *l, int *r)
{
	char part[PXE_ROOTDIR_NAME_TEXT];
	size_t end = 0, len = strlen(l->name);

	*r = 0;
	while (end < len) {
		end += strspn(l->name + end, "/");
		end += strcspn(l->name + end, "/");
		cut_name(l, end, part);
		*r = pxe_rootdir_open_at(l->root_fd, part, O_PATH);
		if (*r < 0)
			break;
		close(*r);
		*r = 0;
	}
	return end;
}

/* The end of what stands before the component that ends at `end`. */
static size_t find_parent(const struct look *l, size_t end)
{
	while (end > 0 && l->name[end - 1] != '/')
		end--;
	while (end > 0 && l->name[end - 1] == '/')
		end--;
	return end;
}

/* --- not found ------------------------------------------------------------ */

static bool is_file(const struct look *l, const char *name)
{
	struct pxe_rootdir_file file;

	if (pxe_rootdir_open_file(l->root_fd, name, &file) != PXE_REASON_OK)
		return false;
	close(file.fd);
	return true;
}

static void put_other(struct look *l, const char *name, const char *words)
{
	pxe_str_puts(&l->hint, "there is ");
	put_name(&l->hint, name);
	pxe_str_puts(&l->text, "there is ");
	put_name(&l->text, name);
	pxe_str_puts(&l->text, words);
}

static bool tell_case(struct look *l)
{
	char name[PXE_ROOTDIR_NAME_TEXT];
	struct pxe_rootdir_file file;

	snprintf(name, sizeof(name), "%s", l->name);
	if (pxe_fold_open_file(&l->fold, l->root_fd, name, &file) !=
	    PXE_REASON_OK)
		return false;
	close(file.fd);
	if (strcmp(name, l->name) == 0)
		return false; /* it is there, and was not for this machine */
	put_other(l, name,
		  ", which differs in case: correct the name, or set fold-case "
		  "in pxe.conf");
	return true;
}

/* Paths of another server's root, as "/tftpboot/ipxe.efi". */
static bool tell_suffix(struct look *l)
{
	const char *p = l->name;

	for (int i = 0; i < MAX_SUFFIXES; i++) {
		p = strchr(p, '/');
		if (p == NULL)
			return false;
		p++;
		if (*p != '\0' && is_file(l, p)) {
			put_other(
				l, p,
				": names begin below boot-root, take off what "
				"stands before it");
			return true;
		}
	}
	return false;
}

static bool tell_link(struct look *l, const char *part)
{
	char target[PATH_MAX];
	int fd = pxe_rootdir_open_at(l->root_fd, part, O_PATH | O_NOFOLLOW);
	ssize_t n = fd >= 0 ? readlinkat(fd, "", target, sizeof(target)) : -1;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	put_path(l, part);
	pxe_str_puts(&l->text, " is a symbolic link to ");
	pxe_str_put_escaped(&l->text, target, (size_t)n);
	return true;
}

static void tell_nearest(struct look *l)
{
	char part[PXE_ROOTDIR_NAME_TEXT];
	int r;
	size_t end = find_break(l, &r), parent;

	cut_name(l, end, part);
	if (r == -ENOTDIR) {
		cut_name(l, find_parent(l, end), part);
		pxe_str_putf(&l->hint, "a file stands where a directory is");
		put_path(l, part);
		pxe_str_puts(&l->text, " is a file, and no directory");
		return;
	}
	if (r == 0)
		return; /* it has just come */
	if (tell_link(l, part)) {
		pxe_str_puts(&l->hint, "a link to nothing");
		pxe_str_puts(&l->text, r == -ELOOP ? ", and so on in a circle"
						   : ", which is not there");
		return;
	}
	if (l->name[end] != '\0') {
		pxe_str_puts(&l->hint, "no directory ");
		put_name(&l->hint, part);
	}
	parent = find_parent(l, end);
	pxe_str_puts(&l->text, "there is no ");
	put_name(&l->text, part + parent + (parent > 0));
	cut_name(l, parent, part);
	pxe_str_puts(&l->text, " in ");
	put_path(l, part);
}

static void tell_not_found(struct look *l)
{
	if (!tell_case(l) && !tell_suffix(l))
		tell_nearest(l);
}

/* --- there, and not served ------------------------------------------------ */

static void tell_forbidden(struct look *l)
{
	char part[PXE_ROOTDIR_NAME_TEXT];
	int r, fd;
	size_t end = find_break(l, &r);
	bool is_dir = r < 0;

	cut_name(l, end, part);
	if (is_dir && tell_link(l, part)) {
		pxe_str_puts(&l->hint, "a link to where it may not go");
		pxe_str_puts(&l->text, ", on whose way is a directory that we "
				       "may not search: chmod a+rx it");
		return;
	}
	/* what cannot even be looked up stands in a directory that bars us */
	if (is_dir)
		end = find_parent(l, end);
	cut_name(l, end, part);
	fd = end > 0 ? pxe_rootdir_open_at(l->root_fd, part, O_PATH)
		     : fcntl(l->root_fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return;
	put_path(l, part);
	if (is_dir) {
		pxe_str_puts(&l->hint, "directory ");
		put_name(&l->hint, end > 0 ? part : l->root);
		pxe_str_puts(&l->hint, ": ");
	}
	pxe_why_denied(fd, is_dir, l->root, &l->hint, &l->text);
	close(fd);
}

static void tell_outside(struct look *l)
{
	char part[PXE_ROOTDIR_NAME_TEXT];
	int r;
	size_t end = find_break(l, &r);

	cut_name(l, end, part);
	if (r == -EXDEV && tell_link(l, part)) {
		pxe_str_puts(&l->hint, "a link that leads out");
		pxe_str_puts(&l->text, ": make it a relative one that stays "
				       "below boot-root");
	} else if (r == -EXDEV) {
		pxe_str_puts(&l->hint, "'..' leads out");
		pxe_str_puts(&l->text, "'..' in the name leads out of ");
		put_path(l, "");
	}
}

static void tell_kind(struct look *l)
{
	static const struct {
		mode_t kind;
		const char *text;
	} kinds[] = {
		{ S_IFDIR, "a directory" }, { S_IFIFO, "a FIFO" },
		{ S_IFSOCK, "a socket" },   { S_IFCHR, "a device" },
		{ S_IFBLK, "a device" },
	};
	int fd = pxe_rootdir_open_at(l->root_fd, l->name, O_PATH);
	struct stat st;
	int r = fd >= 0 ? fstat(fd, &st) : -1;

	if (fd >= 0)
		close(fd);
	for (size_t i = 0; r == 0 && i < PXE_LEN(kinds); i++)
		if ((st.st_mode & S_IFMT) == kinds[i].kind) {
			pxe_str_puts(&l->hint, kinds[i].text);
			put_path(l, l->name);
			pxe_str_putf(&l->text, " is %s", kinds[i].text);
			return;
		}
}

static void tell_error(struct look *l)
{
	int fd = pxe_rootdir_open_at(l->root_fd, l->name,
				     O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0) {
		close(fd);
		return;
	}
	pxe_str_puts(&l->hint, strerror(-fd));
	put_path(l, l->name);
	pxe_str_putf(&l->text, ": %s", strerror(-fd));
}

static const struct {
	enum pxe_reason reason;
	void (*tell)(struct look *l);
} rows[] = {
	{ PXE_REASON_NOT_FOUND, tell_not_found },
	{ PXE_REASON_FORBIDDEN, tell_forbidden },
	{ PXE_REASON_OUTSIDE, tell_outside },
	{ PXE_REASON_NOT_A_FILE, tell_kind },
	{ PXE_REASON_IO, tell_error },
};

void pxe_why_find(struct pxe_fold_cache *cache, int root_fd, const char *root,
		  const char *name, enum pxe_reason reason, struct pxe_why *why)
{
	struct look l = { .fold = { cache, PXE_FOLD_MAX_COST },
			  .root_fd = root_fd,
			  .root = root,
			  .name = name };

	pxe_str_init(&l.hint, why->hint, sizeof(why->hint));
	pxe_str_init(&l.text, why->text, sizeof(why->text));
	if (root_fd < 0 || strlen(name) >= PXE_ROOTDIR_NAME_TEXT)
		return;
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].reason == reason)
			rows[i].tell(&l);
}
