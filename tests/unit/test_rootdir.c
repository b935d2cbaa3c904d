/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "run/rootdir.h"
#include "unit.h"

static char dir[64];
static int root = -1;

static void make(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* Runs a command line in which @ is the directory of this test. */
static void sh(const char *fmt)
{
	char line[1024];
	size_t n = 0;

	for (; *fmt != '\0' && n + sizeof(dir) < sizeof(line); fmt++) {
		if (*fmt == '@')
			n += (size_t)sprintf(line + n, "%s", dir);
		else
			line[n++] = *fmt;
	}
	line[n] = '\0';
	ck_assert_int_eq(system(line), 0);
}

static void setup(void)
{
	char path[256];

	snprintf(dir, sizeof(dir), "/tmp/pxe-rootdir-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	sh("mkdir -p @/root/sub @/other && mkfifo @/root/fifo");
	make("root/a.efi", "hello");
	make("root/sub/b", "");
	make("other/secret", "secret");
	sh("cd @/root && ln -s a.efi link && ln -s ../a.efi sub/up &&"
	   "ln -s ../other/secret out && ln -s @/root/a.efi absolute &&"
	   "ln -s loop loop && ln -s nothing dangling &&"
	   "ln -s ../other outdir && ln -s /proc/self/root magic");
	snprintf(path, sizeof(path), "%s/root", dir);
	root = pxe_rootdir_open(path);
	ck_assert_int_ge(root, 0);
}

static void teardown(void)
{
	close(root);
	sh("rm -rf @");
}

START_TEST(rootdir_cleans_names)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out; /* NULL: BAD_NAME */
	} rows[] = {
		{ "ipxe.efi", 8, "ipxe.efi" },
		{ "/ipxe.efi", 9, "ipxe.efi" },
		{ "///a//b", 7, "a/b" },
		{ "\\boot\\x64\\wdsnbp.com", 20, "boot/x64/wdsnbp.com" },
		{ "pxelinux.0\xff", 11, "pxelinux.0" },
		{ "pxelinux.0\xff\0\r\n", 14, "pxelinux.0" },
		{ "\xff\xff", 2, NULL },
		{ "", 0, NULL },
		{ "/", 1, NULL },
		{ "a\0b", 3, NULL },
		{ "a\nb", 3, NULL },
		{ "\xc3\xa4.efi", 6, "\xc3\xa4.efi" },
		{ "../x", 4, "../x" },
		{ "sub/", 4, "sub/" },
	};
	char out[32];

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		enum pxe_reason reason =
			pxe_rootdir_clean_name(rows[i].in, rows[i].len, out,
					       sizeof(out));

		if (rows[i].out == NULL) {
			ck_assert_int_eq(reason, PXE_REASON_BAD_NAME);
			continue;
		}
		ck_assert_int_eq(reason, PXE_REASON_OK);
		ck_assert_str_eq(out, rows[i].out);
	}
}
END_TEST

START_TEST(rootdir_names_have_a_limit)
{
	char out[4];

	ck_assert_int_eq(pxe_rootdir_clean_name("/abc", 4, out, sizeof(out)),
			 PXE_REASON_OK);
	ck_assert_int_eq(pxe_rootdir_clean_name("abcd", 4, out, sizeof(out)),
			 PXE_REASON_BAD_NAME);
}
END_TEST

