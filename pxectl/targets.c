/* SPDX-License-Identifier: ISC */
/* `pxectl targets`: loaders, targets and hosts of the configuration. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ip4.h"
#include "base/uuid.h"
#include "core/arch.h"
#include "core/target.h"
#include "pxectl/ctl.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/rootdir.h"

static const char *const type_names[] = {
#define X(id, name) [PXE_TARGET_##id] = name,
	PXE_TARGET_TYPES(X)
#undef X
};

/* The word of `unknown`: what machines without a host section get. */
static const char *const unknown_names[] = {
#define X(id, name) [PXE_UNKNOWN_##id] = name,
	PXE_UNKNOWNS(X)
#undef X
};

/* "boot.conf:12"; "" for what is built in. */
static void put_source(const struct pxe_src *src, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	if (src->file != NULL && src->file[0] != '\0')
		pxe_str_putf(&s, "%s:%u", src->file, src->line);
}

/* What a target starts: a file, its URL or its disk; "" if nothing. */
static const char *target_file(const struct pxe_conf_target *t)
{
	const char *const files[] = {
		t->kernel,
		t->wim.image,
		t->iso,
		t->url,
		t->san.root_path,
		t->scripts.ipxe,
		t->scripts.pxelinux,
		t->scripts.grub,
	};

	for (size_t i = 0; i < PXE_LEN(files); i++)
		if (files[i][0] != '\0')
			return files[i];
	return "";
}

/* "ok" if the file is there, else why it cannot be sent. */
static const char *file_state(int root_fd, const char *name)
{
	char clean[PXE_ROOTDIR_NAME_TEXT];
	struct pxe_rootdir_file file = { .fd = -1 };
	enum pxe_reason reason = pxe_rootdir_clean_name(name, strlen(name),
							clean, sizeof(clean));

	if (root_fd < 0)
		return "boot root missing";
	if (reason == PXE_REASON_OK)
		reason = pxe_rootdir_open_file(root_fd, clean, &file);
	if (file.fd >= 0)
		close(file.fd);
	return reason == PXE_REASON_OK ? "ok" : pxe_reason_name(reason);
}

/* Is it a file of ours?  Another server's URL is not looked at. */
static bool is_own_file(const char *name)
{
	return strstr(name, "://") == NULL;
}

/* The files of a target: "", "ok" or what is wrong with the first that is not
 * as it should be. */
static void put_files(int root_fd, const struct pxe_conf_target *target,
		      char *text, size_t cap)
{
	const char *file, *key, *state;
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	for (size_t i = 0; (file = pxe_target_file(target, i, &key)) != NULL;
	     i++) {
		if (!is_own_file(file))
			continue;
		state = file_state(root_fd, file);
		if (strcmp(state, "ok") != 0) {
			pxe_str_init(&s, text, cap);
			pxe_str_putf(&s, "%s: %s", key, state);
			return;
		}
		if (s.len == 0)
			pxe_str_puts(&s, state);
	}
}

/* --- tables --- */

static const struct pxe_table_column loader_columns[] = {
	{ "LOADER", false, 0 }, { "FOR", false, 8 },    { "FILE", false, 10 },
	{ "STATE", false, 0 },  { "WHERE", false, 10 },
};

static const struct pxe_table_column target_columns[] = {
	{ "TARGET", false, 8 },  { "TYPE", false, 0 },  { "TITLE", false, 10 },
	{ "STARTS", false, 10 }, { "FILES", false, 5 }, { "WHERE", false, 10 },
};

static const struct pxe_table_column host_columns[] = {
	{ "HOST", false, 8 },    { "HARDWARE OR UUID", false, 17 },
	{ "ADDRESS", false, 0 }, { "BOOTS", false, 8 },
	{ "WHERE", false, 10 },
};

