/* SPDX-License-Identifier: ISC */
#include "core/target.h"

#include <string.h>

#define TEXT_MAX 4096 /* octets of an expanded text */

static bool is_said(const char *text)
{
	return text != NULL && text[0] != '\0';
}

enum pxe_san_start pxe_target_san_start(const struct pxe_conf_target *target)
{
	if (is_said(target->kernel))
		return PXE_SAN_KERNEL;
	if (is_said(target->wim.image))
		return PXE_SAN_WIM;
	if (is_said(target->iso))
		return PXE_SAN_ISO;
	return target->san.is_boot_skipped ? PXE_SAN_NOTHING : PXE_SAN_DRIVE;
}

bool pxe_target_has_wim(const struct pxe_conf_target *target)
{
	return target->type == PXE_TARGET_WIMBOOT ||
	       (target->type == PXE_TARGET_SAN &&
		pxe_target_san_start(target) == PXE_SAN_WIM);
}

bool pxe_target_has_kernel(const struct pxe_conf_target *target)
{
	return target->type == PXE_TARGET_LINUX ||
	       (target->type == PXE_TARGET_SAN &&
		pxe_target_san_start(target) == PXE_SAN_KERNEL);
}

/* Fields that hold a text, or a list of them. */
#define TEXT(field)                                                            \
	{                                                                      \
		offsetof(struct pxe_conf_target, field), 0, false              \
	}
#define LIST(field, n)                                                         \
	{                                                                      \
		offsetof(struct pxe_conf_target, field),                       \
			offsetof(struct pxe_conf_target, n), true              \
	}
static const struct {
	size_t offset, offset_n;
	bool is_list;
} texts[] = {
	TEXT(args),
	TEXT(url),
	TEXT(san.root_path),
	LIST(san.drives, san.n_drives),
	TEXT(san.initiator_iqn),
	TEXT(san.username),
	TEXT(san.password),
	TEXT(san.reverse_username),
	TEXT(san.reverse_password),
	LIST(wim.files, wim.n_files),
	LIST(settings, n_settings),
};

const char *pxe_target_text(const struct pxe_conf_target *target, size_t i)
{
	const unsigned char *base = (const unsigned char *)target;

	for (size_t k = 0; k < PXE_LEN(texts); k++) {
		const char *text, *const *list;
		size_t n;

		if (!texts[k].is_list) {
			memcpy(&text, base + texts[k].offset, sizeof(text));
			if (is_said(text) && i-- == 0)
				return text;
			continue;
		}
		memcpy(&list, base + texts[k].offset, sizeof(list));
		memcpy(&n, base + texts[k].offset_n, sizeof(n));
		if (i < n)
			return list[i];
		i -= n;
	}
	return NULL;
}

/* --- files ---------------------------------------------------------------- */

/* The files before those that there may be several of, and after them. */
struct files {
	const char *key, *file;
};

static size_t list_files(const struct pxe_conf_target *t, struct files *list)
{
	size_t n = 0;

	if (pxe_target_has_kernel(t)) {
		list[n++] = (struct files) { "kernel", t->kernel };
	} else if (pxe_target_has_wim(t)) {
		list[n++] = (struct files) { "wimboot", t->wim.loader };
		list[n++] = (struct files) { "bcd", t->wim.bcd };
		list[n++] = (struct files) { "sdi", t->wim.sdi };
		list[n++] = (struct files) { "wim", t->wim.image };
	} else if (t->type == PXE_TARGET_ISO || t->type == PXE_TARGET_SAN) {
		list[n++] = (struct files) { "memdisk", t->memdisk };
		list[n++] = (struct files) { "iso", t->iso };
	}
	return n;
}

