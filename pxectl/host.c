/* SPDX-License-Identifier: ISC */
/* `pxectl host`: the machines that hosts.conf knows by name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "base/uuid.h"
#include "pxectl/conf_edit.h"
#include "pxectl/ctl.h"
#include "pxectl/host_text.h"
#include "pxectl/reload.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

#define HOSTS_FILE   "hosts.conf"
#define SECTION_TEXT 4096
#define ID_TEXT      (PXE_CLIENT_KEY_TEXT + 260) /* with colons */

/* How a machine is told from others in its section. */
struct ident {
	const char *key; /* of the option */
	char text[ID_TEXT];
	struct pxe_hwaddr hw; /* hlen 0: not by this */
	struct pxe_uuid uuid; /* if has_uuid */
	bool has_uuid;
};

/* --- who it is -------------------------------------------------------------
 */

static bool by_hw(const struct pxe_ctl *ctl, const struct pxe_hwaddr *hw,
		  struct ident *id)
{
	if (hw->hlen == 0 || pxe_hwaddr_is_zero(hw) ||
	    pxe_conf_is_shared_mac(ctl->conf, hw))
		return false;
	id->key = "mac";
	id->hw = *hw;
	pxe_hwaddr_format(hw, id->text, sizeof(id->text));
	return true;
}

static bool by_uuid(const struct pxe_uuid *uuid, struct ident *id)
{
	if (!pxe_uuid_is_unique(uuid))
		return false;
	id->key = "uuid";
	id->uuid = *uuid;
	id->has_uuid = true;
	pxe_uuid_format(uuid, id->text, sizeof(id->text));
	return true;
}

/* A key "id:ff0012...", as the configuration writes it. */
static bool by_client_id(const char *key, struct ident *id)
{
	uint8_t octets[255];
	struct pxe_str s;
	int n;

	if (!pxe_str_has_prefix(key, "id:"))
		return false;
	n = pxe_str_to_bytes(key + 3, sizeof(octets), octets);
	if (n < 2)
		return false;
	id->key = "client-id";
	pxe_str_init(&s, id->text, sizeof(id->text));
	pxe_str_put_hex(&s, octets, (size_t)n, ':');
	return !s.cut;
}

/* By what pxe-stated knows of it. */
static bool by_record(struct pxe_ctl *ctl, const char *who, struct ident *id)
{
	json_t *answer = pxe_ctl_get_client(ctl, who);
	struct pxe_client client;
	bool is_found = false;

	if (answer == NULL)
		return false;
	if (pxe_state_client_from_json(json_object_get(answer, "client"),
				       &client) < 0)
		pxe_ctl_nonsense(ctl, "GetClient");
	else if (by_hw(ctl, &client.facts.hw, id) ||
		 (client.facts.has_uuid && by_uuid(&client.facts.uuid, id)) ||
		 by_client_id(client.key, id))
		is_found = true;
	else
		pxe_ctl_error(
			ctl,
			"%s has neither a hardware address of its own nor "
			"a UUID nor a client-id: nothing tells it from "
			"others",
			who);
	json_decref(answer);
	return is_found;
}

/* A hardware address or UUID need not have been seen. */
static bool identify(struct pxe_ctl *ctl, const char *who, struct ident *id)
{
	struct pxe_hwaddr hw;
	struct pxe_uuid uuid;

	*id = (struct ident) { 0 };
	if (pxe_hwaddr_parse(who, &hw) == 0 && by_hw(ctl, &hw, id))
		return true;
	if (pxe_uuid_parse(who, &uuid) == 0 && by_uuid(&uuid, id))
		return true;
	return by_record(ctl, who, id);
}

/* --- what is in the way ----------------------------------------------------
 */

/* Says that it is a host already; false. */
static bool tell_taken(const struct pxe_ctl *ctl, const char *what,
		       const struct pxe_conf_host *host)
{
	pxe_ctl_error(ctl, "%s is host \"%s\" already: %s line %u", what,
		      host->name, host->src.file, host->src.line);
	return false;
}

