/* SPDX-License-Identifier: ISC */
/* What the file servers do for one network or one machine. */
#include "run/conf_net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"

#define IP4_START 96 /* ::ffff:0:0/96 */

/* --- network sections ----------------------------------------------------- */

/* The octets of an address of `text`, `len` characters. */
static int parse_address(const char *text, size_t len,
			 struct pxe_conf_tftp_net *net)
{
	char address[INET6_ADDRSTRLEN];
	uint32_t ip4;

	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, len);
	address[len] = '\0';
	memset(net->octets, 0, sizeof(net->octets));
	net->is_ip4 = pxe_ip4_parse(address, &ip4) == 0;
	if (!net->is_ip4)
		return inet_pton(AF_INET6, address, net->octets) == 1 ? 0
								      : -EINVAL;
	memset(net->octets + 10, 0xff, 2);
	for (int i = 0; i < 4; i++)
		net->octets[12 + i] = (uint8_t)(ip4 >> (24 - 8 * i));
	return 0;
}

/*
 * Reads "10.1.0.0/16" or "fd00:1::/64".
 * 0, -EINVAL (not that), -ERANGE (bits beyond the prefix are set).
 */
static int parse_net(const char *text, struct pxe_conf_tftp_net *net)
{
	const char *slash = strchr(text, '/');
	uint32_t prefix;

	if (slash == NULL ||
	    parse_address(text, (size_t)(slash - text), net) < 0 ||
	    pxe_str_to_u32(slash + 1, 0, net->is_ip4 ? 32 : 128, &prefix) < 0)
		return -EINVAL;
	if (net->is_ip4)
		prefix += IP4_START;
	net->prefix = (uint8_t)prefix;
	for (uint32_t bit = prefix; bit < 128; bit++)
		if ((net->octets[bit / 8] & 0x80 >> bit % 8) != 0)
			return -ERANGE;
	return 0;
}

/* What the section does not say holds as outside of it. */
static void inherit(struct pxe_conf_job *job,
		    const struct pxe_conf_section *section,
		    struct pxe_conf_tftp_net *net)
{
	bool has_blksize = pxe_conf_item_find(section, "max-blksize") != NULL,
	     has_window = pxe_conf_item_find(section, "max-windowsize") != NULL;

	if (!has_blksize)
		net->max_blksize = job->conf->max_blksize;
	if (!has_window)
		net->max_windowsize = job->conf->max_windowsize;
	if (!has_blksize && !has_window)
		pxe_conf_warn(job, &section->src,
			      "network \"%.100s\" says nothing: add "
			      "max-blksize or max-windowsize, or take it out",
			      section->title);
}

/* One may lie within another, of which the narrower counts. */
static bool is_twice(struct pxe_conf_job *job, const char *title,
		     const struct pxe_conf_tftp_net *net)
{
	const struct pxe_conf *conf = job->conf;

	for (size_t i = 0; i < conf->n_tftp_nets; i++) {
		const struct pxe_conf_tftp_net *other = &conf->tftp_nets[i];

		if (other->is_ip4 != net->is_ip4 ||
		    other->prefix != net->prefix ||
		    memcmp(other->octets, net->octets, sizeof(net->octets)) !=
			    0)
			continue;
		pxe_conf_error(job, &net->src,
			       "there is a network \"%s\" already, %s line "
			       "%u: make one of them",
			       title, other->src.file, other->src.line);
		return true;
	}
	return false;
}

static bool make_net(struct pxe_conf_job *job,
		     const struct pxe_conf_section *section,
		     struct pxe_conf_tftp_net *net)
{
	int r = parse_net(section->title, net);

	net->src = section->src;
	pxe_conf_fill(job, section, net);
	inherit(job, section, net);
	if (r == 0)
		return !is_twice(job, section->title, net);
	if (r == -ERANGE)
		pxe_conf_error(job, &section->src,
			       "network \"%.100s\" has bits beyond its "
			       "prefix: give the first address of the network",
			       section->title);
	else
		pxe_conf_error(job, &section->src,
			       "network \"%.100s\" is not a network: write it "
			       "like 10.1.0.0/16 or fd00:1::/64",
			       section->title);
	return false;
}

/* --- machines' directories ------------------------------------------------ */

static void check_client_dirs(struct pxe_conf_job *job)
{
	const struct pxe_conf_item *item =
		pxe_conf_item_find(job->sections[PXE_CONF_ROOT].first,
				   "client-directories");
	const struct pxe_conf_value *a, *b;

	for (a = item ? item->first : NULL; a != NULL; a = a->next)
		for (b = item->first; b != a; b = b->next)
			if (strcmp(a->text, b->text) == 0) {
				pxe_conf_error(job, &a->src,
					       "client-directories: \"%s\" "
					       "stands there twice: take one "
					       "out",
					       a->text);
				break;
			}
}

void pxe_conf_make_tftp(struct pxe_conf_job *job)
{
	struct pxe_conf *conf = job->conf;
	const struct pxe_conf_section *section;

	check_client_dirs(job);
	conf->tftp_nets = pxe_conf_alloc(job, job->keep,
					 job->sections[PXE_CONF_TFTP_NET].n + 1,
					 sizeof(*conf->tftp_nets));
	section = job->sections[PXE_CONF_TFTP_NET].first;
	for (; section != NULL && !job->is_oom; section = section->next)
		conf->n_tftp_nets +=
			make_net(job, section,
				 &conf->tftp_nets[conf->n_tftp_nets]);
}
