/* SPDX-License-Identifier: ISC */
/*
 * A GRUB that boots over the network, made by grub-mkimage: all that the
 * configurations of pxe-tftpd need is inside, and nothing is written to disk.
 */
#ifndef PXECTL_GRUB_IMAGE_H
#define PXECTL_GRUB_IMAGE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

/*
 * Makes an image of grub-mkimage's `format` of the modules in the open
 * directory `dir_fd`.  With `server` (0: none) it fetches everything from that
 * address, whatever server gave the machine its own: GRUB else takes the
 * address server for the file server.
 * A descriptor of the image, which the caller closes; -ENOPKG: there is no
 * grub-mkimage; -errno.  `why` gets what grub-mkimage said.
 */
int pxe_grub_image_make(int dir_fd, const char *format, uint32_t server,
			struct pxe_str *why) PXE_MUST_CHECK;

#endif