static bool is_free(const struct pxe_ctl *ctl, const char *name,
		    const struct ident *id, const char *address)
{
	const struct pxe_conf_host *host =
		pxe_conf_find_host_name(ctl->conf, name);
	uint32_t ip;

	if (host != NULL) {
		pxe_ctl_error(ctl, "there is a host \"%s\" already: %s line %u",
			      name, host->src.file, host->src.line);
		return false;
	}
	if (id->hw.hlen > 0 || id->has_uuid)
		host = pxe_conf_find_host(ctl->conf,
					  id->hw.hlen > 0 ? &id->hw : NULL,
					  id->has_uuid ? &id->uuid : NULL);
	if (host != NULL)
		return tell_taken(ctl, id->text, host);
	if (address != NULL && pxe_ip4_parse(address, &ip) == 0 && ip != 0)
		host = pxe_conf_find_host_address(ctl->conf, ip);
	return host == NULL || tell_taken(ctl, address, host);
}

/* --- the change ------------------------------------------------------------
 */

static void tell_finding(enum pxe_conf_severity severity,
			 const struct pxe_src *src, const char *text, void *arg)
{
	if (severity == PXE_CONF_ERROR)
		pxe_ctl_error(arg, "%s:%u: %s", src->file, src->line, text);
}

/*
 * Makes `text` the file's content, if the daemons could live with it.
 * `name`: the host that there must be then (`want`) or must not.
 */
static bool put_text(struct pxe_ctl *ctl, struct pxe_edit *edit,
		     const char *text, size_t len, const char *name, bool want)
{
	struct pxe_conf_swap swap;
	struct pxe_conf *conf = NULL;
	int r = pxe_edit_write(edit, text, len, HOSTS_FILE, &swap);

	if (r == 0 &&
	    pxe_conf_load_swapped(ctl->conf_dir, PXE_CONF_FILE_ALL, &swap,
				  tell_finding, ctl, &conf) < 0) {
		pxe_ctl_error(ctl, "nothing was changed: the configuration "
				   "would be broken");
		return false;
	}
	if (r == 0 && ((pxe_conf_find_host_name(conf, name) != NULL) != want ||
		       conf->n_hosts + 1 - 2 * want != ctl->conf->n_hosts)) {
		pxe_ctl_error(ctl,
			      "nothing was changed: %s is written in a way "
			      "that is better changed by hand",
			      edit->base);
		pxe_conf_free(conf);
		return false;
	}
	if (r == 0)
		r = pxe_edit_commit(edit);
	if (r < 0) {
		pxe_ctl_error(ctl, "%s was not changed: %s", edit->base,
			      r == -EAGAIN ? "somebody else changed it just "
					     "now, try again"
					   : strerror(-r));
		pxe_conf_free(conf);
		return false;
	}
	pxe_conf_free(ctl->conf);
	ctl->conf = conf;
	return true;
}

/* Opens the file to be changed, and reads the configuration as it is then. */
static bool begin(struct pxe_ctl *ctl, const char *path, struct pxe_edit *edit)
{
	int r = pxe_edit_open(path, edit);

	if (r < 0) {
		pxe_ctl_error(ctl, "%s cannot be changed: %s", path,
			      r == -EWOULDBLOCK
				      ? "somebody else is at it; try again"
				      : strerror(-r));
		return false;
	}
	pxe_conf_free(ctl->conf);
	ctl->conf = NULL;
	if (pxe_ctl_load(ctl, PXE_CONF_FILE_ALL))
		return true;
	pxe_edit_close(edit);
	return false;
}

static void put_names(struct pxe_str *out, const json_t *told)
{
	size_t i, n = json_array_size(told);
	json_t *name;

	json_array_foreach(told, i, name) pxe_str_putf(out, "%spxe-%s",
						       i == 0       ? ""
						       : i + 1 == n ? " and "
								    : ", ",
						       json_string_value(name));
}

/* Has the daemons read it, and prints what was done. */
static int finish(struct pxe_ctl *ctl, const char *host, const char *file,
		  unsigned line, const char *done)
{
	char names[256];
	struct pxe_str s;
	json_t *told = NULL;
	bool is_told = pxe_ctl_reload(ctl, &told);

	if (ctl->json) {
		json_t *all =
			json_pack("{s:s, s:s, s:i, s:O}", "host", host, "file",
				  file, "line", (int)line, "told", told);

		pxe_ctl_print_json(all, false);
		json_decref(all);
	} else {
		pxe_str_init(&s, names, sizeof(names));
		put_names(&s, told);
		pxe_ctl_say(ctl, "%s%s%s", done, s.len > 0 ? "  Told: " : "",
			    names);
	}
	json_decref(told);
	return is_told ? PXE_CTL_OK : PXE_CTL_FAILED;
}

