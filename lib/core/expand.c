/* SPDX-License-Identifier: ISC */
#include "core/expand.h"

#include <errno.h>
#include <string.h>

static void put_address(struct pxe_str *out, uint32_t address)
{
	char text[PXE_IP4_TEXT];

	if (address == 0)
		return;
	pxe_ip4_format(address, text, sizeof(text));
	pxe_str_puts(out, text);
}

static void put_hw(struct pxe_str *out, const struct pxe_hwaddr *hw)
{
	char text[PXE_HWADDR_TEXT];

	if (hw == NULL)
		return;
	pxe_hwaddr_format(hw, text, sizeof(text));
	pxe_str_puts(out, text);
}

static bool has_server(const struct pxe_expand_vars *vars)
{
	return vars->server_address != 0 || vars->server_host != NULL;
}

static void put_server(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	if (vars->server_address != 0)
		put_address(out, vars->server_address);
	else if (vars->server_host != NULL)
		pxe_str_puts(out, vars->server_host);
}

static void put_http(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	if (!has_server(vars))
		return;
	pxe_str_puts(out, "http://");
	put_server(out, vars);
	if (vars->http_port != 80)
		pxe_str_putf(out, ":%u", vars->http_port);
}

static void put_callback(struct pxe_str *out,
			 const struct pxe_expand_vars *vars)
{
	if (!has_server(vars))
		return;
	put_http(out, vars);
	pxe_str_puts(out, "/callback");
	if (vars->hw != NULL && vars->hw->hlen > 0) {
		/* dashes: colons are escaped by some who fetch URLs */
		pxe_str_puts(out, "?mac=");
		if (vars->hw->htype != PXE_HTYPE_ETHERNET ||
		    vars->hw->hlen != 6)
			put_hw(out, vars->hw);
		else
			pxe_str_put_hex(out, vars->hw->addr, 6, '-');
	}
}

/* A URL of the boot session; nothing without one. */
static void put_session_url(struct pxe_str *out,
			    const struct pxe_expand_vars *vars,
			    const char *path)
{
	if (vars->token == NULL || !has_server(vars))
		return;
	put_http(out, vars);
	pxe_str_puts(out, path);
	pxe_str_puts(out, vars->token);
}

static void put_answer(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_session_url(out, vars, "/answer/");
}

static void put_done(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_session_url(out, vars, "/done/");
}

static void put_failed(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_session_url(out, vars, "/failed/");
}

static void put_token(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	if (vars->token != NULL)
		pxe_str_puts(out, vars->token);
}

static void put_mac(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_hw(out, vars->hw);
}

static void put_uuid(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	char text[PXE_UUID_TEXT];

	if (vars->uuid == NULL)
		return;
	pxe_uuid_format(vars->uuid, text, sizeof(text));
	pxe_str_puts(out, text);
}

static void put_client(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_address(out, vars->client_address);
}

static void put_host_name(struct pxe_str *out,
			  const struct pxe_expand_vars *vars)
{
	if (vars->host != NULL)
		pxe_str_puts(out, vars->host->name);
}

static void put_host_mac(struct pxe_str *out,
			 const struct pxe_expand_vars *vars)
{
	if (vars->host != NULL && vars->host->n_hw > 0)
		put_hw(out, &vars->host->hw[0]);
}

static void put_target_name(struct pxe_str *out,
			    const struct pxe_expand_vars *vars)
{
	if (vars->target != NULL)
		pxe_str_puts(out, vars->target->name);
}

static void put_target_title(struct pxe_str *out,
			     const struct pxe_expand_vars *vars)
{
	if (vars->target != NULL)
		pxe_str_puts(out, vars->target->title);
}

static const struct {
	const char *name;
	void (*put)(struct pxe_str *out, const struct pxe_expand_vars *vars);
} variables[] = {
	{ "http", put_http },
	{ "server", put_server },
	{ "callback", put_callback },
	{ "answer-url", put_answer },
	{ "done-url", put_done },
	{ "failed-url", put_failed },
	{ "token", put_token },
	{ "mac", put_mac },
	{ "uuid", put_uuid },
	{ "address", put_client },
	{ "host.name", put_host_name },
	{ "host.mac", put_host_mac },
	{ "target.name", put_target_name },
	{ "target.title", put_target_title },
};

const char *pxe_expand_name(size_t i)
{
	return i < PXE_LEN(variables) ? variables[i].name : NULL;
}

/* Appends the value of the variable of `n` characters at `name`. */
static int put_variable(const char *name, size_t n,
			const struct pxe_expand_vars *vars, struct pxe_str *out)
{
	for (size_t i = 0; i < PXE_LEN(variables); i++)
		if (strlen(variables[i].name) == n &&
		    memcmp(variables[i].name, name, n) == 0) {
			variables[i].put(out, vars);
			return 0;
		}
	return -ENOENT;
}

/* Blanks between the braces and the name do not count. */
static void trim(const char **name, size_t *n)
{
	while (*n > 0 && **name == ' ') {
		++*name;
		--*n;
	}
	while (*n > 0 && (*name)[*n - 1] == ' ')
		--*n;
}

int pxe_expand(const char *text, const struct pxe_expand_vars *vars,
	       struct pxe_str *out, char *bad, size_t cap)
{
	const char *open, *close;

	while ((open = strstr(text, "{{")) != NULL) {
		const char *name = open + 2;
		struct pxe_str wrong;
		size_t n;

		close = strstr(name, "}}");
		if (close == NULL)
			return -EBADMSG;
		n = (size_t)(close - name);
		trim(&name, &n);
		pxe_str_putn(out, text, (size_t)(open - text));
		if (put_variable(name, n, vars, out) < 0) {
			if (bad != NULL) {
				pxe_str_init(&wrong, bad, cap);
				pxe_str_putn(&wrong, name, n);
			}
			return -ENOENT;
		}
		text = close + 2;
	}
	pxe_str_puts(out, text);
	return out->cut ? -ENOSPC : 0;
}
