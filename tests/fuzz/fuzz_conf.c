/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a configuration directory.  A line "@NAME" begins the file
 * NAME, one of the seven or "more.conf"; what stands before the first is
 * dhcpd.conf.  What is accepted can be looked up; what is refused was told,
 * with lines that the file has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/conf_schema.h"

#define N_FILES (PXE_CONF_N_FILES + 1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	char dir[32];
	unsigned n_lines[N_FILES]; /* of the files written */
	unsigned n_errors;
} now;

static void check(bool holds)
{
	if (!holds)
		abort();
}

static const char *file_name(unsigned i)
{
	return i < PXE_CONF_N_FILES ? pxe_conf_file_name(i) : "more.conf";
}

static void remove_file(unsigned i)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", now.dir, file_name(i));
	unlink(path);
	now.n_lines[i] = 0;
}

static void remove_dir(void)
{
	for (unsigned i = 0; i < N_FILES; i++)
		remove_file(i);
	rmdir(now.dir);
}

static void make_dir(void)
{
	strcpy(now.dir, "/dev/shm/pxe-fuzz-XXXXXX");
	if (mkdtemp(now.dir) == NULL) {
		strcpy(now.dir, "/tmp/pxe-fuzz-XXXXXX");
		check(mkdtemp(now.dir) != NULL);
	}
	atexit(remove_dir);
}

static void write_file(unsigned i, const uint8_t *data, size_t size)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", now.dir, file_name(i));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fd >= 0);
	check(write(fd, data, size) == (ssize_t)size);
	close(fd);
	now.n_lines[i] = 1;
	for (size_t k = 0; k < size; k++)
		now.n_lines[i] += data[k] == '\n';
}

/* The file that the line at `data` begins, or -1; `len` gets its length. */
static int parse_mark(const uint8_t *data, size_t size, size_t *len)
{
	for (unsigned i = 0; i < N_FILES; i++) {
		size_t n = strlen(file_name(i));

		if (size > n + 1 && data[0] == '@' && data[n + 1] == '\n' &&
		    memcmp(data + 1, file_name(i), n) == 0) {
			*len = n + 2;
			return (int)i;
		}
	}
	return -1;
}

static void write_files(const uint8_t *data, size_t size)
{
	unsigned file = 1;
	size_t start = 0, len;

	for (unsigned i = 0; i < N_FILES; i++)
		if (now.n_lines[i] != 0)
			remove_file(i);
	for (size_t at = 0; at < size; at++) {
		int next = at > 0 && data[at - 1] != '\n'
				   ? -1
				   : parse_mark(data + at, size - at, &len);

		if (next < 0)
			continue;
		write_file(file, data + start, at - start);
		file = (unsigned)next;
		start = at + len;
		at = start - 1;
	}
	write_file(file, data + start, size - start);
}

static void tell(enum pxe_conf_severity severity, const struct pxe_src *src,
		 const char *text, void *arg)
{
	const char *slash = strrchr(src->file, '/');

	(void)arg;
	now.n_errors += severity == PXE_CONF_ERROR;
	check(text[0] != '\0' && src->file[0] != '\0');
	for (const char *p = text; *p != '\0'; p++)
		check(*p < 0 || (*p >= ' ' && *p != 0x7f));
	for (unsigned i = 0; i < N_FILES && slash != NULL; i++)
		if (strcmp(slash + 1, file_name(i)) == 0)
			check(src->line <= now.n_lines[i]);
}

/* Each once, and none that would break a message. */
static void check_opts(const struct pxe_conf_opt *opts, size_t n)
{
	bool is_seen[256] = { false };

	for (size_t i = 0; i < n; i++) {
		check(opts[i].len == 0 || opts[i].value != NULL);
		check(opts[i].code != 0 && opts[i].code != 255);
		check(!is_seen[opts[i].code]);
		is_seen[opts[i].code] = true;
	}
}

static void check_host(const struct pxe_conf *conf,
		       const struct pxe_conf_host *host)
{
	check(pxe_conf_find_host_name(conf, host->name) == host);
	check(host->n_hw > 0 || host->has_uuid || host->n_ids > 0);
	for (size_t i = 0; i < host->n_ids; i++)
		check(pxe_conf_find_host_id(conf, host->ids[i].octets,
					    host->ids[i].len) == host);
	check_opts(host->opts, host->n_opts);
	for (size_t i = 0; i < host->n_hw; i++)
		check(pxe_conf_find_host(conf, &host->hw[i], NULL) == host);
	if (host->has_uuid)
		check(pxe_conf_find_host(conf, NULL, &host->uuid) == host);
	if (host->address != 0)
		check(pxe_conf_find_host_address(conf, host->address) == host);
	if (host->address != 0 && conf->n_subnets > 0)
		check(pxe_conf_find_subnet(conf, host->address) != NULL);
}

static void check_subnet(const struct pxe_conf *conf,
			 const struct pxe_conf_subnet *subnet)
{
	check(subnet->lease_s > 0 && subnet->lease_s <= subnet->max_lease_s);
	for (size_t i = 0; i < subnet->n_ranges; i++) {
		const struct pxe_ip4_range *range = &subnet->ranges[i];

		check(range->first <= range->last);
		check(pxe_conf_find_subnet(conf, range->first) == subnet);
		check(pxe_conf_find_subnet(conf, range->last) == subnet);
	}
	check_opts(subnet->opts, subnet->n_opts);
}

static void check_conf(const struct pxe_conf *conf)
{
	check(conf->dhcp_port > 0 && conf->tftp_port > 0 &&
	      conf->http_port > 0);
	check(conf->boot_root[0] == '/' && conf->state_dir[0] == '/' &&
	      conf->state_socket[0] == '/');
	check(conf->max_blksize >= 8 && conf->max_transfers > 0 &&
	      conf->tftp_rollover <= 1 && conf->max_connections > 0);
	check(conf->menu.dflt != NULL && conf->menu.title[0] != '\0');
	check(pxe_conf_find_target(conf, "local") != NULL);
	for (size_t i = 0; i < conf->n_subnets; i++)
		check_subnet(conf, &conf->subnets[i]);
	for (size_t i = 0; i < conf->n_loaders; i++)
		check(conf->loaders[i].file[0] != '\0' &&
		      pxe_conf_find_loader(conf, conf->loaders[i].family) ==
			      &conf->loaders[i]);
	for (size_t i = 0; i < conf->n_targets; i++)
		check(pxe_conf_find_target(conf, conf->targets[i].name) ==
			      &conf->targets[i] &&
		      conf->targets[i].title[0] != '\0' &&
		      conf->targets[i].args != NULL);
	for (size_t i = 0; i < conf->n_hosts; i++)
		check_host(conf, &conf->hosts[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_conf *conf = NULL;
	int r;

	if (now.dir[0] == '\0')
		make_dir();
	write_files(data, size);
	now.n_errors = 0;
	r = pxe_conf_load(now.dir, 0x7f, tell, NULL, &conf);
	check(r == 0 || r == -EINVAL);
	check((r == 0) == (now.n_errors == 0));
	check((r == 0) == (conf != NULL));
	if (conf != NULL)
		check_conf(conf);
	pxe_conf_free(conf);
	return 0;
}
