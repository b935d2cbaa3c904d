/* SPDX-License-Identifier: ISC */
/*
 * `pxectl explain`: runs the policy of the daemons and tells each rule.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "base/uuid.h"
#include "core/arch.h"
#include "core/policy.h"
#include "pxectl/ctl.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

/* Of whom it is asked. */
struct who {
	struct pxe_facts facts;
	uint32_t address; /* says the subnet; 0: not known */
	const struct pxe_conf_host *host; /* if it was seen; or NULL */
	bool is_held; /* its boots go round: core/loop.h */
};

/* --- facts from the command line --- */

static int read_mac(const char *text, struct who *who)
{
	if (pxe_hwaddr_parse(text, &who->facts.hw) < 0)
		return -EINVAL;
	pxe_hwaddr_format(&who->facts.hw, who->facts.key,
			  sizeof(who->facts.key));
	return 0;
}

static int read_uuid(const char *text, struct who *who)
{
	if (pxe_uuid_parse(text, &who->facts.uuid) < 0)
		return -EINVAL;
	who->facts.has_uuid = pxe_uuid_is_unique(&who->facts.uuid);
	return 0;
}

/* A number (option 93) or a family. */
static int read_arch(const char *text, struct who *who)
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

static int read_stage(const char *text, struct who *who)
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

static int read_ipxe(const char *text, struct who *who)
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

static int read_http(const char *text, struct who *who)
{
	return read_bool(text, &who->facts.ipxe_can_http);
}

static int read_menu(const char *text, struct who *who)
{
	return read_bool(text, &who->facts.ipxe_can_menu);
}

static int read_boot(const char *text, struct who *who)
{
	return read_bool(text, &who->facts.ipxe_can_boot);
}

static int read_address(const char *text, struct who *who)
{
	return pxe_ip4_parse(text, &who->address);
}

static const struct {
	const char *name;
	int (*read)(const char *text, struct who *who);
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
};

static bool read_fact(const struct pxe_ctl *ctl, char *word,
		      struct who *who)
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
		      "http=, menu=, boot=, address=)",
		      word);
	return false;
}

/* "mac=..,arch=..": iPXE can do everything unless it is said not to. */
static bool read_facts(const struct pxe_ctl *ctl, char *text,
		       struct who *who)
{
	char *rest = NULL;

	who->address = 0;
	who->host = NULL;
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

static bool fetch_facts(struct pxe_ctl *ctl, const char *name,
			struct who *who)
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
	if (ok)
		*who = (struct who) {
			.facts = client.facts,
			.address = client.address,
			.host = pxe_client_find_host(&client, ctl->conf),
			.is_held = pxe_loop_is_held(&client.loop,
						    pxe_ctl_now()),
		};
	else
		pxe_ctl_note(ctl, "the facts can also be said: pxectl explain "
				  "mac=52:54:00:12:34:56,arch=uefi");
	json_decref(answer);
	return ok;
}

/* --- telling --- */

static const char *const give_texts[] = {
	[PXE_GIVE_NOTHING] = "nothing",
	[PXE_GIVE_ADDRESS] = "an address, nothing to boot",
	[PXE_GIVE_LOADER] = "the loader",
	[PXE_GIVE_SCRIPT] = "the URL of the boot script",
	[PXE_GIVE_TARGET] = "the target",
	[PXE_GIVE_MENU] = "the menu",
	[PXE_GIVE_HOLD] = "to wait and ask again",
};

const char *pxe_ctl_give_text(enum pxe_give give)
{
	return give_texts[give];
}

/* The questions in the order of a boot. */
static const struct question {
	const char *name, *text;
	enum pxe_ask ask;
	bool as_ipxe; /* asked later, by the iPXE that was loaded */
} questions[] = {
	{ "dhcp", "DHCP: what does it get?", PXE_ASK_DHCP, false },
	{ "loader", "TFTP or HTTP, a virtual loader name: which file?",
	  PXE_ASK_LOADER, false },
	{ "dhcp-ipxe", "DHCP, once iPXE runs: what does it get?", PXE_ASK_DHCP,
	  true },
	{ "script", "HTTP, the boot script: what is in it?", PXE_ASK_SCRIPT,
	  true },
};

struct telling {
	const struct pxe_ctl *ctl;
	json_t *rules; /* NULL: for people */
};

static void tell_rule(const char *rule, const char *text, bool matched,
		      void *arg)
{
	struct telling *telling = arg;

	if (telling->rules == NULL) {
		pxe_ctl_say(telling->ctl, "  %s %-15s %s",
			    matched ? "=>" : "no", rule, text);
		return;
	}
	if (json_array_append_new(telling->rules,
				  json_pack("{s:s, s:s, s:b}", "rule", rule,
					    "text", text, "matched", matched)) <
	    0)
		pxe_ctl_error(telling->ctl, "%s", strerror(ENOMEM));
}

static const char *what(const struct pxe_decision *decision)
{
	if (decision->give == PXE_GIVE_LOADER)
		return decision->file;
	return decision->target != NULL ? decision->target->name : "";
}

static void put_source(const struct pxe_decision *decision, char *text,
		       size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	if (decision->src.file != NULL && decision->src.file[0] != '\0')
		pxe_str_putf(&s, "%s:%u", decision->src.file,
			     decision->src.line);
}

