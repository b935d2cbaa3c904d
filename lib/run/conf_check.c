/* SPDX-License-Identifier: ISC */
/* What concerns more than one value: the configuration as a whole. */
#include "run/conf_boot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/conf_index.h"
#include "run/conf_files.h"
#include "run/conf_net.h"
#include "run/conf_once.h"
#include "run/conf_perm.h"
#include "run/conf_secret.h"
#include "run/conf_upload.h"

/* Where a key of the root was set; pxe.conf as a whole where it was not. */
static struct pxe_src src_of(const struct pxe_conf_job *job, const char *key)
{
	const struct pxe_conf_item *item =
		pxe_conf_item_find(job->sections[PXE_CONF_ROOT].first, key);

	return item != NULL ? item->first->src
			    : (struct pxe_src) { .file = job->main_file };
}

/* --- what stands twice ---------------------------------------------------- */

static const char *host_name(const void *thing)
{
	return ((const struct pxe_conf_host *)thing)->name;
}

static const struct pxe_src *host_src(const void *thing)
{
	return &((const struct pxe_conf_host *)thing)->src;
}

static const char *target_name(const void *thing)
{
	return ((const struct pxe_conf_target *)thing)->name;
}

static const struct pxe_src *target_src(const void *thing)
{
	return &((const struct pxe_conf_target *)thing)->src;
}

static const char *answer_name(const void *thing)
{
	return ((const struct pxe_conf_answer *)thing)->name;
}

static const struct pxe_src *answer_src(const void *thing)
{
	return &((const struct pxe_conf_answer *)thing)->src;
}

static const struct {
	enum pxe_conf_key kind;
	const char *section, *what;
	const char *(*name)(const void *thing);
	const struct pxe_src *(*src)(const void *thing);
} uniques[] = {
	{ PXE_CONF_KEY_HOST_NAME, "host", "name", host_name, host_src },
	{ PXE_CONF_KEY_HOST_HW, "host", "mac", host_name, host_src },
	{ PXE_CONF_KEY_HOST_UUID, "host", "uuid", host_name, host_src },
	{ PXE_CONF_KEY_HOST_ID, "host", "client-id", host_name, host_src },
	{ PXE_CONF_KEY_HOST_ADDRESS, "host", "address", host_name, host_src },
	{ PXE_CONF_KEY_TARGET, "target", "name", target_name, target_src },
	{ PXE_CONF_KEY_ANSWER, "answer", "name", answer_name, answer_src },
};

static void check_unique(struct pxe_conf_job *job, size_t u)
{
	const struct pxe_conf_index *index = job->conf->index;
	const struct pxe_conf_entry *rows = index->by[uniques[u].kind].rows;
	size_t n = index->by[uniques[u].kind].n, first = 0;

	for (size_t i = 1; i < n; i++) {
		const struct pxe_src *src, *other;

		if (pxe_conf_key_compare(uniques[u].kind, rows[first].key,
					 rows[i].key) != 0) {
			first = i;
			continue;
		}
		src = uniques[u].src(rows[i].thing);
		other = uniques[u].src(rows[first].thing);
		pxe_conf_error(job, src,
			       "%s \"%s\" has the same %s as \"%s\", %s line "
			       "%u: change one of them",
			       uniques[u].section,
			       uniques[u].name(rows[i].thing), uniques[u].what,
			       uniques[u].name(rows[first].thing), other->file,
			       other->line);
	}
}

static void check_loaders(struct pxe_conf_job *job)
{
	const struct pxe_conf_loader *seen[PXE_N_FAMILIES] = { NULL };
	const struct pxe_conf *conf = job->conf;

	for (size_t i = 0; i < conf->n_loaders; i++) {
		const struct pxe_conf_loader *loader = &conf->loaders[i],
					     *other = seen[loader->family];

		if (other == NULL)
			seen[loader->family] = loader;
		else
			pxe_conf_error(job, &loader->src,
				       "there is a loader \"%s\" already, %s "
				       "line %u: take one of them out",
				       pxe_family_name(loader->family),
				       other->src.file, other->src.line);
	}
}

static void check_fallback(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;
	const struct pxe_src src = src_of(job, "fallback");

	if (conf->fallback != PXE_FAMILY_NONE && !job->is_broken &&
	    pxe_conf_find_loader(conf, conf->fallback) == NULL)
		pxe_conf_error(job, &src,
			       "fallback = \"%s\": there is no such loader: "
			       "add loader \"%s\" { file = \"...\" }",
			       pxe_family_name(conf->fallback),
			       pxe_family_name(conf->fallback));
}

