/* SPDX-License-Identifier: ISC */
/*
 * Lookups in a configuration: binary searches in an index, or a scan where
 * there is none (small configurations made by hand).
 */
#include "core/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/conf_index.h"
#include "core/target.h"

/* --- keys ----------------------------------------------------------------- */

static int compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int compare_address(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int compare_hw(const void *a, const void *b)
{
	const struct pxe_hwaddr *x = a, *y = b;

	if (x->htype != y->htype)
		return x->htype < y->htype ? -1 : 1;
	if (x->hlen != y->hlen)
		return x->hlen < y->hlen ? -1 : 1;
	return memcmp(x->addr, y->addr, x->hlen);
}

static int compare_uuid(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct pxe_uuid));
}

static int compare_id(const void *a, const void *b)
{
	const struct pxe_conf_id *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->octets, y->octets, x->len);
}

static int compare_net(const void *a, const void *b)
{
	const struct pxe_ip4_net *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (int)x->prefix - (int)y->prefix;
}

/* Rows for qsort: by key, then in the order of the configuration. */
#define SORT_BY(compare)                                                       \
	static int compare##_row(const void *a, const void *b)                 \
	{                                                                      \
		const struct pxe_conf_entry *x = a, *y = b;                    \
		int r = compare(x->key, y->key);                               \
                                                                               \
		if (r == 0)                                                    \
			r = x->thing < y->thing ? -1 : x->thing > y->thing;    \
		return r;                                                      \
	}
SORT_BY(compare_text)
SORT_BY(compare_address)
SORT_BY(compare_hw)
SORT_BY(compare_uuid)
SORT_BY(compare_id)
SORT_BY(compare_net)
#undef SORT_BY

static const struct {
	int (*keys)(const void *a, const void *b);
	int (*rows)(const void *a, const void *b);
} compares[PXE_CONF_N_KEYS] = {
	[PXE_CONF_KEY_HOST_NAME] = { compare_text, compare_text_row },
	[PXE_CONF_KEY_HOST_ADDRESS] = { compare_address, compare_address_row },
	[PXE_CONF_KEY_HOST_HW] = { compare_hw, compare_hw_row },
	[PXE_CONF_KEY_HOST_UUID] = { compare_uuid, compare_uuid_row },
	[PXE_CONF_KEY_HOST_ID] = { compare_id, compare_id_row },
	[PXE_CONF_KEY_TARGET] = { compare_text, compare_text_row },
	[PXE_CONF_KEY_ANSWER] = { compare_text, compare_text_row },
	[PXE_CONF_KEY_SUBNET] = { compare_net, compare_net_row },
};

int pxe_conf_key_compare(enum pxe_conf_key kind, const void *a, const void *b)
{
	return compares[kind].keys(a, b);
}

/* --- rows ----------------------------------------------------------------- */

/* Told of every key there is; stops at the first answer that is not NULL. */
typedef const void *each_row(const void *key, const void *thing, void *arg);

static const void *each_host_hw(const struct pxe_conf_host *host,
				each_row *each, void *arg)
{
	const void *found = NULL;

	for (size_t i = 0; i < host->n_hw && found == NULL; i++)
		found = each(&host->hw[i], host, arg);
	return found;
}

static const void *each_host_id(const struct pxe_conf_host *host,
				each_row *each, void *arg)
{
	const void *found = NULL;

	for (size_t i = 0; i < host->n_ids && found == NULL; i++)
		found = each(&host->ids[i], host, arg);
	return found;
}

static const void *each_host(const struct pxe_conf_host *host,
			     enum pxe_conf_key kind, each_row *each, void *arg)
{
	switch (kind) {
	case PXE_CONF_KEY_HOST_NAME:
		return each(host->name, host, arg);
	case PXE_CONF_KEY_HOST_ADDRESS:
		return host->address != 0 ? each(&host->address, host, arg)
					  : NULL;
	case PXE_CONF_KEY_HOST_UUID:
		return host->has_uuid ? each(&host->uuid, host, arg) : NULL;
	case PXE_CONF_KEY_HOST_ID:
		return each_host_id(host, each, arg);
	default:
		return each_host_hw(host, each, arg);
	}
}

