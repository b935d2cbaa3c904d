/* SPDX-License-Identifier: ISC */
/*
 * The renderer of PXELINUX configurations (version 6; ldlinux.c32 is the only
 * module that must be there).
 *
 * What PXELINUX does with a line: it reads at most 4095 characters at a time
 * and takes what is left for another line, so no line may be as long.  A
 * keyword's value is the rest of its line: nothing is quoted, and nothing but
 * the end of the line ends it.  A file is named by a word; blanks in it, and
 * commas where several are named, must be escaped, which works in URLs only.
 *
 * "tftp://" is understood by every PXELINUX, and means the same file whatever
 * directory and server PXELINUX came from; "http://" by lpxelinux.0 only.
 *
 * After a label that could not be started there is the prompt, and after
 * TIMEOUT without a key there, ONTIMEOUT.
 */
#include <errno.h>
#include <string.h>

#include "core/reason.h"
#include "core/script_part.h"

#define FILE_MAX    255       /* characters of a file's name; FILENAME_MAX */
#define BODY_MAX    2000      /* octets of a kernel and its arguments */
#define TIMEOUT_MAX 35996     /* tenths of seconds */
#define AGAIN       "(again)" /* no target can have that name */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

static void say(struct pxe_script *s, const char *before, const char *text,
		const char *after)
{
	puts_out(s, "SAY ");
	puts_out(s, before);
	pxe_script_put_line(s, text);
	puts_out(s, after);
	puts_out(s, "\n");
}

/* Our server's part of a URL; whence PXELINUX came, where that is not known. */
static void put_server(struct pxe_script *s)
{
	int r;

	if (s->vars.server_address == 0) {
		puts_out(s, "::");
		return;
	}
	r = pxe_expand(s->vars.is_http ? "{{http}}" : "tftp://{{server}}",
		       &s->vars, s->out, NULL, 0);
	if (r < 0)
		pxe_script_fail(s, r);
	if (!s->vars.is_http && s->conf->tftp_port != 0 &&
	    s->conf->tftp_port != 69)
		pxe_str_putf(s->out, ":%u", s->conf->tftp_port);
	puts_out(s, "/");
}

static void put_file(struct pxe_script *s, const char *file)
{
	if (!pxe_script_is_url(file)) {
		put_server(s);
		pxe_script_put_url_path(s, file);
		return;
	}
	for (; *file != '\0'; file++) {
		if (pxe_script_is_space(*file) || *file == ',')
			pxe_script_put_percent(s, *file);
		else
			pxe_str_putc(s->out, *file);
	}
}

/* The file that this PXELINUX came from, if the configuration tells; or NULL.
 */
static const char *find_self(const struct pxe_script *s)
{
	const struct pxe_conf_loader *loader =
		pxe_conf_find_loader(s->conf, PXE_FAMILY_BIOS);
	const char *files[2] = { s->vars.host != NULL ? s->vars.host->file : "",
				 loader != NULL ? loader->file : "" };

	for (size_t i = 0; i < PXE_LEN(files); i++) {
		const char *slash;

		if (files[i] == NULL || files[i][0] == '\0')
			continue;
		slash = strrchr(files[i], '/');
		if (strcmp(slash != NULL ? slash + 1 : files[i],
			   "pxelinux.0") == 0)
			return files[i];
	}
	return NULL;
}

/*
 * Another try: PXELINUX anew, or this machine's configuration.  CONFIG never
 * closes a file: after some 120 of them, nothing can be opened any more.
 */
static void put_again(struct pxe_script *s)
{
	const char *self = find_self(s);
	size_t len;

	puts_out(s, "LABEL " AGAIN "\n");
	if (self != NULL) {
		puts_out(s, "PXE ");
		put_file(s, self);
		puts_out(s, "\n");
		return;
	}
	puts_out(s, "CONFIG ");
	put_server(s);
	puts_out(s, "pxelinux.cfg/");
	len = s->out->len;
	pxe_script_put_machine(s);
	if (s->out->len == len)
		puts_out(s, "default");
	puts_out(s, "\n");
}

/* --- what it can do ------------------------------------------------------- */

/* How a file is started, by the end of its name. */
static const struct {
	const char *end;
	const char *keyword;
} starts[] = {
	{ ".0", "PXE" },      { ".pxe", "PXE" },    { ".kpxe", "PXE" },
	{ ".kkpxe", "PXE" },  { ".lkrn", "LINUX" }, { ".c32", "COM32" },
	{ ".cfg", "CONFIG" },
};

