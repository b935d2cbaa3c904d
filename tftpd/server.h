/* SPDX-License-Identifier: ISC */
/*
 * The parts of pxe-tftpd that touch the world, and what they share.
 *
 *	server.c	the daemon's life; requests: refuse, restart or begin
 *	listen.c	sockets: the listening ones, one for each transfer
 *	resolve.c	the name of a request -> an open file, or a reason
 *	transfer.c	running transfers: events, timers, reading, sending
 *	table.c		running transfers found by their peer
 *	report.c	log lines, counters, events to pxe-stated
 */
#ifndef PXE_TFTPD_SERVER_H
#define PXE_TFTPD_SERVER_H

#include <event2/event.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/client.h"
#include "core/conf.h"
#include "core/reason.h"
#include "run/daemon.h"
#include "run/rootdir.h"
#include "run/state_client.h"
#include "run/state_view.h"
#include "tftpd/negotiate.h"
#include "tftpd/xfer.h"
#include "wire/tftp.h"

#define PXE_TFTPD_LISTENERS 32
#define PXE_TFTPD_BUCKETS 1024	   /* a power of two */
#define PXE_TFTPD_REQUEST_BYTES 2048 /* longer requests are refused */
#define PXE_TFTPD_PEER_TEXT 80	   /* "[address%scope]:port" and NUL */
#define PXE_TFTPD_ERROR_TEXT 256

/* Blocks that are read and sent in one go, and the room for them. */
#define PXE_TFTPD_BURST_BLOCKS 64
#define PXE_TFTPD_BURST_BYTES 65507 /* a UDP datagram over IPv4 */

union pxe_tftpd_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* A datagram that came to a listening socket. */
struct pxe_tftpd_request {
	union pxe_tftpd_addr peer;
	union pxe_tftpd_addr local; /* the address that was asked; port 0 */
	bool is_unicast;
	size_t len;
	uint8_t buf[PXE_TFTPD_REQUEST_BYTES];
};

/* What a request's name stands for. */
struct pxe_tftpd_found {
	struct pxe_rootdir_file file;
	char name[PXE_ROOTDIR_NAME_TEXT]; /* clean; of the loader if virtual */
	bool is_loader;			  /* of boot.conf, by either name */
	enum pxe_family family; /* NO_LOADER: the one that has none */
};

struct pxe_tftpd;

struct pxe_transfer {
	struct pxe_tftpd *server;
	struct pxe_transfer *chain; /* next in its bucket */
	union pxe_tftpd_addr peer;
	uint64_t request_hash; /* of the request's octets */

	int fd, file_fd;
	struct event *on_packet, *on_room, *on_timer;
	struct pxe_negotiated terms;
	struct pxe_xfer xfer;
	uint64_t send_next, send_end; /* blocks still to go out */
	bool no_gso;		      /* the kernel cannot cut for us here */

	/* for the log and for stated */
	bool is_loader, is_start_told;
	uint64_t begin_us, told_us;
	char client[PXE_CLIENT_KEY_TEXT]; /* "": not known */
	char file[PXE_CLIENT_FILE_TEXT];  /* escaped */
	char peer_said[PXE_TFTPD_ERROR_TEXT]; /* text of its ERROR, escaped */
};

struct pxe_tftpd {
	struct pxe_daemon *d;
	const struct pxe_conf *conf; /* the one in force */
	int root_fd; /* -1: it could not be opened */
	size_t max_transfers; /* by configuration and descriptors */

	int listen_fd[PXE_TFTPD_LISTENERS];
	struct event *listen_ev[PXE_TFTPD_LISTENERS];
	size_t n_listen;

	struct pxe_transfer *bucket[PXE_TFTPD_BUCKETS];
	size_t n_transfers;

	struct pxe_state_client *state;
	struct pxe_state_view *view;

	uint64_t n_reasons[PXE_N_REASONS];
	uint64_t n_bytes;
	struct {
		long long second;
		unsigned n, n_left_out;
	} refusals; /* logged in this second */
	long long port_warned_s, family_warned_s, root_warned_s;

	/* a burst of datagrams, each with its header */
	uint8_t burst[PXE_TFTPD_BURST_BYTES + PXE_TFTP_HEAD_BYTES];
};

/* server.c */

extern const struct pxe_daemon_ops pxe_tftpd_ops;

/* Monotonic time. */
uint64_t pxe_tftpd_now_us(void);

/* listen.c */

/*
 * Takes the sockets of systemd, else binds those of the configuration.
 * 0; -errno after logging why.
 */
