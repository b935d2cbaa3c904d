/* SPDX-License-Identifier: ISC */
#include "run/state_alarms.h"

#include <errno.h>

#include "base/str.h"

json_t *pxe_state_alarm_to_json(const struct pxe_alarm *alarm)
{
	json_t *json = json_pack("{s:s, s:s, s:I}", "kind",
				 pxe_alarm_name(alarm->kind), "subject",
				 alarm->subject, "since",
				 (json_int_t)alarm->since_s);

	if (json != NULL && alarm->text[0] != '\0' &&
	    json_object_set_new(json, "text", json_string(alarm->text)) < 0) {
		json_decref(json);
		return NULL;
	}
	return json;
}

json_t *pxe_state_alarms_to_json(const struct pxe_alarms *alarms)
{
	json_t *list = json_array();

	for (size_t i = 0; i < alarms->n; i++)
		if (json_array_append_new(list, pxe_state_alarm_to_json(
							&alarms->row[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static int add(const json_t *json, struct pxe_alarms *alarms)
{
	const char *kind, *subject, *text = "";
	struct pxe_alarm *a;
	json_int_t since;
	int k;

	/* jansson's unpacking does not change what it reads */
	if (json_unpack((json_t *)(uintptr_t)json, "{s:s, s:s, s?s, s:I}",
			"kind", &kind, "subject", &subject, "text", &text,
			"since", &since) < 0)
		return -EBADMSG;
	k = pxe_alarm_from_name(kind);
	a = k >= 0 ? pxe_alarms_add(alarms, (enum pxe_alarm_kind)k, since)
		   : NULL;
	if (a != NULL) {
		pxe_str_copy(a->subject, sizeof(a->subject), subject);
		pxe_str_copy(a->text, sizeof(a->text), text);
	}
	return 0;
}

int pxe_state_alarms_from_json(const json_t *json, struct pxe_alarms *alarms)
{
	struct pxe_alarms out = { .n = 0 };
	const json_t *row;
	size_t i;

	if (!json_is_array(json))
		return -EBADMSG;
	json_array_foreach(json, i, row)
	{
		if (add(row, &out) < 0)
			return -EBADMSG;
	}
	*alarms = out;
	return 0;
}

void pxe_state_report_alarms(struct pxe_state_client *client,
			     const struct pxe_alarms *alarms)
{
	json_t *params;

	if (!pxe_state_client_is_up(client))
		return;
	params = json_pack("{s:o}", "alarms", pxe_state_alarms_to_json(alarms));
	if (params != NULL)
		pxe_state_report(client, "ReportAlarms", params);
}
