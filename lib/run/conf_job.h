/* SPDX-License-Identifier: ISC */
/*
 * One run of the configuration loader: what its parts hand to each other.
 * Internal to run/conf_*; the order of the parts is
 *
 *	text	a file to a cleaned copy (comments, strings, stray characters)
 *	walk	the copy's statements: include(), names that do not exist
 *	parse	libconfuse: sections of items of values
 *	make	sections to the records of core/conf.h, by the schema
 *	check	what concerns more than one value
 *
 * Memory comes from two arenas: `keep` lives as long as the configuration,
 * `scrap` as long as the run.  An allocation that fails sets is_oom, and the
 * run ends with -ENOMEM.
 */
#ifndef PXE_RUN_CONF_JOB_H
#define PXE_RUN_CONF_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "run/conf_schema.h"
#include "wire/dhcp_opt.h"

#define PXE_CONF_MAX_BYTES    (16u * 1024 * 1024)
#define PXE_CONF_MAX_INCLUDES 64    /* files, all in all */
#define PXE_CONF_MAX_MESSAGES 10000 /* further ones are only counted */
/* What the copy has in place of the list { }; refused where it is written. */
#define PXE_CONF_EMPTY '\002'

struct pxe_conf_arena;

/* A value as it was written. */
struct pxe_conf_value {
	const char *text;
	struct pxe_src src;
	struct pxe_conf_value *next;
};

/* A key with its values. */
struct pxe_conf_item {
	const struct pxe_conf_row *row; /* of the schema, or NULL ... */
	const struct pxe_dhcp_opt *opt; /* ... and then a DHCP option */
	struct pxe_src src;		    /* where it was given first */
	struct pxe_conf_value *first, *last; /* NULL: an empty list */
	size_t n;
	bool is_closed; /* given twice: later values are not taken */
	struct pxe_conf_item *next;
};

/* A section with its items; the root is one, too. */
struct pxe_conf_section {
	enum pxe_conf_section_kind kind;
	const char *title; /* "" where it has none */
	struct pxe_src src;
	struct pxe_conf_item *first, *last;
	struct pxe_conf_section *next;
};

/* A file that is being read, or was. */
struct pxe_conf_input {
	const char *name; /* for people: directory and name */
	unsigned kind;    /* one bit of enum pxe_conf_file */
	dev_t dev;
	ino_t ino;
	bool is_open; /* it, or what it includes, is being read */
	bool is_told, is_bare; /* a syntax error was told, and the next may
				  follow; anyone can read a password in it */
	bool is_broken; /* what stands behind a syntax error was lost */
	char *text;     /* the copy; ends with NUL */
	size_t len;
	unsigned n_lines;                /* 1 for an empty file */
	struct pxe_conf_value *includes; /* names to be read afterwards */
	bool has_opt[256]; /* DHCP options that may stand in it, by code */
};

/* A section that something names, to be found when all of them are known. */
struct pxe_conf_ref {
	struct pxe_conf_value value;
	const char *key;
	enum pxe_conf_type type; /* REF, REF_ANSWER, REF_SUBMENU */
	void *at;		 /* of that type */
	struct pxe_conf_ref *next;
};

struct pxe_conf_template;
struct pxe_conf_message;

struct pxe_conf_job {
	const char *dir;
	const char *main_file, *dhcpd_file; /* their paths */
	int dir_fd;
	const struct pxe_conf_swap *swap; /* or NULL */
	struct pxe_conf_arena *keep, *scrap;
	struct pxe_conf_input inputs[PXE_CONF_MAX_INCLUDES];
	size_t n_inputs;
	struct {
		struct pxe_conf_section *first, *last;
		size_t n;
	} sections[PXE_CONF_N_SECTIONS]; /* by kind; ROOT always has one */
	unsigned files;                  /* that were asked for */
	struct pxe_conf_ref *refs;
	struct pxe_conf_template *templates;
	struct pxe_conf_message *messages; /* the last first */
	size_t n_messages, n_errors;
	bool is_broken; /* a file has a syntax error: things may be missing */
	bool is_oom;
	struct pxe_conf *conf; /* in keep */
};

