/* SPDX-License-Identifier: ISC */
/* What people are told of names that are not served, of real directories. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "run/rootdir.h"
#include "run/why.h"
#include "unit.h"

static char dir[64];
static int root = -1;
static struct pxe_why why;
static struct pxe_fold_cache folds;

static void sh(const char *line)
{
	char all[1024];

	snprintf(all, sizeof(all), "cd %s && %s", dir, line);
	ck_assert_int_eq(system(all), 0);
}

static void set_up(void)
{
	snprintf(dir, sizeof(dir), "/tmp/pxe-why-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	sh("chmod 755 . && mkdir -p Boot/x86 shut efi/deep && echo 1 >Boot/BCD "
	   "&& echo 2 >efi/ipxe.efi && echo 3 >shut/file && mkfifo fifo &&"
	   "echo 4 >mode && chmod 600 mode && chmod 700 shut &&"
	   "ln -s /srv/other out && ln -s ../x efi/up && ln -s nothing "
	   "dangling "
	   "&& ln -s loop loop && ln -s shut/file through");
	root = pxe_rootdir_open(dir);
	ck_assert_int_ge(root, 0);
}

static void tear_down(void)
{
	char line[128];

	close(root);
	pxe_fold_cache_clear(&folds);
	snprintf(line, sizeof(line), "rm -rf %s", dir);
	ck_assert_int_eq(system(line), 0);
}

/* Is it told so?  In `text`, @ stands for the boot root. */
static void tells(const char *name, enum pxe_reason reason, const char *hint,
		  const char *text)
{
	char wanted[512];
	size_t n = 0;
	struct pxe_rootdir_file file;
	enum pxe_reason got = pxe_rootdir_open_file(root, name, &file);

	ck_assert_msg(got == reason, "%s: %s", name, pxe_reason_name(got));
	for (; *text != '\0' && n + sizeof(dir) < sizeof(wanted); text++) {
		if (*text == '@')
			n += (size_t)sprintf(wanted + n, "%s", dir);
		else
			wanted[n++] = *text;
	}
	wanted[n] = '\0';
	pxe_why_find(&folds, root, dir, name, reason, &why);
	ck_assert_str_eq(why.hint, hint);
	ck_assert_msg(strncmp(why.text, wanted, strlen(wanted)) == 0,
		      "%s: \"%s\", not \"%s\"", name, why.text, wanted);
}

START_TEST(why_not_found)
{
	set_up();
	tells("boot/bcd", PXE_REASON_NOT_FOUND, "there is Boot/BCD",
	      "there is Boot/BCD, which differs in case: ");
	pxe_why_find(&folds, root, dir, "Boot/BCD", PXE_REASON_NOT_FOUND, &why);
	ck_assert_str_eq(why.text, "");
	tells("tftpboot/efi/ipxe.efi", PXE_REASON_NOT_FOUND,
	      "there is efi/ipxe.efi",
	      "there is efi/ipxe.efi: names begin below boot-root");
	tells("var/lib/tftpboot/Boot/BCD", PXE_REASON_NOT_FOUND,
	      "there is Boot/BCD", "there is Boot/BCD: names begin");
	tells("efi/grubx64.efi", PXE_REASON_NOT_FOUND, "",
	      "there is no grubx64.efi in @/efi");
	tells("grubx64.efi", PXE_REASON_NOT_FOUND, "",
	      "there is no grubx64.efi in @");
	tells("Boot/x64/wdsnbp.com", PXE_REASON_NOT_FOUND,
	      "no directory Boot/x64", "there is no x64 in @/Boot");
	tells("none/x64/wdsnbp.com", PXE_REASON_NOT_FOUND, "no directory none",
	      "there is no none in @");
	tells("Boot/BCD/x", PXE_REASON_NOT_FOUND,
	      "a file stands where a directory is",
	      "@/Boot/BCD is a file, and no directory");
	tells("dangling", PXE_REASON_NOT_FOUND, "a link to nothing",
	      "@/dangling is a symbolic link to nothing, which is not there");
	tells("loop", PXE_REASON_NOT_FOUND, "a link to nothing",
	      "@/loop is a symbolic link to loop, and so on in a circle");
	tells("no\x1bsuch\xff", PXE_REASON_NOT_FOUND, "",
	      "there is no no\\x1bsuch\\xff in @");
	tear_down();
}
END_TEST

