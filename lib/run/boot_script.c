/* SPDX-License-Identifier: ISC */
#include "run/boot_script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/arch.h"
#include "core/script.h"
#include "run/answer_file.h"

void pxe_boot_script_decide(const struct pxe_boot_ask *ask, enum pxe_ask what,
			    struct pxe_decision *decision)
{
	const struct pxe_asker *asker = ask->asker;
	const struct pxe_policy_in in = {
		.conf = ask->conf,
		.facts = asker->facts,
		.host = asker->host,
		.order = asker->order,
		.is_state_up = asker->is_state_up,
		.is_held = asker->is_held,
		.ask = what,
		.family = ask->means->family,
		.is_old = asker->is_old,
		.is_ipxe_like = ask->is_ipxe_like,
		.has_session = ask->has_session,
		.chosen = ask->chosen,
	};

	pxe_policy_decide(&in, decision);
}

/* The language of each kind; that of others is not asked for. */
static const enum pxe_script_kind languages[PXE_BOOT_N_KINDS] = {
	[PXE_BOOT_SCRIPT] = PXE_SCRIPT_IPXE,
	[PXE_BOOT_AUTOEXEC] = PXE_SCRIPT_IPXE,
	[PXE_BOOT_LOADER] = PXE_SCRIPT_IPXE, /* of an iPXE that asks again */
	[PXE_BOOT_PXELINUX] = PXE_SCRIPT_PXELINUX,
	[PXE_BOOT_GRUB] = PXE_SCRIPT_GRUB,
};

void pxe_boot_script_vars(const struct pxe_boot_ask *ask,
			  struct pxe_expand_vars *vars)
{
	const struct pxe_asker *asker = ask->asker;

	*vars = (struct pxe_expand_vars) {
		.conf = ask->conf,
		.subnet = pxe_conf_find_subnet(ask->conf, asker->address),
		.host = asker->host,
		.client_address = asker->address,
		.http_port = ask->conf->http_port,
		.server_address = ask->conf->server_address,
		.https_host = ask->https_host,
		.is_http = ask->is_http,
		.token = ask->token,
	};
	/* who came by IPv6 may have nothing else */
	if (vars->server_address == 0 || ask->server_host != NULL) {
		vars->server_address = ask->server_address;
		vars->server_host = ask->server_host;
	}
	if (asker->facts != NULL)
		vars->family = pxe_arch_family(asker->facts->arch);
	if (asker->facts != NULL && asker->facts->hw.hlen > 0)
		vars->hw = &asker->facts->hw;
	if (asker->facts != NULL && asker->facts->has_uuid)
		vars->uuid = &asker->facts->uuid;
}

/*
 * EFI iPXE runs autoexec.ipxe before it has opened any interface, where a
 * script whose URL came by DHCP finds all set up.  What DHCP said to firmware
 * may be known already; ifopen does nothing to an interface that is open.
 */
static void put_network(struct pxe_str *text)
{
	static const char lines[] = "isset ${ip} || isset ${ip6} || dhcp ||\n"
				    "ifopen ||\n";
	const size_t len = sizeof(lines) - 1;
	char *behind = strchr(text->buf, '\n');

	if (behind == NULL || text->len + len >= text->cap) {
		text->cut = true;
		return;
	}
	behind++;
	memmove(behind + len, behind, text->len - (size_t)(behind - text->buf));
	memcpy(behind, lines, len);
	text->len += len;
	text->buf[text->len] = '\0';
}

/*
 * iPXE of which no record is known: another DHCP server named our URL, or it
 * came through a router.  It asks again, once, and says who it is.  Where our
 * own address is not known (the kernel did not tell it), the URL begins with
 * its path: who asked by HTTP asks the same server again.
 */
static int ask_who(const struct pxe_boot_ask *ask, struct pxe_str *text)
{
	struct pxe_expand_vars vars;
	int r;

	pxe_boot_script_vars(ask, &vars);
	pxe_str_puts(text, "#!ipxe\nchain --autofree --replace ");
	r = pxe_expand("{{http}}", &vars, text, NULL, 0);
	pxe_str_puts(text, "/boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid}\n");
	return r;
}

/* Says in found->why what is wrong with a script; -ENODATA. */
static int tell_own(const struct pxe_conf *conf, const char *file,
		    unsigned line, const char *name, const char *text,
		    struct pxe_boot_found *found)
{
	struct pxe_str why;

	pxe_str_init(&why, found->why.text, sizeof(found->why.text));
	pxe_str_putf(&why, "%.200s/%.100s", conf->script_dir, file);
	if (line > 0)
		pxe_str_putf(&why, ":%u", line);
	pxe_str_puts(&why, ": ");
	if (name[0] != '\0') {
		pxe_str_put_escaped(&why, name, strlen(name));
		pxe_str_puts(&why, ": ");
	}
	pxe_str_puts(&why, text);
	return -ENODATA;
}

/* 0, -ENODATA (the file cannot be read, or has a mistake: told). */
static int render_own(const struct pxe_conf *conf, const char *file,
		      const struct pxe_conf_target *target,
		      struct pxe_expand_vars *vars, struct pxe_str *text,
		      struct pxe_boot_found *found)
{
	const struct pxe_expand_how how = { .format = PXE_FORMAT_TEXT };
	struct pxe_expand_mistake mistake = { .line = 0 };
	char *template;
	size_t len;
	int r = pxe_answer_file_read(conf->script_dir, file, &template, &len);

