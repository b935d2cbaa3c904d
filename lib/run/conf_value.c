/* SPDX-License-Identifier: ISC */
/* Values: from text to the fields of core/conf.h, one function a type. */
#include "run/conf_job.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "run/conf_net.h"

#define SHORT_MAX 100 /* octets of all but texts and paths */

struct type {
	size_t size;
	bool (*read)(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		     const struct pxe_conf_value *value, void *at);
};

/* --- numbers and words ---------------------------------------------------- */

static bool read_u32(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		     const struct pxe_conf_value *value, void *at)
{
	int r = pxe_str_to_u32(value->text, row->min, row->max, (uint32_t *)at);

	if (r == -ERANGE)
		pxe_conf_error(job, &value->src,
			       "%s = %s is out of range: give a number from "
			       "%u to %u",
			       row->key, value->text, row->min, row->max);
	else if (r < 0)
		pxe_conf_error(job, &value->src,
			       "%s = \"%s\" is not a number: give one from %u "
			       "to %u, without a unit",
			       row->key, value->text, row->min, row->max);
	return r == 0;
}

static bool read_u16(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		     const struct pxe_conf_value *value, void *at)
{
	uint16_t *u16 = at;
	uint32_t u32;

	if (!read_u32(job, row, value, &u32))
		return false;
	*u16 = (uint16_t)u32;
	return true;
}

static bool read_bool(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	static const struct pxe_name words[] = {
		{ 1, "yes" }, { 1, "true" },  { 1, "on" },
		{ 0, "no" },  { 0, "false" }, { 0, "off" },
	};
	bool *b = at;

	for (size_t i = 0; i < PXE_LEN(words); i++)
		if (strcasecmp(value->text, words[i].name) == 0) {
			*b = words[i].value != 0;
			return true;
		}
	pxe_conf_error(job, &value->src,
		       "%s = \"%s\" is neither yes nor no: write one of them",
		       row->key, value->text);
	return false;
}

static bool read_word(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	int v = pxe_names_value(row->words, row->n_words, value->text);
	struct pxe_str list;
	char buf[256];

	if (v >= 0) {
		unsigned u = (unsigned)v;

		memcpy(at, &u, sizeof(u));
		return true;
	}
	pxe_str_init(&list, buf, sizeof(buf));
	for (size_t i = 0; i < row->n_words; i++)
		pxe_str_putf(&list, "%s\"%s\"", i > 0 ? ", " : "",
			     row->words[i].name);
	pxe_conf_error(job, &value->src,
		       "%s = \"%s\" does not exist: there is %s", row->key,
		       value->text, buf);
	return false;
}

/* --- text ----------------------------------------------------------------- */

static bool read_text(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	const char **text = at;
	size_t len = strlen(value->text);

	if (len < row->min || len > row->max) {
		if (row->min == row->max)
			pxe_conf_error(job, &value->src,
				       "%s has %zu characters: give %u",
				       row->key, len, row->max);
		else
			pxe_conf_error(job, &value->src,
				       "%s has %zu characters: give %u to %u",
				       row->key, len, row->min, row->max);
		return false;
	}
	*text = value->text;
	return true;
}

static bool read_path(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	bool is_none = row->min == 0 && value->text[0] == '\0';

	if (value->text[0] != '/' && !is_none) {
		pxe_conf_error(
			job, &value->src,
			"%s = \"%.200s\" is not an absolute path: begin it "
			"with '/'",
			row->key, value->text);
		return false;
	}
	return read_text(job, row, value, at);
}

/* Is one of the path's parts ".."? */
static bool has_dots(const char *path)
{
	for (; path != NULL; path = strchr(path, '/')) {
		path += *path == '/';
		if (strncmp(path, "..", 2) == 0 &&
		    (path[2] == '/' || path[2] == '\0'))
			return true;
	}
	return false;
}

static bool read_file(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	const char *dir = row->section == PXE_CONF_ANSWER ? "answer-dir"
							  : "boot-root";

	if (value->text[0] == '/') {
		pxe_conf_error(job, &value->src,
			       "%s = \"%.200s\" begins with '/': give the path "
			       "below %s, without it",
			       row->key, value->text, dir);
		return false;
	}
	if (has_dots(value->text)) {
		pxe_conf_error(job, &value->src,
			       "%s = \"%.200s\" goes up with '..': give a path "
			       "below %s",
			       row->key, value->text, dir);
		return false;
	}
	return read_text(job, row, value, at);
}

