/* SPDX-License-Identifier: ISC */
/*
 * What there is to boot, as boot.conf says it.  Part of core/conf.h, which
 * says whose the memory is.
 */
#ifndef PXE_CORE_CONF_BOOT_H
#define PXE_CORE_CONF_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arch.h"
#include "core/conf_var.h"
#include "core/conf_words.h"

struct pxe_conf_loader {
	struct pxe_src src;
	enum pxe_family family;
	const char *file; /* below the boot root */
};

/* A file that an installer asks for, made of a template. */
struct pxe_conf_answer {
	struct pxe_src src;
	const char *name;
	const char *file; /* the template, below answer-dir */
	const char *as;	  /* its name in the URL */
	enum pxe_format format;
	const char *open, *close; /* what stands round a variable */
	/* of the template, where -t has read it */
	bool is_read, names_done;
};

/* A page of the menu. */
struct pxe_conf_submenu {
	struct pxe_src src;
	const char *name, *title;
	const char *key;      /* as that of a target */
	const char *gap;      /* as that of a target */
	const char *password; /* of its targets that have none; "" */
};

/* How a machine gets to its own disk: of a target or a host. */
struct pxe_conf_local {
	enum pxe_local_method method; /* NONE: not said here */
	uint16_t drive;		      /* from 1; 0: not said here */
	const char *file; /* of a loader on the disk; "": not said here */
};

/* Disks of the network; all texts are templates, "" where not said. */
struct pxe_conf_san {
	const char *root_path;
	const char **drives; /* those after the first */
	size_t n_drives;
	const char *initiator_iqn;
	const char *username, *password; /* CHAP */
	const char *reverse_username, *reverse_password;
	bool is_kept;	       /* when nothing could be started from it */
	bool is_boot_skipped;  /* it is hooked, and the loader ends */
	bool is_gateway_blank; /* what is installed is to know none */
};

/* What wimboot takes: files below the boot root, or URLs. */
struct pxe_conf_wim {
	const char *loader, *bcd, *sdi, *image;
	const char **files; /* "name=template of a file": further ones */
	size_t n_files;
};

/* The administrator's scripts: templates below script-dir; "": none. */
struct pxe_conf_scripts {
	const char *ipxe, *pxelinux, *grub;
};

struct pxe_conf_target {
	struct pxe_src src;
	const char *name, *title;
	enum pxe_target_type type;
	enum pxe_cpu cpu;
	const char *kernel; /* path below the boot root, or a URL; "" */
	const char **initrds;
	size_t n_initrds;
	const char *args; /* template of the kernel's command line */
	const char *url;  /* CHAIN: template of a URL or path */
	const char *iso, *memdisk; /* paths or URLs; "" */
	struct pxe_conf_san san;
	struct pxe_conf_wim wim;
	struct pxe_conf_scripts scripts;
	struct pxe_conf_local local;
	const char **settings; /* "name=template": set for iPXE */
	size_t n_settings;
	/* the answer files of its installer, each `as` once */
	const struct pxe_conf_answer **answers;
	size_t n_answers;
	/* in menus (core/menu.h) */
	enum pxe_family *families; /* whose menus have it; none: all */
	size_t n_families;
	bool is_hidden; /* no line in a menu */
	const char *key; /* that chooses it: one letter or digit; "" */
	const char *gap; /* a line above it; "" */
	const char *password; /* crypt(3), or plain; "" */
	const struct pxe_conf_submenu *submenu; /* NULL: on the first page */
	struct pxe_conf_vars vars;
	bool is_once; /* destructive: only by an order, core/order.h */
	/* what a machine boots once it was booted; NULL: as ever */
	const struct pxe_conf_target *next;
};

struct pxe_conf_menu {
	struct pxe_src src;
	const char *title;
	uint32_t timeout_s; /* 0: waits for ever */
	const struct pxe_conf_target *dflt;
};

/* Does a text of the target name the variable: {{name}}, {{#if name}}, ...? */
bool pxe_conf_target_names(const struct pxe_conf_target *target,
			   const char *name);

/*
 * Is the target served within a boot session: is it destructive, has it answer
 * files, or does a text of it name the session's URLs or its token?
 */
bool pxe_conf_target_needs_session(const struct pxe_conf_target *target);

#endif
