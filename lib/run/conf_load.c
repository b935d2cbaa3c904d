/* SPDX-License-Identifier: ISC */
#include "run/conf_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/conf_index.h"
#include "run/conf_job.h"

/* --- files ---------------------------------------------------------------- */

static struct pxe_conf_input *find_input(struct pxe_conf_job *job,
					 const struct stat *st)
{
	for (size_t i = 0; i < job->n_inputs; i++)
		if (job->inputs[i].ino == st->st_ino &&
		    job->inputs[i].dev == st->st_dev)
			return &job->inputs[i];
	return NULL;
}

/* The kind of one of the seven files that is included by another; else the
 * kind of that other one. */
static unsigned kind_of(const struct pxe_conf_job *job, const struct stat *st,
			unsigned otherwise)
{
	struct stat own;

	for (unsigned i = 0; i < PXE_CONF_N_FILES; i++)
		if (fstatat(job->dir_fd, pxe_conf_file_name(i), &own, 0) == 0 &&
		    own.st_ino == st->st_ino && own.st_dev == st->st_dev)
			return 1u << i;
	return otherwise;
}

static const char *join_path(struct pxe_conf_job *job, const char *name)
{
	size_t n = strlen(job->dir) + strlen(name) + 2;
	char *path = pxe_conf_alloc(job, job->keep, n, 1);

	if (path == NULL)
		return "";
	if (name[0] == '/')
		snprintf(path, n, "%s", name);
	else
		snprintf(path, n, "%s/%s", job->dir, name);
	return path;
}

static void read_file(struct pxe_conf_job *job, const char *name, unsigned kind,
		      const struct pxe_src *by);

/* Parses an open file, then what it includes. */
static void read_open(struct pxe_conf_job *job, struct pxe_conf_input *input,
		      int fd)
{
	struct pxe_conf_value *include;

	if (pxe_conf_text_read(job, input, fd) == 0 && !job->is_oom) {
		pxe_conf_walk(job, input);
		pxe_conf_parse(job, input);
	} else {
		input->is_broken = true;
	}
	job->is_broken |= input->is_broken;
	free(input->text);
	input->text = NULL;
	input->is_open = true;
	for (include = input->includes; include; include = include->next)
		read_file(job, include->text, input->kind, &include->src);
	input->is_open = false;
}

/* Is the file `name`, opened as `fd` or not there, the one to be swapped? */
static bool is_swapped(const struct pxe_conf_swap *swap, const char *name,
		       int fd)
{
	struct stat st;

	if (swap == NULL)
		return false;
	if (fd < 0)
		return errno == ENOENT && !swap->is_there &&
		       strcmp(name, swap->name) == 0;
	return swap->is_there && fstat(fd, &st) == 0 &&
	       st.st_dev == swap->dev && st.st_ino == swap->ino;
}

