/* SPDX-License-Identifier: ISC */
/* What is special in httpd.conf: media types, ".suffix=type/subtype", and the
 * place of the access log. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "run/conf_net.h"
#include "run/conf_perm.h"

enum { TYPE_MAX = 120 };

/* tchar of RFC 9110 section 5.6.2: how many of them `text` begins with. */
static size_t token_length(const char *text)
{
	size_t n = 0;

	while (pxe_is_alnum(text[n]) ||
	       (text[n] != '\0' && strchr("!#$%&'*+-.^_`|~", text[n]) != NULL))
		n++;
	return n;
}

/*
 * A media type as it stands in a Content-Type field: "type/subtype", then what
 * parameters there are ("; charset=utf-8"), which only must not end the field.
 */
static bool is_media_type(const char *text)
{
	size_t n = token_length(text);

	if (n == 0 || text[n] != '/' || strlen(text) > TYPE_MAX)
		return false;
	text += n + 1;
	n = token_length(text);
	if (n == 0 || (text[n] != '\0' && text[n] != ';'))
		return false;
	for (; text[n] != '\0'; n++)
		if (text[n] < ' ' || text[n] > '~')
			return false;
	return true;
}

/* Is there no other type of the same suffix behind it? */
static bool is_only(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		    const struct pxe_conf_value *value, size_t n_suffix)
{
	const struct pxe_conf_value *v = value->next;

	while (v != NULL &&
	       strncasecmp(v->text, value->text, n_suffix + 1) != 0)
		v = v->next;
	if (v != NULL)
		pxe_conf_error(job, &v->src,
			       "%s: %.*s stands there twice: take one out",
			       row->key, (int)n_suffix, v->text);
	return v == NULL;
}

bool pxe_conf_read_media(struct pxe_conf_job *job,
			 const struct pxe_conf_row *row,
			 const struct pxe_conf_value *value, void *at)
{
	struct pxe_conf_media *media = at;
	const char *text = value->text, *equals = strchr(text, '=');

	if (text[0] != '.' || equals == NULL || equals - text < 2 ||
	    memchr(text, '/', (size_t)(equals - text)) != NULL ||
	    !is_media_type(equals + 1)) {
		pxe_conf_error(job, &value->src,
			       "%s: \"%s\" is not a suffix and its media "
			       "type: write it like \".foo=application/"
			       "x-foo\"",
			       row->key, text);
		return false;
	}
	media->suffix = text;
	media->n_suffix = (size_t)(equals - text);
	media->type = equals + 1;
	return is_only(job, row, value, media->n_suffix);
}

void pxe_conf_check_access_log(struct pxe_conf_job *job,
			       const struct pxe_src *src)
{
	const struct pxe_conf *conf = job->conf;

	if (conf->access_log[0] != '\0' &&
	    pxe_conf_is_within(conf->access_log, conf->boot_root))
		pxe_conf_error(job, src,
			       "access-log %s is below the boot root, where "
			       "every client could read it: put it elsewhere",
			       conf->access_log);
}
