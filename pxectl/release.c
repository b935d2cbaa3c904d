/* SPDX-License-Identifier: ISC */
/* `pxectl release`: a machine that is held may try again. */
#include "pxectl/ctl.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

int pxe_ctl_release(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	json_t *found, *answer = NULL;
	struct pxe_client client;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	found = pxe_ctl_get_client(ctl, argv[0]);
	if (found != NULL &&
	    pxe_state_client_from_json(json_object_get(found, "client"),
				       &client) == 0) {
		pxe_ctl_name_client(ctl, &client);
		answer = pxe_ctl_call(ctl, "ReleaseClient",
				      json_pack("{s:s}", "client", client.key));
	}
	if (answer != NULL && ctl->json)
		pxe_ctl_print_json(answer, false);
	else if (answer != NULL)
		pxe_ctl_say(ctl, "%s %s.", pxe_ctl_client_title(&client),
			    json_is_true(json_object_get(answer, "was_held"))
				    ? "is held no longer"
				    : "was not held");
	json_decref(answer);
	json_decref(found);
	return answer != NULL ? PXE_CTL_OK : PXE_CTL_FAILED;
}