/* Opens a file, or what is read in its place: then `st` tells which it is. */
static int open_or_swap(const struct pxe_conf_job *job, const char *name,
			struct stat *st)
{
	const struct pxe_conf_swap *swap = job->swap;
	int fd = openat(job->dir_fd, name,
			O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool is_other = is_swapped(swap, name, fd);
	int r;

	if (is_other) {
		if (fd >= 0)
			close(fd);
		fd = fcntl(swap->fd, F_DUPFD_CLOEXEC, 0);
		if (fd >= 0)
			(void)lseek(fd, 0, SEEK_SET);
	}
	r = fd < 0 ? -1 : fstat(fd, st);
	if (r == 0 && is_other && swap->is_there) {
		st->st_dev = swap->dev;
		st->st_ino = swap->ino;
	}
	if (r < 0 && fd >= 0)
		close(fd);
	return r < 0 ? r : fd;
}

/* Opens `name` for reading, a file only.  -ENOENT, or -EINVAL (told). */
static int open_file(struct pxe_conf_job *job, const char *name,
		     const struct pxe_src *src, struct stat *st)
{
	int fd = open_or_swap(job, name, st);

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0) {
		pxe_conf_error(job, src, "the file cannot be opened: %s",
			       strerror(errno));
	} else if (!S_ISREG(st->st_mode)) {
		pxe_conf_error(job, src, "this is not a file: %s",
			       S_ISDIR(st->st_mode)
				       ? "it is a directory"
				       : "it is a device, FIFO or socket");
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	job->is_broken = true;
	return -EINVAL;
}

/* Reads a file, unless it was read.  `by`: where it is included, or NULL. */
static void read_file(struct pxe_conf_job *job, const char *name, unsigned kind,
		      const struct pxe_src *by)
{
	struct pxe_conf_input *input;
	struct pxe_src src = { .file = join_path(job, name) };
	struct stat st;
	int fd = open_file(job, name, by ? by : &src, &st);

	if (fd == -ENOENT && by != NULL)
		pxe_conf_error(job, by,
			       "the file %s is not there: make it, or take "
			       "the include out",
			       src.file);
	if (fd < 0)
		return;
	input = find_input(job, &st);
	if (input != NULL && input->is_open && by != NULL) {
		pxe_conf_error(job, by,
			       "%s includes itself: take one include out",
			       src.file);
	} else if (input == NULL && job->n_inputs == PXE_CONF_MAX_INCLUDES) {
		pxe_conf_error(job, by ? by : &src,
			       "more than %d files: put some together",
			       PXE_CONF_MAX_INCLUDES);
	} else if (input == NULL) {
		input = &job->inputs[job->n_inputs++];
		*input = (struct pxe_conf_input) {
			.name = src.file,
			.kind = kind_of(job, &st, kind),
			.dev = st.st_dev,
			.ino = st.st_ino,
		};
		read_open(job, input, fd);
	}
	close(fd);
}

static int read_files(struct pxe_conf_job *job)
{
	const struct pxe_src src = { .file = job->dir };

	job->dir_fd = open(job->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (job->dir_fd < 0) {
		pxe_conf_error(job, &src,
			       "the configuration directory cannot be opened: "
			       "%s; name it with -c DIR",
			       strerror(errno));
		return -EINVAL;
	}
	for (unsigned i = 0; i < PXE_CONF_N_FILES && !job->is_oom; i++)
		if (job->files & 1u << i)
			read_file(job, pxe_conf_file_name(i), 1u << i, NULL);
	close(job->dir_fd);
	return 0;
}

/* --- the run -------------------------------------------------------------- */

static int init_job(struct pxe_conf_job *job, const char *dir, unsigned files)
{
	struct pxe_conf_section *root;

	job->files = files;
	job->keep = pxe_conf_arena_new();
	job->scrap = pxe_conf_arena_new();
	if (job->keep == NULL || job->scrap == NULL)
		return -ENOMEM;
	job->dir = pxe_conf_copy(job, job->keep, dir, strlen(dir));
	if (job->dir != NULL) {
		job->main_file = join_path(job, "pxe.conf");
		job->dhcpd_file = join_path(job, "dhcpd.conf");
	}
	job->conf = pxe_conf_alloc(job, job->keep, 1, sizeof(*job->conf));
	root = pxe_conf_alloc(job, job->scrap, 1, sizeof(*root));
	if (job->is_oom)
		return -ENOMEM;
	root->title = "";
	job->sections[PXE_CONF_ROOT].first = root;
	job->sections[PXE_CONF_ROOT].last = root;
	job->conf->arena = job->keep;
	return 0;
}

int pxe_conf_load(const char *dir, unsigned files, pxe_conf_tell *tell,
		  void *arg, struct pxe_conf **conf)
{
	return pxe_conf_load_swapped(dir, files, NULL, tell, arg, conf);
}

int pxe_conf_load_swapped(const char *dir, unsigned files,
			  const struct pxe_conf_swap *swap,
			  pxe_conf_tell *tell, void *arg,
			  struct pxe_conf **conf)
{
	struct pxe_conf_job *job = calloc(1, sizeof(*job));
	int r = job == NULL ? -ENOMEM : init_job(job, dir, files);

	if (job == NULL)
		return r;
	job->swap = swap;
	if (r == 0) {
		r = read_files(job);
		if (r == 0 && !job->is_oom)
			pxe_conf_make(job);
		if (r == 0 && !job->is_oom)
			pxe_conf_check(job);
		pxe_conf_tell_all(job, tell, arg);
		r = job->is_oom ? -ENOMEM : job->n_errors > 0 ? -EINVAL : 0;
	}
	if (r == 0)
		*conf = job->conf;
	else if (job->conf != NULL)
		pxe_conf_free(job->conf);
	else
		pxe_conf_arena_free(job->keep);
	pxe_conf_arena_free(job->scrap);
	free(job);
	return r;
}

void pxe_conf_free(struct pxe_conf *conf)
{
	if (conf == NULL)
		return;
	pxe_conf_index_free(conf);
	pxe_conf_arena_free(conf->arena);
}