static void tell_decision(const struct pxe_ctl *ctl,
			  const struct pxe_decision *decision)
{
	char where[512];

	put_source(decision, where, sizeof(where));
	pxe_ctl_say(ctl, "  It gets %s%s%s%s%s%s%s%s",
		    give_texts[decision->give],
		    *what(decision) != '\0' ? " \"" : "", what(decision),
		    *what(decision) != '\0' ? "\"" : "",
		    *where != '\0' ? "  [" : "", where,
		    *where != '\0' ? "]" : "",
		    decision->reason != PXE_REASON_OK ? "," : ".");
	if (decision->reason != PXE_REASON_OK)
		pxe_ctl_say(ctl, "  because: %s (%s).",
			    pxe_reason_text(decision->reason),
			    pxe_reason_name(decision->reason));
	putchar('\n');
}

static json_t *decision_record(const struct question *question,
			       const struct pxe_decision *decision,
			       json_t *rules)
{
	char where[512];

	put_source(decision, where, sizeof(where));
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s}", "question",
			 question->name, "rules", rules, "rule", decision->rule,
			 "gives", give_texts[decision->give], "what",
			 what(decision), "reason",
			 pxe_reason_name(decision->reason), "where", where);
}

/* The subnet that it asks in: of the address that it would get or has, or the
 * only one; else NULL. */
static const struct pxe_conf_subnet *find_subnet(
	const struct pxe_conf *conf, const struct who *who,
	const struct pxe_conf_host *host)
{
	if (host != NULL && host->address != 0)
		return pxe_conf_find_subnet(conf, host->address);
	if (who->address != 0)
		return pxe_conf_find_subnet(conf, who->address);
	return conf->n_subnets == 1 ? &conf->subnets[0] : NULL;
}

/* Asks one question; appends the answer to `all` unless that is NULL. */
static void ask(const struct pxe_ctl *ctl, const struct question *question,
		const struct who *who, const struct pxe_conf_host *host,
		json_t *all)
{
	struct telling telling = { ctl, all != NULL ? json_array() : NULL };
	struct pxe_facts as = who->facts;
	struct pxe_decision decision = { .give = PXE_GIVE_NOTHING };
	struct pxe_policy_in in = { .conf = ctl->conf,
				    .facts = &as,
				    .host = host,
				    .is_held = who->is_held,
				    .subnet = find_subnet(ctl->conf, who, host),
				    .ask = question->ask,
				    .family = PXE_FAMILY_NONE };

	if (question->as_ipxe && as.stage != PXE_STAGE_IPXE) {
		as.stage = PXE_STAGE_IPXE;
		as.ipxe_tells = as.ipxe_can_http = true;
		as.ipxe_can_menu = as.ipxe_can_boot = true;
	}
	if (all == NULL)
		pxe_ctl_say(ctl, "%s", question->text);
	pxe_policy_explain(&in, &decision, tell_rule, &telling);
	if (all == NULL)
		tell_decision(ctl, &decision);
	else if (json_array_append_new(all, decision_record(question, &decision,
							    telling.rules)) < 0)
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
}

static void tell_facts(const struct pxe_ctl *ctl, const struct pxe_facts *facts,
		       const struct pxe_conf_host *host)
{
	char uuid[PXE_UUID_TEXT] = "", where[512] = "";
	struct pxe_str s;

	if (facts->has_uuid)
		pxe_uuid_format(&facts->uuid, uuid, sizeof(uuid));
	pxe_str_init(&s, where, sizeof(where));
	if (host != NULL)
		pxe_str_putf(&s, "\"%s\"  [%s:%u]", host->name, host->src.file,
			     host->src.line);
	pxe_ctl_line(ctl, "client", "%s", facts->key);
	pxe_ctl_line(ctl, "uuid", "%s", uuid);
	pxe_ctl_line(ctl, "architecture", "%s, loader \"%s\"",
		     facts->arch == PXE_ARCH_NONE ? "not known"
						  : pxe_arch_name(facts->arch),
		     pxe_family_name(pxe_arch_family(facts->arch)));
	pxe_ctl_line(ctl, "stage", "%s", pxe_stage_name(facts->stage));
	pxe_ctl_line(ctl, "host", "%s",
		     host != NULL ? where : "no host section names it");
	putchar('\n');
}

int pxe_ctl_explain(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	const struct pxe_conf_host *host;
	bool are_said = strchr(argv[0], '=') != NULL;
	struct who who;
	json_t *all = NULL;

	if (are_said && !read_facts(ctl, argv[0], &who))
		return PXE_CTL_USAGE;
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
				       PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS) ||
	    (!are_said && !fetch_facts(ctl, argv[0], &who)))
		return PXE_CTL_FAILED;
	host = who.host != NULL
		       ? who.host
		       : pxe_conf_find_host(ctl->conf, &who.facts.hw,
					    who.facts.has_uuid ? &who.facts.uuid
							       : NULL);
	if (ctl->json)
		all = json_array();
	else
		tell_facts(ctl, &who.facts, host);
	for (size_t i = 0; i < PXE_LEN(questions); i++) {
		bool later = questions[i].as_ipxe &&
			     questions[i].ask == PXE_ASK_DHCP;

		/* the ROM that is iPXE asks once */
		if (!later || (who.facts.stage != PXE_STAGE_IPXE &&
			       who.facts.stage != PXE_STAGE_OS))
			ask(ctl, &questions[i], &who, host, all);
	}
	if (all != NULL)
		pxe_ctl_print_json(all, false);
	json_decref(all);
	return PXE_CTL_OK;
}
