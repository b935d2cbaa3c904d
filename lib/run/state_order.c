/* SPDX-License-Identifier: ISC */
#include "run/state_order.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"

#define FIELD(f)                                                               \
	offsetof(struct pxe_order, f), sizeof(((struct pxe_order *)0)->f)

/* Texts: left out where they are empty, unless they must be there. */
static const struct {
	const char *name;
	size_t offset, cap;
	bool must;
} texts[] = {
	{ "machine", FIELD(machine), true },
	{ "target", FIELD(target), true },
	{ "next", FIELD(next), false },
	{ "by", FIELD(by), false },
};

/* Times in seconds: left out where they are 0. */
static const struct {
	const char *name;
	size_t offset;
	bool must;
} times[] = {
	{ "made", offsetof(struct pxe_order, made_s), true },
	{ "expires", offsetof(struct pxe_order, expires_s), false },
	{ "begun", offsetof(struct pxe_order, begun_s), false },
	{ "finished", offsetof(struct pxe_order, finished_s), false },
};

static int put_texts(json_t *json, const struct pxe_order *order)
{
	for (size_t i = 0; i < PXE_LEN(texts); i++) {
		const char *text = (const char *)order + texts[i].offset;

		if (text[0] == '\0' && !texts[i].must)
			continue;
		if (json_object_set_new(json, texts[i].name,
					json_string(text)) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int put_times(json_t *json, const struct pxe_order *order)
{
	for (size_t i = 0; i < PXE_LEN(times); i++) {
		int64_t time_s;

		memcpy(&time_s, (const char *)order + times[i].offset,
		       sizeof(time_s));
		if (time_s == 0 && !times[i].must)
			continue;
		if (json_object_set_new(json, times[i].name,
					json_integer(time_s)) < 0)
			return -ENOMEM;
	}
	return 0;
}

json_t *pxe_state_order_to_json(const struct pxe_order *order)
{
	json_t *json = json_pack("{s:b, s:s}", "once", (int)order->is_once,
				 "state", pxe_order_state_name(order->state));

	if (json == NULL || put_texts(json, order) < 0 ||
	    put_times(json, order) < 0 ||
	    (order->reason != PXE_REASON_OK &&
	     json_object_set_new(json, "reason",
				 json_string(pxe_reason_name(order->reason))) <
		     0)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static int get_texts(const json_t *json, struct pxe_order *order)
{
	for (size_t i = 0; i < PXE_LEN(texts); i++) {
		const json_t *value = json_object_get(json, texts[i].name);
		const char *text = json_string_value(value);

		if (value == NULL && !texts[i].must)
			continue;
		if (text == NULL ||
		    !pxe_str_copy((char *)order + texts[i].offset, texts[i].cap,
				  text))
			return -EBADMSG;
	}
	return 0;
}

static int get_times(const json_t *json, struct pxe_order *order)
{
	for (size_t i = 0; i < PXE_LEN(times); i++) {
		const json_t *value = json_object_get(json, times[i].name);
		int64_t time_s = json_integer_value(value);

		if (value == NULL && !times[i].must)
			continue;
		if (!json_is_integer(value) || time_s < 0)
			return -EBADMSG;
		memcpy((char *)order + times[i].offset, &time_s,
		       sizeof(time_s));
	}
	return 0;
}

int pxe_state_order_from_json(const json_t *json, struct pxe_order *order)
{
	const char *state = json_string_value(json_object_get(json, "state"));
	const json_t *reason = json_object_get(json, "reason");
	int n = state != NULL ? pxe_order_state_from_name(state) : -ENOENT;
	int why = PXE_REASON_OK;
	struct pxe_order out = { 0 };

	if (reason != NULL)
		why = json_is_string(reason)
			      ? pxe_reason_from_name(json_string_value(reason))
			      : -ENOENT;
	if (n < 0 || why < 0 || get_texts(json, &out) < 0 ||
	    get_times(json, &out) < 0 || !pxe_order_is_machine(out.machine))
		return -EBADMSG;
	out.state = (enum pxe_order_state)n;
	out.reason = (enum pxe_reason)why;
	out.is_once = json_is_true(json_object_get(json, "once"));
	*order = out;
	return 0;
}