static const char *find_start(const char *file)
{
	size_t len = strlen(file);

	for (size_t i = 0; i < PXE_LEN(starts); i++) {
		size_t n = strlen(starts[i].end);

		if (len > n && strcmp(file + len - n, starts[i].end) == 0)
			return starts[i].keyword;
	}
	return NULL;
}

static void put_linux(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	char args[PXE_SCRIPT_TEXT_MAX];

	puts_out(s, "LINUX ");
	put_file(s, t->kernel);
	puts_out(s, "\nAPPEND ");
	/* INITRD would come after the arguments, and the first one counts */
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, i == 0 ? "initrd=" : ",");
		put_file(s, t->initrds[i]);
	}
	pxe_script_expand(s, t->args, args);
	if (t->n_initrds > 0 && pxe_script_has_words(args))
		puts_out(s, " ");
	pxe_script_put_words(s, args);
	puts_out(s, "\n");
}

static void put_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];
	const char *keyword;

	pxe_script_expand(s, s->vars.target->url, url);
	keyword = find_start(url);
	if (keyword == NULL)
		return;
	puts_out(s, keyword);
	puts_out(s, " ");
	put_file(s, url);
	puts_out(s, "\n");
}

/* The next device of the BIOS: its disk, most often. */
static void put_local(struct pxe_script *s)
{
	puts_out(s, "LOCALBOOT -1\n");
}

static void put_reboot(struct pxe_script *s)
{
	puts_out(s, "COM32 reboot.c32\n");
}

static void (*const put_body[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LOCAL] = put_local,
	[PXE_TARGET_LINUX] = put_linux,
	[PXE_TARGET_CHAIN] = put_chain,
	[PXE_TARGET_REBOOT] = put_reboot,
};

/* Would PXELINUX find too long what put(s) writes? */
static bool is_long(struct pxe_script *s, void (*put)(struct pxe_script *))
{
	char text[BODY_MAX];
	struct pxe_str str, *out = s->out;

	pxe_str_init(&str, text, sizeof(text));
	s->out = &str;
	put(s);
	s->out = out;
	return str.cut;
}

/* Why PXELINUX cannot fetch a file, or NULL. */
static const char *why_no_file(struct pxe_script *s, const char *file)
{
	char text[FILE_MAX + 1];
	struct pxe_str str, *out = s->out;

	pxe_str_init(&str, text, sizeof(text));
	s->out = &str;
	put_file(s, file);
	s->out = out;
	if (str.cut)
		return "its file has too long a name for PXELINUX";
	if (!pxe_script_is_url(file) || pxe_str_has_prefix(file, "tftp://") ||
	    pxe_str_has_prefix(file, "http://") ||
	    pxe_str_has_prefix(file, "ftp://"))
		return NULL;
	return "PXELINUX knows no such URL";
}

static const char *why_no_linux(struct pxe_script *s,
				const struct pxe_conf_target *t)
{
	const char *why = why_no_file(s, t->kernel);

	for (size_t i = 0; i < t->n_initrds && why == NULL; i++)
		why = why_no_file(s, t->initrds[i]);
	if (why == NULL && is_long(s, put_linux))
		why = "its command line is too long for PXELINUX";
	return why;
}

static const char *why_no_chain(struct pxe_script *s,
				const struct pxe_conf_target *t)
{
	char url[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, t->url, url);
	if (find_start(url) == NULL)
		return "PXELINUX cannot start such a file, iPXE may";
	return why_no_file(s, url);
}

/* Why PXELINUX cannot start a target, or NULL; sets vars.target. */
static const char *find_why_not(struct pxe_script *s,
				const struct pxe_conf_target *target)
{
	s->vars.target = target;
	switch (target->type) {
	case PXE_TARGET_LINUX:
		return why_no_linux(s, target);
	case PXE_TARGET_CHAIN:
		return why_no_chain(s, target);
	case PXE_TARGET_SHELL:
		return "type the name of a file to start it";
	case PXE_TARGET_LOCAL:
	case PXE_TARGET_REBOOT:
	case PXE_N_TARGET_TYPES:
		break;
	}
	return NULL;
}

