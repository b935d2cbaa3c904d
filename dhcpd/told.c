/* SPDX-License-Identifier: ISC */
/* A row is chosen by the client, and is a hash of what was told of it. */
#include "dhcpd/told.h"

#include <string.h>

static uint64_t add(uint64_t h, const void *octets, size_t n)
{
	const uint8_t *p = octets;

	for (size_t i = 0; i < n; i++) /* FNV-1a */
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t add_text(uint64_t h, const char *text)
{
	return add(h, text, strlen(text) + 1);
}

static uint64_t hash_facts(uint64_t h, const struct pxe_facts *f)
{
	const uint16_t more[] = { (uint16_t)f->stage, f->arch, f->ipxe_tells,
				  f->ipxe_can_http, f->ipxe_can_menu,
				  f->ipxe_can_boot, f->has_uuid };

	h = add(h, more, sizeof(more));
	h = add(h, &f->uuid, f->has_uuid ? sizeof(f->uuid) : 0);
	h = add_text(h, f->vendor_class);
	h = add_text(h, f->user_class);
	return add_text(h, f->host_name);
}

void pxe_told_forget(struct pxe_told *told)
{
	memset(told->row, 0, sizeof(told->row));
}

bool pxe_told_is_news(struct pxe_told *told, const struct pxe_facts *facts,
		      const char *host, int64_t mono_s)
{
	uint64_t h = add_text(UINT64_C(0xcbf29ce484222325), facts->key);
	uint64_t *row = &told->row[(h ^ h >> 32) % PXE_TOLD_ROWS];

	if (mono_s - told->since_s >= PXE_TOLD_S) {
		pxe_told_forget(told);
		told->since_s = mono_s;
	}
	h = add_text(hash_facts(h, facts), host);
	if (*row == h)
		return false;
	*row = h;
	return true;
}
