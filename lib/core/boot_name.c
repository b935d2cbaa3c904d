/* SPDX-License-Identifier: ISC */
#include "core/boot_name.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

#define HEX_DIGITS 8  /* of an address */
#define MAC_CHARS  20 /* "01-" and six pairs */

/* A name being read: whole, and its last component. */
struct reader {
	const struct pxe_conf *conf;
	const char *name, *base;
	struct pxe_boot_name *out;
};

static bool is_in_root(const struct reader *r)
{
	return r->base == r->name;
}

/* --- virtual loader names ------------------------------------------------ */

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

/* Is `rest`, what stands behind a prefix, of a loader name? */
static bool read_suffixes(const char *rest, struct pxe_boot_name *out)
{
	uint16_t port = 0;
	int family = PXE_FAMILY_NONE;

	rest = take_port(rest, &port);
	if (rest[0] == '_')
		family = pxe_family_from_name(rest + 1);
	else if (rest[0] != '\0')
		return false;
	if (family < 0)
		return false;
	out->port = port;
	out->family = (enum pxe_family)family;
	return true;
}

static bool read_loader(const struct reader *r)
{
	for (size_t i = 0; is_in_root(r) && i < r->conf->n_loader_names; i++) {
		const char *prefix = r->conf->loader_names[i];

		if (pxe_str_has_prefix(r->name, prefix) &&
		    read_suffixes(r->name + strlen(prefix), r->out))
			return true;
	}
	return false;
}

/* --- scripts ------------------------------------------------------------- */

static bool read_script(const struct reader *r)
{
	return is_in_root(r) && strcmp(r->base, "boot.ipxe") == 0;
}

static bool read_autoexec(const struct reader *r)
{
	return strcmp(r->base, "autoexec.ipxe") == 0;
}

/* "mac-525400123456.ipxe.cfg", what ${mac:hexraw} makes of a name; with ':' or
 * '-' between the pairs, too. */
static bool read_mac_script(const struct reader *r)
{
	static const char head[] = "mac-", tail[] = ".ipxe.cfg";
	struct pxe_hwaddr hw = { .htype = PXE_HTYPE_ETHERNET, .hlen = 6 };
	size_t len = strlen(r->base), n;
	char digits[MAC_CHARS];

	if (!pxe_str_has_prefix(r->base, head) ||
	    len < strlen(head) + strlen(tail) ||
	    strcmp(r->base + len - strlen(tail), tail) != 0)
		return false;
	n = len - strlen(head) - strlen(tail);
	if (n >= sizeof(digits))
		return false;
	memcpy(digits, r->base + strlen(head), n);
	digits[n] = '\0';
	if (pxe_str_to_bytes(digits, sizeof(hw.addr), hw.addr) != hw.hlen)
		return false;
	r->out->id.has_hw = !pxe_hwaddr_is_zero(&hw);
	r->out->id.hw = hw;
	return true;
}

/* --- configurations of PXELINUX and GRUB --------------------------------- */

static bool read_uuid(const char *text, struct pxe_boot_name *out)
{
	if (pxe_uuid_parse(text, &out->id.uuid) < 0)
		return false;
	out->step = PXE_BOOT_STEP_UUID;
	out->id.has_uuid = pxe_uuid_is_unique(&out->id.uuid);
	return true;
}

/* "01-52-54-00-12-34-56": the hardware type, then the octets. */
static bool read_mac(const char *text, struct pxe_boot_name *out)
{
	struct pxe_hwaddr hw = { .htype = PXE_HTYPE_ETHERNET, .hlen = 6 };
	uint8_t bytes[7];

	if (strlen(text) != MAC_CHARS || text[2] != '-' ||
	    strchr(text, ':') != NULL ||
	    pxe_str_to_bytes(text, sizeof(bytes), bytes) != sizeof(bytes) ||
	    bytes[0] != PXE_HTYPE_ETHERNET)
		return false;
	memcpy(hw.addr, bytes + 1, hw.hlen);
	out->step = PXE_BOOT_STEP_MAC;
	out->id.has_hw = !pxe_hwaddr_is_zero(&hw);
	out->id.hw = hw;
	return true;
}

/* One to eight digits, upper case as the loaders write them: the first bits of
 * an address. */
