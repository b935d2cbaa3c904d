/* SPDX-License-Identifier: ISC */
#include "core/loader_name.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

/* The second is what existing DHCP configurations for iVentoy say. */
static const char *const prefixes[] = { "pxe_loader", "iventoy_loader" };

/* What follows one of the prefixes; NULL if none is there. */
static const char *skip_prefix(const char *name)
{
	for (size_t i = 0; i < PXE_LEN(prefixes); i++)
		if (pxe_str_has_prefix(name, prefixes[i]))
			return name + strlen(prefixes[i]);
	return NULL;
}

/* Reads "_PORT" at the start of `text` and goes past it, if it is there. */
static const char *take_port(const char *text, uint16_t *port)
{
	char digits[6];
	uint32_t value;
	size_t n = 0;

	if (text[0] != '_')
		return text;
	while (n < sizeof(digits) && text[1 + n] >= '0' && text[1 + n] <= '9')
		n++;
	if (n == 0 || n == sizeof(digits))
		return text;
	memcpy(digits, text + 1, n);
	digits[n] = '\0';
	if (pxe_str_to_u32(digits, 1, UINT16_MAX, &value) != 0)
		return text;
	*port = (uint16_t)value;
	return text + 1 + n;
}

int pxe_loader_name_parse(const char *name, struct pxe_loader_name *out)
{
	struct pxe_loader_name found = { 0, PXE_FAMILY_NONE };
	const char *rest = skip_prefix(name[0] == '/' ? name + 1 : name);
	int family;

	if (rest == NULL)
		return -ENOENT;
	rest = take_port(rest, &found.port);
	if (rest[0] != '\0') {
		family = rest[0] == '_' ? pxe_family_from_name(rest + 1)
					: -ENOENT;
		if (family < 0)
			return -ENOENT;
		found.family = (enum pxe_family)family;
	}
	*out = found;
	return 0;
}