/* --- host add --------------------------------------------------------------
 */

static bool append(struct pxe_ctl *ctl, struct pxe_edit *edit,
		   const struct pxe_host_text *host)
{
	size_t cap = edit->len + SECTION_TEXT;
	char *text = malloc(cap);
	struct pxe_str s;
	bool is_done = false;

	if (text == NULL) {
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
		return false;
	}
	pxe_str_init(&s, text, cap);
	pxe_str_putn(&s, edit->text, edit->len);
	if (pxe_host_text_put(&s, edit->text, edit->len, host) < 0)
		pxe_ctl_error(ctl, "a control character cannot be part of a "
				   "value");
	else if (s.cut || s.len < edit->len)
		pxe_ctl_error(ctl, "that is too long for a section");
	else
		is_done = put_text(ctl, edit, text, s.len, host->name, true);
	free(text);
	return is_done;
}

int pxe_ctl_host_add(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	const struct pxe_conf_host *made;
	struct pxe_edit edit;
	struct ident id;
	char path[PATH_MAX], done[1024];
	struct pxe_host_text host = {
		.name = argv[0],
		.address = ctl->opt[PXE_CTL_OPT_ADDRESS],
		.boot = ctl->opt[PXE_CTL_OPT_BOOT],
		.groups = ctl->opt[PXE_CTL_OPT_GROUP],
	};
	bool is_done;

	snprintf(path, sizeof(path), "%s/" HOSTS_FILE, ctl->conf_dir);
	if (!begin(ctl, path, &edit))
		return PXE_CTL_FAILED;
	is_done = identify(ctl, argv[1], &id) &&
		  is_free(ctl, host.name, &id, host.address);
	host.id_key = id.key;
	host.id = id.text;
	is_done = is_done && append(ctl, &edit, &host);
	pxe_edit_close(&edit);
	if (!is_done)
		return PXE_CTL_FAILED;
	made = pxe_conf_find_host_name(ctl->conf, host.name);
	snprintf(done, sizeof(done), "%s, %s %s, stands in %s line %u.",
		 made->name, id.key, id.text, made->src.file, made->src.line);
	return finish(ctl, made->name, made->src.file, made->src.line, done);
}

/* --- host remove -----------------------------------------------------------
 */

static bool take_out(struct pxe_ctl *ctl, struct pxe_edit *edit,
		     const char *name)
{
	size_t start, end;

	if (pxe_host_text_find(edit->text, edit->len, name, &start, &end) < 0) {
		pxe_ctl_error(ctl,
			      "its section is not in %s as it is usually "
			      "written: take it out by hand",
			      edit->base);
		return false;
	}
	memmove(edit->text + start, edit->text + end, edit->len - end);
	return put_text(ctl, edit, edit->text, edit->len - (end - start), name,
			false);
}

/* The next machine of that name is not to get what was ordered for this one.
 * False: told. */
static bool drop_orders(struct pxe_ctl *ctl, const char *name)
{
	char machine[PXE_HOST_NAME_TEXT + 8];
	json_t *answer;

	if (ctl->link == NULL) /* that nobody answers was told */
		return true;
	snprintf(machine, sizeof(machine), "host:%s", name);
	answer = pxe_ctl_call(ctl, "AssignBoot",
			      json_pack("{s:[s]}", "machines", machine));
	json_decref(answer);
	return answer != NULL;
}

int pxe_ctl_host_remove(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	const struct pxe_conf_host *host;
	struct pxe_edit edit;
	char path[PATH_MAX], done[PATH_MAX + 128];
	unsigned line;
	struct pxe_str s;
	bool is_done;
	int status;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_ALL))
		return PXE_CTL_FAILED;
	host = pxe_conf_find_host_name(ctl->conf, argv[0]);
	if (host == NULL) {
		pxe_ctl_error(ctl,
			      "there is no host \"%s\": `pxectl host list` "
			      "lists them",
			      argv[0]);
		return PXE_CTL_FAILED;
	}
	line = host->src.line;
	pxe_str_copy(path, sizeof(path), host->src.file);
	if (!begin(ctl, path, &edit))
		return PXE_CTL_FAILED;
	is_done = take_out(ctl, &edit, argv[0]);
	pxe_edit_close(&edit);
	if (!is_done)
		return PXE_CTL_FAILED;
	pxe_str_init(&s, done, sizeof(done));
	pxe_str_putf(&s, "%s was taken out of %s.", argv[0], path);
	status = finish(ctl, argv[0], path, line, done);
	return drop_orders(ctl, argv[0]) ? status : PXE_CTL_FAILED;
}

