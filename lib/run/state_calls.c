/* SPDX-License-Identifier: ISC */
/* The calls of run/state_client.h that take records. */
#include <errno.h>

#include "base/ip4.h"
#include "run/state_client.h"
#include "run/state_codec.h"

int pxe_state_commit_lease(struct pxe_state_client *client,
			   const struct pxe_lease *lease, uint32_t replaces,
			   pxe_state_reply *reply, void *arg)
{
	json_t *params =
		json_pack("{s:o}", "lease", pxe_state_lease_to_json(lease));
	char address[PXE_IP4_TEXT];

	if (params != NULL && replaces != 0) {
		pxe_ip4_format(replaces, address, sizeof(address));
		if (json_object_set_new(params, "replaces",
					json_string(address)) < 0) {
			json_decref(params);
			params = NULL;
		}
	}
	if (params == NULL)
		return -ENOMEM;
	return pxe_state_call(client, "CommitLease", params, reply, arg);
}

int pxe_state_release_lease(struct pxe_state_client *client,
			    const struct pxe_lease *lease,
			    pxe_state_reply *reply, void *arg)
{
	char address[PXE_IP4_TEXT];
	json_t *params;

	pxe_ip4_format(lease->address, address, sizeof(address));
	params = json_pack("{s:s, s:s}", "address", address, "client",
			   lease->client);
	if (params == NULL)
		return -ENOMEM;
	return pxe_state_call(client, "ReleaseLease", params, reply, arg);
}

int pxe_state_decline_lease(struct pxe_state_client *client,
			    const struct pxe_lease *lease,
			    pxe_state_reply *reply, void *arg)
{
	char address[PXE_IP4_TEXT];
	json_t *params;

	pxe_ip4_format(lease->address, address, sizeof(address));
	params = json_pack("{s:s, s:s, s:I}", "address", address, "client",
			   lease->client, "until", (json_int_t)lease->end_s);
	if (params == NULL)
		return -ENOMEM;
	return pxe_state_call(client, "DeclineLease", params, reply, arg);
}

void pxe_state_report_facts(struct pxe_state_client *client,
			    const struct pxe_facts *facts, const char *name)
{
	json_t *params = json_pack("{s:s, s:o}", "client", facts->key, "facts",
				   pxe_state_facts_to_json(facts));

	if (params != NULL && name != NULL && name[0] != '\0' &&
	    json_object_set_new(params, "name", json_string(name)) < 0) {
		json_decref(params);
		params = NULL;
	}
	if (params != NULL)
		pxe_state_report(client, "ReportClient", params);
}

void pxe_state_report_event(struct pxe_state_client *client,
			    const struct pxe_event *event)
{
	json_t *params =
		json_pack("{s:o}", "event", pxe_state_event_to_json(event));

	if (params != NULL)
		pxe_state_report(client, "ReportEvent", params);
}