const char *pxe_target_file(const struct pxe_conf_target *target, size_t i,
			    const char **key)
{
	struct files list[4];
	size_t n = list_files(target, list);

	for (size_t k = 0; k < n; k++)
		if (is_said(list[k].file) && i-- == 0) {
			*key = list[k].key;
			return list[k].file;
		}
	if (!pxe_target_has_kernel(target) || i >= target->n_initrds)
		return NULL;
	*key = "initrd";
	return target->initrds[i];
}

struct segment {
	const char *p;
	size_t n; /* 0: there is none */
};

/*
 * Takes the last segment of the name that ends at `*end`, by the text alone:
 * "." says nothing, and ".." that the one before it does not count.
 */
static struct segment take_last(const char *name, const char **end)
{
	struct segment s = { .n = 0 };
	size_t n_up = 0;

	for (;;) {
		while (*end > name && (*end)[-1] == '/')
			(*end)--;
		if (*end == name)
			return (struct segment) { .n = 0 };
		s.p = *end;
		while (s.p > name && s.p[-1] != '/')
			s.p--;
		s.n = (size_t)(*end - s.p);
		*end = s.p;
		if (s.n == 2 && s.p[0] == '.' && s.p[1] == '.')
			n_up++;
		else if (s.n == 1 && s.p[0] == '.')
			continue;
		else if (n_up == 0)
			return s;
		else
			n_up--;
	}
}

bool pxe_target_is_same_file(const char *a, const char *b, bool any_case)
{
	const char *a_end = a + strlen(a), *b_end = b + strlen(b);
	struct segment x, y;

	/* one that ends in a slash is a directory */
	if ((a_end > a && a_end[-1] == '/') != (b_end > b && b_end[-1] == '/'))
		return false;
	do {
		x = take_last(a, &a_end);
		y = take_last(b, &b_end);
		if (x.n != y.n ||
		    (x.n > 0 && (any_case ? strncasecmp(x.p, y.p, x.n)
					  : memcmp(x.p, y.p, x.n)) != 0))
			return false;
	} while (x.n > 0);
	return true;
}

static bool is_text_file(const char *template,
			 const struct pxe_expand_vars *vars, const char *path)
{
	char text[TEXT_MAX];
	struct pxe_str out;

	pxe_str_init(&out, text, sizeof(text));
	return pxe_expand(template, vars, &out, NULL, 0) == 0 &&
	       pxe_target_is_same_file(text, path, false);
}

bool pxe_target_has_file(const struct pxe_conf_target *target,
			 const struct pxe_expand_vars *vars, const char *path)
{
	const char *file, *key;

	for (size_t i = 0; (file = pxe_target_file(target, i, &key)) != NULL;
	     i++)
		if (pxe_target_is_same_file(file, path, false))
			return true;
	for (size_t i = 0;
	     pxe_target_has_wim(target) && i < target->wim.n_files; i++)
		if (pxe_target_pair(target->wim.files[i], &file) > 0 &&
		    is_text_file(file, vars, path))
			return true;
	return target->type == PXE_TARGET_CHAIN && is_said(target->url) &&
	       is_text_file(target->url, vars, path);
}

const char *pxe_target_chained(const struct pxe_conf_target *target)
{
	return target->type == PXE_TARGET_CHAIN && is_said(target->url) &&
			       strstr(target->url, "://") == NULL &&
			       strstr(target->url, "{{") == NULL
		       ? target->url
		       : NULL;
}

bool pxe_target_loads(const struct pxe_conf_target *target, const char *path,
		      bool any_case)
{
	const char *file = pxe_target_chained(target), *key;

	if (file != NULL && pxe_target_is_same_file(file, path, any_case))
		return true;
	for (size_t i = 0; (file = pxe_target_file(target, i, &key)) != NULL;
	     i++)
		if (pxe_target_is_same_file(file, path, any_case))
			return true;
	return false;
}

size_t pxe_target_pair(const char *pair, const char **value)
{
	size_t len = strcspn(pair, "=");

	if (len == 0 || pair[len] == '\0')
		return 0;
	*value = pair + len + 1;
	return len;
}
