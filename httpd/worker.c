/* SPDX-License-Identifier: ISC */
#include "httpd/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "httpd/answer.h"
#include "run/log.h"
#include "run/neigh.h"

enum { HEADER_SLACK = 64 };

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
	worker->http = evhttp_new(worker->base);
	if (worker->http == NULL)
		return -ENOMEM;
	/* the guard is stricter: these are for what it does not see */
	evhttp_set_max_headers_size(worker->http,
				    PXE_GUARD_MAX_HEADER + HEADER_SLACK);
	evhttp_set_max_body_size(worker->http, 0);
	evhttp_set_allowed_methods(worker->http,
				   EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_default_content_type(worker->http, NULL);
	evhttp_set_gencb(worker->http, pxe_answer_request, worker);
	return pxe_conn_start(worker);
}

void pxe_worker_stop(struct pxe_worker *worker)
{
	if (worker->http != NULL)
		evhttp_free(worker->http);
	pxe_conn_stop(worker);
	free(worker->spare_job);
	if (worker->neigh_fd >= 0)
		close(worker->neigh_fd);
	worker->http = NULL;
	worker->spare_job = NULL;
	worker->neigh_fd = -1;
}
