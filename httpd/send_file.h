/* SPDX-License-Identifier: ISC */
/*
 * Answers that are files: conditions, parts, headers, body.
 */
#ifndef PXE_HTTPD_SEND_FILE_H
#define PXE_HTTPD_SEND_FILE_H

#include "httpd/job.h"
#include "run/rootdir.h"

/* Answers with `file`, whose descriptor is closed or handed over. */
void pxe_send_file(struct pxe_http_job *job, struct pxe_rootdir_file *file);

/*
 * Answers 200 with all of `file`, which was made for this and has no name, of
 * which nobody is told; `type` is its media type.  Its descriptor is closed or
 * handed over.
 */
void pxe_send_made(struct pxe_http_job *job, struct pxe_rootdir_file *file,
		   const char *type);

#endif
