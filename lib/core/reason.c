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

static const struct {
	int error;
	enum pxe_reason reason;
} file_errors[] = {
	{ ENOENT, PXE_REASON_NOT_FOUND },
	{ ENOTDIR, PXE_REASON_NOT_FOUND },
	{ ELOOP, PXE_REASON_NOT_FOUND },
	{ EACCES, PXE_REASON_FORBIDDEN },
	{ EPERM, PXE_REASON_FORBIDDEN },
	{ EROFS, PXE_REASON_FORBIDDEN },
	{ EXDEV, PXE_REASON_OUTSIDE },
	{ EEXIST, PXE_REASON_EXISTS },
	{ EISDIR, PXE_REASON_NOT_A_FILE },
	{ ENXIO, PXE_REASON_NOT_A_FILE },  /* a socket */
	{ ENODEV, PXE_REASON_NOT_A_FILE }, /* a device without driver */
	{ ENAMETOOLONG, PXE_REASON_BAD_NAME },
	{ EINVAL, PXE_REASON_BAD_NAME }, /* FAT knows fewer */
	{ ENOSPC, PXE_REASON_DISK_FULL },
	{ EDQUOT, PXE_REASON_DISK_FULL },
	{ EFBIG, PXE_REASON_TOO_LARGE },
	{ EMFILE, PXE_REASON_INTERNAL },
	{ ENFILE, PXE_REASON_INTERNAL },
	{ ENOMEM, PXE_REASON_INTERNAL },
	{ ENOSYS, PXE_REASON_INTERNAL },
	{ ECANCELED, PXE_REASON_ABORTED },
};

enum pxe_reason pxe_reason_of_file(int error)
{
	for (size_t i = 0; i < PXE_LEN(file_errors); i++)
		if (file_errors[i].error == error)
			return file_errors[i].reason;
	return PXE_REASON_IO;
}
