/* SPDX-License-Identifier: ISC */
/*
 * TFTP packets (RFC 1350) and their options (RFC 2347, 2348, 2349, 7440, and
 * those that tftp-hpa added): octets to a struct and back.  What is parsed
 * borrows from the packet.
 *
 * The codec reads options, it does not judge their values: that is
 * negotiation.
 */
#ifndef PXE_WIRE_TFTP_H
#define PXE_WIRE_TFTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_TFTP_PORT 69
#define PXE_TFTP_HEAD_BYTES 4	   /* of DATA and ACK */
#define PXE_TFTP_BLKSIZE 512	   /* without the option */
#define PXE_TFTP_BLKSIZE_MIN 8	   /* RFC 2348 */
#define PXE_TFTP_BLKSIZE_MAX 65464 /* RFC 2348 */
#define PXE_TFTP_REPLY_BYTES 512   /* any OACK or ERROR built here fits */

enum pxe_tftp_op {
	PXE_TFTP_RRQ = 1,
	PXE_TFTP_WRQ,
	PXE_TFTP_DATA,
	PXE_TFTP_ACK,
	PXE_TFTP_ERROR,
	PXE_TFTP_OACK,
};

/* Codes of ERROR (RFC 1350 appendix I, RFC 2347). */
enum pxe_tftp_code {
	PXE_TFTP_UNDEFINED = 0,
	PXE_TFTP_NOT_FOUND,
	PXE_TFTP_ACCESS,
	PXE_TFTP_DISK_FULL,
	PXE_TFTP_ILLEGAL,
	PXE_TFTP_UNKNOWN_TID,
	PXE_TFTP_EXISTS,
	PXE_TFTP_NO_USER,
	PXE_TFTP_OPTION_REFUSED,
};

/* Rows: enumerator, name on the wire (in any case). */
#define PXE_TFTP_MODES(X)           \
	X(OCTET, "octet")           \
	X(NETASCII, "netascii")     \
	X(MAIL, "mail") /* obsolete */

enum pxe_tftp_mode {
#define X(id, name) PXE_TFTP_MODE_##id,
	PXE_TFTP_MODES(X)
#undef X
	PXE_TFTP_N_MODES,
	PXE_TFTP_MODE_OTHER = PXE_TFTP_N_MODES
};

/* Rows: enumerator, name on the wire (in any case), in the order of an OACK. */
#define PXE_TFTP_OPTS(X)                                                  \
	X(BLKSIZE, "blksize")	    /* octets of a block, RFC 2348 */     \
	X(TSIZE, "tsize")	    /* octets of the file, RFC 2349 */    \
	X(TIMEOUT, "timeout")	    /* seconds, RFC 2349 */               \
	X(WINDOWSIZE, "windowsize") /* blocks in flight, RFC 7440 */      \
	X(BLKSIZE2, "blksize2")	    /* a power of two; tftp-hpa, too: */  \
	X(UTIMEOUT, "utimeout")	    /* microseconds */                    \
	X(ROLLOVER, "rollover")	    /* the block number after 65535 */

enum pxe_tftp_opt {
#define X(id, name) PXE_TFTP_OPT_##id,
	PXE_TFTP_OPTS(X)
#undef X
	PXE_TFTP_N_OPTS
};

/* Options of a request or an OACK. */
struct pxe_tftp_opts {
	struct {
		bool is_set; /* it is there and its value a number */
		uint64_t value;
	} opt[PXE_TFTP_N_OPTS];
	unsigned n_bad;	    /* known, but the value no number, or twice */
	unsigned n_unknown; /* not known here */
};

struct pxe_tftp_packet {
	enum pxe_tftp_op op;
	/* RRQ, WRQ */
	const char *file; /* NUL-terminated, borrowed; may be "" */
	size_t file_len;
	enum pxe_tftp_mode mode;
	struct pxe_tftp_opts opts; /* OACK too */
	/* DATA, ACK */
	uint16_t block;
	/* ERROR */
	uint16_t code; /* enum pxe_tftp_code, or a value beyond it */
	/* DATA: payload; ERROR: text, not terminated.  Borrowed. */
	const uint8_t *data;
	size_t data_len;
};

/*
 * Parses one packet of `len` octets.  0; -EBADMSG (too short, no NUL where
 * one must stand, an option without value); -EINVAL (the opcode is none).
 * Unknown options are counted and left out; the first of two with one name
 * counts.
 */
int pxe_tftp_parse(const void *buf, size_t len,
		   struct pxe_tftp_packet *packet) PXE_MUST_CHECK;

/*
 * Builds an OACK of the options that are set, DATA's four octets of header, an
 * ACK, or an ERROR with a text of printable ASCII (cut to fit the packet).
 * The length; -ENOSPC (less than PXE_TFTP_REPLY_BYTES may not do).
 */
int pxe_tftp_build_oack(const struct pxe_tftp_opts *opts, void *buf,
			size_t cap) PXE_MUST_CHECK;
int pxe_tftp_build_data(uint16_t block, void *buf, size_t cap) PXE_MUST_CHECK;
int pxe_tftp_build_ack(uint16_t block, void *buf, size_t cap) PXE_MUST_CHECK;
int pxe_tftp_build_error(enum pxe_tftp_code code, const char *text, void *buf,
			 size_t cap) PXE_MUST_CHECK;

/* The name of an option on the wire. */
const char *pxe_tftp_opt_name(enum pxe_tftp_opt opt);

#endif