int pxe_tftpd_listen(struct pxe_tftpd *server) PXE_MUST_CHECK;
void pxe_tftpd_listen_close(struct pxe_tftpd *server);

/* Reads one datagram.  0, -EAGAIN and other errors of recvmsg(2). */
int pxe_tftpd_recv(int fd, struct pxe_tftpd_request *req) PXE_MUST_CHECK;

/*
 * A non-blocking socket from an ephemeral port of `local` to `peer`.
 * The descriptor, -errno.
 */
int pxe_tftpd_connect(const union pxe_tftpd_addr *local,
		      const union pxe_tftpd_addr *peer) PXE_MUST_CHECK;

/* The MTU of the way that a connected socket takes; 0: not known. */
uint32_t pxe_tftpd_mtu(int fd, int family);

/* Is it the same address (and, for _peer, port)? */
bool pxe_tftpd_addr_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b);
bool pxe_tftpd_peer_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b);

/* The IPv4 address in host order; 0 for IPv6. */
uint32_t pxe_tftpd_addr_ip4(const union pxe_tftpd_addr *a);
uint16_t pxe_tftpd_addr_port(const union pxe_tftpd_addr *a);

/* "192.168.1.2:2070" or "[fe80::1%eth1]:2070" to PXE_TFTPD_PEER_TEXT. */
void pxe_tftpd_addr_format(const union pxe_tftpd_addr *a, char *text);

/* resolve.c */

/* Opens the boot root of the configuration in force; logs if it cannot, and
 * every request tries again. */
void pxe_tftpd_open_root(struct pxe_tftpd *server);

/*
 * Finds the file of a request: a virtual loader name by the boot policy, any
 * other below the boot root.  `client` is NULL if it is not known.
 * OK and an open file in `found`; else the reason, `found->name` and
 * `found->family` are set.
 */
enum pxe_reason pxe_tftpd_resolve(struct pxe_tftpd *server,
				  const struct pxe_tftp_packet *packet,
				  const struct pxe_client *client,
				  struct pxe_tftpd_found *found) PXE_MUST_CHECK;

/* transfer.c */

/*
 * Begins a transfer on the connected socket `fd`.  Takes `fd` and the file of
 * `found` over, also when it fails.  0, -ENOMEM.
 */
int pxe_transfer_begin(struct pxe_tftpd *server, int fd,
		       const struct pxe_tftpd_request *req,
		       const struct pxe_tftp_packet *packet,
		       const struct pxe_tftpd_found *found,
		       const struct pxe_client *client) PXE_MUST_CHECK;

/* The same request came again before the client acknowledged anything. */
void pxe_transfer_repeat(struct pxe_transfer *t);

/*
 * Ends a transfer whose client began another one from the same port; its
 * socket goes to the caller.
 */
int pxe_transfer_take_socket(struct pxe_transfer *t);

/* Ends all transfers with an ERROR to their clients. */
void pxe_transfer_stop_all(struct pxe_tftpd *server);

/* A number for the octets of a request, equal for equal ones. */
uint64_t pxe_transfer_hash(const void *buf, size_t len);

/* table.c */

void pxe_tftpd_table_add(struct pxe_tftpd *server, struct pxe_transfer *t);
void pxe_tftpd_table_remove(struct pxe_tftpd *server, struct pxe_transfer *t);

/* The transfer of that address and port, or NULL; `n_same` gets how many
 * transfers that address has. */
struct pxe_transfer *pxe_tftpd_table_find(const struct pxe_tftpd *server,
					  const union pxe_tftpd_addr *peer,
					  size_t *n_same);

/* report.c */

/* Code and text of the ERROR that tells a refused client why. */
enum pxe_tftp_code pxe_tftpd_error_text(enum pxe_reason reason,
					const struct pxe_tftpd_found *found,
					char *text, size_t cap);

/* A request that was not served.  `detail` may be NULL. */
void pxe_tftpd_report_refused(struct pxe_tftpd *server,
			      const struct pxe_tftpd_request *req,
			      const struct pxe_client *client,
			      enum pxe_reason reason, const char *file,
			      const char *detail);

/* A transfer goes on (told at most once a second), or ended. */
void pxe_tftpd_report_progress(struct pxe_transfer *t, uint64_t now_us);
void pxe_tftpd_report_end(struct pxe_transfer *t, enum pxe_reason reason);

/* One line with the counters. */
void pxe_tftpd_report_counts(const struct pxe_tftpd *server);

#endif
