/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/conf.h"
#include "core/conf_index.h"
#include "unit.h"

#define N_HOSTS 5000

static struct pxe_hwaddr macs[N_HOSTS][2];
static uint8_t octets[N_HOSTS][2][5];
static struct pxe_conf_id ids[N_HOSTS][2];
static struct pxe_conf_host hosts[N_HOSTS];
static char names[N_HOSTS][16];

/* Hosts in no order; every third has a UUID, every second an address. */
static struct pxe_conf make_conf(void)
{
	for (unsigned i = 0; i < N_HOSTS; i++) {
		unsigned n = i * 7919 % N_HOSTS;

		snprintf(names[i], sizeof(names[i]), "host%u", n);
		macs[i][0] = (struct pxe_hwaddr) {
			.htype = 1,
			.hlen = 6,
			.addr = { 2, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n },
		};
		macs[i][1] = macs[i][0];
		macs[i][1].addr[1] = 1;
		/* the first is how the second begins */
		memcpy(octets[i][0], macs[i][0].addr + 2, 4);
		memcpy(octets[i][1], macs[i][0].addr + 2, 4);
		ids[i][0] = (struct pxe_conf_id) { octets[i][0], 4 };
		ids[i][1] = (struct pxe_conf_id) { octets[i][1], 5 };
		hosts[i] = (struct pxe_conf_host) {
			.name = names[i],
			.hw = macs[i],
			.n_hw = 2,
			.ids = ids[i],
			.n_ids = n % 4 == 0 ? 2 : 0,
			.has_uuid = n % 3 == 0,
			.address = n % 2 == 0 ? 0x0a000000 + n : 0,
		};
		hosts[i].uuid.b[0] = (uint8_t)(n >> 8);
		hosts[i].uuid.b[15] = (uint8_t)n;
	}
	return (struct pxe_conf) { .hosts = hosts, .n_hosts = N_HOSTS };
}

static void check_host(const struct pxe_conf *conf, unsigned i)
{
	const struct pxe_conf_host *host = &hosts[i];
	struct pxe_hwaddr other = macs[i][0];

	ck_assert_ptr_eq(pxe_conf_find_host_name(conf, host->name), host);
	ck_assert_ptr_eq(pxe_conf_find_host(conf, &macs[i][0], NULL), host);
	ck_assert_ptr_eq(pxe_conf_find_host(conf, &macs[i][1], NULL), host);
	for (size_t k = 0; k < host->n_ids; k++)
		ck_assert_ptr_eq(pxe_conf_find_host_id(conf,
						       host->ids[k].octets,
						       host->ids[k].len),
				 host);
	if (host->has_uuid) {
		ck_assert_ptr_eq(pxe_conf_find_host(conf, NULL, &host->uuid),
				 host);
		other.addr[0] = 6; /* nobody's: the UUID decides */
		ck_assert_ptr_eq(pxe_conf_find_host(conf, &other, &host->uuid),
				 host);
	}
	if (host->address != 0)
		ck_assert_ptr_eq(pxe_conf_find_host_address(conf,
							    host->address),
				 host);
}

static void check_nobody(const struct pxe_conf *conf)
{
	struct pxe_hwaddr hw = { .htype = 1, .hlen = 6, .addr = { 9 } };
	struct pxe_uuid uuid = { .b = { 0xff } };

	ck_assert_ptr_null(pxe_conf_find_host(conf, &hw, &uuid));
	ck_assert_ptr_null(pxe_conf_find_host_id(conf, NULL, 0));
	ck_assert_ptr_null(pxe_conf_find_host_id(conf, "\0\0\0", 3));
	ck_assert_ptr_null(pxe_conf_find_host_id(conf, "\0\0\0\1\0", 5));
	ck_assert_ptr_null(pxe_conf_find_host(conf, NULL, NULL));
	hw = macs[0][0];
	hw.htype = 6;
	ck_assert_ptr_null(pxe_conf_find_host(conf, &hw, NULL));
	hw = (struct pxe_hwaddr) { .hlen = 0 };
	ck_assert_ptr_null(pxe_conf_find_host(conf, &hw, NULL));
	ck_assert_ptr_null(pxe_conf_find_host_name(conf, "host"));
	ck_assert_ptr_null(pxe_conf_find_host_name(conf, "hosu"));
	ck_assert_ptr_null(pxe_conf_find_host_address(conf, 0));
	ck_assert_ptr_null(pxe_conf_find_host_address(conf, 0x0a000001));
	ck_assert_ptr_null(pxe_conf_find_host_address(conf, 0xffffffff));
}

