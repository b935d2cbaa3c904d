/* SPDX-License-Identifier: ISC */
#include "core/alarm.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name, *text, *remedy;
	bool is_alarm;
} kinds[PXE_N_ALARMS] = {
#define X(id, name, is_alarm, text, remedy) \
	[PXE_ALARM_##id] = { name, text, remedy, is_alarm },
	PXE_ALARMS(X)
#undef X
};

struct pxe_alarm *pxe_alarms_add(struct pxe_alarms *alarms,
				 enum pxe_alarm_kind kind, int64_t since_s)
{
	struct pxe_alarm *a = &alarms->row[alarms->n];

	if (alarms->n == PXE_ALARMS_MAX)
		return NULL;
	alarms->n++;
	*a = (struct pxe_alarm){ .kind = kind, .since_s = since_s };
	return a;
}

const char *pxe_alarm_name(enum pxe_alarm_kind kind)
{
	return (unsigned)kind < PXE_N_ALARMS ? kinds[kind].name : "?";
}

int pxe_alarm_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_ALARMS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return i;
	return -ENOENT;
}

const char *pxe_alarm_text(enum pxe_alarm_kind kind)
{
	return (unsigned)kind < PXE_N_ALARMS ? kinds[kind].text : "?";
}

const char *pxe_alarm_remedy(enum pxe_alarm_kind kind)
{
	return (unsigned)kind < PXE_N_ALARMS ? kinds[kind].remedy : "?";
}

bool pxe_alarm_is_alarm(enum pxe_alarm_kind kind)
{
	return (unsigned)kind < PXE_N_ALARMS && kinds[kind].is_alarm;
}
