/* SPDX-License-Identifier: ISC */
/* How clients are told apart: matchers, client-ids, beginnings of MACs. */
#include "run/conf_net.h"

#include <string.h>

#include "base/str.h"

#define ID_MAX 255 /* octets of option 61 */

/* --- matchers ------------------------------------------------------------- */

static bool read_mac(const char *text, struct pxe_conf_matcher *m)
{
	return pxe_hwaddr_parse(text, &m->hw) == 0 &&
	       !pxe_hwaddr_is_zero(&m->hw);
}

static bool read_oui(const char *text, struct pxe_conf_matcher *m)
{
	m->hw = (struct pxe_hwaddr) { .htype = PXE_HTYPE_ETHERNET, .hlen = 3 };
	return pxe_str_to_bytes(text, sizeof(m->hw.addr), m->hw.addr) == 3;
}

static bool read_uuid(const char *text, struct pxe_conf_matcher *m)
{
	return pxe_uuid_parse(text, &m->uuid) == 0 &&
	       pxe_uuid_is_unique(&m->uuid);
}

static bool read_vendor_class(const char *text, struct pxe_conf_matcher *m)
{
	m->text = text;
	return *text != '\0';
}

#define X(id, name) [PXE_MATCH_##id] = name,
static const char *const words[PXE_N_MATCHES] = { PXE_MATCHES(X) };
#undef X

static const struct {
	bool (*read)(const char *text, struct pxe_conf_matcher *m);
	const char *remedy;
} matches[PXE_N_MATCHES] = {
	[PXE_MATCH_MAC] = { read_mac, "write it like mac=52:54:00:12:34:56" },
	[PXE_MATCH_OUI] = { read_oui, "write three octets, like oui=52:54:00" },
	[PXE_MATCH_UUID] = { read_uuid,
			     "write one that only one machine has, like "
			     "uuid=4c4c4544-0042-3510-8051-b4c04f4a3132" },
	[PXE_MATCH_VENDOR_CLASS] = { read_vendor_class,
				     "write how it begins, like "
				     "vendor-class=PXEClient" },
};

bool pxe_conf_read_matcher(struct pxe_conf_job *job,
			   const struct pxe_conf_row *row,
			   const struct pxe_conf_value *value, void *at)
{
	struct pxe_conf_matcher m = { .src = value->src, .text = "" };
	const char *equals = strchr(value->text, '=');
	size_t n = equals != NULL ? (size_t)(equals - value->text) : 0;

	for (int k = 0; equals != NULL && k < PXE_N_MATCHES; k++) {
		if (strlen(words[k]) != n ||
		    strncmp(words[k], value->text, n) != 0)
			continue;
		m.kind = (enum pxe_match)k;
		if (matches[k].read(equals + 1, &m)) {
			memcpy(at, &m, sizeof(m));
			return true;
		}
		pxe_conf_error(job, &value->src,
			       "%s: \"%s\" matches no machine: %s", row->key,
			       value->text, matches[k].remedy);
		return false;
	}
	pxe_conf_error(job, &value->src,
		       "%s: \"%s\" is not a matcher: begin it with mac=, oui=, "
		       "uuid= or vendor-class=",
		       row->key, value->text);
	return false;
}

static bool is_same(const struct pxe_conf_matcher *a,
		    const struct pxe_conf_matcher *b)
{
	return a->kind == b->kind && pxe_hwaddr_is_equal(&a->hw, &b->hw) &&
	       memcmp(&a->uuid, &b->uuid, sizeof(a->uuid)) == 0 &&
	       strcmp(a->text, b->text) == 0;
}

/* The first of a list that is the same as `m`, or NULL. */
static const struct pxe_conf_matcher *find_same(
	const struct pxe_conf_matcher *list, size_t n,
	const struct pxe_conf_matcher *m)
{
	for (size_t i = 0; i < n; i++)
		if (&list[i] != m && is_same(&list[i], m))
			return &list[i];
	return NULL;
}

void pxe_conf_check_access(struct pxe_conf_job *job,
			   const struct pxe_conf_section *section,
			   const struct pxe_conf_access *access)
{
	bool has_deny = pxe_conf_item_find(section, "deny") != NULL;

	for (size_t i = 0; has_deny && i < access->n_deny; i++) {
		const struct pxe_conf_matcher *m = &access->deny[i], *same;

		same = find_same(access->allow, access->n_allow, m);
		if (same != NULL)
			pxe_conf_error(job, &m->src,
				       "deny has what allow has, %s line %u: "
				       "take one of them out",
				       same->src.file, same->src.line);
		if (find_same(access->deny, i, m) != NULL)
			pxe_conf_error(job, &m->src, "deny has this twice: "
				       "take one of them out");
	}
	for (size_t i = 0;
	     pxe_conf_item_find(section, "allow") && i < access->n_allow; i++)
		if (find_same(access->allow, i, &access->allow[i]) != NULL)
			pxe_conf_error(job, &access->allow[i].src,
				       "allow has this twice: take one of "
				       "them out");
}

/* --- identities ----------------------------------------------------------- */

bool pxe_conf_read_mac_start(struct pxe_conf_job *job,
			     const struct pxe_conf_row *row,
			     const struct pxe_conf_value *value, void *at)
{
	struct pxe_hwaddr hw = { .htype = PXE_HTYPE_ETHERNET };
	size_t len = strlen(value->text);
	char start[64];
	int n = 0;

	if (len > 2 && len < sizeof(start) &&
	    (strcmp(value->text + len - 2, ":*") == 0 ||
	     strcmp(value->text + len - 2, "-*") == 0)) {
		pxe_str_copy(start, len - 1, value->text);
		n = pxe_str_to_bytes(start, 5, hw.addr);
		hw.hlen = n > 0 ? (uint8_t)n : 0;
	} else if (pxe_hwaddr_parse(value->text, &hw) == 0) {
		n = hw.hlen;
	}
	if (n <= 0 || pxe_hwaddr_is_zero(&hw)) {
		pxe_conf_error(job, &value->src,
			       "%s: \"%s\" is no hardware address and no "
			       "beginning of one: write it like "
			       "\"00:e0:4c:68:00:01\" or \"00:e0:4c:*\"",
			       row->key, value->text);
		return false;
	}
	memcpy(at, &hw, sizeof(hw));
	return true;
}

bool pxe_conf_read_id(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	static const char plain[] = "text:";
	struct pxe_conf_id id;
	uint8_t buf[ID_MAX];
	int n;

	if (pxe_str_has_prefix(value->text, plain)) {
		size_t len = strlen(value->text + strlen(plain));

		n = len <= sizeof(buf) ? (int)len : 0;
		memcpy(buf, value->text + strlen(plain), (size_t)n);
	} else {
		n = pxe_str_to_bytes(value->text, sizeof(buf), buf);
	}
	/* RFC 2132 section 9.14: "Its minimum length is 2" */
	if (n < 2) {
		pxe_conf_error(job, &value->src,
			       "%s = \"%.200s\" is not a client-id: write 2 to "
			       "%d octets like \"ff:00:00:00:01\", or "
			       "\"text:...\"",
			       row->key, value->text, ID_MAX);
		return false;
	}
	id.len = (size_t)n;
	id.octets = (const uint8_t *)pxe_conf_copy(job, job->keep,
						   (const char *)buf, id.len);
	memcpy(at, &id, sizeof(id));
	return id.octets != NULL;
}
