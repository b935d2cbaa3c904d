/* SPDX-License-Identifier: ISC */
#include "run/loader_check.h"

#include <errno.h>

#include "run/fd.h"

int pxe_loader_read(int fd, struct pxe_pe *pe)
{
	unsigned char head[PXE_PE_HEAD_BYTES];
	ssize_t len = pxe_fd_read_at(fd, 0, head, sizeof(head));

	if (len < 0)
		return (int)len;
	pxe_pe_parse(head, (size_t)len, pe);
	return 0;
}

enum pxe_reason pxe_loader_check(int fd, enum pxe_family family)
{
	struct pxe_pe pe;
	int r = pxe_loader_read(fd, &pe);

	if (r < 0) {
		errno = -r;
		return PXE_REASON_IO;
	}
	return pxe_pe_fits(&pe, family) ? PXE_REASON_OK
					: PXE_REASON_WRONG_MACHINE;
}
