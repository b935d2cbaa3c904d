/* SPDX-License-Identifier: ISC */
/* What the keys of a target mean together, by its type. */
#include <string.h>

#include "base/str.h"
#include "core/target.h"
#include "run/conf_boot.h"

/* What a target of each type must say, and may say, besides title and type. */
enum {
	LOCAL = 1 << PXE_TARGET_LOCAL,
	LINUX = 1 << PXE_TARGET_LINUX,
	SAN = 1 << PXE_TARGET_SAN,
	WIM = 1 << PXE_TARGET_WIMBOOT,
	ISO = 1 << PXE_TARGET_ISO,
	CHAIN = 1 << PXE_TARGET_CHAIN,
	SCRIPT = 1 << PXE_TARGET_SCRIPT,
};
static const struct {
	const char *key;
	unsigned must, may;
} target_keys[] = {
	{ "kernel", LINUX, SAN },
	{ "initrd", 0, LINUX | SAN },
	{ "args", 0, LINUX | SAN | WIM | ISO },
	{ "cpu", 0, LINUX | SAN | WIM | ISO | CHAIN },
	{ "url", CHAIN, 0 },
	{ "root-path", SAN, 0 },
	{ "drives", 0, SAN },
	{ "initiator-iqn", 0, SAN },
	{ "chap-username", 0, SAN },
	{ "chap-password", 0, SAN },
	{ "chap-reverse-username", 0, SAN },
	{ "chap-reverse-password", 0, SAN },
	{ "keep-san", 0, SAN },
	{ "skip-san-boot", 0, SAN },
	{ "blank-gateway", 0, SAN },
	{ "iso", ISO, SAN },
	{ "memdisk", 0, ISO },
	{ "wim", WIM, SAN },
	{ "bcd", WIM, SAN },
	{ "sdi", WIM, SAN },
	{ "wimboot", 0, WIM | SAN },
	{ "files", 0, WIM | SAN },
	{ "script", 0, SCRIPT },
	{ "pxelinux-script", 0, SCRIPT },
	{ "grub-script", 0, SCRIPT },
	{ "once", 0, LINUX | SAN | WIM | ISO | CHAIN | SCRIPT },
	{ "next", 0, LINUX | SAN | WIM | ISO | CHAIN | SCRIPT },
	{ "settings", 0, LINUX | SAN | WIM | ISO | CHAIN },
	{ "local-method", 0, LOCAL },
	{ "local-drive", 0, LOCAL },
	{ "local-file", 0, LOCAL },
};

/* The keys whose values have variables. */
static const char *const template_keys[] = {
	"args",
	"url",
	"root-path",
	"drives",
	"chap-username",
	"chap-password",
	"chap-reverse-username",
	"chap-reverse-password",
	"files",
	"settings",
	"initiator-iqn",
};

static const char *type_name(enum pxe_target_type type)
{
	const struct pxe_conf_row *row =
		pxe_conf_row_find(PXE_CONF_FILE_BOOT, PXE_CONF_TARGET, "type");

	return pxe_names_name(row->words, row->n_words, (int)type);
}

static const struct pxe_conf_value *find_value(
	const struct pxe_conf_section *section, const char *key)
{
	const struct pxe_conf_item *item = pxe_conf_item_find(section, key);

	return item != NULL ? item->first : NULL;
}

static void check_keys(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       enum pxe_target_type type)
{
	for (size_t i = 0; i < PXE_LEN(target_keys); i++) {
		const char *key = target_keys[i].key;
		const struct pxe_conf_value *value = find_value(section, key);
		const unsigned bit = 1u << type;

		if (value == NULL && (target_keys[i].must & bit) != 0)
			pxe_conf_error(
				job, &section->src,
				"target \"%.100s\" is of type \"%s\" and "
				"has no %s: add %s = \"...\"",
				section->title, type_name(type), key, key);
		if (value != NULL &&
		    ((target_keys[i].must | target_keys[i].may) & bit) == 0)
			pxe_conf_error(job, &value->src,
				       "a target of type \"%s\" has no %s: "
				       "take it out, or change the type",
				       type_name(type), key);
	}
}

/* --- values --------------------------------------------------------------- */

/* Notes the values of a key, which are templates: run/conf_template.c. */
static void note_templates(struct pxe_conf_job *job,
			   const struct pxe_conf_section *section,
			   const char *key,
			   const struct pxe_conf_target *target)
{
	const struct pxe_conf_item *item = pxe_conf_item_find(section, key);
	const struct pxe_conf_value *value = item != NULL ? item->first : NULL;

	for (; value != NULL; value = value->next) {
		struct pxe_conf_template *t =
			pxe_conf_alloc(job, job->scrap, 1, sizeof(*t));

		if (t == NULL)
			return;
		*t = (struct pxe_conf_template) {
			.src = value->src,
			.key = key,
			.target = target,
			.text = value->text,
			.next = job->templates,
		};
		job->templates = t;
	}
}