/* --- job ------------------------------------------------------------------ */

/* An empty arena; NULL: no memory.  NULL may be freed. */
struct pxe_conf_arena *pxe_conf_arena_new(void) PXE_MUST_CHECK;
void pxe_conf_arena_free(struct pxe_conf_arena *arena);

/* `n` zeroed elements of `size` octets, or NULL and job->is_oom. */
void *pxe_conf_alloc(struct pxe_conf_job *job, struct pxe_conf_arena *arena,
		     size_t n, size_t size) PXE_MUST_CHECK;
/* A copy of `len` octets and a NUL, or NULL and job->is_oom. */
char *pxe_conf_copy(struct pxe_conf_job *job, struct pxe_conf_arena *arena,
		    const char *text, size_t len) PXE_MUST_CHECK;

/* Notes an error or a warning, to be told in order at the end. */
void pxe_conf_say(struct pxe_conf_job *job, enum pxe_conf_severity severity,
		  const struct pxe_src *src, const char *fmt, ...)
	PXE_PRINTF(4, 5);
#define pxe_conf_error(job, src, ...)                                          \
	pxe_conf_say(job, PXE_CONF_ERROR, src, __VA_ARGS__)
#define pxe_conf_warn(job, src, ...)                                           \
	pxe_conf_say(job, PXE_CONF_WARNING, src, __VA_ARGS__)

/* Tells all notes, in the order of files and lines. */
void pxe_conf_tell_all(struct pxe_conf_job *job, pxe_conf_tell *tell,
		       void *arg);

/* The nearest of several names to the one that was written. */
struct pxe_conf_guess {
	const char *written, *nearest; /* NULL: none is near */
	size_t distance;
};
void pxe_conf_guess_try(struct pxe_conf_guess *guess, const char *name);

/* --- parts ---------------------------------------------------------------- */

/*
 * Reads the open file `fd` into input->text, cleaned.  -EINVAL: there is
 * nothing to go on with (told).
 */
int pxe_conf_text_read(struct pxe_conf_job *job, struct pxe_conf_input *input,
		       int fd) PXE_MUST_CHECK;

/* Takes include() and unknown names out of input->text and tells them. */
void pxe_conf_walk(struct pxe_conf_job *job, struct pxe_conf_input *input);

/* Parses input->text into job->sections. */
void pxe_conf_parse(struct pxe_conf_job *job, struct pxe_conf_input *input);

/* Is `key` a key of that section, a row of the schema or a DHCP option? */
bool pxe_conf_is_key(unsigned file, enum pxe_conf_section_kind kind,
		     const char *key);

/*
 * Converts one value by its row into the field at `at`; for REF the name is
 * noted.  false: it was told why not.
 */
bool pxe_conf_value_read(struct pxe_conf_job *job,
			 const struct pxe_conf_row *row,
			 const struct pxe_conf_value *value, void *at);
/* The octets of a type's field. */
size_t pxe_conf_type_size(enum pxe_conf_type type);

/* Fills job->conf from job->sections. */
void pxe_conf_make(struct pxe_conf_job *job);

/* The item of a key in a section, or NULL.  An empty list is none. */
const struct pxe_conf_item *pxe_conf_item_find(
	const struct pxe_conf_section *section, const char *key);

/*
 * Reads the values of `row` in `section`, or its default, into the struct of
 * the section at `base`.
 */
void pxe_conf_fill(struct pxe_conf_job *job,
		   const struct pxe_conf_section *section, void *base);

/* Is the title a name for people and programs?  Tells why not. */
bool pxe_conf_check_name(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section);

/* Fills conf->menu and conf->submenus; checks them, and what targets and hosts
 * say of menus. */
void pxe_conf_make_menus(struct pxe_conf_job *job);
void pxe_conf_check_menus(struct pxe_conf_job *job);

/* Checks job->conf as a whole. */
void pxe_conf_check(struct pxe_conf_job *job);

#endif