static const void *each_of(const struct pxe_conf *conf, enum pxe_conf_key kind,
			   each_row *each, void *arg)
{
	const void *found = NULL;
	size_t i;

	if (kind == PXE_CONF_KEY_TARGET) {
		for (i = 0; i < conf->n_targets && found == NULL; i++)
			found = each(conf->targets[i].name, &conf->targets[i],
				     arg);
	} else if (kind == PXE_CONF_KEY_ANSWER) {
		for (i = 0; i < conf->n_answers && found == NULL; i++)
			found = each(conf->answers[i].name, &conf->answers[i],
				     arg);
	} else if (kind == PXE_CONF_KEY_SUBNET) {
		for (i = 0; i < conf->n_subnets && found == NULL; i++)
			found = each(&conf->subnets[i].net, &conf->subnets[i],
				     arg);
	} else {
		for (i = 0; i < conf->n_hosts && found == NULL; i++)
			found = each_host(&conf->hosts[i], kind, each, arg);
	}
	return found;
}

/* --- the index ------------------------------------------------------------ */

static const void *count_row(const void *key PXE_UNUSED,
			     const void *thing PXE_UNUSED, void *arg)
{
	size_t *n = arg;

	++*n;
	return NULL;
}

static const void *append_row(const void *key, const void *thing, void *arg)
{
	struct pxe_conf_entry **end = arg;

	*(*end)++ = (struct pxe_conf_entry) { .key = key, .thing = thing };
	return NULL;
}

int pxe_conf_index_build(struct pxe_conf *conf)
{
	struct pxe_conf_index *index = calloc(1, sizeof(*index));
	struct pxe_conf old = *conf;

	if (index == NULL)
		return -ENOMEM;
	conf->index = index;
	for (int k = 0; k < PXE_CONF_N_KEYS; k++) {
		enum pxe_conf_key kind = (enum pxe_conf_key)k;
		struct pxe_conf_entry *end;
		size_t n = 0;

		each_of(conf, kind, count_row, &n);
		end = calloc(n + 1, sizeof(*end));
		if (end == NULL) {
			pxe_conf_index_free(conf);
			conf->index = old.index;
			return -ENOMEM;
		}
		index->by[k].rows = end;
		index->by[k].n = n;
		each_of(conf, kind, append_row, &end);
		qsort(index->by[k].rows, n, sizeof(*end), compares[k].rows);
	}
	conf->index = old.index;
	pxe_conf_index_free(conf);
	conf->index = index;
	return 0;
}

void pxe_conf_index_free(struct pxe_conf *conf)
{
	if (conf->index == NULL)
		return;
	for (int k = 0; k < PXE_CONF_N_KEYS; k++)
		free(conf->index->by[k].rows);
	free(conf->index);
	conf->index = NULL;
}

/* --- lookups -------------------------------------------------------------- */

struct wanted {
	enum pxe_conf_key kind;
	const void *key;
};

static const void *match_row(const void *key, const void *thing, void *arg)
{
	const struct wanted *wanted = arg;

	return compares[wanted->kind].keys(key, wanted->key) == 0 ? thing
								  : NULL;
}

