/* SPDX-License-Identifier: ISC */
/* What an interface hears, by the modes of the subnets around it. */
#include <string.h>

#include "dhcpd/hearing.h"
#include "unit.h"

enum { INT, PRX, EXT, NONE };
static const enum pxe_mode modes[] = { PXE_MODE_INTERNAL, PXE_MODE_PROXY,
				       PXE_MODE_EXTERNAL };

/* The interface has 10.1.0.1/24 (if it has any); the host 10.2.0.1, too. */
static const struct row {
	const char *name;
	int root;
	int subnet[4]; /* of 10.1.0.0/24, 10.2.0.0/24, ...; NONE: no such */
	bool has_address, is_tunnel;
	struct pxe_hearing want; /* modes: letters below */
	const char *modes;
} rows[] = {
	{ "an address server", INT, { INT, NONE, NONE }, true, false,
	  { .binds_dhcp = true, .binds_binl = true }, "i" },
	{ "no subnet at all", INT, { NONE, NONE, NONE }, true, false,
	  { .binds_dhcp = true, .binds_binl = true }, "i" },
	{ "a proxy", PRX, { NONE, NONE, NONE }, true, false,
	  { .binds_binl = true, .needs_binl = true, .taps_dhcp = true,
	    .taps_host = true, .yields = true }, "p" },
	{ "a proxy subnet", INT, { PRX, INT, NONE }, true, false,
	  { .binds_binl = true, .needs_binl = true, .taps_dhcp = true,
	    .taps_host = true, .yields = true }, "p" },
	{ "a proxy in a tunnel", PRX, { NONE, NONE, NONE }, true, true,
	  { .binds_dhcp = true, .binds_binl = true, .needs_binl = true,
	    .taps_host = true, .yields = true }, "p" },
	{ "external", EXT, { NONE, NONE, NONE }, true, false,
	  { .is_silent = true, .taps_dhcp = true, .taps_binl = true,
	    .taps_host = true }, "e" },
	{ "external, without an address", EXT, { NONE, NONE, NONE }, false,
	  false,
	  { .is_silent = true, .taps_dhcp = true, .taps_binl = true,
	    .taps_host = true }, "e" },
	{ "external beside an address server", INT, { EXT, INT, NONE }, true,
	  false,
	  { .is_silent = true, .taps_dhcp = true, .taps_binl = true,
	    .taps_host = true }, "e" },
	{ "external, whoever is behind relays", INT, { EXT, NONE, INT }, true,
	  false,
	  { .is_silent = true, .taps_dhcp = true, .taps_binl = true,
	    .taps_host = true }, "e" },
	{ "a proxy for those behind a relay", INT, { INT, NONE, PRX }, true,
	  false,
	  { .binds_dhcp = true, .binds_binl = true, .needs_binl = true,
	    .taps_host = true }, "ip" },
	{ "address server beside whom others are proxied", PRX,
	  { INT, NONE, NONE }, true, false,
	  { .binds_dhcp = true, .binds_binl = true, .needs_binl = true,
	    .taps_host = true }, "ip" },
	{ "a proxy that gives addresses behind a relay", PRX,
	  { NONE, NONE, INT }, true, false,
	  { .binds_dhcp = true, .binds_binl = true, .needs_binl = true,
	    .taps_host = true, .yields = true }, "ip" },
	{ "some behind a relay are only listened to", INT, { INT, NONE, EXT },
	  true, false,
	  { .binds_dhcp = true, .binds_binl = true, .taps_host = true },
	  "ie" },
	{ "another interface is a proxy", INT, { INT, PRX, NONE }, true, false,
	  { .binds_dhcp = true, .binds_binl = true }, "i" },
};

static unsigned read_modes(const char *letters)
{
	unsigned set = 0;

	for (; *letters != '\0'; letters++)
		set |= 1u << modes[*letters == 'i'   ? INT
				   : *letters == 'p' ? PRX
						     : EXT];
	return set;
}

static void check_row(const struct row *row)
{
	const struct pxe_if_addr addr = { 0x0a010001, 24 };
	const uint32_t own[] = { 0x0a010001, 0x0a020001 };
	struct pxe_conf_subnet subnets[3], elsewhere = { .net = { 0, 0 } };
	struct pxe_conf conf = { .subnets = subnets };
	struct pxe_hearing_in in = { .conf = &conf,
				     .addr = &addr,
				     .n_addr = row->has_address,
				     .own = own,
				     .n_own = 2,
				     .is_ethernet = !row->is_tunnel };
	struct pxe_hearing h;

	for (unsigned i = 0; i < 3; i++)
		if (row->subnet[i] != NONE)
			subnets[conf.n_subnets++] = (struct pxe_conf_subnet){
				.net = { 0x0a010000 + (i << 16), 24 },
				.mode = modes[row->subnet[i]],
			};
	elsewhere.mode = conf.mode = modes[row->root];
	if (row->root != INT)
		conf.elsewhere = &elsewhere;
	pxe_hearing_find(&in, &h);
	ck_assert_msg(h.modes == read_modes(row->modes), "%s: modes %x",
		      row->name, h.modes);
	ck_assert_msg(h.is_silent == row->want.is_silent &&
			      h.binds_dhcp == row->want.binds_dhcp &&
			      h.binds_binl == row->want.binds_binl &&
			      h.needs_binl == row->want.needs_binl &&
			      h.taps_dhcp == row->want.taps_dhcp &&
			      h.taps_binl == row->want.taps_binl &&
			      h.taps_host == row->want.taps_host &&
			      h.yields == row->want.yields,
		      "%s", row->name);
	ck_assert((h.own & ~h.modes) == 0 && h.own != 0);
	ck_assert(!h.is_silent || (!h.binds_dhcp && !h.binds_binl));
	ck_assert(!(h.binds_dhcp && h.taps_dhcp));
	ck_assert(!(h.binds_binl && h.taps_binl));
	ck_assert(pxe_hearing_is_same(&h, &h));
}

START_TEST(every_row)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		check_row(&rows[i]);
}
END_TEST

UNIT_MAIN("hearing", every_row)
