/* SPDX-License-Identifier: ISC */
#include "tftpd/addr.h"

#include <netdb.h>
#include <string.h>

#include "base/str.h"

socklen_t pxe_tftpd_addr_bytes(const union pxe_tftpd_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

bool pxe_tftpd_addr_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr) &&
	       a->in6.sin6_scope_id == b->in6.sin6_scope_id;
}

uint16_t pxe_tftpd_addr_port(const union pxe_tftpd_addr *a)
{
	return ntohs(a->sa.sa_family == AF_INET6 ? a->in6.sin6_port
						 : a->in.sin_port);
}

bool pxe_tftpd_peer_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b)
{
	return pxe_tftpd_addr_is_equal(a, b) &&
	       pxe_tftpd_addr_port(a) == pxe_tftpd_addr_port(b);
}

uint32_t pxe_tftpd_addr_ip4(const union pxe_tftpd_addr *a)
{
	return a->sa.sa_family == AF_INET ? ntohl(a->in.sin_addr.s_addr) : 0;
}

void pxe_tftpd_addr_format(const union pxe_tftpd_addr *a, char *text)
{
	bool is_ip6 = a->sa.sa_family == AF_INET6;
	char host[64], port[8];
	struct pxe_str s;

	pxe_str_init(&s, text, PXE_TFTPD_PEER_TEXT);
	if (getnameinfo(&a->sa, pxe_tftpd_addr_bytes(a), host, sizeof(host),
			port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	pxe_str_putf(&s, "%s%s%s:%s", is_ip6 ? "[" : "", host,
		     is_ip6 ? "]" : "", port);
}

void pxe_tftpd_addr_unmap(union pxe_tftpd_addr *a)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	if (a->sa.sa_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		return;
	in.sin_port = a->in6.sin6_port;
	memcpy(&in.sin_addr, a->in6.sin6_addr.s6_addr + 12, 4);
	memset(a, 0, sizeof(*a));
	a->in = in;
}

union pxe_tftpd_addr pxe_tftpd_addr_for(const union pxe_tftpd_addr *a,
					int family)
{
	union pxe_tftpd_addr mapped = { .in6 = { .sin6_family = AF_INET6 } };
	uint8_t *octets = mapped.in6.sin6_addr.s6_addr;

	if (family != AF_INET6 || a->sa.sa_family != AF_INET)
		return *a;
	mapped.in6.sin6_port = a->in.sin_port;
	octets[10] = octets[11] = 0xff;
	memcpy(octets + 12, &a->in.sin_addr, 4);
	return mapped;
}

static void read_pktinfo(const struct in_pktinfo *info,
			 union pxe_tftpd_addr *local, bool *is_unicast)
{
	*local = (union pxe_tftpd_addr) {
		.in = { .sin_family = AF_INET, .sin_addr = info->ipi_spec_dst },
	};
	/* they differ for broadcast and multicast */
	*is_unicast = info->ipi_spec_dst.s_addr == info->ipi_addr.s_addr;
}

static void read_pktinfo6(const struct in6_pktinfo *info,
			  union pxe_tftpd_addr *local, bool *is_unicast)
{
	*local = (union pxe_tftpd_addr) {
		.in6 = { .sin6_family = AF_INET6,
			 .sin6_addr = info->ipi6_addr },
	};
	if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
		local->in6.sin6_scope_id = (uint32_t)info->ipi6_ifindex;
	*is_unicast = !IN6_IS_ADDR_MULTICAST(&info->ipi6_addr);
	pxe_tftpd_addr_unmap(local);
}

void pxe_tftpd_addr_read(struct msghdr *mh, union pxe_tftpd_addr *local,
			 bool *is_unicast)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info;
	bool has_ip4 = false;

	memset(local, 0, sizeof(*local));
	*is_unicast = false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c != NULL;
	     c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			read_pktinfo(&info, local, is_unicast);
			has_ip4 = true;
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO && !has_ip4) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			read_pktinfo6(&info6, local, is_unicast);
		}
	}
}

static size_t put(struct cmsghdr *c, int level, int type, const void *data,
		  size_t len)
{
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	return CMSG_SPACE(len);
}

size_t pxe_tftpd_addr_put(const union pxe_tftpd_addr *local, int family,
			  struct cmsghdr *c)
{
	if (local->sa.sa_family == AF_UNSPEC)
		return 0;
	if (family == AF_INET6) {
		union pxe_tftpd_addr a = pxe_tftpd_addr_for(local, AF_INET6);
		struct in6_pktinfo info6 = {
			.ipi6_addr = a.in6.sin6_addr,
			.ipi6_ifindex = a.in6.sin6_scope_id,
		};

		return put(c, IPPROTO_IPV6, IPV6_PKTINFO, &info6,
			   sizeof(info6));
	}
	struct in_pktinfo info = { .ipi_spec_dst = local->in.sin_addr };

	return put(c, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}