START_TEST(hosts_are_found_with_and_without_index)
{
	struct pxe_conf conf = make_conf();

	for (unsigned i = 0; i < N_HOSTS; i += 97)
		check_host(&conf, i);
	check_nobody(&conf);
	ck_assert_int_eq(pxe_conf_index_build(&conf), 0);
	ck_assert_ptr_nonnull(conf.index);
	for (unsigned i = 0; i < N_HOSTS; i++)
		check_host(&conf, i);
	check_nobody(&conf);
	ck_assert_int_eq(pxe_conf_index_build(&conf), 0); /* again */
	check_host(&conf, 1);
	pxe_conf_index_free(&conf);
	ck_assert_ptr_null(conf.index);
	pxe_conf_index_free(&conf);
	check_host(&conf, 1);
}
END_TEST

static void check_subnets(const struct pxe_conf *conf)
{
	static const struct {
		const char *address;
		int subnet; /* -1: none */
	} vectors[] = {
		{ "10.0.0.0", 2 },        { "10.0.0.255", 2 },
		{ "10.0.1.0", -1 },       { "9.255.255.255", -1 },
		{ "192.168.200.1", 0 },   { "192.168.200.127", 0 },
		{ "192.168.200.128", 3 }, { "192.168.201.0", -1 },
		{ "172.16.5.4", 1 },      { "172.32.0.0", -1 },
		{ "172.15.255.255", -1 }, { "0.0.0.0", -1 },
		{ "255.255.255.255", 4 }, { "255.255.255.254", -1 },
	};

	for (size_t i = 0; i < PXE_LEN(vectors); i++) {
		const struct pxe_conf_subnet *subnet;
		uint32_t address;

		ck_assert_int_eq(pxe_ip4_parse(vectors[i].address, &address),
				 0);
		subnet = pxe_conf_find_subnet(conf, address);
		if (vectors[i].subnet < 0)
			ck_assert_msg(subnet == NULL, "%s", vectors[i].address);
		else
			ck_assert_msg(subnet ==
					      &conf->subnets[vectors[i].subnet],
				      "%s", vectors[i].address);
	}
}

START_TEST(subnets_are_found_by_any_address_in_them)
{
	static const char *const nets[] = { "192.168.200.0/25", "172.16.0.0/12",
					    "10.0.0.0/24", "192.168.200.128/25",
					    "255.255.255.255/32" };
	struct pxe_conf_subnet subnets[PXE_LEN(nets)] = { 0 };
	struct pxe_conf conf = { .subnets = subnets,
				 .n_subnets = PXE_LEN(nets) };
	struct pxe_conf_subnet all = { .net = { 0, 0 } };

	for (size_t i = 0; i < PXE_LEN(nets); i++)
		ck_assert_int_eq(pxe_ip4_net_parse(nets[i], &subnets[i].net),
				 0);
	check_subnets(&conf);
	ck_assert_int_eq(pxe_conf_index_build(&conf), 0);
	check_subnets(&conf);
	pxe_conf_index_free(&conf);

	conf = (struct pxe_conf) { .subnets = &all, .n_subnets = 1 };
	ck_assert_int_eq(pxe_conf_index_build(&conf), 0);
	ck_assert_ptr_eq(pxe_conf_find_subnet(&conf, 0), &all);
	ck_assert_ptr_eq(pxe_conf_find_subnet(&conf, 0xffffffff), &all);
	pxe_conf_index_free(&conf);
}
END_TEST

