/* SPDX-License-Identifier: ISC */
/*
 * The terms of a transfer: what the client asked for, within what the
 * configuration, its network and what is remembered of it (habits.h) allow.
 */
#ifndef PXE_TFTPD_TERMS_H
#define PXE_TFTPD_TERMS_H

#include <stdint.h>

#include "tftpd/xfer.h"
#include "wire/tftp.h"

struct pxe_transfer;

/* Fills t->terms for what the client asked; `size_bytes` of what is sent. */
void pxe_terms_find(struct pxe_transfer *t, const struct pxe_tftp_opts *asked,
		    uint64_t size_bytes);

/* Octets around the data of a datagram to the client. */
uint16_t pxe_terms_head_bytes(const struct pxe_transfer *t);

/* Remembers what `todo` says of the client, and what ICMP says of its way. */
void pxe_terms_learn(const struct pxe_transfer *t,
		     const struct pxe_tftp_opts *asked,
		     const struct pxe_xfer_todo *todo);
void pxe_terms_learn_mtu(const struct pxe_transfer *t, uint32_t mtu_bytes);

#endif
