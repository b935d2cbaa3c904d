/* SPDX-License-Identifier: ISC */
/* What the file servers do for one network or one machine: tftpd.conf and
 * pxe.conf. */
#include <arpa/inet.h>
#include <string.h>

#include "core/conf.h"
#include "run/asker.h"
#include "tests/conf_try.h"
#include "unit.h"

#define NET "network \"10.1.0.0/16\" { max-blksize = 1400 }\n"

static const struct {
	const char *file, *text, *where, *words;
} wrong[] = {
	{ "tftpd.conf", "network \"10.1.0.0\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "write it like 10.1.0.0/16 or fd00:1::/64" },
	{ "tftpd.conf", "network \"lan\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "is not a network" },
	{ "tftpd.conf", "network \"10.1.0.0/33\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "is not a network" },
	{ "tftpd.conf", "network \"fd00::/129\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "is not a network" },
	{ "tftpd.conf", "network \"10.1.0.0/\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "is not a network" },
	{ "tftpd.conf", "network \"/16\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "is not a network" },
	{ "tftpd.conf",
	  "network \"fd00:0000:0000:0000:0000:0000:0000:0000:0000:0001/64\" { "
	  "max-blksize = 512 }",
	  "tftpd.conf:1: error", "is not a network" },
	{ "tftpd.conf", "network \"10.1.0.1/16\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "bits beyond its prefix" },
	{ "tftpd.conf", "network \"fd00::1/64\" { max-blksize = 512 }",
	  "tftpd.conf:1: error", "give the first address" },
	{ "tftpd.conf", "network \"10.1.0.0/16\" { max-blksize = 7 }",
	  "tftpd.conf:1: error", "from 8 to 65464" },
	{ "tftpd.conf", "network \"10.1.0.0/16\" {\nmax-windowsize = 0 }",
	  "tftpd.conf:2: error", "from 1 to 65535" },
	{ "tftpd.conf", "network \"10.1.0.0/16\" { retries = 1 }",
	  "tftpd.conf:1: error", "retries" },
	{ "tftpd.conf", NET "network \"10.1.0.0/16\" { max-blksize = 512 }",
	  "tftpd.conf:2: error", "10.1.0.0/16" },
	/* not the same text, but the same network */
	{ "tftpd.conf",
	  "network \"fd00:0::/32\" { max-blksize = 512 }\n"
	  "network \"fd00::/32\" { max-blksize = 512 }",
	  "tftpd.conf:2: error", "line 1: make one of them" },
	{ "tftpd.conf", "network \"10.1.0.0/16\" { }", "tftpd.conf:1: warning",
	  "says nothing: add max-blksize" },
	{ "dhcpd.conf", NET, "dhcpd.conf:1: error", "network" },
	{ "pxe.conf", "client-directories = { \"name\" }", "pxe.conf:1: error",
	  "there is \"mac\", \"address\"" },
	{ "pxe.conf", "client-directories = { \"mac\",\n\"mac\" }",
	  "pxe.conf:2: error", "stands there twice" },
	{ "pxe.conf", "fold-case = \"ascii\"", "pxe.conf:1: error",
	  "neither yes nor no" },
};

START_TEST(what_is_wrong_is_told)
{
	for (size_t i = 0; i < PXE_LEN(wrong); i++) {
		struct conf_try try;

		conf_try_init(&try);
		conf_try_write(&try, wrong[i].file, wrong[i].text, 0);
		conf_try_load(&try, CONF_TRY_ALL);
		ck_assert_msg(conf_try_has(&try, wrong[i].where,
					   wrong[i].words),
			      "%s: %s", wrong[i].text,
			      try.n > 0 ? try.told[0] : "nothing");
		conf_try_done(&try);
	}
}
END_TEST

/* The limits that hold for a peer: of the root where there is no section. */
static void check_limits(const struct pxe_conf *conf, const char *peer,
			 unsigned blksize, unsigned windowsize)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	const struct pxe_conf_tftp_net *net;
	uint8_t octets[16];

	if (inet_pton(AF_INET, peer, &in.sin_addr) == 1) {
		pxe_asker_octets((const void *)&in, octets);
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, peer, &in6.sin6_addr), 1);
		pxe_asker_octets((const void *)&in6, octets);
	}
	net = pxe_conf_find_tftp_net(conf, octets);
	ck_assert_msg((net != NULL ? net->max_blksize : conf->max_blksize) ==
			      blksize,
		      "%s", peer);
	ck_assert_msg((net != NULL ? net->max_windowsize
				   : conf->max_windowsize) == windowsize,
		      "%s", peer);
}

START_TEST(the_narrowest_network_counts)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "tftpd.conf",
		       "max-windowsize = 32\n"
		       "network \"::/0\" { max-windowsize = 1 }\n"
		       "network \"10.1.0.0/16\" { max-blksize = 1400 }\n"
		       "network \"10.0.0.0/8\" { max-blksize = 1300\n"
		       "	max-windowsize = 4 }\n"
		       "network \"10.1.2.128/25\" { max-blksize = 1200 }\n"
		       "network \"10.1.2.129/32\" { max-blksize = 512 }\n"
		       "network \"fd00:1::/33\" { max-blksize = 1220 }\n"
		       "network \"fd00:1::5/128\" { max-blksize = 600 }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	ck_assert_uint_eq(try.conf->n_tftp_nets, 7);
	check_limits(try.conf, "192.168.1.1", 1468, 32);
	check_limits(try.conf, "10.255.255.255", 1300, 4);
	check_limits(try.conf, "10.0.0.0", 1300, 4);
	check_limits(try.conf, "10.1.2.127", 1400, 32);
	check_limits(try.conf, "10.1.2.128", 1200, 32);
	check_limits(try.conf, "10.1.2.129", 512, 32);
	check_limits(try.conf, "::ffff:10.1.2.129", 512, 32);
	check_limits(try.conf, "::ffff:192.168.1.1", 1468, 32);
	check_limits(try.conf, "9.255.255.255", 1468, 32);
	check_limits(try.conf, "11.0.0.0", 1468, 32);
	check_limits(try.conf, "fd00:1:7fff::1", 1220, 32);
	check_limits(try.conf, "fd00:1:8000::1", 1468, 1);
	check_limits(try.conf, "fd00:1::5", 600, 32);
	check_limits(try.conf, "fd00:1::6", 1220, 32);
	check_limits(try.conf, "::10.1.2.129", 1468, 1);
	conf_try_done(&try);
}
END_TEST

START_TEST(all_of_ipv4_is_a_network)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "tftpd.conf",
		       "network \"0.0.0.0/0\" { max-windowsize = 2 }\n", 0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	check_limits(try.conf, "255.255.255.255", 1468, 2);
	check_limits(try.conf, "::ffff:1.2.3.4", 1468, 2);
	check_limits(try.conf, "::1", 1468, 64);
	conf_try_done(&try);
}
END_TEST

START_TEST(directories_in_their_order)
{
	struct conf_try try;

	conf_try_init(&try);
	conf_try_write(&try, "pxe.conf",
		       "fold-case = yes\n"
		       "client-directories = { \"address\", \"mac\" }\n",
		       0);
	conf_try_load(&try, CONF_TRY_ALL);
	ck_assert_int_eq(try.result, 0);
	ck_assert(try.conf->folds_case);
	ck_assert_uint_eq(try.conf->n_client_dirs, 2);
	ck_assert_int_eq(try.conf->client_dirs[0], PXE_CLIENT_DIR_ADDRESS);
	ck_assert_int_eq(try.conf->client_dirs[1], PXE_CLIENT_DIR_MAC);
	conf_try_done(&try);
}
END_TEST

UNIT_MAIN("conf_tftp", what_is_wrong_is_told, the_narrowest_network_counts,
	  all_of_ipv4_is_a_network, directories_in_their_order)