static void check_interfaces(struct pxe_conf_job *job)
{
	const struct pxe_conf_item *item =
		pxe_conf_item_find(job->sections[PXE_CONF_ROOT].first,
				   "interfaces");
	const struct pxe_conf_value *a, *b;

	for (a = item ? item->first : NULL; a != NULL; a = a->next)
		for (b = item->first; b != a; b = b->next)
			if (strcmp(a->text, b->text) == 0) {
				pxe_conf_error(job, &a->src,
					       "interface \"%s\" is named "
					       "twice: take one out",
					       a->text);
				break;
			}
}

/* --- single values that depend on others ---------------------------------- */

static void check_ports(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;
	const struct {
		const char *key;
		uint16_t port;
	} ports[] = {
		{ "dhcp-port", conf->dhcp_port },
		{ "binl-port", conf->binl_port },
		{ "tftp-port", conf->tftp_port },
		{ "http-port", conf->http_port },
		{ "tls-port", conf->http.tls_port },
	};

	for (size_t i = 1; i < PXE_LEN(ports); i++)
		for (size_t j = 0; j < i; j++) {
			struct pxe_src src = src_of(job, ports[i].key);

			if (ports[i].port == 0 ||
			    ports[i].port != ports[j].port)
				continue;
			if (src.line == 0)
				src = src_of(job, ports[j].key);
			pxe_conf_error(job, &src,
				       "%s and %s are both %u: change one of "
				       "them",
				       ports[j].key, ports[i].key,
				       ports[i].port);
		}
}

static void check_lease_times(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;
	struct pxe_src src = src_of(job, "lease-time");

	if (src.line == 0)
		src = src_of(job, "max-lease-time");
	if (conf->lease_s > conf->max_lease_s)
		pxe_conf_error(job, &src,
			       "lease-time (%u) is above max-lease-time (%u): "
			       "change one of them",
			       conf->lease_s, conf->max_lease_s);
}

/* iPXE cuts its commands into words at spaces. */
static void check_ipv6_script(struct pxe_conf_job *job)
{
	const char *text = job->conf->ipv6_script;
	const struct pxe_src src = src_of(job, "ipv6-script");

	if (strcmp(text, "auto") == 0 || strcmp(text, "none") == 0 ||
	    (strstr(text, "://") != NULL && strchr(text, ' ') == NULL))
		return;
	pxe_conf_error(job, &src,
		       "ipv6-script \"%.100s\" is neither a URL nor \"auto\" "
		       "nor \"none\"",
		       text);
}

/* Who restores the state directory would restore its witness with it. */
static void check_witness(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;
	struct pxe_src src = src_of(job, "witness-dir");

	if (pxe_conf_is_within(conf->witness_dir, conf->state_dir))
		pxe_conf_warn(job, &src,
			      "witness-dir %s lies in state-dir: a copy of "
			      "that one which is put back brings its witness "
			      "along, and what was installed is installed "
			      "again: name a directory beside it",
			      conf->witness_dir);
}

void pxe_conf_check(struct pxe_conf_job *job)
{
	const struct pxe_src boot_root = src_of(job, "boot-root");
	const struct pxe_src upload_dir = src_of(job, "upload-dir");
	const struct pxe_src answer_dir = src_of(job, "answer-dir");
	const struct pxe_src access_log = src_of(job, "access-log");
	struct pxe_src tls = src_of(job, "tls-port");

	check_interfaces(job);
	check_ports(job);
	check_lease_times(job);
	check_loaders(job);
	check_fallback(job);
	pxe_conf_check_menus(job);
	pxe_conf_check_once(job);
	check_witness(job);
	check_ipv6_script(job);
	pxe_conf_check_answers(job, &answer_dir);
	for (size_t u = 0; u < PXE_LEN(uniques); u++)
		check_unique(job, u);
	pxe_conf_check_net(job);
	pxe_conf_check_files(job, &boot_root);
	pxe_conf_check_upload(job, &upload_dir);
	pxe_conf_check_access_log(job, &access_log);
	if (tls.line == 0)
		tls = src_of(job, "tls-certificate");
	pxe_conf_check_tls(job, &tls);
	pxe_conf_check_templates(job);
	pxe_conf_check_secrets(job);
}