static bool read_hex(const char *text, struct pxe_boot_name *out)
{
	uint32_t address = 0;
	int n = 0;

	for (; text[n] != '\0'; n++) {
		if (n == HEX_DIGITS || pxe_hex_digit(text[n]) < 0 ||
		    (text[n] >= 'a' && text[n] <= 'f'))
			return false;
		address = address << 4 | (uint32_t)pxe_hex_digit(text[n]);
	}
	if (n == 0)
		return false;
	out->step = (enum pxe_boot_step)(PXE_BOOT_STEP_HEX8 + HEX_DIGITS - n);
	out->id.has_address = n == HEX_DIGITS;
	out->id.address = out->id.has_address ? address : 0;
	return true;
}

static bool read_id(const char *text, struct pxe_boot_name *out)
{
	return read_uuid(text, out) || read_mac(text, out) ||
	       read_hex(text, out);
}

/* Does the directory part of `r` end in the component `dir`? */
static bool is_in_dir(const struct reader *r, const char *dir)
{
	size_t len = strlen(dir), before = (size_t)(r->base - r->name);

	return before > len && r->base[-1] == '/' &&
	       memcmp(r->base - 1 - len, dir, len) == 0 &&
	       (before == len + 1 || r->base[-2 - (ptrdiff_t)len] == '/');
}

static bool read_pxelinux(const struct reader *r)
{
	if (!is_in_dir(r, "pxelinux.cfg"))
		return false;
	r->out->stem_len = (size_t)(r->base - r->name);
	if (strcmp(r->base, "default") != 0)
		return read_id(r->base, r->out);
	r->out->step = PXE_BOOT_STEP_ALL;
	return true;
}

static bool read_grub(const struct reader *r)
{
	static const char stem[] = "grub.cfg";
	const char *rest;

	if (!pxe_str_has_prefix(r->base, stem))
		return false;
	rest = r->base + strlen(stem);
	r->out->stem_len = (size_t)(rest - r->name);
	if (rest[0] == '-')
		return read_id(rest + 1, r->out);
	r->out->step = PXE_BOOT_STEP_ALL;
	return rest[0] == '\0';
}

/* --- what shim loads next ------------------------------------------------ */

/* What shim calls the machines that it is built for. */
static const struct {
	const char *suffix;
	enum pxe_family family;
} shim_arches[] = {
	{ "x64.efi", PXE_FAMILY_UEFI },
	{ "ia32.efi", PXE_FAMILY_IA32 },
	{ "aa64.efi", PXE_FAMILY_AA64 },
	{ "arm.efi", PXE_FAMILY_ARM32 },
	{ "riscv64.efi", PXE_FAMILY_RV64 },
	{ "loongarch64.efi", PXE_FAMILY_LA64 },
};

/* Rows: a name or, with an architecture of the table above behind it, what it
 * begins with.  MokManager, a boot manager; and iPXE under iPXE's own shim,
 * which takes "-shimx64" out of its own name. */
static const struct {
	const char *name;
	bool has_arch, is_program;
} seconds[] = {
	{ "grub", true, true },
	{ "mm", true, true },
	{ "fb", true, true },
	{ "ipxe.efi", false, true },
	{ "snponly.efi", false, true },
	{ "revocations.efi", false, false },
	{ "revocations_sbat.efi", false, false },
	{ "revocations_sku.efi", false, false },
};

/* "shim_certificate_0.efi" and so on. */
static bool is_certificate(const char *base)
{
	static const char head[] = "shim_certificate_";
	const char *p;

	if (!pxe_str_has_prefix(base, head))
		return false;
	p = base + strlen(head);
	if (*p < '0' || *p > '9')
		return false;
	while (*p >= '0' && *p <= '9')
		p++;
	return strcmp(p, ".efi") == 0;
}

static bool read_shim_arch(const char *suffix, struct pxe_boot_name *out)
{
	for (size_t i = 0; i < PXE_LEN(shim_arches); i++)
		if (strcmp(suffix, shim_arches[i].suffix) == 0) {
			out->family = shim_arches[i].family;
			return true;
		}
	return false;
}

static bool read_second(const struct reader *r)
{
	if (!is_in_root(r))
		return false;
	for (size_t i = 0; i < PXE_LEN(seconds); i++) {
		const char *name = seconds[i].name;
		bool is_it =
			seconds[i].has_arch
				? pxe_str_has_prefix(r->base, name) &&
					  read_shim_arch(r->base + strlen(name),
							 r->out)
				: strcmp(r->base, name) == 0;

		if (!is_it)
			continue;
		r->out->is_program = seconds[i].is_program;
		return true;
	}
	return is_certificate(r->base);
}

/* --- all kinds ----------------------------------------------------------- */

