/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the name of a file: what it means is within the tables, and
 * each name of the sequence that it begins is a name of that sequence.
 */
#include <stdlib.h>
#include <string.h>

#include "core/boot_name.h"
#include "run/rootdir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_sequence(const struct pxe_conf *conf, const char *text,
			   const struct pxe_boot_name *name)
{
	char buf[PXE_ROOTDIR_NAME_TEXT + 64], small[16];
	struct pxe_boot_name other;

	check(name->step < PXE_BOOT_N_STEPS);
	check(name->stem_len <= strlen(text));
	for (int i = 0; i < PXE_BOOT_N_STEPS; i++) {
		enum pxe_boot_step step = (enum pxe_boot_step)i;

		if (pxe_boot_name_build(name, text, step, &name->id, small,
					sizeof(small)) == 0)
			check(strlen(small) < sizeof(small));
		if (pxe_boot_name_build(name, text, step, &name->id, buf,
					sizeof(buf)) < 0)
			continue;
		pxe_boot_name_read(conf, buf, &other);
		check(other.kind == name->kind && other.step == step &&
		      other.stem_len == name->stem_len);
		check(step != name->step || strcasecmp(buf, text) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *prefixes[] = { "pxe_loader", "iventoy_loader" };
	static const struct pxe_conf conf = { .loader_names = prefixes,
					      .n_loader_names = 2 };
	char clean[PXE_ROOTDIR_NAME_TEXT];
	struct pxe_boot_name name;

	if (pxe_rootdir_clean_name(data, size, clean, sizeof(clean)) !=
	    PXE_REASON_OK)
		return 0;
	pxe_boot_name_read(&conf, clean, &name);
	check(name.kind < PXE_BOOT_N_KINDS && name.family < PXE_N_FAMILIES);
	if (pxe_boot_name_is_config(&name))
		check_sequence(&conf, clean, &name);
	else
		check(!name.id.has_hw && !name.id.has_uuid &&
		      !name.id.has_address);
	return 0;
}