static bool read_source(struct pxe_conf_job *job,
			const struct pxe_conf_row *row,
			const struct pxe_conf_value *value, void *at)
{
	if (strstr(value->text, "{{") != NULL) {
		pxe_conf_error(
			job, &value->src,
			"%s = \"%.200s\": variables are replaced in args "
			"and url only: write the file's name",
			row->key, value->text);
		return false;
	}
	if (strchr(value->text, ' ') != NULL) {
		pxe_conf_error(
			job, &value->src,
			"%s = \"%.200s\" has a blank, which boot loaders "
			"cannot take: rename the file, or write args",
			row->key, value->text);
		return false;
	}
	return strstr(value->text, "://") != NULL
		       ? read_text(job, row, value, at)
		       : read_file(job, row, value, at);
}

static bool read_name(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	for (const char *p = value->text; *p != '\0'; p++)
		if (!pxe_is_alnum(*p) && strchr("._-$", *p) == NULL) {
			pxe_conf_error(job, &value->src,
				       "%s = \"%s\" is not a name: use "
				       "letters, digits, '.', '_' and '-'",
				       row->key, value->text);
			return false;
		}
	return read_text(job, row, value, at);
}

static bool read_iface(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		       const struct pxe_conf_value *value, void *at)
{
	const char **text = at;
	size_t len = strlen(value->text);

	if (len == 0 || len >= IF_NAMESIZE ||
	    strpbrk(value->text, "/ ") != NULL) {
		pxe_conf_error(job, &value->src,
			       "%s: \"%s\" is not the name of a network "
			       "interface: give 1 to %d characters, as `ip "
			       "link` shows them",
			       row->key, value->text, IF_NAMESIZE - 1);
		return false;
	}
	*text = value->text;
	return true;
}

/* --- addresses ------------------------------------------------------------ */

static bool read_listen(struct pxe_conf_job *job,
			const struct pxe_conf_row *row,
			const struct pxe_conf_value *value, void *at)
{
	const char **text = at;
	struct in6_addr ip6;
	uint32_t ip4;

	if (pxe_ip4_parse(value->text, &ip4) < 0 &&
	    inet_pton(AF_INET6, value->text, &ip6) != 1) {
		pxe_conf_error(job, &value->src,
			       "%s: \"%s\" is not an address: give an IPv4 or "
			       "IPv6 address of this host, without a port",
			       row->key, value->text);
		return false;
	}
	*text = value->text;
	return true;
}

static bool read_address(struct pxe_conf_job *job,
			 const struct pxe_conf_row *row,
			 const struct pxe_conf_value *value, void *at)
{
	bool can_auto = row->dflt != NULL && strcmp(row->dflt, "auto") == 0;
	uint32_t *address = at, a;

	if (can_auto && strcmp(value->text, "auto") == 0) {
		*address = 0;
		return true;
	}
	if (pxe_ip4_parse(value->text, &a) < 0 || a == 0 || a >> 28 >= 14 ||
	    a >> 24 == 127) {
		pxe_conf_error(job, &value->src,
			       "%s = \"%s\" is not the address of a machine: "
			       "give four numbers like 192.168.200.1%s",
			       row->key, value->text,
			       can_auto ? ", or \"auto\"" : "");
		return false;
	}
	*address = a;
	return true;
}

static bool read_range(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		       const struct pxe_conf_value *value, void *at)
{
	int r = pxe_ip4_range_parse(value->text, at);

	if (r == -ERANGE)
		pxe_conf_error(job, &value->src,
			       "%s: \"%s\" ends before it begins: swap the "
			       "two addresses",
			       row->key, value->text);
	else if (r < 0)
		pxe_conf_error(job, &value->src,
			       "%s: \"%s\" is not a range: write "
			       "\"FIRST-LAST\", like "
			       "\"192.168.200.21-192.168.200.100\"",
			       row->key, value->text);
	return r == 0;
}

static bool read_mac(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		     const struct pxe_conf_value *value, void *at)
{
	struct pxe_hwaddr hw;

	if (pxe_hwaddr_parse(value->text, &hw) < 0 || pxe_hwaddr_is_zero(&hw)) {
		pxe_conf_error(job, &value->src,
			       "%s = \"%s\" is not the hardware address of a "
			       "machine: write it like 52:54:00:12:34:56",
			       row->key, value->text);
		return false;
	}
	memcpy(at, &hw, sizeof(hw));
	return true;
}

