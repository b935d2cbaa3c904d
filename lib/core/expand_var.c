/* SPDX-License-Identifier: ISC */
/* The variables of templates: the table, and how each finds its value. */
#include "core/expand.h"

#include <errno.h>
#include <string.h>

#include "wire/dhcp_opt.h"

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
	return vars->server_address != 0 || vars->server_host != NULL ||
	       vars->https_host != NULL;
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
	if (vars->https_host != NULL) {
		pxe_str_puts(out, "https://");
		pxe_str_puts(out, vars->https_host);
		return;
	}
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

static void put_host_address(struct pxe_str *out,
			     const struct pxe_expand_vars *vars)
{
	if (vars->host != NULL)
		put_address(out, vars->host->address);
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

static void put_target_type(struct pxe_str *out,
			    const struct pxe_expand_vars *vars)
{
#define X(id, name) name,
	static const char *const words[] = { PXE_TARGET_TYPES(X) };
#undef X

	if (vars->target != NULL)
		pxe_str_puts(out, words[vars->target->type]);
}

static void put_target_kernel(struct pxe_str *out,
			      const struct pxe_expand_vars *vars)
{
	if (vars->target != NULL && vars->target->kernel != NULL)
		pxe_str_puts(out, vars->target->kernel);
}

static void put_family(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	if (vars->family != PXE_FAMILY_NONE)
		pxe_str_puts(out, pxe_family_name(vars->family));
}

/* --- what DHCP tells the machine ------------------------------------------ */

static const struct pxe_conf_opt *find_option_in(
	const struct pxe_conf_opt *opts, size_t n, uint8_t code)
{
	for (size_t i = 0; i < n; i++)
		if (opts[i].code == code)
			return &opts[i];
	return NULL;
}

/* The option that the machine would get, of host before subnet before all. */
static const struct pxe_conf_opt *find_option(
	const struct pxe_expand_vars *vars, uint8_t code)
{
	const struct pxe_conf_opt *opt = NULL;

	if (vars->host != NULL)
		opt = find_option_in(vars->host->opts, vars->host->n_opts,
				     code);
	if (opt == NULL && vars->subnet != NULL)
		opt = find_option_in(vars->subnet->opts, vars->subnet->n_opts,
				     code);
	if (opt == NULL && vars->conf != NULL)
		opt = find_option_in(vars->conf->opts, vars->conf->n_opts,
				     code);
	return opt;
}

/* Up to `most` addresses of an option, with commas between them. */
static void put_addresses(struct pxe_str *out,
			  const struct pxe_expand_vars *vars, uint8_t code,
			  size_t most)
{
	const struct pxe_conf_opt *opt = find_option(vars, code);

	for (size_t i = 0; opt != NULL && i < opt->len / 4u && i < most; i++) {
		const uint8_t *p = opt->value + 4 * i;

		if (i > 0)
			pxe_str_putc(out, ',');
		put_address(out, (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
					 (uint32_t)p[2] << 8 | p[3]);
	}
}

static void put_router(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_addresses(out, vars, PXE_OPT_ROUTERS, 1);
}

static void put_dns(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_addresses(out, vars, PXE_OPT_DNS_SERVERS, SIZE_MAX);
}

static void put_ntp(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	put_addresses(out, vars, PXE_OPT_NTP_SERVERS, SIZE_MAX);
}

static void put_domain(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	const struct pxe_conf_opt *opt = find_option(vars, PXE_OPT_DOMAIN_NAME);

	if (opt != NULL)
		pxe_str_putn(out, (const char *)opt->value, opt->len);
}

static void put_network(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	if (vars->subnet != NULL)
		put_address(out, vars->subnet->net.address);
}

static void put_prefix(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	if (vars->subnet != NULL)
		pxe_str_putf(out, "%u", vars->subnet->net.prefix);
}

static void put_netmask(struct pxe_str *out, const struct pxe_expand_vars *vars)
{
	if (vars->subnet != NULL)
		put_address(out, pxe_ip4_mask(vars->subnet->net.prefix));
}

static void put_broadcast(struct pxe_str *out,
			  const struct pxe_expand_vars *vars)
{
	if (vars->subnet != NULL)
		put_address(out, pxe_ip4_net_broadcast(&vars->subnet->net));
}

/* --- the table ------------------------------------------------------------ */

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
	{ "host.address", put_host_address },
	{ "family", put_family },
	{ "target.name", put_target_name },
	{ "target.title", put_target_title },
	{ "target.type", put_target_type },
	{ "target.kernel", put_target_kernel },
	{ "subnet.network", put_network },
	{ "subnet.prefix", put_prefix },
	{ "subnet.netmask", put_netmask },
	{ "subnet.broadcast", put_broadcast },
	{ "subnet.router", put_router },
	{ "subnet.dns", put_dns },
	{ "subnet.domain", put_domain },
	{ "subnet.ntp", put_ntp },
};

const char *pxe_expand_name(size_t i)
{
	return i < PXE_LEN(variables) ? variables[i].name : NULL;
}

/* --- variables of the configuration --------------------------------------- */

static const struct pxe_conf_var *find_in(const struct pxe_conf_vars *vars,
					  const char *key, size_t n)
{
	size_t low = 0, high = vars->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int r = strncmp(vars->rows[mid].key, key, n);

		if (r == 0 && vars->rows[mid].key[n] == '\0')
			return &vars->rows[mid];
		if (r < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The most precise place that says it. */
static const struct pxe_conf_var *find_own(const struct pxe_expand_vars *vars,
					   const char *key, size_t n)
{
	const struct pxe_conf_var *var = NULL;

	if (vars->host != NULL)
		var = find_in(&vars->host->vars, key, n);
	if (var == NULL && vars->subnet != NULL)
		var = find_in(&vars->subnet->vars, key, n);
	if (var == NULL && vars->target != NULL)
		var = find_in(&vars->target->vars, key, n);
	if (var == NULL && vars->conf != NULL)
		var = find_in(&vars->conf->vars, key, n);
	return var;
}

/* Can this be the key of one? */
static bool is_key(const char *key, size_t n)
{
	while (n > 0 && (pxe_is_alnum(*key) || *key == '-' || *key == '_')) {
		key++;
		n--;
	}
	return n == 0;
}

int pxe_expand_value(const char *name, size_t n,
		     const struct pxe_expand_vars *vars, struct pxe_str *out)
{
	const struct pxe_conf_var *var;

	if (n > 4 && memcmp(name, "var.", 4) == 0 && is_key(name + 4, n - 4)) {
		var = find_own(vars, name + 4, n - 4);
		if (var != NULL)
			pxe_str_puts(out, var->value);
		return var != NULL ? 0 : -ENODATA;
	}
	for (size_t i = 0; i < PXE_LEN(variables); i++)
		if (strlen(variables[i].name) == n &&
		    memcmp(variables[i].name, name, n) == 0) {
			variables[i].put(out, vars);
			return 0;
		}
	return -ENOENT;
}
