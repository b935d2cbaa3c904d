/* SPDX-License-Identifier: ISC */
#include "core/policy.h"

#include <stddef.h>

#include "core/local.h"
#include "core/order_next.h"
#include "core/policy_order.h"

/* The questions that a rule is about, as a set. */
enum {
	DHCP = 1 << PXE_ASK_DHCP,
	LOADER = 1 << PXE_ASK_LOADER,
	SCRIPT = 1 << PXE_ASK_SCRIPT,
};

struct rule {
	const char *name;
	const char *text; /* for explain: "... if ..." */
	unsigned asks;
	bool (*match)(const struct pxe_policy_in *in);
	enum pxe_give give;
	enum pxe_reason reason;
	/* what the outcome borrows from the configuration; may be NULL */
	void (*fill)(const struct pxe_policy_in *in, struct pxe_decision *out);
};

static bool is_boot(const struct pxe_policy_in *in)
{
	return in->facts != NULL && pxe_facts_is_boot(in->facts);
}

/*
 * For a loader: what the machine said lately decides, then the name's suffix,
 * then what it once said.
 */
static enum pxe_family family_of(const struct pxe_policy_in *in)
{
	enum pxe_family family = PXE_FAMILY_NONE;

	if (in->ask == PXE_ASK_LOADER && in->is_old)
		family = in->family;
	if (family == PXE_FAMILY_NONE && in->facts != NULL)
		family = pxe_arch_family(in->facts->arch);
	if (family == PXE_FAMILY_NONE && in->ask == PXE_ASK_LOADER)
		family = in->family;
	return family;
}

static bool match_scope(const struct pxe_policy_in *in)
{
	switch (in->conf->answer) {
	case PXE_ANSWER_PXE:
		return !is_boot(in);
	case PXE_ANSWER_ROM_ONLY:
		return !is_boot(in) || in->facts->stage == PXE_STAGE_IPXE;
	case PXE_ANSWER_ALL:
	case PXE_N_ANSWERS:
		break;
	}
	return false;
}

static bool match_not_a_boot(const struct pxe_policy_in *in)
{
	return !is_boot(in);
}

static bool is_unknown(const struct pxe_policy_in *in, enum pxe_unknown word)
{
	/* who has an order is known to an administrator */
	return in->host == NULL && in->order == NULL &&
	       in->conf->unknown == word;
}

static bool match_held(const struct pxe_policy_in *in)
{
	return in->is_held;
}

static bool match_ignored(const struct pxe_policy_in *in)
{
	return is_unknown(in, PXE_UNKNOWN_IGNORE);
}

static bool match_unknown_local(const struct pxe_policy_in *in)
{
	return is_unknown(in, PXE_UNKNOWN_LOCAL);
}

static bool match_unknown_hold(const struct pxe_policy_in *in)
{
	return is_unknown(in, PXE_UNKNOWN_HOLD);
}

/* Its firmware goes on to its disk by itself if it is offered nothing:
 * another server gives it its address, or local-method says so. */
static bool is_for_disk(const struct pxe_policy_in *in)
{
	struct pxe_policy_in ask = *in;
	struct pxe_decision script;

	if (in->subnet == NULL)
		return false;
	ask.ask = PXE_ASK_SCRIPT;
	pxe_policy_decide(&ask, &script);
	return script.give == PXE_GIVE_TARGET &&
	       script.reason == PXE_REASON_OK &&
	       script.target->type == PXE_TARGET_LOCAL &&
	       pxe_local_is_silent(in->conf, in->host, script.target,
				   pxe_arch_family(in->facts->arch),
				   in->subnet->mode);
}

static bool match_order_local(const struct pxe_policy_in *in)
{
	return in->order != NULL && is_for_disk(in);
}

static bool match_host_local(const struct pxe_policy_in *in)
{
	return in->order == NULL && is_for_disk(in);
}

static bool match_ipxe(const struct pxe_policy_in *in)
{
	const struct pxe_facts *f = in->facts;
	const bool can = f->ipxe_can_http && f->ipxe_can_menu;

	if (f->stage != PXE_STAGE_IPXE)
		return false;
	if (in->conf->ipxe == PXE_IPXE_GETS_SCRIPT)
		return can || !f->ipxe_tells; /* it may well be able */
	return can && f->ipxe_can_boot;
}