/* "name=value", where the name is one that a loader's command can have. */
static void check_pairs(struct pxe_conf_job *job,
			const struct pxe_conf_section *section, const char *key,
			const char *others)
{
	const struct pxe_conf_value *v = find_value(section, key);

	for (; v != NULL; v = v->next) {
		const char *value = "";
		size_t len = pxe_target_pair(v->text, &value), n = 0;

		while (n < len && (pxe_is_alnum(v->text[n]) ||
				   strchr(others, v->text[n]) != NULL))
			n++;
		if (len == 0 || n < len)
			pxe_conf_error(
				job, &v->src,
				"%s: \"%.100s\" is not name=value with a "
				"name of letters, digits and \"%s\"",
				key, v->text, others);
		else if (value[0] == '\0' && strcmp(key, "files") == 0)
			pxe_conf_error(job, &v->src,
				       "%s: \"%.100s\" names no file: write it "
				       "behind the \"=\"",
				       key, v->text);
	}
}

/* How iPXE names a disk of the network; iSCSI as RFC 4173 has it. */
static const char *const schemes[] = { "iscsi:",  "aoe:",  "fcp:",
				       "ib_srp:", "http:", "https:" };

static void check_drives(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 const char *key)
{
	const struct pxe_conf_value *v = find_value(section, key);

	for (; v != NULL; v = v->next) {
		bool is_known = pxe_str_has_prefix(v->text, "{{") ||
				pxe_str_has_prefix(v->text, "${");

		for (size_t i = 0; i < PXE_LEN(schemes); i++)
			is_known |= pxe_str_has_prefix(v->text, schemes[i]);
		if (!is_known)
			pxe_conf_error(
				job, &v->src,
				"%s = \"%.100s\" is no disk: write "
				"\"iscsi:SERVER::::IQN\", \"aoe:e0.1\" or "
				"a URL of http",
				key, v->text);
	}
}

/* --- types ---------------------------------------------------------------- */

/* Keys of a SAN target that mean nothing, or not enough, without another. */
static const struct {
	const char *key, *needs, *instead;
} san_needs[] = {
	{ "initrd", "kernel", NULL },
	{ "args", "kernel", "wim" },
	{ "bcd", "wim", NULL },
	{ "sdi", "wim", NULL },
	{ "wimboot", "wim", NULL },
	{ "files", "wim", NULL },
	{ "wim", "bcd", NULL },
	{ "wim", "sdi", NULL },
	{ "chap-username", "chap-password", NULL },
	{ "chap-password", "chap-username", NULL },
	{ "chap-reverse-username", "chap-reverse-password", NULL },
	{ "chap-reverse-password", "chap-reverse-username", NULL },
	{ "chap-reverse-username", "chap-username", NULL },
};

/* What is started with the drive: one thing at most. */
static void check_starts(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 const struct pxe_conf_target *target)
{
	static const char *const starts[] = { "kernel", "wim", "iso" };
	const char *first =
		target->san.is_boot_skipped ? "skip-san-boot" : NULL;

	for (size_t i = 0; i < PXE_LEN(starts); i++) {
		const struct pxe_conf_value *v = find_value(section, starts[i]);

		if (v != NULL && first != NULL)
			pxe_conf_error(job, &v->src,
				       "a target starts one thing: take %s or "
				       "%s out",
				       first, starts[i]);
		if (v != NULL)
			first = starts[i];
	}
}

static void check_san(struct pxe_conf_job *job,
		      const struct pxe_conf_section *section,
		      const struct pxe_conf_target *target)
{
	check_drives(job, section, "root-path");
	check_drives(job, section, "drives");
	check_starts(job, section, target);
	for (size_t i = 0; i < PXE_LEN(san_needs); i++) {
		const char *needs = san_needs[i].needs;
		const struct pxe_conf_value *v =
			find_value(section, san_needs[i].key);

		if (v != NULL && find_value(section, needs) == NULL &&
		    (san_needs[i].instead == NULL ||
		     find_value(section, san_needs[i].instead) == NULL))
			pxe_conf_error(job, &v->src,
				       "%s needs %s in a target of type "
				       "\"san\": add %s = \"...\"",
				       san_needs[i].key, needs, needs);
	}
}

static void check_script(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section)
{
	if (find_value(section, "script") == NULL &&
	    find_value(section, "pxelinux-script") == NULL &&
	    find_value(section, "grub-script") == NULL)
		pxe_conf_error(job, &section->src,
			       "target \"%.100s\" is of type \"script\" and "
			       "has none: add script = \"...\"",
			       section->title);
}

static void check_type(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       const struct pxe_conf_target *target)
{
	enum pxe_target_type type = target->type;

	check_keys(job, section, type);
	if (type == PXE_TARGET_SAN)
		check_san(job, section, target);
	if (type == PXE_TARGET_SCRIPT)
		check_script(job, section);
	check_pairs(job, section, "files", "._-");
	check_pairs(job, section, "settings", "._-/:");
}

void pxe_conf_check_target(struct pxe_conf_job *job,
			   const struct pxe_conf_section *section,
			   const struct pxe_conf_target *target)
{
	const struct pxe_conf_value *type = find_value(section, "type");

	for (size_t i = 0; i < PXE_LEN(template_keys); i++)
		note_templates(job, section, template_keys[i], target);
	if (type == NULL)
		pxe_conf_error(
			job, &section->src,
			"target \"%.100s\" has no type: add type = \"...\"",
			section->title);
	else if (strcmp(type->text, type_name(target->type)) == 0)
		check_type(job, section, target);
	if (strcmp(target->name, "local") == 0 &&
	    target->type != PXE_TARGET_LOCAL)
		pxe_conf_error(job, &section->src,
			       "target \"local\" is always the local disk: "
			       "give this one another name");
}
