/* SPDX-License-Identifier: ISC */
#include "dhcpd/held.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

void pxe_held_done(struct pxe_held *held)
{
	free(held->row);
}

/* Row number `i` after the first. */
static size_t at(const struct pxe_held *held, size_t i)
{
	return (held->first + i) & (held->cap - 1);
}

int pxe_held_grow(struct pxe_held *held)
{
	struct pxe_held more = { .cap = held->cap > 0 ? held->cap * 2 : 64,
				 .n = held->n };

	if (held->n < held->cap)
		return 0;
	more.row = calloc(more.cap, sizeof(*more.row));
	if (more.row == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < held->n; i++) {
		more.row[i].address = held->row[at(held, i)].address;
		more.row[i].end_s = held->row[at(held, i)].end_s;
	}
	free(held->row);
	*held = more;
	return 0;
}

void pxe_held_add(struct pxe_held *held, uint32_t address, int64_t end_s)
{
	size_t i = at(held, held->n);

	assert(held->n < held->cap);
	held->row[i].address = address;
	held->row[i].end_s = end_s;
	held->n++;
}

bool pxe_held_take(struct pxe_held *held, int64_t now_s, uint32_t *address)
{
	if (held->n == 0 || held->row[held->first].end_s > now_s)
		return false;
	*address = held->row[held->first].address;
	held->first = at(held, 1);
	held->n--;
	return true;
}

bool pxe_held_get(const struct pxe_held *held, size_t i, uint32_t *address,
		  int64_t *end_s)
{
	if (i >= held->n)
		return false;
	*address = held->row[at(held, i)].address;
	*end_s = held->row[at(held, i)].end_s;
	return true;
}

void pxe_held_move(struct pxe_held *held, int64_t by_s)
{
	for (size_t i = 0; i < held->n; i++)
		held->row[at(held, i)].end_s += by_s;
}
