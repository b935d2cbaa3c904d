/* SPDX-License-Identifier: ISC */
#include "run/loader_check.h"

#include <errno.h>
#include <unistd.h>

int pxe_loader_read(int fd, struct pxe_pe *pe)
{
	unsigned char head[PXE_PE_HEAD_BYTES];
	size_t len = 0;

	while (len < sizeof(head)) {
		ssize_t n =
			pread(fd, head + len, sizeof(head) - len, (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	pxe_pe_parse(head, len, pe);
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
