/* SPDX-License-Identifier: ISC */
#include "httpd/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "httpd/directory.h"
#include "run/log.h"
#include "run/neigh.h"

static int open_neigh(void)
{
	int fd = pxe_neigh_open();

	if (fd < 0)
		pxe_log(PXE_LOG_WARNING,
			"the neighbour table cannot be read: %s",
			strerror(-fd));
	return fd;
}

int pxe_worker_start(struct pxe_worker *worker)
{
	worker->neigh_fd = open_neigh();
	worker->directories = pxe_directories_new();
	if (worker->directories == NULL)
		return -ENOMEM;
	return pxe_conn_start(worker);
}

void pxe_worker_stop(struct pxe_worker *worker)
{
	pxe_accept_stop(worker);
	pxe_conn_stop(worker);
	pxe_scratch_done(&worker->scratch);
	pxe_fold_cache_clear(&worker->folds);
	free(worker->spare_job);
	pxe_directories_free(worker->directories);
	if (worker->neigh_fd >= 0)
		close(worker->neigh_fd);
	worker->spare_job = NULL;
	worker->directories = NULL;
	worker->neigh_fd = -1;
}
