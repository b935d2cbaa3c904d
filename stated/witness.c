/* SPDX-License-Identifier: ISC */
#include "stated/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

#define NAME "orders"
#define HEAD "pxe-witness 1 "

/* "pxe-witness 1 ID SEQ ~SEQ\n": half of it, or another file, is nothing. */
static int parse(struct pxe_witness *w, const char *text)
{
	char id[PXE_TOKEN_TEXT] = "";
	uint64_t seq, check;

	if (!pxe_str_has_prefix(text, HEAD) ||
	    sscanf(text + strlen(HEAD), "%32[0-9a-f] %" SCNu64 " %" SCNx64, id,
		   &seq, &check) != 3 ||
	    check != ~seq || strlen(id) != PXE_TOKEN_TEXT - 1)
		return -EBADMSG;
	memcpy(w->id, id, sizeof(id));
	w->seq = seq;
	return 0;
}

int pxe_witness_read(struct pxe_witness *w, const char *dir)
{
	char path[sizeof(w->dir) + 16], text[128];
	ssize_t n;
	int fd;

	*w = (struct pxe_witness) { .seq = 0 };
	if (!pxe_str_copy(w->dir, sizeof(w->dir), dir))
		return -ENAMETOOLONG;
	snprintf(path, sizeof(path), "%s/" NAME, dir);
	/* a FIFO there would be waited for */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : -EBADMSG;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -EBADMSG;
	text[n] = '\0';
	return parse(w, text);
}

static int write_file(int dir, const char *name, const char *text, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			0640);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		r = errno != 0 ? -errno : -EIO;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int write_witness(struct pxe_witness *w,
			 const struct pxe_orders_guard *guard)
{
	char text[128];
	int dir = open(w->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n, r;

	if (dir < 0)
		return -errno;
	errno = 0;
	n = snprintf(text, sizeof(text), HEAD "%s %" PRIu64 " %" PRIx64 "\n",
		     guard->id, guard->seq, ~guard->seq);
	r = write_file(dir, NAME ".new", text, (size_t)n);
	if (r == 0 && renameat(dir, NAME ".new", dir, NAME) < 0)
		r = -errno;
	if (r == 0 && fsync(dir) < 0)
		r = -errno;
	close(dir);
	return r;
}

int pxe_witness_follow(struct pxe_witness *w,
		       const struct pxe_orders_guard *guard, int64_t now_s)
{
	int r;

	if (guard->id[0] == '\0' ||
	    (strcmp(w->id, guard->id) == 0 && w->seq == guard->seq))
		return 0;
	r = write_witness(w, guard);
	if (r < 0) {
		if (w->error[0] == '\0')
			w->error_s = now_s;
		snprintf(w->error, sizeof(w->error),
			 "cannot write the witness of orders in %.80s: %s",
			 w->dir, strerror(-r));
		return r;
	}
	w->error[0] = '\0';
	memcpy(w->id, guard->id, sizeof(w->id));
	w->seq = guard->seq;
	return 0;
}

enum pxe_witness_verdict pxe_witness_judge(const struct pxe_witness *w,
					   const struct pxe_orders_guard *guard)
{
	if (w->id[0] == '\0' && guard->seq == 0)
		return PXE_WITNESS_NEW;
	return w->id[0] != '\0' && strcmp(w->id, guard->id) == 0 &&
			       w->seq <= guard->seq
		       ? PXE_WITNESS_GOOD
		       : PXE_WITNESS_OLDER;
}
