/* SPDX-License-Identifier: ISC */
#include "pxectl/grub_image.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ip4.h"

extern char **environ;

#define PREFIX_DIR "/grub" /* where a GRUB of Debian looks as well */

/* What the tool finds open, and under which names. */
enum { CONFIG_FD = 3, DIR_FD = 4 };
#define CONFIG_PATH "/proc/self/fd/3"
#define DIR_PATH    "/proc/self/fd/4"

/* Those that this platform has are put in. */
static const char *const modules[] = {
	/* the network, and how files are fetched */
	"efinet",
	"pxe",
	"net",
	"tftp",
	"http",
	/* configurations and menus */
	"normal",
	"configfile",
	"echo",
	"test",
	"true",
	"sleep",
	"search",
	"regexp",
	"minicmd",
	"ls",
	"cat",
	"help",
	"all_video",
	"serial",
	"terminal",
	/* what is booted; the next boot entry or the disk */
	"linux",
	"linux16",
	"gzio",
	"chain",
	"reboot",
	"halt",
	"biosdisk",
	"part_gpt",
	"part_msdos",
	"fat",
	"ext2",
};
#define FIRST_ARGUMENTS 10

static int memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Runs before anything else: it outweighs what the firmware was told. */
static int write_config(int fd, uint32_t server)
{
	char text[16];

	pxe_ip4_format(server, text, sizeof(text));
	return dprintf(fd,
		       "set root=(tftp,%s)\nset prefix=(tftp,%s)" PREFIX_DIR
		       "\n",
		       text, text) < 0
		       ? -errno
		       : 0;
}

static bool has_module(int dir_fd, const char *name)
{
	char file[64];
	struct stat st;

	(void)snprintf(file, sizeof(file), "%s.mod", name);
	return fstatat(dir_fd, file, &st, 0) == 0;
}

/* Descriptors of the child; the sources lie above its targets. */
struct files {
	int out, err, config, dir;
};

static int spawn_tool(pid_t *pid, char *const argv[], const struct files *f)
{
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);

	if (r != 0)
		return -r;
	r = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY,
					     0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, f->out, 1);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, f->err, 2);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, f->config,
						     CONFIG_FD);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, f->dir, DIR_FD);
	if (r == 0)
		r = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* Runs the tool to its end; 0 or -errno, -EIO where it failed. */
static int run_tool(char *const argv[], const struct files *files)
{
	int status, r;
	pid_t pid;

	r = spawn_tool(&pid, argv, files);
	if (r < 0)
		return r == -ENOENT ? -ENOPKG : r;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

/* The tool's last words. */
static void read_why(int fd, struct pxe_str *why)
{
	char text[512];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	pxe_str_puts(why, text);
}

static int make(const struct files *files, const char *format, uint32_t server)
{
	char *argv[FIRST_ARGUMENTS + PXE_LEN(modules) + 1];
	char name[] = "grub-mkimage", o[] = "-O", d[] = "-d", p[] = "-p",
	     c[] = "-c", dir[] = DIR_PATH, prefix[] = PREFIX_DIR,
	     config[] = CONFIG_PATH, format_copy[32];
	size_t n = 0;
	int r;

	(void)pxe_str_copy(format_copy, sizeof(format_copy), format);
	argv[n++] = name;
	argv[n++] = o;
	argv[n++] = format_copy;
	argv[n++] = d;
	argv[n++] = dir;
	argv[n++] = p;
	argv[n++] = prefix;
	if (server != 0) {
		r = write_config(files->config, server);
		if (r < 0)
			return r;
		argv[n++] = c;
		argv[n++] = config;
	}
	for (size_t i = 0; i < PXE_LEN(modules); i++)
		if (has_module(files->dir, modules[i]))
			argv[n++] = (char *)(uintptr_t)modules[i];
	argv[n] = NULL;
	return run_tool(argv, files);
}

/*
 * A descriptor above those that the child is given, so that none of them is
 * closed by the next dup2().  `fd` is closed, unless it is an error.
 */
static int move_up(int fd)
{
	int up;

	if (fd < 0)
		return fd;
	up = fcntl(fd, F_DUPFD_CLOEXEC, DIR_FD + 1);
	if (up < 0)
		up = -errno;
	close(fd);
	return up;
}

static void close_if(int fd)
{
	if (fd >= 0)
		close(fd);
}

int pxe_grub_image_make(int dir_fd, const char *format, uint32_t server,
			struct pxe_str *why)
{
	struct files files = {
		.out = move_up(memory_file("image")),
		.err = move_up(memory_file("errors")),
		.config = move_up(memory_file("config")),
		.dir = fcntl(dir_fd, F_DUPFD_CLOEXEC, DIR_FD + 1),
	};
	int r = 0;

	if (files.out < 0 || files.err < 0 || files.config < 0 || files.dir < 0)
		r = -ENFILE;
	if (r == 0)
		r = make(&files, format, server);
	if (r == -EIO)
		read_why(files.err, why);
	close_if(files.err);
	close_if(files.config);
	close_if(files.dir);
	if (r == 0)
		return files.out;
	close_if(files.out);
	return r;
}
