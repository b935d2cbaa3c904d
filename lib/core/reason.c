/* SPDX-License-Identifier: ISC */
#include "core/reason.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name, *text;
} reasons[PXE_N_REASONS] = {
#define X(id, name, text) [PXE_REASON_##id] = { name, text },
	PXE_REASONS(X)
#undef X
};

const char *pxe_reason_name(enum pxe_reason reason)
{
	return (unsigned)reason < PXE_N_REASONS ? reasons[reason].name : "?";
}

const char *pxe_reason_text(enum pxe_reason reason)
{
	return (unsigned)reason < PXE_N_REASONS ? reasons[reason].text : "?";
}

int pxe_reason_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_REASONS; i++)
		if (strcmp(reasons[i].name, name) == 0)
			return i;
	return -ENOENT;
}
