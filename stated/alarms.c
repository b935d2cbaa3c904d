/* SPDX-License-Identifier: ISC */
#include "stated/alarms.h"

#include <errno.h>
#include <stdlib.h>

#include "run/state_alarms.h"

enum { CONNECTIONS_MAX = 16 }; /* that have alarms at one time */

struct pxe_alarm_book {
	struct {
		uint64_t connection;
		struct pxe_alarms *alarms; /* NULL: the row is free */
	} row[CONNECTIONS_MAX];
};

struct pxe_alarm_book *pxe_alarm_book_new(void)
{
	return calloc(1, sizeof(struct pxe_alarm_book));
}

void pxe_alarm_book_free(struct pxe_alarm_book *book)
{
	if (book == NULL)
		return;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		free(book->row[i].alarms);
	free(book);
}

void pxe_alarm_book_gone(struct pxe_alarm_book *book, uint64_t connection)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (book->row[i].alarms != NULL &&
		    book->row[i].connection == connection) {
			free(book->row[i].alarms);
			book->row[i].alarms = NULL;
		}
}

int pxe_alarm_book_set(struct pxe_alarm_book *book, uint64_t connection,
		       const struct pxe_alarms *alarms)
{
	pxe_alarm_book_gone(book, connection);
	if (alarms->n == 0)
		return 0;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		if (book->row[i].alarms != NULL)
			continue;
		book->row[i].alarms = malloc(sizeof(*alarms));
		if (book->row[i].alarms == NULL)
			return -ENOMEM;
		*book->row[i].alarms = *alarms;
		book->row[i].connection = connection;
		return 0;
	}
	return -ENOSPC;
}

static int add(json_t *list, const struct pxe_alarm *alarm)
{
	return json_array_append_new(list, pxe_state_alarm_to_json(alarm));
}

json_t *pxe_alarm_book_to_json(const struct pxe_alarm_book *book,
			       const struct pxe_alarms *own)
{
	json_t *list = json_array();
	int r = list != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; i < own->n && r == 0; i++)
		r = add(list, &own->row[i]);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		for (size_t k = 0; book->row[i].alarms != NULL &&
				   k < book->row[i].alarms->n && r == 0;
		     k++)
			r = add(list, &book->row[i].alarms->row[k]);
	if (r < 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}
