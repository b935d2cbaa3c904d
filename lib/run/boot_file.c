/* SPDX-License-Identifier: ISC */
#include "run/boot_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/arch.h"
#include "core/order.h"
#include "core/target.h"
#include "run/boot_script.h"
#include "run/fold.h"
#include "run/loader_check.h"

/* --- files --------------------------------------------------------------- */

/* A file name of the configuration without slashes in front. */
static const char *relative(const char *file)
{
	while (*file == '/')
		file++;
	return file;
}

static bool is_loader_file(const struct pxe_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_loaders; i++) {
		const char *file = relative(conf->loaders[i].file);

		if (conf->folds_case ? pxe_fold_is_same(file, name)
				     : strcmp(file, name) == 0)
			return true;
	}
	return false;
}

static enum pxe_reason open_file(struct pxe_boot_found *found)
{
	return pxe_root_find_open(&found->where, found->name, &found->file);
}

static void close_file(struct pxe_boot_found *found)
{
	close(found->file.fd);
	found->file.fd = -1;
}

static bool is_script_kind(enum pxe_boot_kind kind);

/* Is the file that was found for a name in another case a script? */
static bool is_script_file(const struct pxe_boot_ask *ask,
			   const struct pxe_boot_found *found)
{
	size_t len = strlen(found->name), asked = strlen(ask->name);
	struct pxe_boot_name means;

	/* the machine's own directory may stand before it */
	pxe_boot_name_read(ask->conf, found->name + len - asked, &means);
	return is_script_kind(means.kind);
}

/*
 * Is it all of a target that is booted once?  By a URL that does not change it
 * would be booted at each boot, and no order be consumed: by DHCP, ours or
 * another's, by what is stored in the firmware, by a configuration of GRUB.
 */
static bool takes_order(const struct pxe_boot_ask *ask,
			const struct pxe_boot_found *found)
{
	const char *const names[] = { ask->name, found->name };

	for (size_t i = 0; i < PXE_LEN(names); i++)
		if (pxe_order_find_whole(ask->conf, names[i]) != NULL &&
		    (ask->of == NULL ||
		     !pxe_target_loads(ask->of, names[i],
				       ask->conf->folds_case)))
			return true;
	return false;
}

/*
 * The file that is called so.  To a machine that is held it is as if its
 * loader and its script were not there.
 */
static enum pxe_reason open_named(const struct pxe_boot_ask *ask,
				  struct pxe_boot_found *found)
{
	enum pxe_reason reason;

	found->is_loader = is_loader_file(ask->conf, found->name);
	if (ask->asker->is_held && found->is_loader)
		return PXE_REASON_LOOP;
	if (ask->asker->is_held && found->is_script)
		return PXE_REASON_NOT_FOUND;
	reason = open_file(found);
	if (reason != PXE_REASON_OK)
		return reason;
	if (ask->asker->is_held && is_script_file(ask, found))
		reason = PXE_REASON_NOT_FOUND;
	else if (takes_order(ask, found))
		reason = PXE_REASON_NO_ORDER;
	if (reason != PXE_REASON_OK)
		close_file(found);
	return reason;
}

/* The program that stands for another name, for machines of found->family. */
static enum pxe_reason open_program(struct pxe_boot_found *found)
{
	enum pxe_reason reason = open_file(found);

	if (reason != PXE_REASON_OK)
		return reason;
	reason = pxe_loader_check(found->file.fd, found->family);
	if (reason != PXE_REASON_OK)
		close_file(found);
	return reason;
}

static enum pxe_family family_of(const struct pxe_asker *asker)
{
	return asker->facts != NULL ? pxe_arch_family(asker->facts->arch)
				    : PXE_FAMILY_NONE;
}

/* --- what shim loads next ------------------------------------------------ */