/* The number of rows whose key is below `key`. */
static size_t count_below(const struct pxe_conf_index *index,
			  enum pxe_conf_key kind, const void *key)
{
	size_t low = 0, high = index->by[kind].n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compares[kind].keys(index->by[kind].rows[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const void *find(const struct pxe_conf *conf, enum pxe_conf_key kind,
			const void *key)
{
	struct wanted wanted = { .kind = kind, .key = key };
	const struct pxe_conf_entry *row;
	size_t at;

	if (conf->index == NULL)
		return each_of(conf, kind, match_row, &wanted);
	at = count_below(conf->index, kind, key);
	row = &conf->index->by[kind].rows[at];
	if (at == conf->index->by[kind].n ||
	    compares[kind].keys(row->key, key) != 0)
		return NULL;
	return row->thing;
}

static const void *has_address(const void *key, const void *thing, void *arg)
{
	const uint32_t *address = arg;

	return pxe_ip4_net_has(key, *address) ? thing : NULL;
}

const struct pxe_conf_subnet *pxe_conf_find_subnet(const struct pxe_conf *conf,
						   uint32_t address)
{
	/* above every network that may hold the address: they do not overlap,
	 * so only the last that begins at or below it can */
	const struct pxe_ip4_net last = { .address = address, .prefix = 33 };
	const struct pxe_conf_entry *row;
	size_t at;

	if (conf->index == NULL)
		return each_of(conf, PXE_CONF_KEY_SUBNET, has_address,
			       &address);
	at = count_below(conf->index, PXE_CONF_KEY_SUBNET, &last);
	if (at == 0)
		return NULL;
	row = &conf->index->by[PXE_CONF_KEY_SUBNET].rows[at - 1];
	return has_address(row->key, row->thing, &address);
}

const struct pxe_conf_loader *pxe_conf_find_loader(const struct pxe_conf *conf,
						   enum pxe_family family)
{
	for (size_t i = 0; i < conf->n_loaders; i++) /* one a family */
		if (conf->loaders[i].family == family)
			return &conf->loaders[i];
	return NULL;
}

const struct pxe_conf_target *pxe_conf_find_target(const struct pxe_conf *conf,
						   const char *name)
{
	return find(conf, PXE_CONF_KEY_TARGET, name);
}

const struct pxe_conf_answer *pxe_conf_find_answer(const struct pxe_conf *conf,
						   const char *name)
{
	return find(conf, PXE_CONF_KEY_ANSWER, name);
}

const struct pxe_conf_host *pxe_conf_find_host_name(const struct pxe_conf *conf,
						    const char *name)
{
	return find(conf, PXE_CONF_KEY_HOST_NAME, name);
}

const struct pxe_conf_host *pxe_conf_find_host_address(
	const struct pxe_conf *conf, uint32_t address)
{
	return address == 0 ? NULL
			    : find(conf, PXE_CONF_KEY_HOST_ADDRESS, &address);
}

const struct pxe_conf_host *pxe_conf_find_host(const struct pxe_conf *conf,
					       const struct pxe_hwaddr *hw,
					       const struct pxe_uuid *uuid)
{
	const struct pxe_conf_host *host = NULL;

	if (hw != NULL && hw->hlen > 0)
		host = find(conf, PXE_CONF_KEY_HOST_HW, hw);
	if (host == NULL && uuid != NULL)
		host = find(conf, PXE_CONF_KEY_HOST_UUID, uuid);
	return host;
}

const struct pxe_conf_host *pxe_conf_find_host_id(const struct pxe_conf *conf,
						  const void *octets,
						  size_t len)
{
	const struct pxe_conf_id id = { .octets = octets, .len = len };

	return len == 0 ? NULL : find(conf, PXE_CONF_KEY_HOST_ID, &id);
}

bool pxe_conf_is_shared_mac(const struct pxe_conf *conf,
			    const struct pxe_hwaddr *hw)
{
	for (size_t i = 0; i < conf->n_shared_macs; i++) {
		const struct pxe_hwaddr *shared = &conf->shared_macs[i];

		if (shared->htype == hw->htype && shared->hlen <= hw->hlen &&
		    memcmp(shared->addr, hw->addr, shared->hlen) == 0)
			return true;
	}
	return false;
}

void pxe_conf_lease_times(const struct pxe_conf_subnet *subnet,
			  const struct pxe_conf_host *host, uint32_t *lease_s,
			  uint32_t *max_lease_s)
{
	uint32_t t = subnet->lease_s, max = subnet->max_lease_s;

	if (host != NULL && host->lease_s != 0) {
		t = host->lease_s;
		max = t > max ? t : max;
	}
	if (host != NULL && host->max_lease_s != 0)
		max = host->max_lease_s;
	*lease_s = t < max ? t : max;
	*max_lease_s = max;
}

bool pxe_conf_pxe_item_fits(const struct pxe_conf_pxe_item *item,
			    enum pxe_family family)
{
	bool fits = item->n_families == 0;

	for (size_t i = 0; i < item->n_families; i++)
		fits = fits || item->families[i] == family;
	return fits;
}

/* --- targets -------------------------------------------------------------- */

static bool is_word(char c)
{
	return pxe_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

/* Does one of the {{...}} of `text` have `name` as a word? */
static bool names(const char *text, const char *name)
{
	const size_t len = strlen(name);
	const char *end;

	while ((text = strstr(text, "{{")) != NULL) {
		end = strstr(text, "}}");
		if (end == NULL)
			return false;
		for (const char *p = text + 2; p + len <= end; p++)
			if (strncmp(p, name, len) == 0 && !is_word(p[-1]) &&
			    !is_word(p[len]))
				return true;
		text = end;
	}
	return false;
}

bool pxe_conf_target_names(const struct pxe_conf_target *target,
			   const char *name)
{
	const char *text;

	for (size_t i = 0; (text = pxe_target_text(target, i)) != NULL; i++)
		if (names(text, name))
			return true;
	return false;
}

bool pxe_conf_target_needs_session(const struct pxe_conf_target *target)
{
	static const char *const variables[] = { "answer-url", "done-url",
						 "failed-url", "token" };

	if (target->is_once || target->n_answers > 0)
		return true;
	for (size_t i = 0; i < PXE_LEN(variables); i++)
		if (pxe_conf_target_names(target, variables[i]))
			return true;
	return false;
}

const char *pxe_conf_mode_name(enum pxe_mode mode)
{
	static const char *const names[PXE_N_MODES] = {
#define X(id, name) [PXE_MODE_##id] = name,
		PXE_MODES(X)
#undef X
	};

	return (unsigned)mode < PXE_N_MODES ? names[mode] : "?";
}
