/* SPDX-License-Identifier: ISC */
#include "wire/pxe_opt.h"

#include <string.h>

#include "base/str.h"
#include "wire/dhcp_opt.h"

#define IPXE_CLASS "iPXE"
#define UUID_TYPE  0 /* PXE 2.1: the only one that is defined */

/* How option 60 begins, and who says so. */
static const struct {
	const char *prefix;
	enum pxe_vendor_kind kind;
} vendors[] = {
	{ "PXEClient", PXE_VENDOR_PXE },
	{ "HTTPClient", PXE_VENDOR_HTTP },
	{ "U-Boot", PXE_VENDOR_UBOOT },
};

/* The value of option `code` as text: without the NULs that some append. */
static bool find_text(const struct pxe_dhcp_msg *msg, uint8_t code,
		      struct pxe_rd *rd)
{
	if (!pxe_dhcp_find(msg, code, rd))
		return false;
	while (rd->left > 0 && rd->p[rd->left - 1] == 0)
		rd->left--;
	return rd->left > 0;
}

static void read_vendor(const struct pxe_dhcp_msg *msg,
			struct pxe_opt_info *info)
{
	struct pxe_str text;
	struct pxe_rd rd;

	if (!find_text(msg, PXE_OPT_VENDOR_CLASS, &rd))
		return;
	pxe_str_init(&text, info->vendor_class, sizeof(info->vendor_class));
	pxe_str_put_escaped(&text, rd.p, rd.left);
	for (size_t i = 0; i < PXE_LEN(vendors); i++)
		if (pxe_str_has_prefix(info->vendor_class, vendors[i].prefix))
			info->vendor = vendors[i].kind;
}

static bool is_ipxe(struct pxe_rd rd)
{
	return rd.left == strlen(IPXE_CLASS) &&
	       memcmp(rd.p, IPXE_CLASS, rd.left) == 0;
}

/*
 * Goes to the next class of RFC 3004 section 4.  false at the end, or where
 * the octets are not of that form (then rd->bad).
 */
static bool next_class(struct pxe_rd *rd, struct pxe_rd *class)
{
	if (rd->left == 0)
		return false;
	*class = pxe_rd_sub(rd, pxe_rd_u8(rd));
	if (class->left == 0)
		rd->bad = true; /* "MUST" be at least 1 */
	return !rd->bad;
}

/* iPXE sends its class bare, others follow RFC 3004; some are just text. */
static void read_user_class(const struct pxe_dhcp_msg *msg,
			    struct pxe_opt_info *info)
{
	struct pxe_rd rd, class, first = { 0 };
	bool has_ipxe = false;
	struct pxe_str text;

	if (!pxe_dhcp_find(msg, PXE_OPT_USER_CLASS, &rd))
		return;
	while (next_class(&rd, &class)) {
		if (first.p == NULL)
			first = class;
		has_ipxe = has_ipxe || is_ipxe(class);
	}
	if (rd.bad) {
		if (!find_text(msg, PXE_OPT_USER_CLASS, &first))
			return;
		has_ipxe = is_ipxe(first);
	}
	info->has_ipxe_class = has_ipxe;
	pxe_str_init(&text, info->user_class, sizeof(info->user_class));
	pxe_str_put_escaped(&text, first.p, first.left);
}

static void read_archs(const struct pxe_dhcp_msg *msg,
		       struct pxe_opt_info *info)
{
	struct pxe_rd rd;

	if (!pxe_dhcp_find(msg, PXE_OPT_ARCH, &rd) || rd.left % 2 != 0)
		return;
	while (rd.left > 0 && info->n_archs < PXE_ARCHS_MAX)
		info->archs[info->n_archs++] = pxe_rd_u16(&rd);
}

static void read_undi(const struct pxe_dhcp_msg *msg, struct pxe_opt_info *info)
{
	struct pxe_rd rd;

	if (!pxe_dhcp_find(msg, PXE_OPT_UNDI, &rd) || rd.left != 3)
		return;
	info->has_undi = true;
	info->undi_type = pxe_rd_u8(&rd);
	info->undi_major = pxe_rd_u8(&rd);
	info->undi_minor = pxe_rd_u8(&rd);
}

static void read_uuid(const struct pxe_dhcp_msg *msg, struct pxe_opt_info *info)
{
	struct pxe_rd rd;

	if (!pxe_dhcp_find(msg, PXE_OPT_UUID, &rd) ||
	    rd.left != 1 + PXE_UUID_BYTES || pxe_rd_u8(&rd) != UUID_TYPE)
		return;
	info->has_uuid = true;
	pxe_rd_copy(&rd, info->uuid.b, sizeof(info->uuid.b));
}

static void read_ipxe(const struct pxe_dhcp_msg *msg, struct pxe_opt_info *info)
{
	struct pxe_rd rd, value;
	uint8_t code;

	if (!pxe_dhcp_find(msg, PXE_OPT_IPXE, &rd))
		return;
	info->has_ipxe = true;
	while (pxe_opt_next_sub(&rd, &code, &value))
		info->ipxe_features[code] = value.left != 1 || value.p[0] != 0;
	if (rd.bad)
		memset(info->ipxe_features, 0, sizeof(info->ipxe_features));
}

void pxe_opt_parse(const struct pxe_dhcp_msg *msg, struct pxe_opt_info *info)
{
	*info = (struct pxe_opt_info){ .vendor = PXE_VENDOR_NONE };
	read_vendor(msg, info);
	read_user_class(msg, info);
	read_archs(msg, info);
	read_undi(msg, info);
	read_uuid(msg, info);
	read_ipxe(msg, info);
}

bool pxe_opt_find_item(const struct pxe_dhcp_msg *msg, uint16_t *type,
		       uint16_t *layer)
{
	struct pxe_rd rd, value;
	uint8_t code;

	if (!pxe_dhcp_find(msg, PXE_OPT_VENDOR_INFO, &rd))
		return false;
	while (pxe_opt_next_sub(&rd, &code, &value))
		if (code == PXE_VENDOR_BOOT_ITEM && value.left == 4) {
			*type = pxe_rd_u16(&value);
			*layer = pxe_rd_u16(&value);
			return true;
		}
	return false;
}

bool pxe_opt_next_sub(struct pxe_rd *rd, uint8_t *code, struct pxe_rd *value)
{
	while (rd->left > 0) {
		*code = pxe_rd_u8(rd);
		if (*code == PXE_VENDOR_END)
			return false;
		if (*code == 0)
			continue;
		*value = pxe_rd_sub(rd, pxe_rd_u8(rd));
		return !rd->bad;
	}
	return false;
}

void pxe_opt_put_sub(struct pxe_wr *wr, uint8_t code, const void *value,
		     size_t len)
{
	if (len > UINT8_MAX || pxe_wr_room(wr) < 2 + len) {
		wr->bad = true;
		return;
	}
	pxe_wr_u8(wr, code);
	pxe_wr_u8(wr, (uint8_t)len);
	pxe_wr_bytes(wr, value, len);
}
