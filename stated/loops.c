/* SPDX-License-Identifier: ISC */
#include "stated/loops.h"

#include <stdio.h>

#include "base/str.h"
#include "run/log.h"
#include "stated/clock.h"
#include "stated/registry_loop.h"
#include "stated/watch.h"

void pxe_loops_configure(struct pxe_stated *st, const struct pxe_conf *conf)
{
	const struct pxe_loop_rules rules = { .limit = conf->loop_limit,
					      .hold_s = conf->loop_hold_s };

	pxe_registry_set_loop(st->registry, &rules);
}

void pxe_loops_tell(const struct pxe_client *client,
		    const struct pxe_event *event, enum pxe_loop_change change)
{
	const struct pxe_loop *loop = &client->loop;

	if (change == PXE_LOOP_HELD)
		pxe_log(PXE_LOG_WARNING,
			"%s%s%s%s fetched its %s %u times and got no further, "
			"at last %s: it is held for %lld s, or until "
			"`pxectl release`",
			client->key, client->name[0] != '\0' ? " (" : "",
			client->name, client->name[0] != '\0' ? ")" : "",
			pxe_loop_what(loop), pxe_loop_count(loop), event->file,
			(long long)(loop->held_until_s - loop->held_s));
	else if (change == PXE_LOOP_RELEASED)
		pxe_log(PXE_LOG_NOTICE, "%s got further: it is held no longer",
			client->key);
}

static void add_alarm(const struct pxe_client *client,
		      struct pxe_alarms *alarms)
{
	const struct pxe_loop *loop = &client->loop;
	struct pxe_alarm *a =
		pxe_alarms_add(alarms, PXE_ALARM_LOOP, loop->held_s);

	if (a == NULL)
		return; /* there are many: these will do */
	(void)pxe_str_copy(a->subject, sizeof(a->subject),
			   client->name[0] != '\0' ? client->name
						   : client->key);
	snprintf(a->text, sizeof(a->text), "its %s, %u times, at last %.80s",
		 pxe_loop_what(loop), pxe_loop_count(loop),
		 client->file[0] != '\0' ? client->file : "?");
}

void pxe_loops_add_alarms(const struct pxe_stated *st, int64_t now_s,
			  struct pxe_alarms *alarms)
{
	const struct pxe_client_table *table =
		pxe_registry_clients(st->registry);
	const struct pxe_client *client;
	size_t at = 0;

	while ((client = pxe_client_table_next(table, &at)) != NULL)
		if (pxe_loop_is_held(&client->loop, now_s))
			add_alarm(client, alarms);
}

void pxe_loops_release(struct pxe_state_request *request,
		       const json_t *params, void *arg)
{
	const char *text =
		json_string_value(json_object_get(params, "client"));
	struct pxe_stated *st = arg;
	const struct pxe_client *client;
	bool was_held;

	if (text == NULL) {
		pxe_state_request_invalid(request, "client");
		return;
	}
	client = pxe_registry_find_client(st->registry, text);
	if (client == NULL) {
		pxe_state_request_error(request, "NoClient",
					json_pack("{s:s}", "client", text));
		return;
	}
	was_held = pxe_registry_release_loop(st->registry, client,
					     pxe_stated_now_s(st));
	if (was_held)
		pxe_log(PXE_LOG_NOTICE, "%s is held no longer: pxectl release",
			client->key);
	pxe_watchers_want_flush(st->watchers);
	pxe_state_request_reply(request,
				json_pack("{s:s, s:b}", "client", client->key,
					  "was_held", was_held));
}
