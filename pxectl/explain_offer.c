/* SPDX-License-Identifier: ISC */
/*
 * The network that a machine asks in: its mode, and what comes of our offer
 * beside that of another server.
 */
#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "pxectl/explain.h"

static const char *const taken_words[] = {
	[PXE_OFFER_TAKES_OURS] = "ours",
	[PXE_OFFER_TAKES_THEIRS] = "theirs",
	[PXE_OFFER_TAKES_FIRST] = "first",
	[PXE_OFFER_TAKES_NEITHER] = "neither",
};

static const char *const taken_texts[] = {
	[PXE_OFFER_TAKES_OURS] = "ours is taken",
	[PXE_OFFER_TAKES_THEIRS] = "that one is taken, not ours",
	[PXE_OFFER_TAKES_FIRST] = "the one that comes first is taken",
	[PXE_OFFER_TAKES_NEITHER] = "none is of use to it",
};

/* Where no address says the network: the only one, or that of the root. */
static const struct pxe_conf_subnet *find_only(const struct pxe_conf *conf)
{
	if (conf->n_subnets == 0)
		return conf->elsewhere;
	return conf->n_subnets == 1 ? &conf->subnets[0] : NULL;
}

void pxe_explain_find_subnet(const struct pxe_conf *conf,
			     struct pxe_explain_who *who)
{
	uint32_t address = who->agent;

	if (address == 0 && who->host != NULL)
		address = who->host->address;
	if (address == 0)
		address = who->address;
	if (address == 0) {
		who->subnet = find_only(conf);
		return;
	}
	who->subnet = pxe_conf_find_subnet(conf, address);
	if (who->subnet == NULL)
		who->subnet = conf->elsewhere;
}

enum pxe_mode pxe_explain_mode(const struct pxe_conf *conf,
			       const struct pxe_explain_who *who)
{
	return who->subnet != NULL ? who->subnet->mode : conf->mode;
}

void pxe_explain_tell_network(const struct pxe_ctl *ctl,
			      const struct pxe_explain_who *who)
{
	const struct pxe_conf_subnet *s = who->subnet;
	char net[PXE_IP4_NET_TEXT];

	if (s == NULL) {
		pxe_ctl_line(ctl, "subnet",
			     "not known: say address= or agent=");
	} else if (s == ctl->conf->elsewhere) {
		pxe_ctl_line(ctl, "subnet",
			     "none: what dhcpd.conf says for all");
	} else {
		pxe_ip4_net_format(&s->net, net, sizeof(net));
		pxe_ctl_line(ctl, "subnet", "%s  [%s:%u]", net,
			     s->src.file != NULL ? s->src.file : "",
			     s->src.line);
	}
	pxe_ctl_line(ctl, "mode", "%s",
		     pxe_conf_mode_name(pxe_explain_mode(ctl->conf, who)));
}

static bool gives_address(enum pxe_offer offer)
{
	return offer == PXE_OFFER_ADDRESS || offer == PXE_OFFER_FILE ||
	       offer == PXE_OFFER_PXE10 || offer == PXE_OFFER_BINL ||
	       offer == PXE_OFFER_HTTP;
}

/* Why a decision comes to nothing, or OK. */
static enum pxe_reason find_obstacle(const struct pxe_conf *conf,
				     const struct pxe_explain_who *who,
				     const struct pxe_decision *decision)
{
	bool is_apart = who->agent != 0; /* we hear no server there */

	switch (pxe_explain_mode(conf, who)) {
	case PXE_MODE_EXTERNAL:
		return PXE_REASON_EXTERNAL;
	case PXE_MODE_PROXY:
		if (decision->reason == PXE_REASON_NOT_A_BOOT)
			return PXE_REASON_PROXY;
		if (decision->give == PXE_GIVE_ADDRESS)
			return decision->reason;
		return pxe_offer_is_pxe(who->rival) && !is_apart &&
				       who->subnet != NULL &&
				       who->subnet->contend == PXE_CONTEND_YIELD
			       ? PXE_REASON_CONTENDED
			       : PXE_REASON_OK;
	case PXE_MODE_INTERNAL:
	case PXE_N_MODES:
		break;
	}
	return gives_address(who->rival) && !is_apart && !conf->coexist
		       ? PXE_REASON_OTHER_SERVER_ACTIVE
		       : PXE_REASON_OK;
}

