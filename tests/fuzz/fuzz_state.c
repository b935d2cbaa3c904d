/* SPDX-License-Identifier: ISC */
/*
 * Any JSON as a record of the state protocol: what was read is written, and
 * what was written reads as the same and is written the same.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run/state_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* `first` was written from a record; writes it from what that reads as. */
#define CHECK_ROUND(type, name)                                                \
	static void check_##name(const json_t *json)                           \
	{                                                                      \
		struct type one, two;                                          \
		json_t *first, *second;                                        \
                                                                               \
		if (pxe_state_##name##_from_json(json, &one) < 0)              \
			return;                                                \
		first = pxe_state_##name##_to_json(&one);                      \
		check(pxe_state_##name##_from_json(first, &two) == 0);         \
		second = pxe_state_##name##_to_json(&two);                     \
		check(json_equal(first, second));                              \
		json_decref(first);                                            \
		json_decref(second);                                           \
	}

CHECK_ROUND(pxe_facts, facts)
CHECK_ROUND(pxe_lease, lease)
CHECK_ROUND(pxe_client, client)
CHECK_ROUND(pxe_event, event)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size, 0, NULL);

	if (json == NULL)
		return 0;
	check_facts(json);
	check_lease(json);
	check_client(json);
	check_event(json);
	json_decref(json);
	return 0;
}
