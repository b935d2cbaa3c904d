/* SPDX-License-Identifier: ISC */
/*
 * The words that values of the configuration consist of, and where something
 * in it was said.  Part of core/conf.h.
 */
#ifndef PXE_CORE_CONF_WORDS_H
#define PXE_CORE_CONF_WORDS_H

/* Where something was said. */
struct pxe_src {
	const char *file; /* as opened; "" for a built-in default */
	unsigned line;	  /* from 1; 0: the file as a whole */
};

/* The words of `mode`: how pxe-dhcpd works. */
#define PXE_MODES(X)                                                  \
	X(INTERNAL, "internal") /* gives addresses itself */          \
	X(PROXY, "proxy")   /* adds what to boot to another server */ \
	X(EXTERNAL, "external") /* listens and records; sends nothing */

/* The words of `contend`: beside another server of PXE offers. */
#define PXE_CONTENDS(X)                                               \
	X(YIELD, "yield")   /* silence, and an alarm */               \
	X(WIN, "win")	    /* the offer that firmware ranks first */

/* The words of `answer`: which clients are answered at all. */
#define PXE_ANSWERS(X)                                                \
	X(ALL, "all")	    /* everybody */                           \
	X(PXE, "pxe")	    /* machines that boot, at every stage */  \
	X(ROM_ONLY, "rom-only") /* boot ROMs; silence for iPXE and OS */

/* The words of `ipxe`: what a client gets that already is iPXE. */
#define PXE_IPXES(X)                                                  \
	X(SCRIPT, "script") /* the URL of its script */               \
	X(LOADER, "loader") /* the loader, if it cannot do HTTP or    \
			       menus; else the script */

/* The words of `unknown`: machines without a host section. */
#define PXE_UNKNOWNS(X)                                               \
	X(MENU, "menu")	    /* the menu; its default is safe */       \
	X(LOCAL, "local")   /* boot from the local disk */            \
	X(HOLD, "hold")	    /* wait, asking again from time to time */\
	X(IGNORE, "ignore") /* no answer to a machine that boots */

/* The words of `bootp`: which BOOTP clients get an address. */
#define PXE_BOOTPS(X)                                                 \
	X(REFUSE, "refuse") /* nobody */                              \
	X(HOSTS, "hosts")   /* host sections that have an address */  \
	X(PERMANENT, "permanent") /* everybody, for ever */

/* The words of `one-address`: when a machine keeps one address whatever
 * client-id its programs send. */
#define PXE_ONE_ADDRESSES(X)                                          \
	X(BOOTING, "booting") /* it boots, or was seen booting */     \
	X(ALWAYS, "always")                                           \
	X(NEVER, "never") /* each client-id has an address of its own */

/* The words of `unknown-clients`: who has neither host section nor lease. */
#define PXE_STRANGERS(X)                                              \
	X(ALLOW, "allow")                                             \
	X(DENY, "deny")

/* The words of a matcher of `allow` and `deny`, before its "=". */
#define PXE_MATCHES(X)                                                \
	X(MAC, "mac")	/* the whole hardware address */              \
	X(OUI, "oui")	/* its first three octets */                  \
	X(UUID, "uuid") /* option 97 */                               \
	X(VENDOR_CLASS, "vendor-class") /* beginning of option 60 */

/* The words of `client-directories`: what a machine's directory is called. */
#define PXE_CLIENT_DIRS(X)                                            \
	X(MAC, "mac")	    /* 52-54-00-12-34-56 */                   \
	X(ADDRESS, "address") /* 192.168.200.21, fd00::21 */

/* The words of a host's `install`: when a static `boot` may name a target that
 * is booted once. */
#define PXE_INSTALLS(X)                                               \
	X(ORDER, "order")	/* never: it takes an order */        \
	X(WHEN_NEW, "when-new") /* where nothing is known of it */

/* The words of a target's `type`. */
#define PXE_TARGET_TYPES(X)                                           \
	X(LOCAL, "local")   /* leave to the local disk */             \
	X(LINUX, "linux")   /* kernel, initrd, args */                \
	X(SAN, "san")	    /* a disk of the network */               \
	X(WIMBOOT, "wimboot") /* Windows: boot.wim and what it needs */ \
	X(ISO, "iso")	    /* the image of a CD or DVD */            \
	X(CHAIN, "chain")   /* another loader or script by URL */     \
	X(SCRIPT, "script") /* the administrator's own script */      \
	X(SHELL, "shell")   /* the loader's own shell */              \
	X(REBOOT, "reboot")                                           \
	X(POWEROFF, "poweroff")                                       \
	X(EXIT, "exit")	    /* back to whoever started the loader */