void pxe_explain_apply_mode(const struct pxe_conf *conf,
			    const struct pxe_explain_who *who,
			    struct pxe_decision *decision)
{
	enum pxe_reason reason = decision->reason;

	if (decision->give != PXE_GIVE_NOTHING)
		reason = find_obstacle(conf, who, decision);
	if (reason == PXE_REASON_OK || decision->give == PXE_GIVE_NOTHING)
		return;
	*decision = (struct pxe_decision) {
		.give = PXE_GIVE_NOTHING,
		.reason = reason,
		.rule = "mode",
		.src = who->subnet != NULL ? who->subnet->src
					   : (struct pxe_src) { .file = "" },
	};
}

static void tell_taken(const struct pxe_ctl *ctl, enum pxe_offer_taker taker,
		       enum pxe_offer rival, enum pxe_offer_taken taken)
{
	pxe_ctl_say(ctl, "  Beside another server that offers %s:",
		    pxe_offer_text(rival));
	pxe_ctl_say(ctl, "  %s (%s).", taken_texts[taken],
		    pxe_offer_taker_text(taker));
}

void pxe_explain_tell_offer(const struct pxe_ctl *ctl,
			    const struct pxe_explain_who *who,
			    const struct pxe_facts *as,
			    const struct pxe_decision *decision, json_t *record)
{
	enum pxe_offer_taker taker = pxe_offer_find_taker(as);
	enum pxe_mode mode = pxe_explain_mode(ctl->conf, who);
	bool has_pxe10 = who->subnet != NULL && who->subnet->has_uefi_pxe10;
	enum pxe_offer ours =
		pxe_offer_ours(taker, decision->give, mode, has_pxe10);
	enum pxe_offer rival = who->rival;
	enum pxe_offer_taken taken;

	/* as a proxy we are never alone */
	if (rival == PXE_OFFER_NONE && mode == PXE_MODE_PROXY)
		rival = PXE_OFFER_ADDRESS;
	taken = pxe_offer_choose(taker, ours, rival);
	if (record != NULL) {
		json_object_set_new(record, "mode",
				    json_string(pxe_conf_mode_name(mode)));
		json_object_set_new(record, "offer",
				    json_string(pxe_offer_name(ours)));
		json_object_set_new(record, "rival",
				    json_string(pxe_offer_name(rival)));
		json_object_set_new(record, "taken",
				    json_string(taken_words[taken]));
		return;
	}
	if (ours != PXE_OFFER_NONE)
		pxe_ctl_say(ctl, "  The offer: %s.", pxe_offer_text(ours));
	if (taker == PXE_OFFER_TAKER_UEFI && ours == PXE_OFFER_PROXY_BINL)
		pxe_ctl_say(ctl,
			    "  With it, port %u here is asked for the "
			    "file.",
			    ctl->conf->binl_port);
	if (taker == PXE_OFFER_TAKER_UEFI && ours == PXE_OFFER_PROXY_PXE10)
		pxe_ctl_say(ctl, "  UEFI of before 2017 drops such an offer "
				 "or hangs: see uefi-pxe10.");
	if (mode == PXE_MODE_EXTERNAL)
		pxe_ctl_say(ctl, "  What the other server names counts: see "
				 "`pxectl snippet`.");
	if (rival != PXE_OFFER_NONE && taker != PXE_OFFER_TAKER_NOBODY)
		tell_taken(ctl, taker, rival, taken);
}
