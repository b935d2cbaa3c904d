/* SPDX-License-Identifier: ISC */
#include "run/root_find.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/str.h"

/* As dnsmasq's tftp-unique-root=mac has it. */
static void put_mac(const struct pxe_asker *asker, struct pxe_str *s)
{
	pxe_str_put_hex(s, asker->hw.addr, asker->hw.hlen, '-');
}

static void put_address(const struct pxe_asker *asker, struct pxe_str *s)
{
	static const uint8_t none[sizeof(asker->octets)];
	char text[INET6_ADDRSTRLEN] = "";

	if (asker->address != 0)
		pxe_ip4_format(asker->address, text, sizeof(text));
	else if (memcmp(asker->octets, none, sizeof(none)) != 0)
		(void)inet_ntop(AF_INET6, asker->octets, text, sizeof(text));
	pxe_str_puts(s, text);
}

static void (*const puts_dir[PXE_N_CLIENT_DIRS])(const struct pxe_asker *asker,
						 struct pxe_str *s) = {
	[PXE_CLIENT_DIR_MAC] = put_mac,
	[PXE_CLIENT_DIR_ADDRESS] = put_address,
};

void pxe_root_find_init(struct pxe_root_find *where,
			const struct pxe_conf *conf,
			const struct pxe_asker *asker, int root_fd,
			struct pxe_fold_cache *cache)
{
	struct pxe_str s;

	where->root_fd = root_fd;
	where->folds_case = conf->folds_case;
	where->fold.cache = cache;
	where->fold.n_left = PXE_FOLD_MAX_COST;
	where->n_dirs = 0;
	for (size_t i = 0;
	     i < conf->n_client_dirs && where->n_dirs < PXE_N_CLIENT_DIRS;
	     i++) {
		pxe_str_init(&s, where->dirs[where->n_dirs],
			     sizeof(where->dirs[0]));
		puts_dir[conf->client_dirs[i]](asker, &s);
		/* what is not known has no directory */
		if (s.len > 0 && !s.cut)
			where->n_dirs++;
	}
}

/* Below the boot root only. */
static enum pxe_reason open_here(struct pxe_root_find *where, char *name,
				 struct pxe_rootdir_file *file)
{
	enum pxe_reason reason =
		pxe_rootdir_open_file(where->root_fd, name, file);

	if (reason == PXE_REASON_NOT_FOUND && where->folds_case)
		reason = pxe_fold_open_file(&where->fold, where->root_fd, name,
					    file);
	return reason;
}

/* A name that goes up would lead out of the machine's directory. */
static bool goes_up(const char *name)
{
	const char *p = strstr(name, "..");

	for (; p != NULL; p = strstr(p + 1, ".."))
		if ((p == name || p[-1] == '/') &&
		    (p[2] == '/' || p[2] == '\0'))
			return true;
	return false;
}

enum pxe_reason pxe_root_find_open(struct pxe_root_find *where, char *name,
				   struct pxe_rootdir_file *file)
{
	size_t n_dirs = goes_up(name) ? 0 : where->n_dirs;
	char own[PXE_ROOTDIR_NAME_TEXT];
	struct pxe_str s;

	for (size_t i = 0; i < n_dirs; i++) {
		enum pxe_reason reason;

		pxe_str_init(&s, own, sizeof(own));
		pxe_str_putf(&s, "%s/%s", where->dirs[i], name);
		reason = s.cut ? PXE_REASON_NOT_FOUND
			       : open_here(where, own, file);
		if (reason == PXE_REASON_NOT_FOUND)
			continue;
		memcpy(name, own, s.len + 1);
		return reason;
	}
	return open_here(where, name, file);
}
