/* SPDX-License-Identifier: ISC */
/*
 * Answers that are directories (listings and index of httpd.conf): the index
 * file, a listing, or the way to the name with its slash.
 *
 * A listing is made once and kept in memory that belongs to no process's heap
 * (memfd_create(2)): all who ask for it at a time are sent the same octets, as
 * a file is, however slowly they read.
 */
#ifndef PXE_HTTPD_DIRECTORY_H
#define PXE_HTTPD_DIRECTORY_H

#include <stdbool.h>

#include "base/attr.h"
#include "httpd/job.h"

struct pxe_directories;

/* Listings that were made; NULL: no memory.  Each worker has its own. */
struct pxe_directories *pxe_directories_new(void) PXE_MUST_CHECK;
void pxe_directories_free(struct pxe_directories *directories);

/*
 * What job->found names is no file.  True: it is a directory, and the answer is
 * sent; false: nothing was done.
 */
bool pxe_directory_answer(struct pxe_http_job *job) PXE_MUST_CHECK;

#endif
