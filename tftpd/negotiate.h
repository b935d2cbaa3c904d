/* SPDX-License-Identifier: ISC */
/*
 * Option negotiation (RFC 2347): what a client asked, what the server and the
 * network allow, what both then use.  Pure.
 */
#ifndef PXE_TFTPD_NEGOTIATE_H
#define PXE_TFTPD_NEGOTIATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/conf.h"
#include "wire/tftp.h"

/* Octets of a datagram around the data: IP, UDP and TFTP headers. */
#define PXE_NEGOTIATE_HEAD4_BYTES 32
#define PXE_NEGOTIATE_HEAD6_BYTES 52

/* utimeout, as in tftp-hpa. */
#define PXE_NEGOTIATE_UTIMEOUT_MIN 10000u
#define PXE_NEGOTIATE_UTIMEOUT_MAX 255000000u

/*
 * The largest window: of a whole one that is acknowledged, and of nothing that
 * is, the 16 bits of an ACK must still be different where they roll over to 1.
 */
#define PXE_NEGOTIATE_WINDOWSIZE_MAX 65534u

struct pxe_negotiate_limits {
	uint16_t max_blksize;    /* 8..65464 */
	uint16_t max_windowsize; /* from 1 */
	uint32_t mtu_bytes;      /* of the way to the client; 0: not known */
	uint16_t head_bytes;     /* PXE_NEGOTIATE_HEAD4_BYTES or HEAD6 */
	bool may_fragment;       /* larger blocks than the MTU carries do */
	bool no_options;         /* the client is known to refuse any answer */
	uint16_t rollover;       /* 0 or 1, for clients that do not say */
	uint64_t size_bytes;     /* of what is sent: encoded, in netascii */
};

struct pxe_negotiated {
	uint16_t blksize;
	uint16_t windowsize;
	uint16_t rollover;         /* the number after 65535: 0 or 1 */
	uint32_t timeout_us;       /* asked by the client; 0: it did not */
	bool has_oack;             /* at least one option was accepted */
	struct pxe_tftp_opts oack; /* those, with our values */
};

/*
 * Sets max_blksize and max_windowsize as tftpd.conf has them for the network
 * of a peer, whose address is as run/asker.h writes it in octets.
 */
void pxe_negotiate_limit(const struct pxe_conf *conf, const uint8_t octets[16],
			 struct pxe_negotiate_limits *limits);

/*
 * Decides; always succeeds.  Accepts only options that the client sent:
 *
 * blksize	its value, at most max_blksize and, without may_fragment, what
 *		the MTU carries; below 8 it is no option (RFC 2348)
 * tsize	size_bytes, whatever the client wrote (RFC 2349)
 * timeout	1 to 255 seconds, as it is, or not at all (RFC 2349)
 * windowsize	its value, at most max_windowsize; 0 is no option (RFC 7440)
 * blksize2	as blksize, then the next lower power of two
 * utimeout	10,000 to 255,000,000 microseconds, as it is, or not at all
 * rollover	0 or 1, as it is, or not at all
 *
 * Of blksize and blksize2, timeout and utimeout, the one with an RFC counts:
 * the other is left out if that was accepted.  Windows are for netascii too:
 * blocks are blocks.
 *
 * An option whose value is not allowed is left out of the OACK, which tells
 * the client that the default holds (RFC 2347).
 */
void pxe_negotiate_decide(const struct pxe_tftp_opts *asked,
			  const struct pxe_negotiate_limits *limits,
			  struct pxe_negotiated *out);

#endif
