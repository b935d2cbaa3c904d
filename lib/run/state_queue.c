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
	free(w);
}

void pxe_state_queue_put(struct pxe_state_queue *queue, const char *text,
			 size_t len)
{
	struct pxe_state_waiting *w = malloc(sizeof(*w) + len);

	if (w == NULL)
		return;
	if (queue->n == PXE_STATE_QUEUE_MAX)
		pxe_state_queue_drop(queue);
	w->next = NULL;
	w->len = len;
	memcpy(w->text, text, len);
	*queue->last = w;
	queue->last = &w->next;
	queue->n++;
}