START_TEST(why_not_permitted)
{
	char text[128];

	set_up();
	snprintf(text, sizeof(text),
		 "@/mode has mode 0600, owner %u, group %u: user 65534 may not "
		 "read it: chmod a+r it",
		 (unsigned)geteuid(), (unsigned)getegid());
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	tells("mode", PXE_REASON_FORBIDDEN, "mode 0600", text);
	tells("shut/file", PXE_REASON_FORBIDDEN, "directory shut: mode 0700",
	      "@/shut has mode 0700, owner ");
	ck_assert_ptr_nonnull(
		strstr(why.text, "may not search it: chmod a+rx"));
	tells("through", PXE_REASON_FORBIDDEN, "a link to where it may not go",
	      "@/through is a symbolic link to shut/file, on whose way is");
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	sh("chmod 700 .");
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	pxe_why_find(&folds, root, dir, "efi/ipxe.efi", PXE_REASON_FORBIDDEN,
		     &why);
	ck_assert_ptr_nonnull(strstr(why.hint, "directory /tmp/pxe-why-"));
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	tear_down();
}
END_TEST

/* What the mode allows and something else does not: here a list, and a label
 * that nobody enforces, as nobody but SELinux would set it. */
START_TEST(why_not_permitted_though_the_mode_allows_it)
{
	char path[128];

	set_up();
	sh("chmod 644 mode");
	pxe_why_find(&folds, root, dir, "mode", PXE_REASON_FORBIDDEN, &why);
	ck_assert_ptr_nonnull(strstr(why.text, "has mode 0644, owner "));
	ck_assert_ptr_nonnull(strstr(why.text, "which would let us (user "));
	ck_assert_ptr_nonnull(strstr(why.text, "SELinux, AppArmor or"));
	ck_assert_str_eq(why.hint, "not by its mode");
	snprintf(path, sizeof(path), "%s/mode", dir);
	if (setxattr(path, "security.selinux", "u:object_r:user_home_t:s0", 26,
		     0) == 0) {
		pxe_why_find(&folds, root, dir, "mode", PXE_REASON_FORBIDDEN,
			     &why);
		ck_assert_str_eq(why.hint, "SELinux");
		ck_assert_ptr_nonnull(
			strstr(why.text,
			       "its label is u:object_r:user_home_t:s0: "
			       "restorecon -R /tmp/pxe-why-"));
	}
	tear_down();
}
END_TEST

START_TEST(why_outside_or_no_file)
{
	set_up();
	tells("out/x", PXE_REASON_OUTSIDE, "a link that leads out",
	      "@/out is a symbolic link to /srv/other: make it a relative one");
	tells("../x", PXE_REASON_OUTSIDE, "'..' leads out",
	      "'..' in the name leads out of @");
	tells("efi/../../x", PXE_REASON_OUTSIDE, "'..' leads out", "'..'");
	tells("Boot/x86", PXE_REASON_NOT_A_FILE, "a directory",
	      "@/Boot/x86 is a directory");
	tells("fifo", PXE_REASON_NOT_A_FILE, "a FIFO", "@/fifo is a FIFO");
	/* what was mended meanwhile */
	pxe_why_find(&folds, root, dir, "Boot/BCD", PXE_REASON_IO, &why);
	ck_assert_str_eq(why.text, "");
	pxe_why_find(&folds, root, dir, "Boot/BCD", PXE_REASON_OUTSIDE, &why);
	ck_assert_str_eq(why.text, "");
	/* nothing to say */
	pxe_why_find(&folds, root, dir, "Boot/BCD", PXE_REASON_LOOP, &why);
	ck_assert_str_eq(why.text, "");
	pxe_why_find(&folds, -1, dir, "none", PXE_REASON_NOT_FOUND, &why);
	ck_assert_str_eq(why.hint, "");
	tear_down();
}
END_TEST

START_TEST(why_long_names_are_cut)
{
	char name[PXE_ROOTDIR_NAME_TEXT];

	set_up();
	memset(name, 'a', sizeof(name));
	for (size_t i = 100; i < sizeof(name); i += 100)
		name[i] = '/';
	name[sizeof(name) - 1] = '\0';
	pxe_why_find(&folds, root, dir, name, PXE_REASON_NOT_FOUND, &why);
	ck_assert_uint_eq(strlen(why.hint), sizeof(why.hint) - 1);
	ck_assert_uint_lt(strlen(why.text), sizeof(why.text));
	memset(name, '.', sizeof(name));
	for (size_t i = 2; i < sizeof(name); i += 3)
		name[i] = '/';
	name[sizeof(name) - 1] = '\0';
	for (int r = 0; r < PXE_N_REASONS; r++)
		pxe_why_find(&folds, root, dir, name, (enum pxe_reason)r, &why);
	tear_down();
}
END_TEST

START_TEST(why_is_told_so_often)
{
	struct pxe_why_limit limit = { 0 };

	for (int i = 0; i < 3 * PXE_WHY_A_SECOND; i++)
		ck_assert(pxe_why_is_due(&limit, 7) == (i < PXE_WHY_A_SECOND));
	ck_assert(pxe_why_is_due(&limit, 8));
}
END_TEST

UNIT_MAIN("why", why_not_found, why_not_permitted,
	  why_not_permitted_though_the_mode_allows_it, why_outside_or_no_file,
	  why_long_names_are_cut, why_is_told_so_often)
