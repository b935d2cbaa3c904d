/* SPDX-License-Identifier: ISC */
#include "run/answer_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/fd.h"
#include "run/rootdir.h"

static const char *const media_types[PXE_N_FORMATS] = {
#define X(id, name, type) [PXE_FORMAT_##id] = type,
	PXE_FORMATS(X)
#undef X
};

const char *pxe_answer_media_type(enum pxe_format format)
{
	return media_types[format];
}

const struct pxe_conf_answer *pxe_conf_find_answer_as(
	const struct pxe_conf_target *target, const char *as)
{
	for (size_t i = 0; i < target->n_answers; i++)
		if (strcmp(target->answers[i]->as, as) == 0)
			return target->answers[i];
	return NULL;
}

/* --- reading -------------------------------------------------------------- */

static int read_open(int fd, char **bytes, size_t *len)
{
	struct stat st;
	ssize_t got;
	char *buf;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > PXE_ANSWER_FILE_MAX)
		return -EFBIG;
	buf = malloc((size_t)st.st_size + 1);
	if (buf == NULL)
		return -ENOMEM;
	got = pxe_fd_read_at(fd, 0, buf, (size_t)st.st_size);
	if (got >= 0 && memchr(buf, '\0', (size_t)got) != NULL)
		got = -EILSEQ;
	if (got < 0) {
		free(buf);
		return (int)got;
	}
	buf[got] = '\0';
	*bytes = buf;
	*len = (size_t)got;
	return 0;
}

int pxe_answer_file_read(const char *dir, const char *file, char **bytes,
			 size_t *len)
{
	int dir_fd = pxe_rootdir_open(dir), fd, r;

	if (dir_fd < 0)
		return dir_fd;
	fd = pxe_rootdir_open_at(dir_fd, file,
				 O_RDONLY | O_NONBLOCK | O_NOCTTY);
	close(dir_fd);
	if (fd < 0)
		return fd;
	r = read_open(fd, bytes, len);
	close(fd);
	return r;
}

const char *pxe_answer_read_text(int error)
{
	switch (error) {
	case -EFBIG:
		return "it has more than 1 MiB";
	case -EINVAL:
		return "it is not a file";
	case -EILSEQ:
		return "it is no text: save it as UTF-8";
	case -EXDEV:
		return "it is a link that leads out of answer-dir";
	default:
		return strerrordesc_np(-error);
	}
}

const char *pxe_answer_read_remedy(int error)
{
	return error == -EACCES ? "look as root, or let the user of pxe-httpd "
				  "read it"
				: "put the file there";
}

/* --- rendering ------------------------------------------------------------ */

static void start_why(const struct pxe_conf *conf,
		      const struct pxe_conf_answer *answer,
		      struct pxe_answer_text *text, struct pxe_str *why)
{
	pxe_str_init(why, text->why, sizeof(text->why));
	pxe_str_putf(why, "%.300s/%s", conf->answer_dir, answer->file);
}

/* Fills `cap` octets of text->bytes. */
static int expand(const struct pxe_conf *conf,
		  const struct pxe_conf_answer *answer, const char *template,
		  size_t len, const struct pxe_expand_vars *vars, size_t cap,
		  struct pxe_answer_text *text)
{
	const struct pxe_expand_how how = {
		.format = answer->format,
		.open = answer->open,
		.close = answer->close,
	};
	struct pxe_expand_mistake mistake;
	struct pxe_str out, why;
	int r;

	pxe_str_init(&out, text->bytes, cap);
	r = pxe_expand_template(template, len, vars, &how, &out, &mistake);
	text->len = out.len;
	if (r < 0) {
		start_why(conf, answer, text, &why);
		pxe_str_putf(&why, ":%u: ", mistake.line);
		pxe_str_put_escaped(&why, mistake.name, strlen(mistake.name));
		pxe_str_putf(&why, ": %s", pxe_expand_wrong_text(mistake.what));
	}
	return r;
}

enum pxe_reason pxe_answer_file_render(const struct pxe_conf *conf,
				       const struct pxe_conf_answer *answer,
				       const struct pxe_expand_vars *vars,
				       struct pxe_answer_text *text)
{
	char *template = NULL;
	struct pxe_str why;
	size_t len = 0;
	int r;

	memset(text, 0, sizeof(*text));
	text->type = pxe_answer_media_type(answer->format);
	r = pxe_answer_file_read(conf->answer_dir, answer->file, &template,
				 &len);
	if (r < 0) {
		start_why(conf, answer, text, &why);
		pxe_str_putf(&why, ": %s", pxe_answer_read_text(r));
		return r == -ENOMEM || r == -EMFILE || r == -ENFILE ||
				       r == -ENOSYS
			       ? PXE_REASON_INTERNAL
			       : PXE_REASON_TEMPLATE;
	}
	/* most grow little: no more than is needed is taken first */
	r = -ENOSPC;
	for (size_t cap = 2 * len + 16384; r == -ENOSPC;
	     cap = PXE_ANSWER_TEXT_MAX) {
		pxe_answer_text_free(text);
		text->bytes = malloc(cap);
		if (text->bytes == NULL) {
			r = -ENOMEM;
			break;
		}
		text->why[0] = '\0';
		r = expand(conf, answer, template, len, vars, cap, text);
		if (cap == PXE_ANSWER_TEXT_MAX)
			break;
	}
	explicit_bzero(template, len);
	free(template);
	if (r == 0)
		return PXE_REASON_OK;
	pxe_answer_text_free(text);
	if (r == -ENOMEM)
		pxe_str_copy(text->why, sizeof(text->why), "no memory");
	return r == -ENOMEM ? PXE_REASON_INTERNAL : PXE_REASON_TEMPLATE;
}

void pxe_answer_text_free(struct pxe_answer_text *text)
{
	if (text->bytes != NULL)
		explicit_bzero(text->bytes, text->len);
	free(text->bytes);
	text->bytes = NULL;
	text->len = 0;
}
