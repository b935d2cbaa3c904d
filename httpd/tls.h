/* SPDX-License-Identifier: ISC */
/*
 * TLS (RFC 8446, RFC 5246) by OpenSSL: what the configuration says of it, and
 * the octets of a connection that has it.
 */
#ifndef PXE_HTTPD_TLS_H
#define PXE_HTTPD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/conf_http.h"

struct pxe_conn;
struct ssl_ctx_st;

/*
 * Reads certificate and key.  `ctx`, the caller's to release, becomes what
 * connections are made by; NULL: no TLS is configured.  0, and `why` may have
 * what is odd; -errno, and `why` has what is wrong.
 */
int pxe_tls_load(const struct pxe_conf_http *conf, struct ssl_ctx_st **ctx,
		 struct pxe_str *why) PXE_MUST_CHECK;

/* One more owner, which releases it; NULL is allowed. */
struct ssl_ctx_st *pxe_tls_share(struct ssl_ctx_st *ctx);
void pxe_tls_release(struct ssl_ctx_st *ctx);

/* The connection speaks TLS from its first octet on.  -ENOMEM; -ENOENT: `ctx`
 * is NULL. */
int pxe_tls_begin(struct pxe_conn *conn, struct ssl_ctx_st *ctx) PXE_MUST_CHECK;

/*
 * As those of httpd/io.h, whose part for TLS they are.  The handshake is done
 * by the first reads; what is wrong with it is -EPROTO.
 */
int64_t pxe_tls_read(struct pxe_conn *conn, void *buf, size_t cap,
		     short *what) PXE_MUST_CHECK;
int64_t pxe_tls_write(struct pxe_conn *conn, const void *buf, size_t n,
		      short *what) PXE_MUST_CHECK;
int64_t pxe_tls_write_file(struct pxe_conn *conn, int fd, uint64_t first,
			   uint64_t n, short *what) PXE_MUST_CHECK;

/* Octets that were read from the socket, but not by pxe_tls_read(). */
size_t pxe_tls_pending(const struct pxe_conn *conn);

/* Says that nothing more comes (RFC 8446 section 6.1). */
void pxe_tls_say_end(struct pxe_conn *conn);

/* Was the handshake begun and not ended?  Then `why` is the reason. */
bool pxe_tls_has_failed(const struct pxe_conn *conn, const char **why);

/* Did the client speak HTTP without TLS? */
bool pxe_tls_was_plain(const struct pxe_conn *conn);

/* The connection has no TLS any more. */
void pxe_tls_end(struct pxe_conn *conn);

#endif