START_TEST(targets_and_loaders_are_found)
{
	struct pxe_conf_target targets[] = { { .name = "local" },
					     { .name = "debian" },
					     { .name = "a" } };
	struct pxe_conf_loader loaders[] = { { .family = PXE_FAMILY_UEFI },
					     { .family = PXE_FAMILY_BIOS } };
	struct pxe_conf conf = { .targets = targets,
				 .n_targets = 3,
				 .loaders = loaders,
				 .n_loaders = 2 };

	for (int with_index = 0; with_index < 2; with_index++) {
		for (size_t i = 0; i < 3; i++)
			ck_assert_ptr_eq(pxe_conf_find_target(&conf,
							      targets[i].name),
					 &targets[i]);
		ck_assert_ptr_null(pxe_conf_find_target(&conf, ""));
		ck_assert_ptr_null(pxe_conf_find_target(&conf, "Local"));
		ck_assert_ptr_eq(pxe_conf_find_loader(&conf, PXE_FAMILY_BIOS),
				 &loaders[1]);
		ck_assert_ptr_null(
			pxe_conf_find_loader(&conf, PXE_FAMILY_AA64));
		if (with_index == 0)
			ck_assert_int_eq(pxe_conf_index_build(&conf), 0);
	}
	pxe_conf_index_free(&conf);
}
END_TEST

START_TEST(shared_macs_are_whole_or_beginnings)
{
	struct pxe_hwaddr shared[] = {
		{ .htype = 1, .hlen = 3, .addr = { 0, 0xe0, 0x4c } },
		{ .htype = 1, .hlen = 6, .addr = { 2, 0, 0, 0, 0, 1 } },
	};
	struct pxe_conf conf = { .shared_macs = shared, .n_shared_macs = 2 };
	struct pxe_hwaddr hw = { .htype = 1, .hlen = 6, .addr = { 2 } };

	ck_assert(!pxe_conf_is_shared_mac(&conf, &hw));
	hw.addr[5] = 1;
	ck_assert(pxe_conf_is_shared_mac(&conf, &hw));
	hw = (struct pxe_hwaddr) { 1, 6, { 0, 0xe0, 0x4c, 1, 2, 3 } };
	ck_assert(pxe_conf_is_shared_mac(&conf, &hw));
	hw.htype = 6;
	ck_assert(!pxe_conf_is_shared_mac(&conf, &hw));
	hw = (struct pxe_hwaddr) { .htype = 1, .hlen = 2, .addr = { 0, 0xe0 } };
	ck_assert(!pxe_conf_is_shared_mac(&conf, &hw));
	hw = (struct pxe_hwaddr) { .hlen = 0 };
	ck_assert(!pxe_conf_is_shared_mac(&conf, &hw));
}
END_TEST

START_TEST(lease_times_are_of_host_and_subnet)
{
	static const struct {
		uint32_t host_s, host_max_s, lease_s, max_s;
	} vectors[] = {
		{ 0, 0, 600, 1200 },	  { 700, 0, 700, 1200 },
		{ 86400, 0, 86400, 86400 }, { 0, 300, 300, 300 },
		{ 100, 300, 100, 300 },	  { 0, 86400, 600, 86400 },
	};
	const struct pxe_conf_subnet subnet = { .lease_s = 600,
						.max_lease_s = 1200 };
	uint32_t lease_s, max_s;

	pxe_conf_lease_times(&subnet, NULL, &lease_s, &max_s);
	ck_assert_uint_eq(lease_s, 600);
	ck_assert_uint_eq(max_s, 1200);
	for (size_t i = 0; i < PXE_LEN(vectors); i++) {
		const struct pxe_conf_host host = {
			.lease_s = vectors[i].host_s,
			.max_lease_s = vectors[i].host_max_s,
		};

		pxe_conf_lease_times(&subnet, &host, &lease_s, &max_s);
		ck_assert_uint_eq(lease_s, vectors[i].lease_s);
		ck_assert_uint_eq(max_s, vectors[i].max_s);
	}
}
END_TEST

START_TEST(an_empty_configuration_finds_nothing)
{
	struct pxe_conf conf = { 0 };

	for (int with_index = 0; with_index < 2; with_index++) {
		ck_assert_ptr_null(pxe_conf_find_subnet(&conf, 1));
		ck_assert_ptr_null(pxe_conf_find_target(&conf, "local"));
		ck_assert_ptr_null(pxe_conf_find_host_name(&conf, "a"));
		if (with_index == 0)
			ck_assert_int_eq(pxe_conf_index_build(&conf), 0);
	}
	pxe_conf_index_free(&conf);
}
END_TEST

UNIT_MAIN("conf", hosts_are_found_with_and_without_index,
	  subnets_are_found_by_any_address_in_them,
	  targets_and_loaders_are_found,
	  shared_macs_are_whole_or_beginnings,
	  lease_times_are_of_host_and_subnet,
	  an_empty_configuration_finds_nothing)