static enum pxe_reason find_second(const struct pxe_boot_ask *ask,
				   struct pxe_str *text PXE_UNUSED,
				   struct pxe_boot_found *found)
{
	enum pxe_family family = ask->means->family;
	const struct pxe_conf_loader *loader;
	const char *file, *slash;
	struct pxe_str path;

	found->is_quiet = true;
	if (family == PXE_FAMILY_NONE)
		family = family_of(ask->asker);
	loader = pxe_conf_find_loader(ask->conf, family);
	if (family == PXE_FAMILY_NONE || loader == NULL)
		return PXE_REASON_NOT_FOUND;
	file = relative(loader->file);
	slash = strrchr(file, '/');
	if (slash == NULL)
		return PXE_REASON_NOT_FOUND;
	pxe_str_init(&path, found->name, sizeof(found->name));
	pxe_str_putn(&path, file, (size_t)(slash + 1 - file));
	pxe_str_puts(&path, ask->name);
	if (path.cut)
		return PXE_REASON_BAD_NAME;
	found->family = family;
	if (ask->means->is_program)
		return open_program(found);
	return open_file(found);
}

/* --- virtual loader names ------------------------------------------------ */

static enum pxe_reason find_loader(const struct pxe_boot_ask *ask,
				   struct pxe_str *text,
				   struct pxe_boot_found *found)
{
	const struct pxe_decision *d = &found->decision;
	const char *file;

	found->is_loader = true;
	found->family = family_of(ask->asker);
	if (found->family == PXE_FAMILY_NONE)
		found->family = ask->means->family;
	pxe_boot_script_decide(ask, PXE_ASK_LOADER, &found->decision);
	if (d->give == PXE_GIVE_SCRIPT) {
		found->is_loader = false;
		found->is_script = true;
		return pxe_boot_script_find(ask, text, found);
	}
	if (d->give != PXE_GIVE_LOADER)
		return d->reason;
	found->family = d->loader->family;
	file = relative(d->loader->file);
	if (!pxe_str_copy(found->name, sizeof(found->name), file))
		return PXE_REASON_BAD_NAME;
	return open_program(found);
}

/* --- configurations of PXELINUX and GRUB --------------------------------- */

/*
 * Is it known which machine this is?  A UUID in a name is known or not; a MAC
 * in a name is a machine in any case, as it is in DHCP.
 */
static bool is_identified(const struct pxe_asker *asker)
{
	return asker->client != NULL || asker->host != NULL ||
	       (asker->facts != NULL && asker->facts->hw.hlen > 0);
}

/* The names that the loader goes on to if it does not get this one. */
static void collect_ids(const struct pxe_asker *asker,
			const struct pxe_boot_name *means,
			struct pxe_boot_id *id)
{
	const struct pxe_facts *f = asker->facts;

	*id = means->id;
	if (!id->has_hw && f != NULL && f->hw.hlen > 0) {
		id->has_hw = true;
		id->hw = f->hw;
	}
	if (!id->has_uuid && f != NULL && f->has_uuid) {
		id->has_uuid = true;
		id->uuid = f->uuid;
	}
	if (asker->address != 0) {
		id->has_address = true;
		id->address = asker->address;
	}
}

/*
 * Is there a file under one of the names that come after this one?  An
 * administrator's file goes before what is made, however far behind it stands
 * in the order of the loader: without this, the first name would be made and
 * no file of a less precise name ever be asked for.
 */
static bool has_file_behind(const struct pxe_boot_ask *ask,
			    struct pxe_root_find *where)
{
	char name[PXE_ROOTDIR_NAME_TEXT];
	struct pxe_rootdir_file file;
	struct pxe_boot_id id;

	collect_ids(ask->asker, ask->means, &id);
	for (int step = (int)ask->means->step + 1; step < PXE_BOOT_N_STEPS;
	     step++) {
		if (pxe_boot_name_build(ask->means, ask->name,
					(enum pxe_boot_step)step, &id, name,
					sizeof(name)) < 0)
			continue;
		if (pxe_root_find_open(where, name, &file) == PXE_REASON_OK) {
			close(file.fd);
			return true;
		}
	}
	return false;
}

