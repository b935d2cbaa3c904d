/* SPDX-License-Identifier: ISC */
#include "httpd/media.h"

#include <string.h>

#include "base/str.h"

#define TEXT "text/plain; charset=utf-8"

/* clang-format off */
static const struct {
	const char *suffix, *type;
} types[] = {
	/* what firmware looks for */
	{ ".efi",      "application/efi" },
	{ ".iso",      "application/vnd.efi-iso" },
	{ ".img",      "application/vnd.efi-img" },
	/* what loaders and installers read, and people */
	{ ".ipxe",     TEXT },
	{ ".cfg",      TEXT },
	{ ".conf",     TEXT },
	{ ".ks",       TEXT },
	{ ".preseed",  TEXT },
	{ ".seed",     TEXT },
	{ ".txt",      TEXT },
	{ ".log",      TEXT },
	{ ".sh",       TEXT },
	{ ".py",       TEXT },
	{ ".yaml",     TEXT },
	{ ".yml",      TEXT },
	{ ".ini",      TEXT },
	{ ".toml",     TEXT },
	{ ".list",     TEXT },
	{ ".env",      TEXT },
	{ ".lst",      TEXT },
	{ ".menu",     TEXT },
	{ ".sha256",   TEXT },
	{ ".sha512",   TEXT },
	{ ".md5",      TEXT },
	{ ".sum",      TEXT },
	{ ".asc",      TEXT },
	{ ".service",  TEXT },
	{ ".repo",     TEXT },
	{ ".inf",      TEXT },
	{ ".reg",      TEXT },
	{ ".cmd",      TEXT },
	{ ".bat",      TEXT },
	{ ".ps1",      TEXT },
	{ ".json",     "application/json" },
	{ ".ign",      "application/vnd.coreos.ignition+json" },
	{ ".xml",      "application/xml" },
	{ ".html",     "text/html; charset=utf-8" },
	{ ".htm",      "text/html; charset=utf-8" },
	{ ".css",      "text/css; charset=utf-8" },
	{ ".js",       "text/javascript; charset=utf-8" },
	{ ".csv",      "text/csv; charset=utf-8" },
	{ ".md",       "text/markdown; charset=utf-8" },
	{ ".png",      "image/png" },
	{ ".jpg",      "image/jpeg" },
	{ ".jpeg",     "image/jpeg" },
	{ ".gif",      "image/gif" },
	{ ".svg",      "image/svg+xml" },
	{ ".bmp",      "image/bmp" },
	{ ".ico",      "image/vnd.microsoft.icon" },
	{ ".webp",     "image/webp" },
	{ ".pdf",      "application/pdf" },
	{ ".gz",       "application/gzip" },
	{ ".tgz",      "application/gzip" },
	{ ".bz2",      "application/x-bzip2" },
	{ ".xz",       "application/x-xz" },
	{ ".zst",      "application/zstd" },
	{ ".lz4",      "application/x-lz4" },
	{ ".tar",      "application/x-tar" },
	{ ".zip",      "application/zip" },
	{ ".7z",       "application/x-7z-compressed" },
	{ ".cpio",     "application/x-cpio" },
	{ ".deb",      "application/vnd.debian.binary-package" },
	{ ".udeb",     "application/vnd.debian.binary-package" },
	{ ".rpm",      "application/x-rpm" },
	{ ".apk",      "application/vnd.alpine.apk" },
	{ ".squashfs", "application/vnd.squashfs" },
	{ ".sfs",      "application/vnd.squashfs" },
	{ ".wim",      "application/x-ms-wim" },
	{ ".esd",      "application/x-ms-wim" },
	{ ".cab",      "application/vnd.ms-cab-compressed" },
	{ ".msi",      "application/x-msi" },
	{ ".exe",      "application/vnd.microsoft.portable-executable" },
	{ ".dll",      "application/vnd.microsoft.portable-executable" },
	{ ".qcow2",    "application/x-qemu-disk" },
	{ ".vhd",      "application/x-vhd" },
	{ ".vhdx",     "application/x-vhdx" },
	{ ".vmdk",     "application/x-vmdk" },
	{ ".dtb",      "application/x-dtb" },
	{ ".pem",      "application/x-pem-file" },
	{ ".crt",      "application/x-x509-ca-cert" },
	{ ".cer",      "application/pkix-cert" },
	{ ".der",      "application/pkix-cert" },
	{ ".gpg",      "application/pgp-keys" },
	{ ".sig",      "application/pgp-signature" },
};
/* clang-format on */

/* Does `name` of `len` octets end with `suffix`? */
static bool ends_with(const char *name, size_t len, const char *suffix,
		      size_t n_suffix)
{
	return n_suffix <= len &&
	       strncasecmp(name + len - n_suffix, suffix, n_suffix) == 0;
}

const char *pxe_media_type(const struct pxe_conf *conf, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *file = slash != NULL ? slash + 1 : name;
	const char *dot = strrchr(file, '.');
	const struct pxe_conf_media *own = NULL;
	size_t len = strlen(file);

	if (dot == NULL)
		return PXE_MEDIA_OTHER;
	for (size_t i = 0; i < conf->n_media; i++) {
		const struct pxe_conf_media *m = &conf->media[i];

		if (ends_with(file, len, m->suffix, m->n_suffix) &&
		    (own == NULL || m->n_suffix > own->n_suffix))
			own = m;
	}
	if (own != NULL)
		return own->type;
	for (size_t i = 0; i < PXE_LEN(types); i++)
		if (strcasecmp(dot, types[i].suffix) == 0)
			return types[i].type;
	return PXE_MEDIA_OTHER;
}
