/* SPDX-License-Identifier: ISC */
/*
 * Option negotiation (RFC 2347): what a client asked, what the server and the
 * network allow, what both then use.  Pure.
 */
#ifndef PXE_TFTPD_NEGOTIATE_H
#define PXE_TFTPD_NEGOTIATE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/tftp.h"

/* Octets of a datagram around the data: IP, UDP and TFTP headers. */
#define PXE_NEGOTIATE_HEAD4_BYTES 32
#define PXE_NEGOTIATE_HEAD6_BYTES 52

struct pxe_negotiate_limits {
	uint16_t max_blksize;    /* 8..65464 */
	uint16_t max_windowsize; /* from 1 */
	uint32_t mtu_bytes;      /* of the way to the client; 0: not known */
	uint16_t head_bytes;     /* PXE_NEGOTIATE_HEAD4_BYTES or HEAD6 */
	uint64_t size_bytes;     /* of the file */
};

struct pxe_negotiated {
	uint16_t blksize;
	uint16_t windowsize;
	uint8_t timeout_s;         /* asked by the client; 0: it did not */
	bool has_oack;             /* at least one option was accepted */
	struct pxe_tftp_opts oack; /* those, with our values */
};

/*
 * Decides; always succeeds.  Accepts only options that the client sent:
 *
 * blksize	its value, at most max_blksize and what the MTU carries
 *		unfragmented; below 8 it is no option (RFC 2348)
 * tsize	the size of the file, whatever the client wrote (RFC 2349)
 * timeout	1 to 255 seconds, as it is, or not at all (RFC 2349)
 * windowsize	its value, at most max_windowsize; 0 is no option (RFC 7440)
 *
 * An option whose value is not allowed is left out of the OACK, which tells
 * the client that the default holds (RFC 2347).
 */
void pxe_negotiate_decide(const struct pxe_tftp_opts *asked,
			  const struct pxe_negotiate_limits *limits,
			  struct pxe_negotiated *out);

#endif