static enum pxe_reason find_config(const struct pxe_boot_ask *ask,
				   struct pxe_str *text,
				   struct pxe_boot_found *found)
{
	found->is_quiet = true;
	if (!is_identified(ask->asker) ||
	    (!ask->asker->is_held && has_file_behind(ask, &found->where)))
		return PXE_REASON_NOT_FOUND;
	return pxe_boot_script_find(ask, text, found);
}

/* --- all kinds ----------------------------------------------------------- */

/* NULL: nothing but a file. */
static const struct {
	enum pxe_reason (*find)(const struct pxe_boot_ask *ask,
				struct pxe_str *text,
				struct pxe_boot_found *found);
	bool is_script;
} kinds[PXE_BOOT_N_KINDS] = {
	[PXE_BOOT_FILE] = { NULL, false },
	[PXE_BOOT_LOADER] = { find_loader, false },
	[PXE_BOOT_SCRIPT] = { pxe_boot_script_find, true },
	[PXE_BOOT_AUTOEXEC] = { pxe_boot_script_find, true },
	[PXE_BOOT_PXELINUX] = { find_config, true },
	[PXE_BOOT_GRUB] = { find_config, true },
	[PXE_BOOT_SECOND] = { find_second, false },
};

static bool is_script_kind(enum pxe_boot_kind kind)
{
	return kinds[kind].is_script;
}

/* What a name gets, and nothing but that name. */
static enum pxe_reason find_name(const struct pxe_boot_ask *ask,
				 struct pxe_str *text,
				 struct pxe_boot_found *found)
{
	enum pxe_boot_kind kind = ask->means->kind;
	enum pxe_reason reason;

	found->is_script = kinds[kind].is_script;
	found->is_quiet = pxe_boot_name_is_optional(ask->name);
	if (!pxe_str_copy(found->name, sizeof(found->name), ask->name))
		return PXE_REASON_BAD_NAME;
	reason = open_named(ask, found);
	if (reason == PXE_REASON_NOT_FOUND && kinds[kind].find != NULL)
		reason = kinds[kind].find(ask, text, found);
	if (reason != PXE_REASON_NOT_FOUND)
		found->is_quiet = false;
	return reason;
}

/* What stands behind the path of the boot root in a name; NULL: nothing. */
static const char *find_behind_root(const struct pxe_boot_ask *ask)
{
	const char *root = relative(ask->conf->boot_root);
	size_t len = strlen(root);

	while (len > 0 && root[len - 1] == '/')
		len--;
	if (len == 0 || strncmp(ask->name, root, len) != 0 ||
	    ask->name[len] != '/' || ask->name[len + 1] == '\0')
		return NULL;
	return ask->name + len + 1;
}

enum pxe_reason pxe_boot_file_find(const struct pxe_boot_ask *ask,
				   struct pxe_str *text,
				   struct pxe_boot_found *found)
{
	const char *behind = find_behind_root(ask);
	struct pxe_boot_ask again = *ask;
	struct pxe_boot_name means;
	enum pxe_reason reason;

	memset(found, 0, sizeof(*found));
	found->file.fd = -1;
	pxe_root_find_init(&found->where, ask->conf, ask->asker, ask->root_fd,
			   ask->folds);
	if (behind == NULL)
		return find_name(ask, text, found);
	/* what is made would be made for the whole name, too */
	if (!pxe_str_copy(found->name, sizeof(found->name), ask->name))
		return PXE_REASON_BAD_NAME;
	reason = open_named(ask, found);
	if (reason != PXE_REASON_NOT_FOUND)
		return reason;
	pxe_boot_name_read(ask->conf, behind, &means);
	again.name = behind;
	again.means = &means;
	return find_name(&again, text, found);
}