/* The words of `local-method`: how a machine is left to its own disk. */
#define PXE_LOCALS(X)                                                 \
	X(AUTO, "auto")	    /* what works for most */                 \
	X(SILENT, "silent") /* firmware is offered nothing to boot */ \
	X(EXIT, "exit")	    /* the loader ends */                     \
	X(EXIT_1, "exit-1") /* the loader ends with an error */       \
	X(SANBOOT, "sanboot") /* the disk by its number */            \
	X(CHAIN, "chain")   /* a loader's file on the disk */

/* The words of a target's `cpu`: which processors can start it. */
#define PXE_CPUS(X)                                                   \
	X(ANY, "any")                                                 \
	X(X86_64, "x86-64") /* 64 bits, whatever firmware says */

/* The words of an answer file's `format`: how values are escaped in it, and
 * its media type. */
#define PXE_FORMATS(X)                                                \
	X(TEXT, "text", "text/plain; charset=utf-8") /* as they are */ \
	X(SHELL, "shell", "text/plain; charset=utf-8")                \
	X(YAML, "yaml", "text/plain; charset=utf-8")                  \
	X(JSON, "json", "application/json")                           \
	X(XML, "xml", "application/xml")                              \
	X(URL, "url", "text/plain; charset=utf-8")

#define X(id, name) PXE_MODE_##id,
enum pxe_mode { PXE_MODES(X) PXE_N_MODES };
#undef X
#define X(id, name) PXE_CONTEND_##id,
enum pxe_contend { PXE_CONTENDS(X) PXE_N_CONTENDS };
#undef X
#define X(id, name) PXE_ANSWER_##id,
enum pxe_answer { PXE_ANSWERS(X) PXE_N_ANSWERS };
#undef X
#define X(id, name) PXE_IPXE_GETS_##id,
enum pxe_ipxe_gets { PXE_IPXES(X) PXE_N_IPXE_GETS };
#undef X
#define X(id, name) PXE_UNKNOWN_##id,
enum pxe_unknown { PXE_UNKNOWNS(X) PXE_N_UNKNOWNS };
#undef X
#define X(id, name) PXE_BOOTP_##id,
enum pxe_bootp { PXE_BOOTPS(X) PXE_N_BOOTPS };
#undef X
#define X(id, name) PXE_ONE_ADDRESS_##id,
enum pxe_one_address { PXE_ONE_ADDRESSES(X) PXE_N_ONE_ADDRESSES };
#undef X
#define X(id, name) PXE_STRANGERS_##id,
enum pxe_strangers { PXE_STRANGERS(X) PXE_N_STRANGERS };
#undef X
#define X(id, name) PXE_MATCH_##id,
enum pxe_match { PXE_MATCHES(X) PXE_N_MATCHES };
#undef X
#define X(id, name) PXE_CLIENT_DIR_##id,
enum pxe_client_dir { PXE_CLIENT_DIRS(X) PXE_N_CLIENT_DIRS };
#undef X
#define X(id, name) PXE_LOCAL_##id,
/* NONE: it is said elsewhere */
enum pxe_local_method { PXE_LOCAL_NONE, PXE_LOCALS(X) PXE_N_LOCALS };
#undef X
#define X(id, name) PXE_CPU_##id,
enum pxe_cpu { PXE_CPUS(X) PXE_N_CPUS };
#undef X
#define X(id, name) PXE_INSTALL_##id,
enum pxe_install { PXE_INSTALLS(X) PXE_N_INSTALLS };
#undef X
#define X(id, name) PXE_TARGET_##id,
enum pxe_target_type { PXE_TARGET_TYPES(X) PXE_N_TARGET_TYPES };
#undef X
#define X(id, name, type) PXE_FORMAT_##id,
enum pxe_format { PXE_FORMATS(X) PXE_N_FORMATS };
#undef X

#endif