static bool read_uuid(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at)
{
	struct pxe_uuid uuid;

	if (pxe_uuid_parse(value->text, &uuid) < 0) {
		pxe_conf_error(job, &value->src,
			       "%s = \"%s\" is not a UUID: write it like "
			       "4c4c4544-0042-3510-8051-b4c04f4a3132",
			       row->key, value->text);
		return false;
	}
	if (!pxe_uuid_is_unique(&uuid)) {
		pxe_conf_error(job, &value->src,
			       "%s = \"%s\" is the same on many machines: "
			       "name this one by mac",
			       row->key, value->text);
		return false;
	}
	memcpy(at, &uuid, sizeof(uuid));
	return true;
}

static bool read_ref(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		     const struct pxe_conf_value *value, void *at)
{
	struct pxe_conf_ref *ref =
		pxe_conf_alloc(job, job->scrap, 1, sizeof(*ref));

	if (ref == NULL)
		return false;
	ref->value = *value;
	ref->key = row->key;
	ref->type = row->type;
	ref->at = at;
	ref->next = job->refs;
	job->refs = ref;
	return true;
}

static const struct type types[PXE_CONF_N_TYPES] = {
	[PXE_CONF_BOOL] = { sizeof(bool), read_bool },
	[PXE_CONF_U16] = { sizeof(uint16_t), read_u16 },
	[PXE_CONF_U32] = { sizeof(uint32_t), read_u32 },
	[PXE_CONF_WORD] = { sizeof(unsigned), read_word },
	[PXE_CONF_TEXT] = { sizeof(char *), read_text },
	[PXE_CONF_PATH] = { sizeof(char *), read_path },
	[PXE_CONF_FILE] = { sizeof(char *), read_file },
	[PXE_CONF_SOURCE] = { sizeof(char *), read_source },
	[PXE_CONF_NAME] = { sizeof(char *), read_name },
	[PXE_CONF_IFACE] = { sizeof(char *), read_iface },
	[PXE_CONF_LISTEN] = { sizeof(char *), read_listen },
	[PXE_CONF_ADDRESS] = { sizeof(uint32_t), read_address },
	[PXE_CONF_RANGE] = { sizeof(struct pxe_ip4_range), read_range },
	[PXE_CONF_MAC] = { sizeof(struct pxe_hwaddr), read_mac },
	[PXE_CONF_UUID] = { sizeof(struct pxe_uuid), read_uuid },
	[PXE_CONF_MAC_START] = { sizeof(struct pxe_hwaddr),
				 pxe_conf_read_mac_start },
	[PXE_CONF_ID] = { sizeof(struct pxe_conf_id), pxe_conf_read_id },
	[PXE_CONF_MATCHER] = { sizeof(struct pxe_conf_matcher),
			       pxe_conf_read_matcher },
	[PXE_CONF_OPTION] = { sizeof(struct pxe_conf_opt),
			      pxe_conf_read_option },
	[PXE_CONF_MEDIA] = { sizeof(struct pxe_conf_media),
			     pxe_conf_read_media },
	[PXE_CONF_FAMILY] = { sizeof(enum pxe_family), pxe_conf_read_family },
	[PXE_CONF_VAR] = { sizeof(struct pxe_conf_var), pxe_conf_read_var },
	[PXE_CONF_REF] = { sizeof(void *), read_ref },
	[PXE_CONF_REF_ANSWER] = { sizeof(void *), read_ref },
	[PXE_CONF_REF_SUBMENU] = { sizeof(void *), read_ref },
};

size_t pxe_conf_type_size(enum pxe_conf_type type)
{
	return types[type].size;
}

/* May a value of this type have more than SHORT_MAX octets? */
static bool is_long(enum pxe_conf_type type)
{
	return (type >= PXE_CONF_TEXT && type <= PXE_CONF_SOURCE) ||
	       type == PXE_CONF_OPTION || type == PXE_CONF_ID ||
	       type == PXE_CONF_VAR;
}

bool pxe_conf_value_read(struct pxe_conf_job *job,
			 const struct pxe_conf_row *row,
			 const struct pxe_conf_value *value, void *at)
{
	if (strlen(value->text) > SHORT_MAX && !is_long(row->type)) {
		pxe_conf_error(job, &value->src,
			       "%s = \"%.*s...\" is too long: correct it",
			       row->key, SHORT_MAX, value->text);
		return false;
	}
	for (const char *p = value->text; *p != '\0'; p++)
		if ((*p > 0 && *p < ' ') || *p == 0x7f) {
			pxe_conf_error(job, &value->src,
				       "%s has a control character: take it "
				       "out",
				       row->key);
			return false;
		}
	return types[row->type].read(job, row, value, at);
}
