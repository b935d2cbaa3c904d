/* SPDX-License-Identifier: ISC */
/* Of whom `pxectl explain` is asked. */
#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "base/uuid.h"
#include "core/arch.h"
#include "pxectl/explain.h"
#include "pxectl/order_who.h"
#include "run/state_codec.h"

/* --- facts from the command line --- */

static int read_mac(const char *text, struct pxe_explain_who *who)
{
	if (pxe_hwaddr_parse(text, &who->facts.hw) < 0)
		return -EINVAL;
	pxe_hwaddr_format(&who->facts.hw, who->facts.key,
			  sizeof(who->facts.key));
	return 0;
}

static int read_uuid(const char *text, struct pxe_explain_who *who)
{
	if (pxe_uuid_parse(text, &who->facts.uuid) < 0)
		return -EINVAL;
	who->facts.has_uuid = pxe_uuid_is_unique(&who->facts.uuid);
	return 0;
}

/* A number (option 93) or a family. */
static int read_arch(const char *text, struct pxe_explain_who *who)
{
	uint32_t value;
	int family = pxe_family_from_name(text);
	size_t n;
	const struct pxe_arch *rows = pxe_arch_rows(&n);

	if (pxe_str_to_u32(text, 0, 0xfffe, &value) == 0) {
		who->facts.arch = (uint16_t)value;
		return 0;
	}
	for (size_t i = 0; family >= 0 && i < n; i++) {
		if (rows[i].family != (enum pxe_family)family)
			continue;
		who->facts.arch = rows[i].value;
		return 0;
	}
	return -EINVAL;
}

static int read_stage(const char *text, struct pxe_explain_who *who)
{
	int stage = pxe_stage_from_name(text);

	if (stage < 0)
		return -EINVAL;
	who->facts.stage = (enum pxe_stage)stage;
	return 0;
}

static int read_bool(const char *text, bool *value)
{
	*value = strcmp(text, "yes") == 0;
	return *value || strcmp(text, "no") == 0 ? 0 : -EINVAL;
}

static int read_ipxe(const char *text, struct pxe_explain_who *who)
{
	bool yes;

	if (read_bool(text, &yes) < 0)
		return -EINVAL;
	if (yes)
		who->facts.stage = PXE_STAGE_IPXE;
	else if (who->facts.stage == PXE_STAGE_IPXE)
		who->facts.stage = PXE_STAGE_ROM;
	return 0;
}

static int read_http(const char *text, struct pxe_explain_who *who)
{
	return read_bool(text, &who->facts.ipxe_can_http);
}

static int read_menu(const char *text, struct pxe_explain_who *who)
{
	return read_bool(text, &who->facts.ipxe_can_menu);
}

static int read_boot(const char *text, struct pxe_explain_who *who)
{
	return read_bool(text, &who->facts.ipxe_can_boot);
}

static int read_address(const char *text, struct pxe_explain_who *who)
{
	return pxe_ip4_parse(text, &who->address);
}

static int read_agent(const char *text, struct pxe_explain_who *who)
{
	return pxe_ip4_parse(text, &who->agent);
}

static int read_rival(const char *text, struct pxe_explain_who *who)
{
	int offer = pxe_offer_from_name(text);

	if (offer < 0)
		return -EINVAL;
	who->rival = (enum pxe_offer)offer;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(const char *text, struct pxe_explain_who *who);
	const char *wants;
} keys[] = {
	{ "mac", read_mac, "a hardware address" },
	{ "uuid", read_uuid, "a UUID" },
	{ "arch", read_arch, "a number of option 93 or a family (bios, uefi)" },
	{ "stage", read_stage, "rom, http, uboot, ipxe or os" },
	{ "ipxe", read_ipxe, "yes or no" },
	{ "http", read_http, "yes or no" },
	{ "menu", read_menu, "yes or no" },
	{ "boot", read_boot, "yes or no" },
	{ "address", read_address, "an IPv4 address" },
	{ "agent", read_agent, "the IPv4 address of a relay agent" },
	{ "rival", read_rival,
	  "what another server offers: address, file, pxe, binl, http, "
	  "proxy-pxe, proxy-binl or proxy-http" },
};

static bool read_fact(const struct pxe_ctl *ctl, char *word,
		      struct pxe_explain_who *who)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	for (size_t i = 0; value != NULL && i < PXE_LEN(keys); i++) {
		if (strcmp(keys[i].name, word) != 0)
			continue;
		if (keys[i].read(value, who) == 0)
			return true;
		pxe_ctl_error(ctl, "%s=%s: %s is needed", word, value,
			      keys[i].wants);
		return false;
	}
	pxe_ctl_error(ctl,
		      "'%s' is not a fact (mac=, uuid=, arch=, stage=, ipxe=, "
		      "http=, menu=, boot=, address=, agent=, rival=)",
		      word);
	return false;
}

/* "mac=..,arch=..": iPXE can do everything unless it is said not to. */
bool pxe_explain_read_facts(const struct pxe_ctl *ctl, char *text,
			    struct pxe_explain_who *who)
{
	char *rest = NULL;

	*who = (struct pxe_explain_who) { .rival = PXE_OFFER_NONE };
	who->facts = (struct pxe_facts) { .stage = PXE_STAGE_ROM,
					  .arch = PXE_ARCH_NONE,
					  .ipxe_tells = true,
					  .ipxe_can_http = true,
					  .ipxe_can_menu = true,
					  .ipxe_can_boot = true };
	for (char *word = strtok_r(text, ",", &rest); word != NULL;
	     word = strtok_r(NULL, ",", &rest))
		if (!read_fact(ctl, word, who))
			return false;
	if (pxe_arch_is_http(who->facts.arch) &&
	    who->facts.stage == PXE_STAGE_ROM)
		who->facts.stage = PXE_STAGE_HTTP;
	return true;
}

/* --- facts that were recorded --- */

/* The hardware address of a client, by the name of its host section too. */
static const char *spell_client(const struct pxe_ctl *ctl, const char *who,
				char *text, size_t cap)
{
	const struct pxe_conf_host *host =
		pxe_conf_find_host_name(ctl->conf, who);

	if (host == NULL || host->n_hw == 0)
		return who;
	pxe_hwaddr_format(&host->hw[0], text, cap);
	return text;
}

static bool fetch_order(struct pxe_ctl *ctl, struct pxe_explain_who *who)
{
	int r = pxe_order_fetch(ctl, who->host != NULL ? who->host->name : NULL,
				who->facts.key, &who->order);

	who->has_order = r > 0;
	return r >= 0;
}

bool pxe_explain_fetch_facts(struct pxe_ctl *ctl, const char *name,
			     struct pxe_explain_who *who)
{
	char text[PXE_HWADDR_TEXT];
	json_t *answer = pxe_ctl_get_client(ctl, spell_client(ctl, name, text,
							      sizeof(text)));
	struct pxe_client client;
	bool ok = answer != NULL;

	if (ok && pxe_state_client_from_json(json_object_get(answer, "client"),
					     &client) < 0) {
		pxe_ctl_nonsense(ctl, "GetClient");
		ok = false;
	}
	if (ok) {
		*who = (struct pxe_explain_who) {
			.facts = client.facts,
			.address = client.address,
			.host = pxe_client_find_host(&client, ctl->conf),
			.is_held = pxe_loop_is_held(&client.loop,
						    pxe_ctl_now()),
		};
		ok = fetch_order(ctl, who);
	} else {
		pxe_ctl_note(ctl, "the facts can also be said: pxectl explain "
				  "mac=52:54:00:12:34:56,arch=uefi");
	}
	json_decref(answer);
	return ok;
}