/* In this order; what none of them takes is an ordinary file. */
static const struct {
	enum pxe_boot_kind kind;
	bool (*read)(const struct reader *r);
} kinds[] = {
	{ PXE_BOOT_LOADER, read_loader },
	{ PXE_BOOT_SCRIPT, read_script },
	{ PXE_BOOT_SCRIPT, read_mac_script },
	{ PXE_BOOT_AUTOEXEC, read_autoexec },
	{ PXE_BOOT_PXELINUX, read_pxelinux },
	{ PXE_BOOT_GRUB, read_grub },
	{ PXE_BOOT_SECOND, read_second },
};

void pxe_boot_name_read(const struct pxe_conf *conf, const char *name,
			struct pxe_boot_name *out)
{
	static const struct pxe_boot_name none = { .kind = PXE_BOOT_FILE };
	struct reader r = { .conf = conf, .name = name, .out = out };
	const char *slash;

	while (*r.name == '/')
		r.name++;
	slash = strrchr(r.name, '/');
	r.base = slash != NULL ? slash + 1 : r.name;
	for (size_t i = 0; i < PXE_LEN(kinds); i++) {
		*out = none;
		if (kinds[i].read(&r)) {
			out->kind = kinds[i].kind;
			out->stem_len += (size_t)(r.name - name);
			return;
		}
	}
	*out = none;
}

/* --- what loaders can do without ------------------------------------------ */

/* GRUB's lists of modules; what U-Boot tries before it looks for anything
 * else; what Raspberry Pis ask for beside the files that they start with. */
static const char *const optional[] = {
	"command.lst",   "fs.lst",        "crypto.lst",       "terminal.lst",
	"boot.scr.uimg", "bootsig.bin",   "autoboot.txt",     "recovery.elf",
	"recover4.elf",  "bootcfg.txt",   "dt-blob.bin",      "recovery.img",
	"recovery7.img", "recovery8.img", "pieeprom.upd",     "pieeprom.sig",
	"vl805.bin",     "vl805.sig",     "recovery8-32.img",
};

bool pxe_boot_name_is_optional(const char *name)
{
	static const char machines[] = "pxelinux.cfg/default-"; /* U-Boot */
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;

	for (size_t i = 0; i < PXE_LEN(optional); i++)
		if (strcmp(base, optional[i]) == 0)
			return true;
	/* U-Boot's device tree, of which it does not know the name */
	return strstr(name, machines) != NULL || strcmp(name, "dtb/") == 0;
}

bool pxe_boot_name_is_config(const struct pxe_boot_name *name)
{
	return name->kind == PXE_BOOT_PXELINUX || name->kind == PXE_BOOT_GRUB;
}

/* What stands at `step` behind the stem; false: the machine has nothing. */
static bool put_id(struct pxe_str *s, enum pxe_boot_step step,
		   const struct pxe_boot_id *id)
{
	static const char digits[] = "0123456789ABCDEF";
	char uuid[PXE_UUID_TEXT];

	if (step == PXE_BOOT_STEP_UUID && id->has_uuid) {
		pxe_uuid_format(&id->uuid, uuid, sizeof(uuid));
		pxe_str_puts(s, uuid);
	} else if (step == PXE_BOOT_STEP_MAC && id->has_hw &&
		   id->hw.htype == PXE_HTYPE_ETHERNET && id->hw.hlen == 6) {
		pxe_str_puts(s, "01-");
		pxe_str_put_hex(s, id->hw.addr, id->hw.hlen, '-');
	} else if (step >= PXE_BOOT_STEP_HEX8 && step <= PXE_BOOT_STEP_HEX1 &&
		   id->has_address) {
		int n = HEX_DIGITS - (int)(step - PXE_BOOT_STEP_HEX8);

		for (int i = 0; i < n; i++)
			pxe_str_putc(s,
				     digits[id->address >> (28 - 4 * i) & 0xf]);
	} else {
		return false;
	}
	return true;
}

int pxe_boot_name_build(const struct pxe_boot_name *name, const char *text,
			enum pxe_boot_step step, const struct pxe_boot_id *id,
			char *buf, size_t cap)
{
	bool is_grub = name->kind == PXE_BOOT_GRUB;
	struct pxe_str s;

	pxe_str_init(&s, buf, cap);
	pxe_str_putn(&s, text, name->stem_len);
	if (step == PXE_BOOT_STEP_ALL) {
		pxe_str_puts(&s, is_grub ? "" : "default");
	} else {
		pxe_str_puts(&s, is_grub ? "-" : "");
		if (!put_id(&s, step, id))
			return -ENOENT;
	}
	return s.cut ? -ENOSPC : 0;
}
