/* SPDX-License-Identifier: ISC */
/*
 * `pxectl explain`: runs the policy of the daemons and tells each rule.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/uuid.h"
#include "core/arch.h"
#include "core/policy.h"
#include "pxectl/ctl.h"
#include "pxectl/explain.h"
#include "run/conf_load.h"

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

/* Asks one question; appends the answer to `all` unless that is NULL. */
static void ask(const struct pxe_ctl *ctl, const struct question *question,
		const struct pxe_explain_who *who, json_t *all)
{
	struct telling telling = { ctl, all != NULL ? json_array() : NULL };
	struct pxe_facts as = who->facts;
	struct pxe_decision decision = { .give = PXE_GIVE_NOTHING };
	struct pxe_policy_in in = { .conf = ctl->conf,
				    .facts = &as,
				    .host = who->host,
				    .subnet = who->subnet,
				    .order = who->has_order ? &who->order
							    : NULL,
				    .is_state_up = true,
				    .is_held = who->is_held,
				    .ask = question->ask,
				    .family = PXE_FAMILY_NONE };
	json_t *record = NULL;

	if (question->as_ipxe && as.stage != PXE_STAGE_IPXE) {
		as.stage = PXE_STAGE_IPXE;
		as.ipxe_tells = as.ipxe_can_http = true;
		as.ipxe_can_menu = as.ipxe_can_boot = true;
	}
	if (all == NULL)
		pxe_ctl_say(ctl, "%s", question->text);
	pxe_policy_explain(&in, &decision, tell_rule, &telling);
	if (question->ask == PXE_ASK_DHCP)
		pxe_explain_apply_mode(ctl->conf, who, &decision);
	if (all == NULL)
		tell_decision(ctl, &decision);
	else
		record = decision_record(question, &decision, telling.rules);
	if (question->ask == PXE_ASK_DHCP)
		pxe_explain_tell_offer(ctl, who, &as, &decision, record);
	if (all == NULL)
		putchar('\n');
	else if (json_array_append_new(all, record) < 0)
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
}

static void tell_facts(const struct pxe_ctl *ctl,
		       const struct pxe_explain_who *who)
{
	const struct pxe_facts *facts = &who->facts;
	const struct pxe_conf_host *host = who->host;
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
	if (who->has_order)
		pxe_ctl_line(ctl, "order", "\"%s\", %s: %s", who->order.target,
			     pxe_order_state_name(who->order.state),
			     pxe_order_state_text(who->order.state));
	pxe_explain_tell_network(ctl, who);
	putchar('\n');
}

int pxe_ctl_explain(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	bool are_said = strchr(argv[0], '=') != NULL;
	struct pxe_explain_who who;
	json_t *all = NULL;

	if (are_said && !pxe_explain_read_facts(ctl, argv[0], &who))
		return PXE_CTL_USAGE;
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
				       PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS) ||
	    (!are_said && !pxe_explain_fetch_facts(ctl, argv[0], &who)))
		return PXE_CTL_FAILED;
	if (who.host == NULL)
		who.host =
			pxe_conf_find_host(ctl->conf, &who.facts.hw,
					   who.facts.has_uuid ? &who.facts.uuid
							      : NULL);
	pxe_explain_find_subnet(ctl->conf, &who);
	if (ctl->json)
		all = json_array();
	else
		tell_facts(ctl, &who);
	for (size_t i = 0; i < PXE_LEN(questions); i++) {
		bool later = questions[i].as_ipxe &&
			     questions[i].ask == PXE_ASK_DHCP;

		/* the ROM that is iPXE asks once */
		if (!later || (who.facts.stage != PXE_STAGE_IPXE &&
			       who.facts.stage != PXE_STAGE_OS))
			ask(ctl, &questions[i], &who, all);
	}
	if (all != NULL)
		pxe_ctl_print_json(all, false);
	json_decref(all);
	return PXE_CTL_OK;
}
