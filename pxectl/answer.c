/* SPDX-License-Identifier: ISC */
/* `pxectl answer`: an answer file as a machine would get it. */
#include <stdio.h>
#include <string.h>

#include "pxectl/ctl.h"
#include "pxectl/own_address.h"
#include "run/answer_file.h"
#include "run/conf_load.h"

/* In place of the secret of a boot session, of the same length. */
#define TOKEN "TOKEN-TOKEN-TOKEN-TOKEN-TOKEN-TO"

struct wanted {
	const struct pxe_conf_host *host;
	const struct pxe_conf_target *target;
	const struct pxe_conf_answer *answer; /* NULL: all, as a list */
};

/* The names under which a target's files are served. */
static void list_names(const struct pxe_conf_target *target,
		       struct pxe_str *out)
{
	for (size_t i = 0; i < target->n_answers; i++)
		pxe_str_putf(out, "%s%s", i > 0 ? ", " : "",
			     target->answers[i]->as);
}

/* What the operands name.  False: told why. */
static bool find_wanted(const struct pxe_ctl *ctl, int argc, char **argv,
			struct wanted *w)
{
	char names[512];
	struct pxe_str list;

	w->host = pxe_conf_find_host_name(ctl->conf, argv[0]);
	w->target = pxe_conf_find_target(ctl->conf, argv[1]);
	w->answer = NULL;
	if (w->host == NULL)
		pxe_ctl_error(ctl,
			      "no host section is called '%s': pxectl "
			      "host list shows them",
			      argv[0]);
	else if (w->target == NULL)
		pxe_ctl_error(ctl,
			      "there is no target '%s': pxectl targets "
			      "shows them",
			      argv[1]);
	else if (w->target->n_answers == 0)
		pxe_ctl_error(ctl,
			      "target '%s' has no answer files: add "
			      "answers = { ... } in boot.conf",
			      argv[1]);
	else if (argc == 2) {
		if (w->target->n_answers == 1)
			w->answer = w->target->answers[0];
		return true;
	} else {
		w->answer = pxe_conf_find_answer_as(w->target, argv[2]);
		if (w->answer != NULL)
			return true;
		pxe_str_init(&list, names, sizeof(names));
		list_names(w->target, &list);
		pxe_ctl_error(ctl,
			      "target '%s' serves no file '%s': there is "
			      "%s",
			      argv[1], argv[2], names);
	}
	return false;
}

static void print_text(const struct pxe_ctl *ctl,
		       const struct pxe_conf_answer *answer,
		       const struct pxe_answer_text *text)
{
	json_t *json, *string;

	if (!ctl->json) {
		fwrite(text->bytes, 1, text->len, stdout);
		return;
	}
	string = json_stringn(text->bytes, text->len);
	/* octets that are no UTF-8 cannot be written in JSON */
	json = json_pack("{s:s, s:s, s:o}", "as", answer->as, "type",
			 text->type, "text",
			 string != NULL ? string : json_null());
	pxe_ctl_print_json(json, false);
	json_decref(json);
}

/* One file, or, if `is_listed`, a line that says whether it is right. */
static bool show(const struct pxe_ctl *ctl, const struct wanted *w,
		 const struct pxe_conf_answer *answer, bool is_listed,
		 const struct pxe_expand_vars *vars)
{
	struct pxe_answer_text text;
	enum pxe_reason reason =
		pxe_answer_file_render(ctl->conf, answer, vars, &text);

	if (is_listed && !ctl->json)
		pxe_ctl_say(ctl, "%-20s %s", answer->as,
			    reason == PXE_REASON_OK ? answer->file : text.why);
	else if (reason != PXE_REASON_OK)
		pxe_ctl_error(ctl, "%s gets no %s for %s: %s", w->host->name,
			      answer->as, w->target->name, text.why);
	else
		print_text(ctl, answer, &text);
	pxe_answer_text_free(&text);
	return reason == PXE_REASON_OK;
}

int pxe_ctl_answer(struct pxe_ctl *ctl, int argc, char **argv)
{
	struct pxe_expand_vars vars = { .token = TOKEN };
	bool is_right = true;
	struct wanted w;
	int r;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_ALL | PXE_CONF_TEXT_ONLY) ||
	    !find_wanted(ctl, argc, argv, &w))
		return PXE_CTL_FAILED;
	r = pxe_ctl_own_address(ctl, &vars.server_address);
	if (r != PXE_CTL_OK)
		return r;
	vars.conf = ctl->conf;
	vars.host = w.host;
	vars.target = w.target;
	vars.client_address = w.host->address;
	vars.subnet = pxe_conf_find_subnet(ctl->conf, w.host->address);
	vars.hw = w.host->n_hw > 0 ? &w.host->hw[0] : NULL;
	vars.uuid = w.host->has_uuid ? &w.host->uuid : NULL;
	vars.http_port = ctl->conf->http_port;
	vars.is_http = true;
	if (w.answer != NULL)
		return show(ctl, &w, w.answer, false, &vars) ? PXE_CTL_OK
							     : PXE_CTL_FAILED;
	for (size_t i = 0; i < w.target->n_answers; i++)
		is_right &= show(ctl, &w, w.target->answers[i], true, &vars);
	return is_right ? PXE_CTL_OK : PXE_CTL_FAILED;
}
