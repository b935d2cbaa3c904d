/* SPDX-License-Identifier: ISC */
#include "run/state_queue.h"

#include <stdlib.h>
#include <string.h>

void pxe_state_queue_init(struct pxe_state_queue *queue)
{
	*queue = (struct pxe_state_queue) { .last = &queue->first };
}

void pxe_state_queue_done(struct pxe_state_queue *queue)
{
	while (queue->first != NULL)
		pxe_state_queue_drop(queue);
}

void pxe_state_queue_drop(struct pxe_state_queue *queue)
{
	struct pxe_state_waiting *w = queue->first;

	queue->first = w->next;
	if (queue->first == NULL)
		queue->last = &queue->first;
	queue->n--;
	queue->n_bytes -= w->len;
	free(w);
}

void pxe_state_queue_put(struct pxe_state_queue *queue, const char *text,
			 size_t len)
{
	struct pxe_state_waiting *w = len <= PXE_STATE_QUEUE_BYTES
					      ? malloc(sizeof(*w) + len)
					      : NULL;

	if (w == NULL) {
		queue->n_lost++;
		return;
	}
	while (queue->n == PXE_STATE_QUEUE_MAX ||
	       queue->n_bytes + len > PXE_STATE_QUEUE_BYTES) {
		pxe_state_queue_drop(queue);
		queue->n_lost++;
	}
	w->next = NULL;
	w->len = len;
	memcpy(w->text, text, len);
	*queue->last = w;
	queue->last = &w->next;
	queue->n++;
	queue->n_bytes += len;
}