static int add_loaders(struct pxe_table *table, const struct pxe_conf *conf)
{
	int root_fd = pxe_rootdir_open(conf->boot_root), r = 0;

	for (size_t i = 0; r == 0 && i < conf->n_loaders; i++) {
		const struct pxe_conf_loader *loader = &conf->loaders[i];
		char where[512];

		put_source(&loader->src, where, sizeof(where));
		r = pxe_table_add(table,
				  (const char *[]) {
					  pxe_family_name(loader->family),
					  pxe_family_text(loader->family),
					  loader->file,
					  file_state(root_fd, loader->file),
					  where });
	}
	if (root_fd >= 0)
		close(root_fd);
	return r;
}

static int add_targets(struct pxe_table *table, const struct pxe_conf *conf)
{
	int root_fd = pxe_rootdir_open(conf->boot_root), r = 0;

	for (size_t i = 0; r == 0 && i < conf->n_targets; i++) {
		const struct pxe_conf_target *target = &conf->targets[i];
		char name[256], state[128], where[512];

		snprintf(name, sizeof(name), "%s%s", target->name,
			 target == conf->menu.dflt ? " (default)" : "");
		put_source(&target->src, where, sizeof(where));
		put_files(root_fd, target, state, sizeof(state));
		r = pxe_table_add(table,
				  (const char *[]) {
					  name, type_names[target->type],
					  target->title, target_file(target),
					  state, where });
	}
	if (root_fd >= 0)
		close(root_fd);
	return r;
}

/* What names a host: hardware addresses, its UUID, client-ids. */
static void put_identity(const struct pxe_conf_host *host, char *text,
			 size_t cap)
{
	char one[PXE_HWADDR_TEXT], uuid[PXE_UUID_TEXT];
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	for (size_t i = 0; i < host->n_hw; i++) {
		pxe_hwaddr_format(&host->hw[i], one, sizeof(one));
		pxe_str_putf(&s, "%s%s", s.len > 0 ? " " : "", one);
	}
	if (host->has_uuid) {
		pxe_uuid_format(&host->uuid, uuid, sizeof(uuid));
		pxe_str_putf(&s, "%s%s", s.len > 0 ? " " : "", uuid);
	}
	for (size_t i = 0; i < host->n_ids; i++) {
		pxe_str_putf(&s, "%sid:", s.len > 0 ? " " : "");
		pxe_str_put_hex(&s, host->ids[i].octets, host->ids[i].len, 0);
	}
}

static int add_hosts(struct pxe_table *table, const struct pxe_conf *conf)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < conf->n_hosts; i++) {
		const struct pxe_conf_host *host = &conf->hosts[i];
		char identity[512], address[PXE_IP4_TEXT] = "from the pool",
				    where[512];

		put_identity(host, identity, sizeof(identity));
		if (host->address != 0)
			pxe_ip4_format(host->address, address, sizeof(address));
		put_source(&host->src, where, sizeof(where));
		r = pxe_table_add(table,
				  (const char *[]) {
					  host->name, identity, address,
					  host->boot != NULL ? host->boot->name
							     : "the menu",
					  where });
	}
	return r;
}

/* --- records --- */

static json_t *source_json(const struct pxe_src *src)
{
	char where[512];

	put_source(src, where, sizeof(where));
	return json_string(where);
}

static json_t *loader_records(const struct pxe_conf *conf)
{
	json_t *array = json_array();
	int root_fd = pxe_rootdir_open(conf->boot_root);

	for (size_t i = 0; i < conf->n_loaders; i++) {
		const struct pxe_conf_loader *loader = &conf->loaders[i];

		if (json_array_append_new(
			    array,
			    json_pack("{s:s, s:s, s:s, s:o}", "loader",
				      pxe_family_name(loader->family), "file",
				      loader->file, "state",
				      file_state(root_fd, loader->file),
				      "where", source_json(&loader->src))) < 0)
			break;
	}
	if (root_fd >= 0)
		close(root_fd);
	return array;
}

static json_t *file_records(int root_fd, const struct pxe_conf_target *target)
{
	json_t *array = json_array();
	const char *file, *key;

	for (size_t i = 0; (file = pxe_target_file(target, i, &key)) != NULL;
	     i++)
		if (json_array_append_new(
			    array, json_pack("{s:s, s:s, s:s}", "key", key,
					     "file", file, "state",
					     is_own_file(file)
						     ? file_state(root_fd, file)
						     : "elsewhere")) < 0)
			break;
	return array;
}