START_TEST(rootdir_opens_or_says_why)
{
	static const struct {
		const char *name;
		enum pxe_reason reason;
		uint64_t size;
	} rows[] = {
		{ "a.efi", PXE_REASON_OK, 5 },
		{ "sub/b", PXE_REASON_OK, 0 },
		{ "link", PXE_REASON_OK, 5 },
		{ "sub/up", PXE_REASON_OK, 5 },
		{ "sub/../a.efi", PXE_REASON_OK, 5 },
		{ "nothing", PXE_REASON_NOT_FOUND, 0 },
		{ "dangling", PXE_REASON_NOT_FOUND, 0 },
		{ "a.efi/x", PXE_REASON_NOT_FOUND, 0 },
		{ "loop", PXE_REASON_NOT_FOUND, 0 },
		{ "sub", PXE_REASON_NOT_A_FILE, 0 },
		{ "sub/", PXE_REASON_NOT_A_FILE, 0 },
		{ ".", PXE_REASON_NOT_A_FILE, 0 },
		{ "fifo", PXE_REASON_NOT_A_FILE, 0 },
		{ "..", PXE_REASON_OUTSIDE, 0 },
		{ "../other/secret", PXE_REASON_OUTSIDE, 0 },
		{ "sub/../../other/secret", PXE_REASON_OUTSIDE, 0 },
		{ "out", PXE_REASON_OUTSIDE, 0 },
		{ "outdir/secret", PXE_REASON_OUTSIDE, 0 },
		{ "absolute", PXE_REASON_OUTSIDE, 0 },
		{ "magic/etc/passwd", PXE_REASON_OUTSIDE, 0 },
		{ "/etc/passwd", PXE_REASON_OUTSIDE, 0 },
	};
	struct pxe_rootdir_file file;

	setup();
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		enum pxe_reason reason =
			pxe_rootdir_open_file(root, rows[i].name, &file);

		ck_assert_msg(reason == rows[i].reason, "%s: %s", rows[i].name,
			      pxe_reason_name(reason));
		if (reason != PXE_REASON_OK)
			continue;
		ck_assert_uint_eq(file.size_bytes, rows[i].size);
		ck_assert_int_ne(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, 0);
		close(file.fd);
	}
	teardown();
}
END_TEST

START_TEST(rootdir_one_file_of_two_names)
{
	struct pxe_rootdir_file a, b;

	setup();
	ck_assert_int_eq(pxe_rootdir_open_file(root, "a.efi", &a), 0);
	ck_assert_int_eq(pxe_rootdir_open_file(root, "link", &b), 0);
	ck_assert_uint_eq(a.ino, b.ino);
	ck_assert_uint_eq(a.dev, b.dev);
	close(a.fd);
	close(b.fd);
	teardown();
}
END_TEST

START_TEST(rootdir_unreadable)
{
	struct pxe_rootdir_file file;

	setup();
	sh("chmod 0 @/root/a.efi && chmod 711 @ @/root");
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(pxe_rootdir_open_file(root, "a.efi", &file),
			 PXE_REASON_FORBIDDEN);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	teardown();
}
END_TEST

START_TEST(rootdir_socket)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct pxe_rootdir_file file;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	setup();
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/root/sock", dir);
	ck_assert_int_eq(bind(fd, (void *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(pxe_rootdir_open_file(root, "sock", &file),
			 PXE_REASON_NOT_A_FILE);
	close(fd);
	teardown();
}
END_TEST

START_TEST(rootdir_no_descriptor_is_internal)
{
	struct rlimit none = { 0, 0 }, limit;
	struct pxe_rootdir_file file;

	setup();
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none.rlim_max = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(pxe_rootdir_open_file(root, "a.efi", &file),
			 PXE_REASON_INTERNAL);
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	teardown();
}
END_TEST

START_TEST(rootdir_of_no_directory)
{
	char path[256];

	setup();
	ck_assert_int_eq(pxe_rootdir_open("/nonexistent"), -ENOENT);
	snprintf(path, sizeof(path), "%s/root/a.efi", dir);
	ck_assert_int_eq(pxe_rootdir_open(path), -ENOTDIR);
	teardown();
}
END_TEST

UNIT_MAIN("rootdir", rootdir_cleans_names, rootdir_names_have_a_limit,
	  rootdir_opens_or_says_why, rootdir_one_file_of_two_names,
	  rootdir_unreadable, rootdir_socket, rootdir_no_descriptor_is_internal,
	  rootdir_of_no_directory)