/* --- host list -------------------------------------------------------------
 */

static const struct pxe_table_column columns[] = {
	{ "HOST", false, 8 },    { "HARDWARE OR UUID", false, 17 },
	{ "ADDRESS", false, 0 }, { "BOOTS", false, 8 },
	{ "WHERE", false, 10 },
};

/* All that tells it from others, as a list of texts. */
static json_t *idents_to_json(const struct pxe_conf_host *host)
{
	json_t *list = json_array();
	struct ident id;

	for (size_t i = 0; i < host->n_hw; i++) {
		pxe_hwaddr_format(&host->hw[i], id.text, sizeof(id.text));
		json_array_append_new(list, json_string(id.text));
	}
	if (host->has_uuid && by_uuid(&host->uuid, &id))
		json_array_append_new(list, json_string(id.text));
	for (size_t i = 0; i < host->n_ids; i++) {
		struct pxe_str s;

		pxe_str_init(&s, id.text, sizeof(id.text));
		pxe_str_puts(&s, "id:");
		pxe_str_put_hex(&s, host->ids[i].octets, host->ids[i].len, 0);
		json_array_append_new(list, json_string(id.text));
	}
	return list;
}

static const char *boot_of(const struct pxe_conf_host *host)
{
	return host->boot != NULL ? host->boot->name : "";
}

static int add_row(struct pxe_table *table, const struct pxe_conf_host *host)
{
	json_t *idents = idents_to_json(host);
	const char *first = json_string_value(json_array_get(idents, 0));
	size_t n = json_array_size(idents);
	char address[PXE_IP4_TEXT] = "", where[PATH_MAX + 16],
	     who[ID_TEXT + 16];
	int r;

	snprintf(who, sizeof(who), "%s%s", first != NULL ? first : "",
		 n > 1 ? ", ..." : "");
	if (host->address != 0)
		pxe_ip4_format(host->address, address, sizeof(address));
	snprintf(where, sizeof(where), "%s:%u", host->src.file, host->src.line);
	r = pxe_table_add(table, (const char *[]) { host->name, who, address,
						    boot_of(host), where });
	json_decref(idents);
	return r;
}

static json_t *host_to_json(const struct pxe_conf_host *host)
{
	char address[PXE_IP4_TEXT] = "";

	if (host->address != 0)
		pxe_ip4_format(host->address, address, sizeof(address));
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:i}", "host", host->name,
			 "clients", idents_to_json(host), "address", address,
			 "boot", boot_of(host), "file", host->src.file, "line",
			 (int)host->src.line);
}

static void print_records(const struct pxe_conf *conf)
{
	json_t *all = json_array();

	for (size_t i = 0; i < conf->n_hosts; i++)
		if (json_array_append_new(all, host_to_json(&conf->hosts[i])) <
		    0)
			break;
	pxe_ctl_print_json(all, false);
	json_decref(all);
}

int pxe_ctl_host_list(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		      PXE_UNUSED char **argv)
{
	struct pxe_table *table;
	int r = 0;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_ALL | PXE_CONF_TEXT_ONLY))
		return PXE_CTL_FAILED;
	if (ctl->json) {
		print_records(ctl->conf);
		return PXE_CTL_OK;
	}
	table = pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	r = table == NULL ? -ENOMEM : 0;
	for (size_t i = 0; r == 0 && i < ctl->conf->n_hosts; i++)
		r = add_row(table, &ctl->conf->hosts[i]);
	if (r < 0)
		pxe_ctl_error(ctl, "%s", strerror(-r));
	else if (ctl->conf->n_hosts > 0)
		pxe_table_print(table, &ctl->style, stdout);
	else if (!ctl->quiet)
		puts("hosts.conf names no machine yet; `pxectl host add` "
		     "does.");
	pxe_table_free(table);
	return r < 0 ? PXE_CTL_FAILED : PXE_CTL_OK;
}