/*
 * Another DHCP server names the loader to everybody, and iPXE asks for it once
 * more.  A script hangs firmware: the last boot was iPXE's by DHCP, not long
 * ago, and this is how iPXE asks.
 */
static bool match_ipxe_again(const struct pxe_policy_in *in)
{
	return in->facts != NULL && !in->is_old && in->is_ipxe_like &&
	       match_ipxe(in);
}

/* iPXE would load itself again. */
static bool match_host_file(const struct pxe_policy_in *in)
{
	return in->facts->stage != PXE_STAGE_IPXE && in->host != NULL &&
	       in->host->file[0] != '\0';
}

static bool match_subnet_file(const struct pxe_policy_in *in)
{
	return in->facts->stage != PXE_STAGE_IPXE && in->subnet != NULL &&
	       in->subnet->file[0] != '\0';
}

static bool match_no_family(const struct pxe_policy_in *in)
{
	return family_of(in) == PXE_FAMILY_NONE;
}

/* Nobody knows what it is, and the configuration takes the risk. */
static bool match_fallback(const struct pxe_policy_in *in)
{
	return family_of(in) == PXE_FAMILY_NONE &&
	       (in->facts == NULL || in->facts->arch == PXE_ARCH_NONE) &&
	       pxe_conf_find_loader(in->conf, in->conf->fallback) != NULL;
}

static bool match_loader(const struct pxe_policy_in *in)
{
	return pxe_conf_find_loader(in->conf, family_of(in)) != NULL;
}

static bool match_host_boot(const struct pxe_policy_in *in)
{
	return in->host != NULL && in->host->boot != NULL;
}

static bool is_host_once(const struct pxe_policy_in *in)
{
	return match_host_boot(in) && in->host->boot->is_once;
}

static bool match_when_new(const struct pxe_policy_in *in)
{
	return is_host_once(in) && in->order == NULL &&
	       in->host->install == PXE_INSTALL_WHEN_NEW;
}

static bool match_when_new_alone(const struct pxe_policy_in *in)
{
	return match_when_new(in) && !in->is_state_up;
}

static bool match_chosen(const struct pxe_policy_in *in)
{
	return in->chosen != NULL;
}

static bool match_chosen_once(const struct pxe_policy_in *in)
{
	return in->chosen != NULL && in->chosen->is_once;
}

static bool match_always(const struct pxe_policy_in *in)
{
	(void)in;
	return true;
}

static void fill_host_file(const struct pxe_policy_in *in,
			   struct pxe_decision *out)
{
	out->file = in->host->file;
	out->src = in->host->src;
}

static void fill_subnet_file(const struct pxe_policy_in *in,
			     struct pxe_decision *out)
{
	out->file = in->subnet->file;
	out->src = in->subnet->src;
}

static void fill_loader(const struct pxe_policy_in *in,
			struct pxe_decision *out)
{
	enum pxe_family family = family_of(in);

	if (family == PXE_FAMILY_NONE)
		family = in->conf->fallback;
	out->loader = pxe_conf_find_loader(in->conf, family);
	out->file = out->loader->file;
	out->src = out->loader->src;
}

static void fill_host_boot(const struct pxe_policy_in *in,
			   struct pxe_decision *out)
{
	out->target = in->host->boot;
	out->src = in->host->src;
}

static void fill_when_new(const struct pxe_policy_in *in,
			  struct pxe_decision *out)
{
	fill_host_boot(in, out);
	out->is_once = true;
	out->is_when_new = true;
}

static void fill_host(const struct pxe_policy_in *in, struct pxe_decision *out)
{
	out->src = in->host->src;
}

static void fill_chosen(const struct pxe_policy_in *in,
			struct pxe_decision *out)
{
	out->target = in->chosen;
	out->src = in->chosen->src;
}

static void fill_choice(const struct pxe_policy_in *in,
			struct pxe_decision *out)
{
	out->src = in->chosen->src;
}