	if (r < 0)
		return tell_own(conf, file, 0, "", pxe_answer_read_text(r),
				found);
	vars->target = target;
	r = pxe_expand_template(template, len, vars, &how, text, &mistake);
	free(template);
	if (r < 0)
		return tell_own(conf, file, mistake.line, mistake.name,
				pxe_expand_wrong_text(mistake.what), found);
	return 0;
}

/* The administrator's script in that language; NULL: the decision is another,
 * or there is none. */
static const char *find_own(const struct pxe_decision *decision,
			    enum pxe_script_kind kind)
{
	const struct pxe_conf_target *t = decision->target;
	const char *file;

	if (decision->give != PXE_GIVE_TARGET || t->type != PXE_TARGET_SCRIPT)
		return NULL;
	file = kind == PXE_SCRIPT_IPXE       ? t->scripts.ipxe
	       : kind == PXE_SCRIPT_PXELINUX ? t->scripts.pxelinux
					     : t->scripts.grub;
	return file[0] != '\0' ? file : NULL;
}

/* A boot session is opened by HTTP only, so that is how iPXE asks again. */
static int ask_by_http(const struct pxe_boot_ask *ask, struct pxe_str *text)
{
	struct pxe_expand_vars vars;
	int r;

	pxe_boot_script_vars(ask, &vars);
	pxe_str_puts(text, "#!ipxe\n:again\nchain --autofree --replace ");
	r = pxe_expand("{{http}}", &vars, text, NULL, 0);
	pxe_str_puts(text,
		     "/boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid} ||\n"
		     "echo The HTTP server gave no script\n"
		     "echo Going on in 15 seconds - Ctrl-C opens a shell\n"
		     "sleep 15 || shell ||\n"
		     "goto again\n");
	return r;
}

static bool is_nameless(const struct pxe_boot_ask *ask)
{
	return languages[ask->means->kind] == PXE_SCRIPT_IPXE &&
	       ask->is_nameless_ipxe && !ask->means->id.has_hw &&
	       (ask->asker->facts == NULL || pxe_asker_is_stranger(ask->asker));
}

static int render(const struct pxe_boot_ask *ask, struct pxe_boot_found *found,
		  struct pxe_str *text)
{
	const struct pxe_decision *decision = &found->decision;
	enum pxe_boot_kind kind = ask->means->kind;
	const char *own = find_own(decision, languages[kind]);
	struct pxe_expand_vars vars;
	int r;

	pxe_boot_script_vars(ask, &vars);
	if (is_nameless(ask))
		r = ask_who(ask, text);
	else if (!ask->is_http && decision->needs_session)
		r = ask_by_http(ask, text);
	else if (own != NULL)
		r = render_own(ask->conf, own, decision->target, &vars, text,
			       found);
	else
		r = pxe_script_render(languages[kind], ask->conf, decision,
				      &vars, text);
	if (r == 0 && kind == PXE_BOOT_AUTOEXEC)
		put_network(text);
	return r < 0 ? r : text->cut ? -ENOSPC : 0;
}

/* What was chosen counts only for a machine that has the menu. */
static void decide_script(const struct pxe_boot_ask *ask,
			  struct pxe_decision *decision)
{
	struct pxe_boot_ask plain = *ask;

	plain.chosen = NULL;
	pxe_boot_script_decide(&plain, PXE_ASK_SCRIPT, decision);
	if (ask->chosen != NULL && decision->give == PXE_GIVE_MENU)
		pxe_boot_script_decide(ask, PXE_ASK_SCRIPT, decision);
}

/* Must a session be opened before this is made? */
static bool lacks_session(const struct pxe_boot_ask *ask,
			  const struct pxe_decision *d)
{
	if (!ask->is_http || d->give != PXE_GIVE_TARGET || !d->needs_session ||
	    is_nameless(ask))
		return false;
	return ask->token == NULL || ask->session_target == NULL ||
	       strcmp(ask->session_target, d->target->name) != 0;
}

static void hold(struct pxe_decision *d, enum pxe_reason reason)
{
	d->give = PXE_GIVE_HOLD;
	d->reason = reason;
	d->target = NULL;
	d->needs_session = false;
}

enum pxe_reason pxe_boot_script_find(const struct pxe_boot_ask *ask,
				     struct pxe_str *text,
				     struct pxe_boot_found *found)
{
	int r;

	decide_script(ask, &found->decision);
	if (found->decision.give == PXE_GIVE_NOTHING)
		return found->decision.reason;
	if (!ask->is_http && found->decision.needs_session &&
	    languages[ask->means->kind] != PXE_SCRIPT_IPXE)
		hold(&found->decision, PXE_REASON_NEEDS_HTTP);
	if (lacks_session(ask, &found->decision)) {
		if (ask->no_session == PXE_REASON_OK) {
			found->needs_session = true;
			return PXE_REASON_OK;
		}
		hold(&found->decision, ask->no_session);
	}
	r = render(ask, found, text);
	if (r == -ENODATA)
		return PXE_REASON_TEMPLATE;
	if (r < 0) {
		errno = -r;
		return PXE_REASON_INTERNAL;
	}
	found->is_text = true;
	return PXE_REASON_OK;
}
