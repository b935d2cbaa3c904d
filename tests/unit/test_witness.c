/* SPDX-License-Identifier: ISC */
/* stated/witness: what it says of a store, and whatever lies in its place. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "stated/witness.h"
#include "unit.h"

#define ID "0123456789abcdef0123456789abcdef"

static char dir[64], path[80];

static void begin(void)
{
	strcpy(dir, "/tmp/pxe-witness-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/orders", dir);
}

static void end(void)
{
	(void)!unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void write_file(const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
	close(fd);
}

static const struct pxe_orders_guard guard = { .id = ID, .seq = 7 };

START_TEST(it_says_which_store_it_was)
{
	struct pxe_orders_guard other = guard;
	struct pxe_witness w;

	begin();
	ck_assert_int_eq(pxe_witness_read(&w, dir), 0);
	ck_assert_int_eq(pxe_witness_judge(&w, &guard), PXE_WITNESS_OLDER);
	ck_assert_int_eq(
		pxe_witness_judge(&w, &(struct pxe_orders_guard) { .seq = 0 }),
		PXE_WITNESS_NEW);
	ck_assert_int_eq(pxe_witness_follow(&w, &guard, 1), 0);
	ck_assert_int_eq(pxe_witness_read(&w, dir), 0);
	ck_assert_int_eq(pxe_witness_judge(&w, &guard), PXE_WITNESS_GOOD);
	other.seq = 8;
	ck_assert_int_eq(pxe_witness_judge(&w, &other), PXE_WITNESS_GOOD);
	other.seq = 6;
	ck_assert_int_eq(pxe_witness_judge(&w, &other), PXE_WITNESS_OLDER);
	other = guard;
	other.id[0] = 'f';
	ck_assert_int_eq(pxe_witness_judge(&w, &other), PXE_WITNESS_OLDER);
	end();
}
END_TEST

/* Each bit of it, and each of its beginnings: never another that is good. */
START_TEST(a_broken_one_is_none)
{
	struct pxe_witness w;
	char text[128];
	ssize_t n;
	int fd;

	begin();
	ck_assert_int_eq(pxe_witness_read(&w, dir), 0);
	ck_assert_int_eq(pxe_witness_follow(&w, &guard, 1), 0);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text));
	close(fd);
	ck_assert_int_gt(n, 60);
	for (ssize_t i = 0; i < n - 1; i++) {
		for (int bit = 0; bit < 8; bit++) {
			text[i] ^= (char)(1 << bit);
			write_file(text, (size_t)n);
			if (pxe_witness_read(&w, dir) == 0)
				ck_assert(strcmp(w.id, ID) != 0 || w.seq == 7);
			text[i] ^= (char)(1 << bit);
		}
		if (i == n - 2) /* but for its LF it is whole */
			continue;
		write_file(text, (size_t)i);
		ck_assert_int_eq(pxe_witness_read(&w, dir), -EBADMSG);
		ck_assert_int_eq(pxe_witness_judge(&w, &guard),
				 PXE_WITNESS_OLDER);
	}
	end();
}
END_TEST

/* Who can write there cannot keep the service from starting. */
START_TEST(what_is_no_file_is_none)
{
	struct pxe_witness w;

	begin();
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(pxe_witness_read(&w, dir), -EBADMSG);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(pxe_witness_read(&w, dir), -EBADMSG);
	ck_assert_int_eq(rmdir(path), 0);
	end();
}
END_TEST

UNIT_MAIN("witness", it_says_which_store_it_was, a_broken_one_is_none,
	  what_is_no_file_is_none)
