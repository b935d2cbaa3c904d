/* SPDX-License-Identifier: ISC */
/*
 * Media types by the ends of file names.  Pure.
 */
#ifndef PXE_HTTPD_MEDIA_H
#define PXE_HTTPD_MEDIA_H

#include "core/conf.h"

/* The type of files that the table does not know. */
#define PXE_MEDIA_OTHER "application/octet-stream"

/*
 * The media type of a file by the end of its name, in any case: what `types`
 * of httpd.conf says (the longest end that fits), then the table;
 * PXE_MEDIA_OTHER if neither knows it.  UEFI HTTP Boot goes by it before it
 * looks at the name (EDK2 HttpBootSupport.c).
 */
const char *pxe_media_type(const struct pxe_conf *conf, const char *name);

#endif