static json_t *target_records(const struct pxe_conf *conf)
{
	json_t *array = json_array();
	int root_fd = pxe_rootdir_open(conf->boot_root);

	for (size_t i = 0; i < conf->n_targets; i++) {
		const struct pxe_conf_target *target = &conf->targets[i];

		if (json_array_append_new(
			    array,
			    json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:o}",
				      "target", target->name, "type",
				      type_names[target->type], "title",
				      target->title, "starts",
				      target_file(target), "default",
				      target == conf->menu.dflt, "files",
				      file_records(root_fd, target), "where",
				      source_json(&target->src))) < 0)
			break;
	}
	if (root_fd >= 0)
		close(root_fd);
	return array;
}

static json_t *host_records(const struct pxe_conf *conf)
{
	json_t *array = json_array();

	for (size_t i = 0; i < conf->n_hosts; i++) {
		const struct pxe_conf_host *host = &conf->hosts[i];
		char identity[512], address[PXE_IP4_TEXT] = "";

		put_identity(host, identity, sizeof(identity));
		if (host->address != 0)
			pxe_ip4_format(host->address, address, sizeof(address));
		if (json_array_append_new(
			    array,
			    json_pack("{s:s, s:s, s:s, s:s, s:o}", "host",
				      host->name, "identity", identity,
				      "address", address, "boot",
				      host->boot != NULL ? host->boot->name
							 : "",
				      "where", source_json(&host->src))) < 0)
			break;
	}
	return array;
}

/* --- the command --- */

static const struct {
	const char *name;
	const struct pxe_table_column *columns;
	size_t n_columns;
	int (*add)(struct pxe_table *table, const struct pxe_conf *conf);
	json_t *(*records)(const struct pxe_conf *conf);
	const char *none; /* what to say where there are none */
} parts[] = {
	{ "loaders", loader_columns, PXE_LEN(loader_columns), add_loaders,
	  loader_records, "No loader: nothing can boot (boot.conf)." },
	{ "targets", target_columns, PXE_LEN(target_columns), add_targets,
	  target_records, "No target." },
	{ "hosts", host_columns, PXE_LEN(host_columns), add_hosts, host_records,
	  "No host section (hosts.conf)." },
};

static int print_tables(const struct pxe_ctl *ctl)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < PXE_LEN(parts); i++) {
		struct pxe_table *table =
			pxe_table_new(parts[i].columns, parts[i].n_columns,
				      ctl->style.utf8);

		r = table == NULL ? -ENOMEM : parts[i].add(table, ctl->conf);
		if (r == 0 && i > 0)
			putchar('\n');
		if (r == 0 && pxe_table_count(table) > 0)
			pxe_table_print(table, &ctl->style, stdout);
		else if (r == 0 && !ctl->quiet)
			puts(parts[i].none);
		pxe_table_free(table);
	}
	if (r == 0 && !ctl->quiet)
		printf("\nMachines without a host section: %s\n",
		       unknown_names[ctl->conf->unknown]);
	if (r < 0)
		pxe_ctl_error(ctl, "%s", strerror(-r));
	return r < 0 ? PXE_CTL_FAILED : PXE_CTL_OK;
}

int pxe_ctl_targets(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		    PXE_UNUSED char **argv)
{
	json_t *all;
	int r = 0;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS))
		return PXE_CTL_FAILED;
	if (!ctl->json)
		return print_tables(ctl);
	all = json_pack("{s:s}", "unknown", unknown_names[ctl->conf->unknown]);
	for (size_t i = 0; r == 0 && i < PXE_LEN(parts); i++)
		r = json_object_set_new(all, parts[i].name,
					parts[i].records(ctl->conf));
	if (r == 0)
		pxe_ctl_print_json(all, false);
	else
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
	json_decref(all);
	return r == 0 ? PXE_CTL_OK : PXE_CTL_FAILED;
}