static void put_label(struct pxe_script *s,
		      const struct pxe_conf_target *target)
{
	s->vars.target = target;
	pxe_str_putf(s->out, "LABEL %s\n", target->name);
	put_body[target->type](s);
}

/* --- one function a decision ---------------------------------------------- */

static void put_wait(struct pxe_script *s, unsigned seconds)
{
	pxe_str_putf(s->out,
		     "SAY It asks again in %u seconds, or when Enter is "
		     "pressed.\n"
		     "PROMPT 1\n"
		     "TIMEOUT %u\n"
		     "DEFAULT " AGAIN "\n",
		     seconds, seconds * 10);
	put_again(s);
}

static void put_shell(struct pxe_script *s)
{
	puts_out(s, "SAY Type the name of a file to start it.\n"
		    "PROMPT 1\n");
}

static void put_one(struct pxe_script *s, const struct pxe_conf_target *target)
{
	const char *why = find_why_not(s, target);

	if (target->type == PXE_TARGET_SHELL) {
		put_shell(s);
		return;
	}
	if (why != NULL) {
		say(s, "", pxe_script_title(target), " cannot be started:");
		say(s, "", why, ".");
		put_wait(s, PXE_SCRIPT_HOLD_S);
		return;
	}
	say(s, "Starting ", pxe_script_title(target), "");
	pxe_str_putf(s->out,
		     "PROMPT 0\n"
		     "TIMEOUT %d\n"
		     "DEFAULT %s\n"
		     "ONTIMEOUT " AGAIN "\n",
		     PXE_SCRIPT_RETRY_S * 10, target->name);
	put_label(s, target);
	put_again(s);
}

static void put_items(struct pxe_script *s)
{
	const struct pxe_conf *conf = s->conf;
	size_t width = 0;

	for (size_t i = 0; i < conf->n_targets; i++)
		if (strlen(conf->targets[i].name) > width)
			width = strlen(conf->targets[i].name);
	for (size_t i = 0; i < conf->n_targets; i++) {
		const struct pxe_conf_target *t = &conf->targets[i];
		const char *why = find_why_not(s, t);

		pxe_str_putf(s->out, "SAY   %-*s  ", (int)width,
			     why == NULL ? t->name : "-");
		pxe_script_put_line(s, pxe_script_title(t));
		if (why != NULL)
			pxe_str_putf(s->out, " (%s)", why);
		puts_out(s, "\n");
	}
}

static void put_default(struct pxe_script *s)
{
	const struct pxe_conf_menu *menu = &s->conf->menu;
	unsigned long long tenths = menu->timeout_s * 10ull;

	if (tenths > TIMEOUT_MAX)
		tenths = TIMEOUT_MAX;
	puts_out(s, "SAY  \n"
		    "SAY Type a name and press Enter.\n");
	if (menu->dflt == NULL || find_why_not(s, menu->dflt) != NULL)
		return;
	if (tenths > 0)
		pxe_str_putf(s->out, "SAY Or wait %llu seconds for: %s\n",
			     tenths / 10, menu->dflt->name);
	pxe_str_putf(s->out, "TIMEOUT %llu\nDEFAULT %s\n", tenths,
		     menu->dflt->name);
}

static void put_menu(struct pxe_script *s)
{
	const struct pxe_conf *conf = s->conf;

	puts_out(s, "SAY  \n");
	say(s, "",
	    pxe_script_has_words(conf->menu.title) ? conf->menu.title : "Boot",
	    "");
	puts_out(s, "SAY  \n");
	put_items(s);
	put_default(s);
	puts_out(s, "PROMPT 1\n");
	for (size_t i = 0; i < conf->n_targets; i++)
		if (find_why_not(s, &conf->targets[i]) == NULL)
			put_label(s, &conf->targets[i]);
}

static void put_hold(struct pxe_script *s, enum pxe_reason reason)
{
	puts_out(s, "SAY  \nSAY Machine ");
	pxe_script_put_who(s);
	puts_out(s, " waits.\n");
	say(s, "Why: ", pxe_reason_text(reason), "");
	put_wait(s, PXE_SCRIPT_HOLD_S);
}

const struct pxe_script_lang pxe_script_pxelinux = {
	.name = "pxelinux",
	.magic = "",
	.put_text = pxe_script_put_line,
	.put_one = put_one,
	.put_menu = put_menu,
	.put_hold = put_hold,
};
