/* SPDX-License-Identifier: ISC */
/* Variables of the administrator: "key=value" in a list of any section. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "run/conf_net.h"

#define KEY_MAX   59 /* with "var." before it a name of 63 characters */
#define VALUE_MAX 4095

bool pxe_conf_read_var(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		       const struct pxe_conf_value *value, void *at)
{
	struct pxe_conf_var *var = at;
	const char *text = value->text;
	size_t n = 0;

	while (pxe_is_alnum(text[n]) || text[n] == '-' || text[n] == '_')
		n++;
	if (n == 0 || n > KEY_MAX || text[n] != '=') {
		/* not shown: it may be a secret */
		pxe_conf_error(job, &value->src,
			       "%s: a value does not begin with a key: write "
			       "\"key=value\", the key of 1 to %d letters, "
			       "digits, '-' and '_'",
			       row->key, KEY_MAX);
		return false;
	}
	if (strlen(text + n + 1) > VALUE_MAX) {
		pxe_conf_error(job, &value->src,
			       "%s: the value of \"%.*s\" has %zu characters: "
			       "give up to %d",
			       row->key, (int)n, text, strlen(text + n + 1),
			       VALUE_MAX);
		return false;
	}
	var->src = value->src;
	var->key = pxe_conf_copy(job, job->keep, text, n);
	var->value = text + n + 1;
	return var->key != NULL;
}

/* By key, then in the order of the file. */
static int compare_vars(const void *a, const void *b)
{
	const struct pxe_conf_var *x = a, *y = b;
	int r = strcmp(x->key, y->key);

	return r != 0 ? r : x->src.line < y->src.line ? -1 : 1;
}

void pxe_conf_make_vars(struct pxe_conf_job *job, struct pxe_conf_vars *vars)
{
	size_t kept = 0;

	if (vars->n == 0)
		return;
	qsort(vars->rows, vars->n, sizeof(*vars->rows), compare_vars);
	for (size_t i = 1; i < vars->n; i++) {
		const struct pxe_conf_var *var = &vars->rows[i];

		if (strcmp(vars->rows[kept].key, var->key) != 0)
			vars->rows[++kept] = *var;
		else
			pxe_conf_error(job, &var->src,
				       "the variable \"%s\" stands here twice: "
				       "take one out",
				       var->key);
	}
	vars->n = kept + 1;
}
