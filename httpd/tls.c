/* SPDX-License-Identifier: ISC */
#include "httpd/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <unistd.h>

#include "httpd/conn.h"

enum {
	RECORD = SSL3_RT_MAX_PLAIN_LENGTH,
	RECORDS_A_TURN = 64, /* read: a client may put each octet into one */
};

/* --- certificate and key ---------------------------------------------------
 */

/* Nobody is there to be asked for a passphrase. */
static int no_passphrase(char *buf PXE_UNUSED, int size PXE_UNUSED,
			 int is_write PXE_UNUSED, void *arg PXE_UNUSED)
{
	return -1;
}

/* RFC 7301: HTTP/1.1 is all there is; a client that wants others only is told
 * (section 3.2). */
static int choose_protocol(SSL *tls PXE_UNUSED, const unsigned char **out,
			   unsigned char *len, const unsigned char *in,
			   unsigned n, void *arg PXE_UNUSED)
{
	static const unsigned char ours[] = "\x08http/1.1\x08http/1.0";
	unsigned char *chosen;
	int r = SSL_select_next_proto(&chosen, len, ours, sizeof(ours) - 1, in,
				      n);

	*out = chosen;
	return r == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
					   : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/*
 * The default ciphers: old iPXE has no others than AES-CBC with RSA.  What a
 * client resumes is in its ticket, so nothing is kept here.  A client may end
 * its half without saying so in TLS: a request tells its own end.
 */
static void set_options(SSL_CTX *ctx)
{
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_dh_auto(ctx, 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS |
				      SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* one record a call: a client cannot keep the worker busy with others
	 * than those of a request, see pxe_tls_read() */
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
}

/* The words of an error of OpenSSL. */
static const char *error_text(unsigned long error)
{
	const char *text;

	if (ERR_SYSTEM_ERROR(error))
		return strerror((int)ERR_GET_REASON(error));
	if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
	    ERR_GET_REASON(error) == SSL_R_NO_CERTIFICATE_ASSIGNED)
		return "it is not the key of the certificate";
	text = ERR_reason_error_string(error);
	return text != NULL ? text : "an error without a name";
}

static int refuse(struct pxe_str *why, const char *key, const char *path)
{
	unsigned long error = ERR_peek_error();

	pxe_str_putf(why, "%s = \"%s\": %s", key, path, error_text(error));
	ERR_clear_error();
	return ERR_SYSTEM_ERROR(error) ? -(int)ERR_GET_REASON(error) : -EINVAL;
}

/* A certificate that no client would accept is odd, but ours to show. */
static void warn_of_time(const SSL_CTX *ctx, const char *path,
			 struct pxe_str *why)
{
	const X509 *cert = SSL_CTX_get0_certificate(ctx);

	if (X509_cmp_current_time(X509_get0_notAfter(cert)) < 0)
		pxe_str_putf(why, "tls-certificate = \"%s\": it has expired",
			     path);
	else if (X509_cmp_current_time(X509_get0_notBefore(cert)) > 0)
		pxe_str_putf(why,
			     "tls-certificate = \"%s\": it is not valid yet",
			     path);
}

int pxe_tls_load(const struct pxe_conf_http *conf, struct ssl_ctx_st **out,
		 struct pxe_str *why)
{
	SSL_CTX *ctx;
	int r = 0;

	*out = NULL;
	if (conf->tls_port == 0)
		return 0;
	ERR_clear_error();
	ctx = SSL_CTX_new(TLS_server_method());
	if (ctx == NULL)
		return -ENOMEM;
	set_options(ctx);
	if (SSL_CTX_use_certificate_chain_file(ctx, conf->tls_certificate) != 1)
		r = refuse(why, "tls-certificate", conf->tls_certificate);
	else if (SSL_CTX_use_PrivateKey_file(ctx, conf->tls_key,
					     SSL_FILETYPE_PEM) != 1 ||
		 /* of another kind than the certificate's */
		 SSL_CTX_check_private_key(ctx) != 1)
		r = refuse(why, "tls-key", conf->tls_key);
	if (r < 0) {
		SSL_CTX_free(ctx);
		return r;
	}
	warn_of_time(ctx, conf->tls_certificate, why);
	*out = ctx;
	return 0;
}

struct ssl_ctx_st *pxe_tls_share(struct ssl_ctx_st *ctx)
{
	if (ctx != NULL)
		SSL_CTX_up_ref(ctx);
	return ctx;
}

void pxe_tls_release(struct ssl_ctx_st *ctx)
{
	SSL_CTX_free(ctx);
}

/* --- a connection ----------------------------------------------------------
 */

int pxe_tls_begin(struct pxe_conn *conn, struct ssl_ctx_st *ctx)
{
	SSL *tls = ctx != NULL ? SSL_new(ctx) : NULL;

	if (ctx == NULL)
		return -ENOENT;
	if (tls == NULL || SSL_set_fd(tls, conn->fd) != 1) {
		SSL_free(tls);
		ERR_clear_error();
		return -ENOMEM;
	}
	SSL_set_accept_state(tls);
	conn->tls = tls;
	return 0;
}

/* What came of a call that did not do its work. */
static int64_t result(struct pxe_conn *conn, int r, short *what)
{
	int error = errno;
	unsigned long first = ERR_peek_error();

	switch (SSL_get_error(conn->tls, r)) {
	case SSL_ERROR_WANT_READ:
		*what = EV_READ;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		*what = EV_WRITE;
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		return error != 0 ? -error : -EPROTO;
	default:
		conn->tls_error = first;
		return -EPROTO;
	}
}

int64_t pxe_tls_read(struct pxe_conn *conn, void *buf, size_t cap, short *what)
{
	size_t n = 0;
	int r = 1;

	ERR_clear_error();
	errno = 0;
	for (int i = 0; i < RECORDS_A_TURN && n < cap && r > 0; i++) {
		r = SSL_read(conn->tls, (char *)buf + n, (int)(cap - n));
		if (r > 0)
			n += (size_t)r;
	}
	return n > 0 ? (int64_t)n : result(conn, r, what);
}

int64_t pxe_tls_write(struct pxe_conn *conn, const void *buf, size_t n,
		      short *what)
{
	int r;

	ERR_clear_error();
	errno = 0;
	r = SSL_write(conn->tls, buf, n < INT32_MAX ? (int)n : INT32_MAX);
	if (r > 0)
		return r;
	r = (int)result(conn, r, what);
	return r != 0 ? r : -EPIPE;
}

/* What is asked for once more after -EAGAIN is the same again: a record that
 * was begun is finished, whatever the file has become. */
int64_t pxe_tls_write_file(struct pxe_conn *conn, int fd, uint64_t first,
			   uint64_t n, short *what)
{
	char record[RECORD];
	ssize_t got;

	do
		got = pread(fd, record, n < RECORD ? n : RECORD, (off_t)first);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got < 0 ? -errno : -ENODATA;
	return pxe_tls_write(conn, record, (size_t)got, what);
}

size_t pxe_tls_pending(const struct pxe_conn *conn)
{
	return (size_t)SSL_pending(conn->tls);
}

void pxe_tls_say_end(struct pxe_conn *conn)
{
	if (!SSL_is_init_finished(conn->tls) || conn->tls_error != 0)
		return;
	ERR_clear_error();
	/* whether the client reads it or not */
	(void)SSL_shutdown(conn->tls);
}

bool pxe_tls_has_failed(const struct pxe_conn *conn, const char **why)
{
	if (conn->tls == NULL || SSL_is_init_finished(conn->tls) ||
	    BIO_number_read(SSL_get_rbio(conn->tls)) == 0)
		return false;
	if (conn->is_evicted)
		*why = "the client did not go on";
	else if (conn->tls_error == 0)
		*why = "the client went away: does it know who signed the "
		       "certificate?";
	else
		*why = error_text(conn->tls_error);
	return true;
}

bool pxe_tls_was_plain(const struct pxe_conn *conn)
{
	return conn->tls != NULL &&
	       ERR_GET_REASON(conn->tls_error) == SSL_R_HTTP_REQUEST;
}

void pxe_tls_end(struct pxe_conn *conn)
{
	SSL_free(conn->tls);
	conn->tls = NULL;
}