static void fill_local(const struct pxe_policy_in *in, struct pxe_decision *out)
{
	out->target = pxe_order_find_local(in->conf);
	if (out->target != NULL)
		out->src = out->target->src;
}

static void fill_menu(const struct pxe_policy_in *in, struct pxe_decision *out)
{
	out->src = in->conf->menu.src;
}

/* clang-format off */
static const struct rule rules[] = {
	{ "answer", "'answer' in dhcpd.conf leaves such clients to others",
	  DHCP, match_scope,
	  PXE_GIVE_NOTHING, PXE_REASON_SCOPE, NULL },
	{ "not-a-boot", "an ordinary DHCP client gets an address only",
	  DHCP, match_not_a_boot,
	  PXE_GIVE_ADDRESS, PXE_REASON_NOT_A_BOOT, NULL },
	{ "loop", "it fetched the same again and again, and is held",
	  LOADER, match_held,
	  PXE_GIVE_NOTHING, PXE_REASON_LOOP, NULL },
	{ "loop", "it fetched the same again and again, and is held",
	  SCRIPT, match_held,
	  PXE_GIVE_HOLD, PXE_REASON_LOOP, NULL },
	{ "order-held", "its order is held",
	  SCRIPT, pxe_policy_is_order_held,
	  PXE_GIVE_HOLD, PXE_REASON_ORDER_HELD, pxe_policy_fill_held },
	{ "order-broken", "boot.conf has no target that its order may have",
	  SCRIPT, pxe_policy_is_order_broken,
	  PXE_GIVE_HOLD, PXE_REASON_ORDER_HELD, NULL },
	{ "state-away", "its order is for once, and pxe-stated is away",
	  SCRIPT, pxe_policy_is_order_alone,
	  PXE_GIVE_HOLD, PXE_REASON_STATE_AWAY, NULL },
	{ "order", "an order says what to boot",
	  SCRIPT, pxe_policy_has_order,
	  PXE_GIVE_TARGET, PXE_REASON_OK, pxe_policy_fill_order },
	{ "unknown-ignore", "unknown = \"ignore\" and no host section names it",
	  DHCP | LOADER | SCRIPT, match_ignored,
	  PXE_GIVE_NOTHING, PXE_REASON_IGNORED, NULL },
	{ "unknown-local", "unknown = \"local\": nothing to boot from here",
	  DHCP, match_unknown_local,
	  PXE_GIVE_ADDRESS, PXE_REASON_UNKNOWN_CLIENT, NULL },
	{ "order-local", "its order leads to its local disk, without a loader",
	  DHCP, match_order_local,
	  PXE_GIVE_ADDRESS, PXE_REASON_LOCAL_BOOT, NULL },
	{ "host-local", "its host section says local disk, without a loader",
	  DHCP, match_host_local,
	  PXE_GIVE_ADDRESS, PXE_REASON_LOCAL_BOOT, NULL },
	{ "ipxe", "it is an iPXE that is good enough and gets its script",
	  DHCP, match_ipxe,
	  PXE_GIVE_SCRIPT, PXE_REASON_OK, NULL },
	{ "ipxe-again", "it is an iPXE that was named its loader once more",
	  LOADER, match_ipxe_again,
	  PXE_GIVE_SCRIPT, PXE_REASON_OK, NULL },
	{ "host-file", "its host section names a file to load",
	  DHCP, match_host_file,
	  PXE_GIVE_LOADER, PXE_REASON_OK, fill_host_file },
	{ "subnet-file", "its subnet names a file to load",
	  DHCP, match_subnet_file,
	  PXE_GIVE_LOADER, PXE_REASON_OK, fill_subnet_file },
	{ "no-arch", "the architecture is not known, so no loader is safe",
	  DHCP, match_no_family,
	  PXE_GIVE_ADDRESS, PXE_REASON_UNKNOWN_ARCH, NULL },
	{ "fallback", "'fallback' in boot.conf, for machines nobody knows",
	  LOADER, match_fallback,
	  PXE_GIVE_LOADER, PXE_REASON_OK, fill_loader },
	{ "no-arch", "the architecture is not known, so no loader is safe",
	  LOADER, match_no_family,
	  PXE_GIVE_NOTHING, PXE_REASON_UNKNOWN_ARCH, NULL },
	{ "loader", "boot.conf has a loader for its architecture",
	  DHCP | LOADER, match_loader,
	  PXE_GIVE_LOADER, PXE_REASON_OK, fill_loader },
	{ "no-loader", "boot.conf has no loader for its architecture",
	  DHCP, match_always,
	  PXE_GIVE_ADDRESS, PXE_REASON_NO_LOADER, NULL },
	{ "no-loader", "boot.conf has no loader for its architecture",
	  LOADER, match_always,
	  PXE_GIVE_NOTHING, PXE_REASON_NO_LOADER, NULL },
	{ "chosen-once", "it was chosen from the menu, and takes an order",
	  SCRIPT, match_chosen_once,
	  PXE_GIVE_HOLD, PXE_REASON_NO_ORDER, fill_choice },
	{ "chosen", "it was chosen from the menu",
	  SCRIPT, match_chosen,
	  PXE_GIVE_TARGET, PXE_REASON_OK, fill_chosen },
	{ "order-next", "its order is over, and something comes next",
	  SCRIPT, pxe_policy_has_next,
	  PXE_GIVE_TARGET, PXE_REASON_OK, pxe_policy_fill_next },
	{ "order-over", "its order is over: to the local disk",
	  SCRIPT, pxe_policy_is_order_over,
	  PXE_GIVE_TARGET, PXE_REASON_OK, fill_local },
	{ "state-away", "it may be new, and pxe-stated is away",
	  SCRIPT, match_when_new_alone,
	  PXE_GIVE_HOLD, PXE_REASON_STATE_AWAY, fill_host },
	{ "when-new", "install = \"when-new\", and there was no order",
	  SCRIPT, match_when_new,
	  PXE_GIVE_TARGET, PXE_REASON_OK, fill_when_new },
	{ "no-order", "its host section names what takes an order",
	  SCRIPT, is_host_once,
	  PXE_GIVE_HOLD, PXE_REASON_NO_ORDER, fill_host },
	{ "host-boot", "its host section says what to boot",
	  SCRIPT, match_host_boot,
	  PXE_GIVE_TARGET, PXE_REASON_OK, fill_host_boot },
	{ "unknown-local", "unknown = \"local\": to the local disk",
	  SCRIPT, match_unknown_local,
	  PXE_GIVE_TARGET, PXE_REASON_UNKNOWN_CLIENT, fill_local },
	{ "unknown-hold", "unknown = \"hold\": it waits for an administrator",
	  SCRIPT, match_unknown_hold,
	  PXE_GIVE_HOLD, PXE_REASON_HELD, NULL },
	{ "menu", "it gets the menu",
	  SCRIPT, match_always,
	  PXE_GIVE_MENU, PXE_REASON_OK, fill_menu },
};
/* clang-format on */

static void apply(const struct rule *rule, const struct pxe_policy_in *in,
		  struct pxe_decision *out)
{
	*out = (struct pxe_decision){
		.give = rule->give,
		.reason = rule->reason,
		.rule = rule->name,
		.src = { .file = "" },
	};
	if (rule->fill != NULL)
		rule->fill(in, out);
	if (out->target != NULL)
		out->needs_session = out->is_once ||
			pxe_conf_target_needs_session(out->target);
}

void pxe_policy_explain(const struct pxe_policy_in *in,
			struct pxe_decision *out, pxe_policy_tell *tell,
			void *arg)
{
	for (size_t i = 0; i < PXE_LEN(rules); i++) {
		const struct rule *rule = &rules[i];
		bool matched;

		if ((rule->asks & 1u << in->ask) == 0)
			continue;
		matched = rule->match(in);
		if (tell != NULL)
			tell(rule->name, rule->text, matched, arg);
		if (matched) {
			apply(rule, in, out);
			return;
		}
	}
}

void pxe_policy_decide(const struct pxe_policy_in *in, struct pxe_decision *out)
{
	pxe_policy_explain(in, out, NULL, NULL);
}
