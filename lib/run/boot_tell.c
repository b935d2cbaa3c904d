/* SPDX-License-Identifier: ISC */
/* What people are told about what a request gets: run/boot_file.h. */
#include "run/boot_file.h"

#include <errno.h>

#include "core/arch.h"
#include "run/log.h"

enum { WARN_EVERY_S = 60 };

void pxe_boot_file_explain(const struct pxe_boot_ask *ask,
			   enum pxe_reason reason, bool has_quiet,
			   struct pxe_why_limit *limit, long long now_s,
			   struct pxe_boot_found *found)
{
	int cause = errno; /* the caller may have to tell it */

	if (found->why.text[0] != '\0') {
		/* it is known already; now and then it is told */
		if (!pxe_why_is_due(limit, now_s))
			found->why.text[0] = '\0';
	} else if ((!found->is_quiet || has_quiet) &&
		   pxe_why_is_due(limit, now_s))
		pxe_why_find(ask->folds, ask->root_fd, ask->conf->boot_root,
			     found->name, reason, &found->why);
	errno = cause;
}

static enum pxe_family family_of(const struct pxe_asker *asker)
{
	return asker->facts != NULL ? pxe_arch_family(asker->facts->arch)
				    : PXE_FAMILY_NONE;
}

static const char *who(const struct pxe_boot_ask *ask)
{
	const char *key = pxe_asker_key(ask->asker);

	return key[0] != '\0' ? key : "a machine";
}

/* Is there this to warn of?  Then `text` says it. */
static bool is_odd(const struct pxe_boot_ask *ask,
		   const struct pxe_boot_found *found,
		   enum pxe_boot_warning warning, struct pxe_str *text)
{
	const struct pxe_boot_name *means = ask->means;
	uint16_t port = ask->conf->http_port;
	enum pxe_family family = found->family;

	if (warning == PXE_BOOT_WARNING_HTTP) {
		if (found->decision.reason != PXE_REASON_NEEDS_HTTP)
			return false;
		pxe_str_putf(text, "%s %s: %s", who(ask), found->name,
			     pxe_reason_text(found->decision.reason));
		return true;
	}
	/* the policy chose, or a file of that name was there */
	if (means->kind != PXE_BOOT_LOADER || found->decision.rule == NULL)
		return false;
	switch (warning) {
	case PXE_BOOT_WARNING_PORT:
		if (means->port == 0 || means->port == port)
			return false;
		pxe_str_putf(
			text,
			"a virtual loader name says port %u, but http-port "
			"is %u: correct the other DHCP server's file name",
			means->port, port);
		return true;
	case PXE_BOOT_WARNING_FAMILY:
		if (means->family == PXE_FAMILY_NONE || means->family == family)
			return false;
		pxe_str_putf(text,
			     "%s asked for the loader '%s', but is %s and gets "
			     "'%s'",
			     who(ask), pxe_family_name(means->family),
			     pxe_family_text(family), pxe_family_name(family));
		return true;
	case PXE_BOOT_WARNING_FALLBACK:
		if (means->family != PXE_FAMILY_NONE ||
		    family_of(ask->asker) != PXE_FAMILY_NONE)
			return false;
		pxe_str_putf(text,
			     "%s asked for a loader and nobody knows what it "
			     "is: it gets '%s', as fallback says",
			     who(ask), pxe_family_name(family));
		return true;
	case PXE_BOOT_WARNING_HTTP:
	case PXE_BOOT_N_WARNINGS:
		break;
	}
	return false;
}

void pxe_boot_file_warn(const struct pxe_boot_ask *ask,
			const struct pxe_boot_found *found,
			long long last_s[PXE_BOOT_N_WARNINGS], long long now_s)
{
	char text[256];
	struct pxe_str s;

	for (int i = 0; i < PXE_BOOT_N_WARNINGS; i++) {
		pxe_str_init(&s, text, sizeof(text));
		if (is_odd(ask, found, (enum pxe_boot_warning)i, &s) &&
		    pxe_log_is_due(&last_s[i], now_s, WARN_EVERY_S))
			pxe_log(PXE_LOG_WARNING, "%s", text);
	}
}
